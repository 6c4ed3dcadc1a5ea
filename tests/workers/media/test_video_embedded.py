"""Captions that lie in a video file are read with it, and what is wrong with them never keeps it from being used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.media.clips import pattern
from workers.media.probe.container import DEMUXERS
from workers.media.shapes import MediaFacts
from workers.media.video import embedded
from workers.media.video.cues import read
from workers.media.video.shapes import Cue

SRT = "1\n00:00:00,200 --> 00:00:00,600\n{speech}\n\n2\n00:00:00,700 --> 00:00:00,900\n<i>Two</i>\n"


def facts(form: str) -> MediaFacts:
    return MediaFacts("video", form, "video/mp4", ".mp4", width=320, height=180, stored_width=320, stored_height=180)


def captioned(folder: Path, form: str, *words: str, speech: str = "Grüße") -> Path:
    """A clip with two tracks of captions, one of them without a language."""
    track = folder / "track.srt"
    track.write_text(SRT.format(speech=speech), encoding="utf-8")
    inputs = ("-f", "srt", "-i", f"file:{track}", "-map", "0:v", "-map", "1:s", "-map", "1:s")
    coded = (
        ("-c:v", "libvpx", "-deadline", "realtime") if form == "webm" else ("-c:v", "libx264", "-preset", "ultrafast")
    )
    return pattern(folder / f"clip.{form}", *inputs, *coded, *words, "-metadata:s:s:0", "language=ger")


@pytest.mark.parametrize(
    ("form", "codec"), [("mp4", "mov_text"), ("mov", "mov_text"), ("mkv", "srt"), ("webm", "webvtt")]
)
def test_tracks_are_read_with_their_language_and_times(tmp_path: Path, form: str, codec: str) -> None:
    path = captioned(tmp_path, form, "-c:s", codec)
    assert form in DEMUXERS
    tracks, warnings = embedded.read(path, facts(form), tmp_path)
    assert warnings == ()
    assert [one.language in ("ger", "deu") for one in tracks] == [True, False]
    for one in tracks:
        assert read(one.track) == (Cue(0.2, 0.6, "Grüße"), Cue(0.7, 0.9, "Two"))


def test_a_video_without_captions_has_none(tmp_path: Path) -> None:
    path = pattern(tmp_path / "clip.mp4", "-c:v", "libx264", "-preset", "ultrafast")
    assert embedded.read(path, facts("mp4"), tmp_path) == ((), ())


def test_a_file_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 200)
    assert embedded.read(path, facts("mp4"), tmp_path) == ((), ("captions_unreadable",))


def test_a_track_is_no_longer_than_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MOST_IN_ALL", 100)
    tracks, _ = embedded.read(captioned(tmp_path, "mkv", "-c:s", "srt"), facts("mkv"), tmp_path)
    assert len(tracks) == 1


def test_what_holds_only_signs_comes_after_what_is_said(tmp_path: Path) -> None:
    marks = ("-disposition:s:0", "forced", "-disposition:s:1", "default", "-metadata:s:s:1", "language=eng")
    path = captioned(tmp_path, "mkv", "-c:s", "srt", *marks)
    tracks, _ = embedded.read(path, facts("mkv"), tmp_path)
    assert [one.language for one in tracks] == ["eng", "ger"]


def test_shapes_and_remarks_of_a_script_are_no_words(tmp_path: Path) -> None:
    script = tmp_path / "a.ass"
    lines = [r"{\p1}m 0 0 l 9 0{\p0}", r"{\an8\p2}m 0 0", r"{\k20}Two{remark}\Nrows,\hhere", "Shadow", "Shadow"]
    said = "".join(f"Dialogue: 0,0:00:00.10,0:00:00.90,Default,,0,0,0,,{line}\n" for line in lines)
    script.write_text(f"[Script Info]\nScriptType: v4.00+\n\n[Events]\n{said}", encoding="utf-8")
    words = (
        "-i",
        f"file:{script}",
        "-map",
        "0:v",
        "-map",
        "1:s",
        "-c:s",
        "ass",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    )
    tracks, _ = embedded.read(pattern(tmp_path / "clip.mkv", *words), facts("mkv"), tmp_path)
    assert [read(one.track) for one in tracks] == [(Cue(0.1, 0.9, "Two\nrows, here"), Cue(0.1, 0.9, "Shadow"))]
