"""What the fields of a campaign say of files as they are taken in, and what is missing of them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.pictures import jpeg
from tests.ugc_hub.rows import asset_row
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Definition, Search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Forbidden, HubError
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept, ingest_paths
from ugc_hub.models import Asset

FILE = Upload("a.jpg", "api", campaign="Summer")


@pytest.fixture
def asked(hub: Hub) -> Hub:
    """A hub whose campaign Summer asks for a colour and a day, and takes a note."""
    asset_row(hub, campaign="Summer")
    for definition in (
        Definition("Colour", "choice", required=True, choices=("red", "blue")),
        Definition("Shot on", "date", required=True),
        Definition("Note"),
    ):
        catalog.add_field(hub, SYSTEM, "Summer", definition)
    return hub


def said(hub: Hub, asset_id: str) -> dict[str, str | None]:
    return {one.name: one.value for one in catalog.get(hub, SYSTEM, asset_id).fields}


def test_fields_are_filled_in_with_the_file_and_what_is_missing_is_said(asked: Hub) -> None:
    some = accept(asked, SYSTEM, io.BytesIO(jpeg(seed=1)), replace(FILE, fields={"colour": "RED", "Note": " a  b "}))
    every = accept(
        asked, SYSTEM, io.BytesIO(jpeg(seed=2)), replace(FILE, fields={"Colour": "blue", "shot on": "2026-05-01"})
    )
    none = accept(asked, SYSTEM, io.BytesIO(jpeg(seed=3)), FILE)
    assert [one.missing for one in (some, every, none)] == [("Shot on",), (), ("Colour", "Shot on")]
    assert said(asked, some.asset_id) == {"Colour": "red", "Shot on": None, "Note": "a b"}
    assert said(asked, every.asset_id) == {"Colour": "blue", "Shot on": "2026-05-01", "Note": None}
    rebuild(asked)
    incomplete = catalog.hits(asked, SYSTEM, Search("is:incomplete"))
    assert {some.asset_id, none.asset_id} <= set(incomplete)
    assert every.asset_id not in incomplete


@pytest.mark.parametrize(
    ("fields", "campaign", "code"),
    [
        ({"colour": "green"}, "Summer", "no_such_value"),
        ({"size": "1"}, "Summer", "no_such_field"),
        ({"colour": "red", "COLOUR": "red"}, "Summer", "invalid"),
        ({"colour": "red"}, "Autumn", "no_such_field"),
        ({"colour": "red"}, None, "no_such_field"),
    ],
)
def test_what_no_field_takes_is_told_before_anything_is_kept(
    asked: Hub, fields: dict[str, str], campaign: str | None, code: str
) -> None:
    stream = io.BytesIO(jpeg(seed=1))
    with pytest.raises(HubError) as caught:
        accept(asked, SYSTEM, stream, replace(FILE, campaign=campaign, fields=fields))
    assert caught.value.code == code
    assert stream.tell() == 0
    with asked.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Asset)) == 1


def test_a_file_that_was_here_before_keeps_what_its_fields_say(asked: Hub) -> None:
    first = accept(asked, SYSTEM, io.BytesIO(jpeg(seed=1)), replace(FILE, fields={"colour": "red"}))
    again = accept(asked, SYSTEM, io.BytesIO(jpeg(seed=1)), replace(FILE, fields={"colour": "blue"}))
    assert (again.asset_id, again.missing) == (first.asset_id, ("Shot on",))
    assert again.message.endswith("What its fields say was left as it was.")
    assert said(asked, first.asset_id)["Colour"] == "red"


def test_whoever_may_not_know_of_fields_neither_fills_them_nor_is_told(asked: Hub) -> None:
    sender = replace(SYSTEM, scopes=frozenset({"asset.upload"}))
    with pytest.raises(Forbidden):
        accept(asked, sender, io.BytesIO(jpeg(seed=1)), replace(FILE, fields={"colour": "red"}))
    assert accept(asked, sender, io.BytesIO(jpeg(seed=1)), FILE).missing == ()


def test_a_folder_is_taken_in_with_one_answer_for_all(asked: Hub, tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(seed=number))
    outcomes = list(ingest_paths(asked, SYSTEM, [tmp_path], campaign="Summer", fields={"colour": "red"}))
    assert [(one.status, one.missing) for one in outcomes] == [("received", ("Shot on",))] * 2
    assert [said(asked, one.asset_id or "")["Colour"] for one in outcomes] == ["red"] * 2
    (wrong, _) = ingest_paths(asked, SYSTEM, [tmp_path], campaign="Summer", fields={"colour": "green"})
    assert (wrong.status, wrong.code) == ("refused", "no_such_value")
