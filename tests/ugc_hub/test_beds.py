"""Music for videos: kept as the file of a track, laid under a version, and ended with its licence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.films import SQUARE, WEB
from tests.ugc_hub.jobs.test_film import prepared, waiting
from tests.ugc_hub.licensing.copies import revoke, tasks, usage
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.licensing.test_beds import licence
from tests.workers.media import clips
from tests.workers.media.test_video_bed import MUSIC, energy
from ugc_hub import delivery, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Gone, NotFound, RightsDenied, Truncated, UnsupportedType
from ugc_hub.framing import FilmChoice, beds_of
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import TrackFile
from ugc_hub.permissions import music
from ugc_hub.permissions.music import Music, drop_music, files_of, send_music, track_key
from ugc_hub.permissions.things import add_track
from ugc_hub.renditions import beds
from workers.media.plans import load_plan
from workers.media.video.shapes import Bed
from workers.queue.jobs import cancel

WEBSITE = StatedUse("website")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    tone = ("-f", "lavfi", "-i", f"sine=f={MUSIC}:r=44100:d=0.8", "-c:a", "libmp3lame")
    return clips.made(tmp_path_factory.mktemp("song") / "song.mp3", *tone).read_bytes()


def sent(hub: Hub, data: bytes, title: str = "Song", track: str = "") -> str:
    track = track or add_track(hub, SYSTEM, title, "licensed").id
    row = send_music(hub, SYSTEM, io.BytesIO(data), Music(track, "song.mp3", len(data)))
    finish(hub, [row.job_id or 0])
    return track


def file_of(hub: Hub, track: str) -> TrackFile:
    return files_of(hub, SYSTEM)[track]


def keys(hub: Hub) -> set[str]:
    return {stat.key for stat in hub.storage.list(music.FOLDER)}


def test_a_file_is_kept_measured_replaced_and_taken_away_with_its_bytes(hub: Hub, song: bytes, tmp_path: Path) -> None:
    track, other = sent(hub, song), sent(hub, song, "Other")
    row = file_of(hub, track)
    assert (row.status, row.media_type, row.file_name) == ("ready", "audio/mpeg", "song.mp3")
    assert row.seconds == pytest.approx(0.8, abs=0.05)
    assert keys(hub) == {track_key(row.sha256)}
    assert collect(hub, grace_s=-1).removed == []
    assert [one for one in examine(hub) if one.level == "error"] == []
    first = row.sha256
    wav = clips.made(tmp_path / "a.wav", "-f", "lavfi", "-i", "sine=d=0.6").read_bytes()
    sent(hub, wav, track=track)
    assert len(keys(hub)) == 2
    drop_music(hub, SYSTEM, other)
    assert keys(hub) == {track_key(file_of(hub, track).sha256)} != {track_key(first)}
    # What was replaced and is named by nobody goes with the next collection.
    hub.storage.put(track_key("0" * 64), b"lost")
    assert collect(hub, grace_s=-1).removed == [track_key("0" * 64)]
    with pytest.raises(NotFound):
        drop_music(hub, SYSTEM, other)


def test_what_cannot_be_heard_is_refused_in_words_and_leaves_no_bytes(hub: Hub, song: bytes) -> None:
    track = sent(hub, song[: len(song) // 3])
    row = file_of(hub, track)
    assert (row.status, row.code) == ("refused", "corrupt")
    assert "Send it again" in row.message
    assert keys(hub) == set()
    for data, size, error in (
        (b"no music at all, but words", None, UnsupportedType),
        (b"", None, UnsupportedType),
        (song, len(song) + 5, Truncated),
    ):
        with pytest.raises(error):
            send_music(hub, SYSTEM, io.BytesIO(data), Music(track, "a.mp3", size))
    with pytest.raises(NotFound):
        send_music(hub, SYSTEM, io.BytesIO(song), Music("trk_none", "a.mp3"))
    assert keys(hub) == set()
    lost = send_music(hub, SYSTEM, io.BytesIO(song), Music(track, "song.mp3"))
    with hub.database.write() as session:
        cancel(session.connection(), lost.job_id or 0)
    assert file_of(hub, track).message == "It was not measured. Send it again."
    sent(hub, song, track=track)
    assert file_of(hub, track).status == "ready"


@pytest.fixture
def video(hub: Hub, send: Send, tmp_path: Path) -> str:
    return prepared(hub, send(clips.little(tmp_path), "clip.mp4", own=True))


def choice(track: str, *, keep: bool = False) -> FilmChoice:
    return FilmChoice(bed=Bed(track), keep_voice=keep)


def made(hub: Hub, video: str, film: FilmChoice, folder: Path) -> tuple[str, Path]:
    (outcome,) = renditions.request(hub, SYSTEM, video, [WEB], film=film, stated=WEBSITE)
    assert outcome.renditions, outcome.reasons
    finish(hub, [waiting(hub, "film")])
    view = renditions.get(hub, SYSTEM, outcome.renditions[0])
    assert view.status == "ready", view.message
    file, _ = renditions.take(hub, SYSTEM, view.id, stated=WEBSITE)
    path = folder / f"{view.id}.mp4"
    with hub.storage.open(view.storage_key or "") as stream:
        path.write_bytes(stream.read())
    assert file.size_bytes
    return view.id, path


def test_a_version_bears_its_bed_until_the_licence_of_the_track_ends(
    hub: Hub, video: str, song: bytes, tmp_path: Path
) -> None:
    track = sent(hub, song)
    denied = renditions.request(hub, SYSTEM, video, [WEB], film=choice(track), stated=WEBSITE)[0]
    assert (denied.outcome, denied.reasons[0]["code"]) == ("refused", "no_grant")
    assert "music “Song”" in denied.reasons[0]["sentence"]
    grant = licence(hub, track)
    rendition, path = made(hub, video, choice(track), tmp_path)
    _, under = made(hub, video, choice(track, keep=True), tmp_path)
    assert energy(path, MUSIC, 0.3, 0.6) > energy(path, 440, 0.3, 0.6) + 30
    assert energy(under, 440, 0.3, 0.6) > energy(under, MUSIC, 0.3, 0.6) + 6
    plan = load_plan(renditions.get(hub, SYSTEM, rendition).plan)
    assert beds_of([plan]).tracks == (track,)
    link = delivery.make_link(hub, SYSTEM, rendition, stated=WEBSITE)
    assert delivery.follow(hub, link.token).asset_id == video
    revoke(hub, grant)
    with pytest.raises(Gone):
        delivery.follow(hub, link.token)
    assert usage(hub, link.left.usage_id).status == "stopped"
    assert {task.action for task in tasks(hub)} == {"take_down"}
    assert link.left.usage_id in {task.usage_id for task in tasks(hub)}
    with pytest.raises(RightsDenied, match=track):
        renditions.take(hub, SYSTEM, rendition, stated=WEBSITE)


@pytest.mark.parametrize("keep", [False, True])
def test_a_creator_who_did_not_allow_another_sound_is_the_reason(
    hub: Hub, send: Send, song: bytes, tmp_path: Path, keep: bool
) -> None:
    theirs = prepared(hub, send(clips.little(tmp_path), "clip.mp4"))
    clear(hub, theirs, edits=["trim", "audio_remove"])
    track = sent(hub, song)
    licence(hub, track)
    (planned,) = renditions.plan(hub, SYSTEM, theirs, [WEB], film=choice(track, keep=keep), stated=WEBSITE)
    assert next(reason.code for reason in planned.reasons) == "edit_not_granted"
    (muted,) = renditions.plan(hub, SYSTEM, theirs, [WEB], film=FilmChoice(mute=True), stated=WEBSITE)
    assert muted.outcome != "refused"
    (unknown,) = renditions.plan(hub, SYSTEM, theirs, [WEB], film=choice("trk_none"))
    assert unknown.reasons[0].code == "no_such_track"


def test_tracks_are_offered_where_they_may_be_used_and_say_why_not_elsewhere(hub: Hub, video: str, song: bytes) -> None:
    free, bound, silent = sent(hub, song, "Free"), sent(hub, song, "Bound"), sent(hub, song[:3000], "Silent")
    licence(hub, free)
    licence(hub, bound, channels=["email"])
    offered = {one.track_id: one for one in beds.offers(hub, SYSTEM, video, [WEB], stated=WEBSITE)}
    assert [one.title for one in offered.values()] == ["Free", "Bound", "Silent"]
    assert offered[free].usable
    assert not offered[bound].usable
    assert "“Bound”" in offered[bound].why
    assert "channel" in offered[bound].why
    assert "Send it again" in offered[silent].why
    planned = renditions.plan(hub, SYSTEM, video, [WEB], film=choice(silent))[0]
    assert planned.reasons[0].code == "no_bed"


def test_a_file_that_was_taken_away_fails_its_version_in_words_and_no_other(hub: Hub, video: str, song: bytes) -> None:
    track = sent(hub, song)
    licence(hub, track)
    films = {WEB: choice(track), SQUARE: FilmChoice()}
    renditions.request(hub, SYSTEM, video, [WEB, SQUARE], films=films, stated=WEBSITE)
    drop_music(hub, SYSTEM, track)
    finish(hub, [waiting(hub, "film")])
    views = {view.presets[0]: view for view in renditions.of_asset(hub, SYSTEM, video)}
    assert (views[WEB].status, views[WEB].code) == ("failed", "no_bed")
    assert views[SQUARE].status == "ready"
