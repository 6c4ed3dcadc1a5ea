"""Music that a stranger sent: what is taken, and what is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from workers.media import filming
from workers.media.errors import MediaError
from workers.media.sandbox import Sandbox
from workers.media.video import hearing, tunes

TONE = ("-f", "lavfi", "-i", "sine=f=440:r=44100:d=1.5")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "codec", "media_type"),
    [
        ("a.mp3", "libmp3lame", "audio/mpeg"),
        ("a.m4a", "aac", "audio/mp4"),
        ("a.aac", "aac", "audio/aac"),
        ("a.wav", "pcm_s24le", "audio/wav"),
        ("a.flac", "flac", "audio/flac"),
        ("a.ogg", "libvorbis", "audio/ogg"),
        ("o.ogg", "libopus", "audio/ogg"),
    ],
)
def test_music_of_every_kind_is_measured_to_its_end(
    box: Sandbox, tmp_path: Path, name: str, codec: str, media_type: str
) -> None:
    path = clips.made(tmp_path / name, *TONE, "-c:a", codec)
    found = filming.hear(box, path, tmp_path)
    assert found.media_type == media_type
    assert found.seconds == pytest.approx(1.5, abs=0.06)
    assert found.loudness_lufs == pytest.approx(-21.9, abs=0.5)


def test_cover_art_does_not_keep_music_out(box: Sandbox, tmp_path: Path) -> None:
    cover = clips.made(tmp_path / "cover.jpg", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1")
    words = ("-i", str(cover), "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic")
    path = clips.made(tmp_path / "a.mp3", *TONE, *words, "-c:a", "libmp3lame")
    assert filming.hear(box, path, tmp_path).seconds == pytest.approx(1.5, abs=0.06)


def refusal(box: Sandbox, path: Path) -> tuple[str, str]:
    with pytest.raises(MediaError) as caught:
        filming.hear(box, path, path.parent)
    assert not caught.value.retry
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.wav", "a.flac", "a.ogg"])
def test_what_was_cut_off_is_refused(box: Sandbox, tmp_path: Path, name: str) -> None:
    path = clips.made(tmp_path / name, *TONE)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    code, words = refusal(box, path)
    assert code == "corrupt"
    assert "again" in words


def test_an_ogg_file_without_the_end_of_its_last_page_is_refused(box: Sandbox, tmp_path: Path) -> None:
    path = clips.made(tmp_path / "a.ogg", *TONE, "-c:a", "libopus", "-page_duration", "200000")
    data = path.read_bytes()
    for end in (data.rindex(b"OggS"), len(data) - 1):
        path.write_bytes(data[:end])
        assert refusal(box, path)[0] == "corrupt"


def unflagged(data: bytes) -> bytes:
    """Take the flag of the end from the last page of an Ogg file, whose sum stands in it (RFC 3533, 6)."""
    start = data.rindex(b"OggS")
    page = bytearray(data[start:])
    page[5] &= ~4
    page[22:26] = bytes(4)
    rest = 0
    for byte in page:
        rest ^= byte << 24
        for _ in range(8):
            rest = (rest << 1) ^ (0x104C11DB7 if rest & 0x80000000 else 0)
    page[22:26] = rest.to_bytes(4, "little")
    return data[:start] + bytes(page)


@pytest.mark.parametrize("codec", ["libopus", "libvorbis"])
def test_an_ogg_file_whose_writer_never_says_that_it_ends_is_taken_where_none_of_it_is_missing(
    box: Sandbox, tmp_path: Path, codec: str
) -> None:
    path = clips.made(tmp_path / "a.ogg", *TONE, "-c:a", codec, "-page_duration", "200000")
    data = unflagged(path.read_bytes())
    path.write_bytes(data)
    assert filming.hear(box, path, tmp_path).seconds == pytest.approx(1.5, abs=0.06)
    last, before = data.rindex(b"OggS"), data.rindex(b"OggS", 0, data.rindex(b"OggS"))
    for cut in (data[:before], data[:last], data[: last + 2], data[: last + 20], data[: last + 40], data[:-1]):
        path.write_bytes(cut)
        assert refusal(box, path)[0] == "corrupt"
    path.write_bytes(data[: data.rindex(b"OggS", 0, before)] + data[before:])  # one in the middle is missing
    assert refusal(box, path)[0] == "corrupt"


def test_a_coding_that_is_not_taken_is_refused_with_what_to_do(box: Sandbox, tmp_path: Path) -> None:
    code, words = refusal(box, clips.made(tmp_path / "a.wav", *TONE, "-c:a", "pcm_f64le"))
    assert (code, tunes.ACCEPTED in words) == ("corrupt", True)


def test_what_is_no_music_is_refused_with_what_to_do(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    assert refusal(box, written("empty", b""))[0] == "empty"
    code, words = refusal(box, written("a.txt", b"These are the words of a song."))
    assert (code, tunes.ACCEPTED in words) == ("unsupported_sound", True)
    assert refusal(box, written("list.m3u8", b"#EXTM3U\n/etc/passwd\n"))[0] == "unsupported_sound"
    assert refusal(box, written("noise.flac", b"fLaC" + bytes(range(256)) * 40))[0] == "corrupt"
    silent = clips.made(tmp_path / "silent.wav", "-f", "lavfi", "-i", "anullsrc=d=1")
    assert refusal(box, silent)[0] == "no_sound"
    mute = clips.pattern(tmp_path / "mute.mp4", *clips.X264, size="64x64")
    assert refusal(box, mute)[0] == "no_sound"
    short = clips.made(tmp_path / "short.wav", "-f", "lavfi", "-i", "sine=d=0.1")
    assert refusal(box, short)[0] == "too_short"
    monkeypatch.setattr(hearing, "MOST_S", 1.0)
    with pytest.raises(MediaError) as caught:
        hearing.hear(clips.made(tmp_path / "long.wav", *TONE), tmp_path)
    assert caught.value.code == "too_long"
