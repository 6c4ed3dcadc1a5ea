"""Caption tracks: kept by language and source, edited, checked, found, taken along, gone with their video."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.rows import asset_row, facts_of, user_row
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.catalog import Search, Sidecar, cues_for
from ugc_hub.catalog.captioned import Track, keep_track
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Conflict, Forbidden, Invalid, LegalOrder, NotFound, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Asset, AssetRights, CaptionTrack, Event, Usage
from workers.media.video.cues import read
from workers.media.video.shapes import Cue, Span

SRT = "1\n00:00:01,000 --> 00:00:03,000\nThe lantern is lit\n\n2\n00:00:04,000 --> 00:00:06,000\n<i>Come in</i>\n"
FILM = facts_of(kind="video", format="mp4", media_type="video/mp4", extension=".mp4", duration_s=7.0)


def film(hub: Hub) -> str:
    """A video without bytes."""
    return asset_row(hub, "talk.mp4", facts=FILM, duration_s=7.0)


def embed(hub: Hub, asset_id: str, *cues: Cue, source: str = "embedded") -> None:
    """Let a program find captions."""
    with hub.database.write() as session:
        track = Track("en", source, cues, "tells/1 en" if source == "heard" else "")
        keep_track(hub, session, session.get_one(Asset, asset_id), track, actor=SYSTEM)


def found(hub: Hub, text: str) -> list[str]:
    rebuild(hub)
    return [one.asset.id for one in catalog.search(hub, SYSTEM, Search(text=text)).items]


def test_a_file_is_kept_for_its_language_and_its_words_are_found(hub: Hub) -> None:
    asset = film(hub)
    view = catalog.add_captions(hub, SYSTEM, asset, SRT.encode("utf-16"), language="EN")
    assert (view.language, view.source, view.counts, view.version) == ("en", "given", True, 1)
    assert view.cues == (Cue(1.0, 3.0, "The lantern is lit"), Cue(4.0, 6.0, "Come in"))
    assert catalog.list_captions(hub, SYSTEM, asset) == [view]
    assert found(hub, "lantern") == [asset]
    (text,) = catalog.texts(hub, SYSTEM, asset)
    assert (text.kind, text.words, text.language, text.by_hand) == (
        "transcript",
        "The lantern is lit Come in",
        "en",
        False,
    )
    catalog.remove_captions(hub, SYSTEM, asset, "en")
    assert found(hub, "lantern") == []
    with hub.database.read() as session:
        told = session.scalars(select(Event).where(Event.kind.startswith("captions.")).order_by(Event.id)).all()
    which = {"language": "en", "source": "given"}
    assert [event.body for event in told] == [{**which, "cues": 2}, which], "which, and never what they say"


def test_what_somebody_wrote_down_by_hand_stays_the_transcript(hub: Hub) -> None:
    asset = film(hub)
    catalog.set_text(hub, SYSTEM, asset, "transcript", words="By hand")
    catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    catalog.remove_captions(hub, SYSTEM, asset, "en")
    assert [text.words for text in catalog.texts(hub, SYSTEM, asset)] == ["By hand"]


def test_edited_captions_count_and_what_was_given_stays(hub: Hub) -> None:
    asset = film(hub)
    given = catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    later, sooner = Cue(4.0, 6.0004, "Come  in\x00\n\nplease"), Cue(0.5, 2.0, "Light")
    edited = catalog.edit_captions(hub, SYSTEM, asset, "en", cues=[later, sooner], seen=("given", 1))
    assert edited.cues == (Cue(0.5, 2.0, "Light"), Cue(4.0, 6.0, "Come in\nplease"))
    assert [(one.source, one.counts) for one in catalog.list_captions(hub, SYSTEM, asset)] == [
        ("edited", True),
        ("given", False),
    ]
    with pytest.raises(Conflict, match="meanwhile"):
        catalog.edit_captions(hub, SYSTEM, asset, "en", cues=[sooner], seen=("given", 1))
    chosen = catalog.choose_captions(hub, SYSTEM, asset, "en", source="given")
    assert (chosen.counts, chosen.cues) == (True, given.cues)
    catalog.remove_captions(hub, SYSTEM, asset, "en", source="given")
    assert [(one.source, one.counts) for one in catalog.list_captions(hub, SYSTEM, asset)] == [("edited", True)]


def test_what_a_program_finds_counts_only_where_nothing_else_does(hub: Hub) -> None:
    asset = film(hub)
    embed(hub, asset, Cue(0.0, 1.0, "inside"))
    assert catalog.get_captions(hub, SYSTEM, asset, "en").source == "embedded"
    embed(hub, asset, Cue(0.0, 1.0, "heard"), source="heard")
    assert catalog.get_captions(hub, SYSTEM, asset, "en").source == "embedded"
    catalog.choose_captions(hub, SYSTEM, asset, "en", source="heard")
    assert catalog.texts(hub, SYSTEM, asset)[0].reader == "tells/1 en"
    catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    embed(hub, asset, Cue(0.0, 1.0, "inside again"))
    assert catalog.get_captions(hub, SYSTEM, asset, "en").source == "given"


def test_the_same_captions_again_are_no_change(hub: Hub) -> None:
    asset = film(hub)
    for _ in range(2):
        assert catalog.add_captions(hub, SYSTEM, asset, SRT, language="en").version == 1


def test_what_is_wrong_is_said_with_its_cue(hub: Hub) -> None:
    asset = film(hub)
    cues = [Cue(0.0, 2.0, "One"), Cue(1.5, 1.7, "a" * 50), Cue(6.0, 8.0, "Late"), Cue(6.5, 6.2, "")]
    view = catalog.edit_captions(hub, SYSTEM, asset, "en", cues=cues)
    assert [(fault.cue, fault.code) for fault in view.faults] == [
        (1, "too_fast"),
        (1, "too_short"),
        (1, "line_too_long"),
        (1, "overlaps"),
        (2, "after_the_end"),
        (3, "empty"),
        (3, "ends_before_it_begins"),
        (3, "overlaps"),
    ]
    with hub.database.read() as session:
        shown = cues_for(session, asset)
    assert [cue.text for cue in shown] == ["One", "a" * 50, "Late"]


def test_the_captions_of_a_language_or_of_the_nearest_are_found(hub: Hub) -> None:
    asset = film(hub)
    with hub.database.read() as session:
        assert cues_for(session, asset) == ()
    for tag in ("de", "pt-BR", "en"):
        catalog.add_captions(hub, SYSTEM, asset, SRT.replace("Come in", tag), language=tag)
    catalog.describe(hub, SYSTEM, asset, catalog.Description(language="en"))
    with hub.database.read() as session:
        last = {tag: cues_for(session, asset, tag)[-1:] for tag in (None, "pt", "pt-PT", "de-AT", "fr")}
    said = {tag: [cue.text for cue in cues] for tag, cues in last.items()}
    assert said == {None: ["en"], "pt": ["pt-BR"], "pt-PT": ["pt-BR"], "de-AT": ["de"], "fr": []}


def test_what_cannot_be_kept_is_refused(hub: Hub) -> None:
    asset, photo = film(hub), asset_row(hub)
    for data, language in ((b"Just words", "en"), (SRT.encode(), "english"), (b"1\n00:01 --> 2\nx", "en")):
        with pytest.raises(Invalid):
            catalog.add_captions(hub, SYSTEM, asset, data, language=language)
    for cue in (Cue(float("nan"), 1.0, "x"), Cue(-1.0, 1.0, "x"), Cue(0.0, 1.0, "x" * 2001)):
        with pytest.raises(Invalid):
            catalog.edit_captions(hub, SYSTEM, asset, "en", cues=[cue])
    with pytest.raises(Invalid, match="videos"):
        catalog.add_captions(hub, SYSTEM, photo, SRT, language="en")
    with pytest.raises(NotFound):
        catalog.get_captions(hub, SYSTEM, asset, "en")
    with pytest.raises(NotFound):
        catalog.add_captions(hub, SYSTEM, "ast_0", SRT, language="en")
    viewer = actor_of(user_row(hub, "viewer"))
    with pytest.raises(Forbidden):
        catalog.add_captions(hub, viewer, asset, SRT, language="en")
    assert catalog.list_captions(hub, SYSTEM, asset) == []


def test_a_legal_order_hides_them(hub: Hub) -> None:
    asset, manager = film(hub), actor_of(user_row(hub, "content_manager"))
    catalog.add_captions(hub, manager, asset, SRT, language="en")
    with hub.database.write() as session:
        row = session.get(AssetRights, asset) or AssetRights(asset_id=asset, updated_at=hub.now())
        row.legal_order = True
        session.add(row)
    with pytest.raises(LegalOrder):
        catalog.list_captions(hub, manager, asset)
    with pytest.raises(LegalOrder):
        catalog.get_captions(hub, manager, asset, "en")
    assert len(catalog.list_captions(hub, SYSTEM, asset)) == 1


@pytest.mark.req("R65")
def test_a_file_of_captions_leaves_where_the_grants_allow_it_and_not_without(hub: Hub) -> None:
    asset = cleared(hub, film(hub))
    catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    mail = StatedUse("email")
    file, left = catalog.take_captions(hub, SYSTEM, asset, Sidecar("en"), stated=mail)
    assert file.data is not None
    assert (file.download_name, read(file.data.decode())[1]) == ("talk.en.srt", Cue(4.0, 6.0, "Come in"))
    part = Sidecar("en", "vtt", part=Span(2.0, 5.0))
    cut, _ = catalog.take_captions(hub, SYSTEM, asset, part, stated=mail)
    assert cut.data is not None
    assert read(cut.data.decode()) == (Cue(0.0, 1.0, "The lantern is lit"), Cue(2.0, 3.0, "Come in"))
    with hub.database.read() as session:
        usage = session.get_one(Usage, left.usage_id)
        assert (usage.exit, usage.asset_id, usage.sha256, usage.channel) == ("captions", asset, file.etag, "email")
    for wrong in (Sidecar("fr"), Sidecar("en", "exe"), Sidecar("en", part=Span(3.0, 3.0))):
        with pytest.raises((Invalid, NotFound)):
            catalog.take_captions(hub, SYSTEM, asset, wrong, stated=mail)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    with pytest.raises(RightsDenied):
        catalog.take_captions(hub, SYSTEM, asset, Sidecar("en"), stated=mail)


def test_captions_are_erased_with_their_video(hub: Hub) -> None:
    asset = film(hub)
    catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    licensing.erase_asset(hub, SYSTEM, asset, reason="asked")
    with hub.database.read() as session:
        assert session.scalars(select(CaptionTrack)).all() == []
    assert found(hub, "lantern") == []
