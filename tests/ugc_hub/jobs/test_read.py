"""Words in pictures are read after everything else, once by each reader, and never over what a person wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.pictures import encoded, jpeg
from tests.sandboxes import lent_for
from tests.tools import need
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.rows import asset_row
from tests.workers.media.test_reading import sign
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs import read
from ugc_hub.jobs.doctor import media_findings
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.read import queue_unread
from ugc_hub.models import AssetText
from workers.queue.jobs import find
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import BULK, Query

TELLS, GIVES_UP, ABSENT = (f"tests.reader:{name}" for name in ("Tells", "GivesUp", "Absent"))


def reading(hub: Hub, reader: str = TELLS, languages: tuple[str, ...] = ("en",)) -> Hub:
    """The same hub with a reader."""
    return replace(hub, settings=replace(hub.settings, text_reader=reader, text_languages=list(languages)))


def work(hub: Hub) -> None:
    """Run all jobs that are queued."""
    hub.runs.mkdir(parents=True, exist_ok=True)
    with lent_for(hub.settings) as sandbox:
        drain(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs))


def rows(hub: Hub) -> dict[str, AssetText]:
    with hub.database.read() as session:
        return {row.asset_id: row for row in session.scalars(select(AssetText).where(AssetText.kind == "ocr"))}


def jobs(hub: Hub) -> int:
    with hub.database.read() as session:
        return len(find(session.connection(), Query(kind="read", limit=100)))


def test_a_new_asset_is_read_after_everything_that_somebody_waits_for(hub: Hub, send: Send) -> None:
    hub.settings = reading(hub).settings
    asset = send(jpeg(900, 700))
    with hub.database.read() as session:
        (job,) = find(session.connection(), Query(kind="read"))
    assert (job.priority, job.group) == (BULK, asset)
    work(hub)
    row = rows(hub)[asset]
    assert row.words == "Summer sale\nRGB900x700 en"
    assert (row.confidence, row.reader, row.language, row.by_hand) == (0.8, "tells/3 en", "en", False)


def test_where_nothing_reads_nothing_is_asked_for_and_nothing_fails(hub: Hub, send: Send) -> None:
    for reader in ("off", ABSENT):
        hub.settings = reading(hub, reader).settings
        send(jpeg(seed=len(reader)))
        assert not queue_unread(hub)
    assert jobs(hub) == 0


@pytest.mark.req("R65")
def test_older_assets_are_asked_for_in_bounded_jobs_once_for_each_reader(
    hub: Hub, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "SOME", 2)
    assets = [send(jpeg(seed=seed)) for seed in range(5)]
    catalog.set_text(hub, SYSTEM, assets[0], "ocr", words="By hand")
    hub = reading(hub)
    assert queue_unread(hub)
    work(hub)
    assert not queue_unread(hub)
    assert {row.reader for row in rows(hub).values()} == {"", "tells/3 en"}
    assert len(rows(hub)) == 5
    assert jobs(hub) == 4 + 3, "one for each unread asset, two that asked for two of them, one that found no more"
    more = reading(hub, languages=("en", "de"))
    assert queue_unread(more)
    work(more)
    found = rows(more)
    assert found.pop(assets[0]).words == "By hand"
    assert {row.reader for row in found.values()} == {"tells/3 de+en"}
    assert {row.language for row in found.values()} == {""}


def test_a_picture_that_cannot_be_read_is_noted_and_not_tried_again(hub: Hub, send: Send) -> None:
    hub.settings = reading(hub, GIVES_UP).settings
    asset = send(jpeg())
    work(hub)
    assert rows(hub)[asset].words == ""
    queue_unread(hub)
    before = jobs(hub)
    work(hub)
    assert jobs(hub) == before


def test_an_original_that_is_gone_has_no_words(hub: Hub) -> None:
    asset = asset_row(hub)
    hub = reading(hub)
    queue_unread(hub)
    work(hub)
    assert rows(hub)[asset].words == ""


def test_the_shipped_reader_reads_what_was_taken_in(hub: Hub, send: Send) -> None:
    need("tesseract")
    hub.settings = reading(hub, "").settings
    asset = send(encoded(sign("SUMMER SALE"), "PNG"), "sign.png")
    work(hub)
    (text,) = catalog.texts(hub, SYSTEM, asset)
    assert (text.kind, text.words, text.reader) == ("ocr", "SUMMER SALE", "tesseract/1 en")


def test_doctor_says_who_reads(hub: Hub) -> None:
    def said(reader: str, *languages: str) -> tuple[str, str]:
        settings = reading(hub, reader, languages).settings
        (found,) = [one for one in media_findings(settings) if one.code == "text_reader"]
        return found.level, found.message

    assert said("off", "en") == ("ok", "Words in pictures are not read: text_reader is off.")
    assert said(TELLS, "en") == ("ok", "Words in pictures are read by tells/3 en.")
    assert said(TELLS, "en", "fr") == ("warning", "Words in pictures are read by tells/3 en; not installed: fr.")
    assert said(ABSENT, "en")[0] == "warning"
    level, words = said("tests.reader:Nothing", "en")
    assert (level, "cannot be loaded" in words) == ("error", True)


def test_doctor_says_how_tesseract_is_installed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.media.tesseract._installed", frozenset)
    (found,) = [one for one in media_findings(reading(hub, "").settings) if one.code == "text_reader"]
    assert found.level == "ok"
    assert "apt-get install tesseract-ocr" in found.message
