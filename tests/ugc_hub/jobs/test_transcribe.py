"""What is said in a video is heard once somebody asks for it, and never takes the place of what people wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.ugc_hub.catalog.test_cueing import FILM
from tests.ugc_hub.jobs.films import WEB
from tests.ugc_hub.rows import asset_row
from tests.workers.media.test_speech import HELLO, RECORDED, clip
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import TranscriptionView
from ugc_hub.catalog.captioned import Track, keep_track
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.framing import FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.jobs.doctor import media_findings
from ugc_hub.jobs.handlers import handlers
from ugc_hub.models import Asset, AssetClip, CaptionTrack
from workers.media.sandbox import Sandbox
from workers.media.shapes import Audio
from workers.media.speech import Speech
from workers.media.video.shapes import MEZZANINE_VERSION, Clip, Cue
from workers.queue.jobs import find
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import Query

__all__ = ["clip"]

TALK = replace(FILM, audio=Audio("aac", 2, 48_000))


class Here(Sandbox):
    """Does the work in this process; that it is locked up as all work is, is shown where the engine is tested."""

    def run(self, task: str, request: dict[str, Any], workdir: Path, **known: Any) -> dict[str, Any]:
        """Run one task of the engine."""
        module, _, name = task.partition(":")
        told = known.get("progress") or (lambda part, words: None)
        done: dict[str, Any] = getattr(import_module(module), name)(request, workdir, told)
        return done


@pytest.fixture
def video(hub: Hub, clip: Path, tmp_path: Path) -> str:
    """A second of sound, of which something was recorded."""
    asset = asset_row(hub, "talk.mp4", facts=TALK, duration_s=1.0)
    hub.storage.put("clips/talk.mov", clip, content_type="video/quicktime")
    known = Clip(160, 90, 30, (30, 1), has_sound=True)
    ready = {"version": MEZZANINE_VERSION, "status": "ready", "clip": known.dump(), "storage_key": "clips/talk.mov"}
    with hub.database.write() as session:
        session.add(AssetClip(asset_id=asset, **ready))
    said = tmp_path / "said.json"
    said.write_text(json.dumps({catalog.get(hub, SYSTEM, asset).sha256: Speech("en-GB", (HELLO,)).dump()}))
    listening(hub, RECORDED, said)
    return asset


def listening(hub: Hub, recogniser: str, files: Path | None = None) -> None:
    hub.settings = replace(hub.settings, speech_recogniser=recogniser, speech_files=files)


def work(hub: Hub) -> None:
    """Run all jobs that are queued."""
    hub.runs.mkdir(parents=True, exist_ok=True)
    box = Here(recogniser=hub.settings.speech_recogniser)
    drain(hub.database.engine, handlers(hub, box), RunnerOptions(folder=hub.runs))


def heard(hub: Hub, asset: str, language: str | None = None) -> TranscriptionView:
    catalog.ask_transcription(hub, SYSTEM, asset, language=language)
    work(hub)
    found = catalog.transcription_of(hub, SYSTEM, asset)
    assert found is not None
    return found


def sources(hub: Hub, asset: str) -> list[tuple[str, str, bool]]:
    return [(one.language, one.source, one.counts) for one in catalog.list_captions(hub, SYSTEM, asset)]


def words(hub: Hub, asset: str) -> list[list[float | str]] | None:
    with hub.database.read() as session:
        return session.get_one(CaptionTrack, (asset, "en-GB", "heard")).words


def test_what_is_heard_becomes_a_track_that_says_who_heard_it_and_is_found(hub: Hub, video: str) -> None:
    first = catalog.ask_transcription(hub, SYSTEM, video)
    assert (first.status, first.language) == ("queued", "")
    assert catalog.ask_transcription(hub, SYSTEM, video, language="de") == first, "once at a time"
    done = heard(hub, video)
    assert (done.status, done.cues, done.message) == ("done", 1, None)
    (track,) = catalog.list_captions(hub, SYSTEM, video)
    assert (track.language, track.source, track.counts, track.reader) == ("en-GB", "heard", True, "recorded/1 en-GB")
    assert track.cues == (Cue(0.0, 0.9, "Hello there"),)
    assert words(hub, video) == [[0.0, 0.4, "Hello"], [0.42, 0.9, "there"]]
    (text,) = catalog.texts(hub, SYSTEM, video)
    assert (text.kind, text.words, text.by_hand) == ("transcript", "Hello there", False)
    heard(hub, video)
    assert catalog.list_captions(hub, SYSTEM, video) == [track], "the same once more changes nothing"


def test_what_people_edited_stays_and_counts_whatever_is_heard_later(hub: Hub, video: str, tmp_path: Path) -> None:
    heard(hub, video)
    edited = catalog.edit_captions(hub, SYSTEM, video, "en-GB", cues=[Cue(0.0, 0.9, "Hello, Ana")], seen=("heard", 1))
    sha256 = catalog.get(hub, SYSTEM, video).sha256
    (tmp_path / "said.json").write_text(
        json.dumps({sha256: Speech("en-GB", (replace(HELLO, text="", words=HELLO.words[:1]),)).dump()})
    )
    assert heard(hub, video).cues == 1
    assert sources(hub, video) == [("en-GB", "edited", True), ("en-GB", "heard", False)]
    assert catalog.get_captions(hub, SYSTEM, video, "en-GB") == edited
    assert catalog.get_captions(hub, SYSTEM, video, "en-GB", source="heard").cues == (Cue(0.0, 0.4, "Hello"),)


def test_why_nothing_was_heard_is_said_in_words(hub: Hub, video: str) -> None:
    listening(hub, "tests.recogniser:GivesUp")
    failed = heard(hub, video, "de")
    assert (failed.status, failed.code, failed.message) == (
        "failed",
        "not_english",
        "Only talks in English can be heard.",
    )
    listening(hub, "tests.recogniser:Silent")
    nothing = heard(hub, video)
    assert (nothing.status, nothing.cues, nothing.message) == ("done", 0, "Nobody was heard speaking in this video.")
    assert sources(hub, video) == []


def test_hearing_that_was_stopped_leaves_nothing_and_can_be_asked_for_again(hub: Hub, video: str) -> None:
    assert catalog.transcription_of(hub, SYSTEM, video) is None
    catalog.ask_transcription(hub, SYSTEM, video)
    stopped = catalog.stop_transcription(hub, SYSTEM, video)
    assert stopped is not None
    assert (stopped.status, stopped.message) == ("cancelled", "It was stopped.")
    with hub.database.read() as session:
        (job,) = find(session.connection(), Query(kind="transcribe"))
    assert (job.state, sources(hub, video)) == ("cancelled", [])
    assert heard(hub, video).cues == 1


def test_what_cannot_be_heard_is_refused_at_once(hub: Hub) -> None:
    silent, photo = asset_row(hub, "talk.mp4", facts=FILM), asset_row(hub)
    with pytest.raises(Conflict, match="speech_recogniser") as refused:
        catalog.ask_transcription(hub, SYSTEM, silent)
    assert refused.value.code == "no_recogniser"
    listening(hub, RECORDED)
    with pytest.raises(Invalid, match="no sound"):
        catalog.ask_transcription(hub, SYSTEM, silent)
    with pytest.raises(Invalid, match="Captions belong to videos"):
        catalog.ask_transcription(hub, SYSTEM, photo)
    with pytest.raises(Invalid, match="tag"):
        catalog.ask_transcription(hub, SYSTEM, asset_row(hub, "talk.mp4", facts=TALK), language="english")


def test_cut_downs_begin_between_words_and_never_inside_one(hub: Hub) -> None:
    video = asset_row(hub, "talk.mp4", facts=TALK, duration_s=7.0)
    clip = Clip(1920, 1080, 210, (30, 1), has_sound=True)
    said = [Cue(1.0, 2.4, "lantern"), Cue(2.6, 5.0, "lit")]
    with hub.database.write() as session:
        session.add(AssetClip(asset_id=video, version=MEZZANINE_VERSION, status="ready", clip=clip.dump()))
        track = Track("en", "heard", (Cue(1.0, 5.0, "lantern lit"),), "tells/1 en", tuple(said))
        keep_track(hub, session, session.get_one(Asset, video), track, actor=SYSTEM)

    def outcome(start_s: float) -> list[str]:
        cut = FilmChoice(start_s=start_s, seconds=3.0, captions=True)
        (framed,) = renditions.plan(hub, SYSTEM, video, [WEB], film=cut)
        return [reason.code for reason in framed.reasons]

    assert outcome(2.0) == ["cut_not_possible"]
    assert outcome(2.5) == []
    # What is corrected in a caption does not change when its words are said.
    catalog.edit_captions(hub, SYSTEM, video, "en", cues=[Cue(1.0, 5.0, "The lantern is lit")])
    assert (outcome(2.0), outcome(2.5)) == (["cut_not_possible"], [])
    # A caption in which no word was heard stays whole, and words of which nothing is shown do not count.
    catalog.edit_captions(hub, SYSTEM, video, "en", cues=[Cue(5.0, 6.0, "Good night")])
    assert (outcome(2.0), outcome(2.5)) == ([], ["cut_not_possible"])
    board = renditions.storyboard(hub, SYSTEM, video, "en")
    assert all(not 5.0 < one.part.first / 30 < 6.0 for parts in board.parts.values() for one in parts)


def test_doctor_says_who_hears(hub: Hub, tmp_path: Path) -> None:
    def said() -> tuple[str, str]:
        (found,) = [one for one in media_findings(hub.settings) if one.code == "speech_recogniser"]
        return found.level, found.message

    assert said()[0] == "ok"
    listening(hub, RECORDED, tmp_path)
    assert said() == ("ok", "What is said in videos is heard by recorded/1, where somebody asks for it.")
    listening(hub, RECORDED, tmp_path / "nowhere")
    assert said()[0] == "error"
    listening(hub, "tests.recogniser:Nobody")
    assert "cannot be loaded" in said()[1]
