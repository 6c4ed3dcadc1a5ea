"""Words, tags, fields and edits at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import AssetView
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.cli.root import main
from ugc_hub.hub import Hub


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_url: str) -> Iterator[Hub]:
    """The hub that the commands open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", migrated_url)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    made = make_hub(tmp_path / "var", database_url=migrated_url)
    yield made
    made.close()


def run(*words: str, exits: int = 0, given: str | None = None) -> Result:
    result = CliRunner().invoke(main, words, input=given)
    assert result.exit_code == exits, result.output
    return result


def told(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def seen(hub: Hub, *asset_ids: str) -> list[AssetView]:
    return [catalog.get(hub, SYSTEM, asset_id) for asset_id in asset_ids]


def test_a_field_is_defined_filled_in_changed_and_removed(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    made = told(
        "fields", "add", "Summer", "Colour", "--kind", "choice", "--required", "--choice", "red", "--choice", "x"
    )
    assert made["choices"] == ["red", "x"]
    run("fields", "add", "Summer", "Pieces", "--kind", "number")
    shown = json.loads(run("assets", "describe", asset, "--field", "colour=RED", "--field", "Pieces=012").stdout)
    assert [one["value"] for one in shown["fields"]] == ["red", 12]
    line = f"{made['id']}  Summer: Colour  choice  required  1 assets  (red, x)"
    assert run("fields", "list").stdout.splitlines()[0] == line
    assert len(told("fields", "list", "--campaign", "Summer")["items"]) == 2
    assert "field_in_use" in run("fields", "change", made["id"], "--choice", "x", exits=1).stderr
    changed = told("fields", "change", made["id"], "--name", "Tone", "--optional")
    assert changed == {**made, "name": "Tone", "required": False, "assets": 1}
    assert "field_in_use" in run("fields", "remove", made["id"], exits=1).stderr
    assert told("fields", "remove", made["id"], "--values") == {"assets": 1}
    assert [one.name for one in seen(hub, asset)[0].fields] == ["Pieces"]


def test_a_search_counts_and_chooses_what_fields_say(hub: Hub) -> None:
    for number, colour in enumerate(("red", "red", "x")):
        asset = asset_row(hub, f"{number}.jpg", campaign="Summer")
        if not number:
            run("fields", "add", "Summer", "Shoot colour", "--kind", "choice", "--choice", "red", "--choice", "x")
            run("fields", "add", "Summer", "Fee", "--kind", "number")
        run("assets", "describe", asset, "--field", f"shoot colour={colour}", "--field", f"fee={number}")
    run("reindex")
    choices = ("--choose", "campaign=Summer", "--choose", "custom:Shoot colour=red")
    assert "Shoot colour: red 2, x 1\n2 found.\n" in run("search", *choices, "--facet", "custom").stdout
    found = told("search", "custom:fee>=1", "--facet", "custom:shoot colour")
    assert found["total"] == 2
    assert [(one["value"], one["count"]) for one in found["facets"]["custom:shoot_colour"]] == [("red", 1), ("x", 1)]
    assert "A facet is one of" in run("search", "--facet", "hair", exits=1).stderr
    both = told("search", "--choose", "custom=Shoot colour=red", "--facet", "custom:fee, campaign")
    assert (both["total"], [*both["facets"]]) == (2, ["custom:fee", "campaign"])
    for choice in ("usable=", "usable", "kind= ", "custom=Fee", "custom:Fee=", "hair=red"):
        assert "Usage:" in run("search", "--choose", choice, exits=2).stderr, choice
    assert "'foo' is not a value of kind" in run("search", "--choose", "kind=foo", "x", exits=1).stderr
    assert "(chosen: usable)\n" in run("search", "--choose", "usable=foo").stderr


def test_an_asset_is_described_and_what_is_left_out_stays(hub: Hub) -> None:
    asset = asset_row(hub)
    run("assets", "describe", asset, "--title", "Beach", "--description", "Sand", "--language", "en", "--tag", "a")
    run("assets", "describe", asset, "--description", "", "--tag", "b", "--tag", "c")
    view = seen(hub, asset)[0]
    assert (view.title, view.description, view.language, view.tags) == ("Beach", "", "en", ("b", "c"))
    run("assets", "describe", asset, "--no-tags")
    assert seen(hub, asset)[0].tags == ()
    for words in ([], ["--tag", "a", "--no-tags"], ["--field", "colour"]):
        assert "Usage:" in run("assets", "describe", asset, *words, exits=2).stderr
    assert "no_such_field" in run("assets", "describe", asset, "--field", "colour=red", exits=1).stderr


def test_tags_are_listed_renamed_merged_and_removed_by_their_names(hub: Hub) -> None:
    one, two = asset_row(hub, "1.jpg"), asset_row(hub, "2.jpg")
    catalog.tag(hub, SYSTEM, one, ["beach", "sea"])
    catalog.tag(hub, SYSTEM, two, ["ocean"])
    assert told("tags", "rename", "Beach", "shore")["synonyms"] == ["beach"]
    assert run("tags", "synonyms", "beach", "coast", "strand").stdout == "shore: 1 assets, also coast, strand\n"
    assert run("tags", "merge", "ocean", "sea").stdout == "“ocean” is part of “sea” now; 1 assets had it.\n"
    assert [(tag["name"], tag["count"]) for tag in told("tags", "list")["items"]] == [("sea", 2), ("shore", 1)]
    assert run("tags", "list", "--limit", "1").stdout.splitlines()[1] == "More: --after sea"
    first = told("tags", "list", "--limit", "1")
    assert told("tags", "list", "--after", first["next_after"])["items"][0]["name"] == "shore"
    assert told("tags", "list", "--text", "ocea")["items"][0]["synonyms"] == ["ocean"]
    assert told("tags", "synonyms", "shore", "--none")["synonyms"] == []
    assert "Usage:" in run("tags", "synonyms", "shore", exits=2).stderr
    assert run("tags", "remove", "sea", exits=1, given="n\n").stdout == ""
    assert told("tags", "remove", "sea", "--yes") == {"assets": 2}
    assert "not_found" in run("tags", "remove", "sea", "--yes", exits=1).stderr
    assert [view.tags for view in seen(hub, one, two)] == [("shore",), ()]


def test_an_edit_is_made_listed_and_undone_except_where_others_changed_it(hub: Hub) -> None:
    one, two = (asset_row(hub, f"{name}.jpg", campaign="Summer") for name in "ab")
    other = asset_row(hub, "c.jpg", campaign="Winter")
    run("fields", "add", "Summer", "Pieces", "--kind", "number")
    made = told(
        *("edits", "make", "--where", "campaign=Summer", "--add-tag", "sale"),
        *("--set", "title=A=B", "--field", "Pieces=3"),
    )
    assert (made["chosen"], made["changed"]) == (2, 2)
    assert [(view.title, view.tags) for view in seen(hub, one, two, other)] == [("A=B", ("sale",))] * 2 + [("", ())]
    assert [view.fields[0].value for view in seen(hub, one, two)] == ["3", "3"]
    run("assets", "describe", two, "--title", "Mine")
    undone = run("edits", "undo", made["id"]).stdout.splitlines()
    assert undone[0] == f"{made['id']}  2 of 2 assets changed (title, tags, fields)."
    assert undone[2:] == [f"Left as others changed it: {two}  b.jpg"]
    assert [(view.title, view.tags) for view in seen(hub, one, two)] == [("", ()), ("Mine", ())]
    assert told("edits", "show", made["id"])["kept"] == 1
    (listed,) = told("edits", "list")["items"]
    assert listed["fields"] == ["title", "tags", "fields"]
    assert "  undone       2 assets  title, tags, fields" in run("edits", "list").stdout
    assert "edit_undone" in run("edits", "undo", made["id"], exits=1).stderr


def test_ids_come_from_standard_input_and_what_was_thrown_away_comes_back(hub: Hub) -> None:
    one, two = (asset_row(hub, f"{name}.jpg", campaign="Summer") for name in "ab")
    assert " 2 of 2 assets changed (trash)." in run("edits", "make", "-", "--trash", given=f"{one}\n{two}\n").stdout
    assert catalog.find(hub, SYSTEM, catalog.Query()).items == []
    back = told("edits", "make", "--where", "campaign=Summer", "--restore")
    assert back["changed"] == 2
    assert len(catalog.find(hub, SYSTEM, catalog.Query()).items) == 2


def test_a_search_is_edited_after_a_rehearsal_that_changes_nothing(hub: Hub) -> None:
    one, two = (asset_row(hub, f"beach {name}.jpg", campaign="Summer") for name in "ab")
    other = asset_row(hub, "beach c.jpg", campaign="Winter")
    catalog.describe(hub, SYSTEM, one, catalog.Description(title="Sea"))
    rebuild(hub)
    words = ("edits", "make", "--search", "beach", "--choose", "campaign=Summer", "--set", "title=Sea")
    told_before = run(*words, "--dry-run").stdout
    assert told_before == "1 of 2 assets would be changed (title).\n"
    assert told(*words, "--dry-run") == {"dry_run": True, "fields": ["title"], "chosen": 2, "changed": 1, "held": 0}
    assert told("edits", "list") == {"items": []}
    assert [view.title for view in seen(hub, one, two, other)] == ["Sea", "", ""]
    assert (told(*words)["chosen"], [view.title for view in seen(hub, one, two, other)]) == (2, ["Sea", "Sea", ""])
    assert told("edits", "make", "--search", "*", "--add-tag", "a", "--dry-run")["chosen"] == 3
    assert "unclear_search" in run("edits", "make", "--search", "beech", "--trash", exits=1).stderr
    assert "Usage:" in run("edits", "make", "--search", " ", "--trash", exits=2).stderr


def test_an_edit_that_says_too_little_or_too_much_changes_nothing(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    for words in (
        ["--where", "colour=red"],
        ["--where", "campaign"],
        ["--choose", "size=1"],
        ["--choose", "kind="],
        ["--set", "name=x"],
        ["--field", "x"],
    ):
        assert "Usage:" in run("edits", "make", *words, "--add-tag", "a", exits=2).stderr
    for words in (["--add-tag", "a"], [asset], [asset, "--where", "campaign=Summer", "--add-tag", "a"]):
        assert "[invalid]" in run("edits", "make", *words, exits=1).stderr
    assert told("edits", "list") == {"items": []}
