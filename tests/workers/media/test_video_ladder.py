"""Ladders: sizes that are cut alike, begin with a picture that needs nothing before it, and weigh what is told."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import X264, normalised
from workers.media import filming
from workers.media.errors import MediaError
from workers.media.layers import Card, Overlay
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, Imprint
from workers.media.video import bundle, fragments, playlists, sound
from workers.media.video.rungs import MASTER, Ladder, LadderPlan, Rung
from workers.media.video.shapes import Clip, VideoRecipe

RECIPE = VideoRecipe("h264.stream", 1, "h264", "mp4", "veryfast", 24, audio_kbps=128)
RUNGS = (Rung(160, 90, 60, (15, 1)), Rung(320, 180, 300, (30, 1)))

Made = tuple[Ladder, Clip, Path]


def plan(clip: Clip) -> LadderPlan:
    return LadderPlan(Box(0, 0, clip.width, clip.height), RUNGS, 30, 400, RECIPE, imprint=Imprint(creator="Ana Sol"))


def unpacked(path: Path) -> Path:
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Four seconds that stand still and ten that flicker: nothing weighs less evenly."""
    folder = tmp_path_factory.mktemp("ladder")
    picture = "color=gray:s=320x180:r=30:d=9[c];testsrc2=s=320x180:r=30:d=6,noise=alls=60:allf=t[n];[c][n]concat=n=2[v]"
    tone = "aevalsrc=0.2*sin(2*PI*440*t):s=48000:d=15"
    words = ["-f", "lavfi", "-i", tone, "-filter_complex", picture, "-map", "[v]", "-map", "0:a", *X264, "-c:a", "aac"]
    source = clips.made(folder / "long.mp4", *words)
    work = folder / "ladder"
    work.mkdir()
    with lent(Sandbox()) as box:
        found, clip = normalised(box, source, folder)
        (ladder,) = filming.ladder(box, clip, (found.clip, [plan(found.clip)]), work)
    assert isinstance(ladder, Ladder)
    assert [one.name for one in work.glob("*.*")] == [ladder.path] + [one.name for one in work.glob("*.log")]
    return ladder, found.clip, unpacked(work / ladder.path) / MASTER


def probe(*words: str) -> dict[str, list[dict[str, str]]]:
    command = [need("ffprobe"), "-v", "error", "-print_format", "json", "-allowed_extensions", "ALL", *words]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    plain: dict[str, list[dict[str, str]]] = json.loads(said)
    return plain


def test_every_variant_opens_in_another_program_and_has_all_its_pictures(made: Made) -> None:
    ladder, _, path = made
    for rung, planned in zip(ladder.rungs, RUNGS, strict=True):
        words = ["-count_packets", "-show_streams", str(path.with_name(f"{rung.name}.m3u8"))]
        (stream,) = probe(*words)["streams"]
        assert (int(stream["width"]), int(stream["height"])) == (rung.width, rung.height)
        assert int(stream["nb_read_packets"]) == 400 * Fraction(*planned.rate) / 30
        assert (stream["profile"], stream["pix_fmt"], stream["color_space"]) == ("High", "yuv420p", "bt709")
        begin = [one.begins_s for one in fragments.read(path.with_name(f"{rung.name}.mp4")).fragments]
        assert begin == [0, 6, 12]
    whole = probe("-show_streams", str(path))["streams"]
    assert sorted(one["codec_type"] for one in whole) == ["audio", "video", "video"]


def test_each_piece_can_be_played_with_nothing_but_the_head_before_it(made: Made, tmp_path: Path) -> None:
    _, _, path = made
    for name in ("v0", "v1"):
        media = playlists.read_media(path.with_name(f"{name}.m3u8").read_text())
        data = path.with_name(media.head.uri).read_bytes()
        assert [part.lasts_s for part in media.parts] == pytest.approx([6, 6, 400 / 30 - 12], abs=0.001)
        assert media.target_s == 6
        for part in media.parts:
            alone = tmp_path / "alone.mp4"
            head = data[media.head.start : media.head.start + media.head.length]
            alone.write_bytes(head + data[part.start : part.start + part.length])
            frames = probe("-select_streams", "v", "-show_frames", "-show_entries", "frame=pict_type", str(alone))
            kinds = [frame["pict_type"] for frame in frames["frames"]]
            assert kinds[0] == "I"
            assert len(kinds) == round(part.lasts_s * (15 if name == "v0" else 30))


def test_the_playlist_tells_the_weight_that_the_files_have(made: Made) -> None:
    ladder, _, path = made
    variants = {one.uri: one for one in playlists.read_master(path.read_text())}
    beside = path.with_name("sound.mp4").stat().st_size * 8 / (400 / 30)
    for rung in ladder.rungs:
        told = variants[f"{rung.name}.m3u8"]
        size = path.with_name(f"{rung.name}.mp4").stat().st_size * 8 / (400 / 30)
        assert told.average_bps == pytest.approx(size + beside, rel=0.03)
        assert told.peak_bps >= told.average_bps
        assert rung.peak_bps <= 2 * rung.average_bps
        assert told.codecs == (rung.codec, "mp4a.40.2")
        assert told.codecs[0].startswith("avc1.6400")
    assert set(ladder.names) == {one.name for one in path.parent.iterdir()}
    assert ladder.names[0] == MASTER
    bundled = path.parent.with_suffix(".zip").read_bytes()
    assert (ladder.size_bytes, ladder.sha256) == (len(bundled), hashlib.sha256(bundled).hexdigest())


def test_the_sound_is_as_loud_as_asked_and_the_files_say_whose_they_are(made: Made) -> None:
    _, clip, path = made
    heard = sound.loudness(path.with_name("sound.mp4"), path.with_name("log"))
    path.with_name("log").unlink()
    assert heard.integrated_lufs == pytest.approx(-16, abs=1)
    assert clip.has_sound
    said = subprocess.run([need("exiftool"), str(path.with_name("v1.mp4"))], capture_output=True, text=True, check=True)
    assert "Ana Sol" in said.stdout


def test_a_piece_that_does_not_begin_by_itself_is_seen(made: Made, tmp_path: Path) -> None:
    _, _, path = made
    found = fragments.read(path.with_name("v1.mp4"))
    assert all(one.clean for one in found.fragments)
    data = bytearray(path.with_name("v1.mp4").read_bytes())
    second = found.fragments[1]
    at = data.index(b"mdat", second.start) + 4
    while data[at + 4] & 0x1F != 5:
        at += 4 + int.from_bytes(data[at : at + 4], "big")
    data[at + 4] = data[at + 4] & 0xE0 | 1
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    assert [one.clean for one in fragments.read(broken).fragments] == [True, False, True]
    broken.write_bytes(data[:600])
    with pytest.raises(MediaError):
        fragments.read(broken)


def test_sizes_that_weigh_the_same_are_made_once(tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "calm.mp4", *X264, seconds=2)
    rungs = (Rung(160, 90, 2000, (30, 1)), Rung(160, 90, 3000, (30, 1)))
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, tmp_path)
        work = tmp_path / "ladder"
        work.mkdir()
        (made,) = filming.ladder(
            box, clip, (found.clip, [replace(plan(found.clip), rungs=rungs, first=0, frames=60)]), work
        )
    assert isinstance(made, Ladder)
    assert [rung.name for rung in made.rungs] == ["v1"]
    assert made.names == (MASTER, "v1.m3u8", "v1.mp4")
    assert 'AUDIO="' not in (unpacked(work / made.path) / MASTER).read_text()


def test_light_and_tone_stay_together(tmp_path: Path) -> None:
    path = clips.flash(tmp_path / "flash.mp4", 1.5, *X264, "-c:a", "aac")
    whole = Box(0, 0, 160, 90)
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, tmp_path)
        work = tmp_path / "ladder"
        work.mkdir()
        asked = replace(plan(found.clip), crop=whole, rungs=(Rung(160, 90, 300, (30, 1)),), first=15, frames=45)
        (made,) = filming.ladder(box, clip, (found.clip, [asked]), work)
    assert isinstance(made, Ladder)
    folder = unpacked(work / made.path)
    light = int(np.argmax(clips.grey(folder / "v0.mp4", (16, 8)).mean(axis=(1, 2)) > 120)) / 30
    loud = np.abs(clips.sound(folder / "sound.mp4").astype(np.int32))
    tone = int(np.argmax(loud > loud.max() // 2)) / 48_000
    assert light == pytest.approx(1.0, abs=0.001)
    assert tone - light == pytest.approx(0, abs=0.040)
    assert abs(fragments.read(folder / "sound.mp4").fragments[0].begins_s) < 0.001


def test_a_bundle_tells_where_its_files_lie_and_takes_another_stamp(made: Made, tmp_path: Path) -> None:
    _, _, path = made
    data = path.parent.with_suffix(".zip").read_bytes()
    found = bundle.entries(data)
    for one in path.parent.iterdir():
        told = found[one.name]
        assert data[told.start : told.start + told.length] == one.read_bytes()
        assert bundle.find(len(data), lambda start, end: data[start:end], one.name) == told
    assert bundle.find(len(data), lambda start, end: data[start:end], "v9.mp4") is None
    assert found["sound.mp4"].media_type == "audio/mp4"
    assert found[MASTER].media_type == "application/vnd.apple.mpegurl"
    again = bundle.stamped(data, Imprint(creator="Ana Sol", usage_id="use_1", credit="A longer line than before"))
    assert again == bundle.stamped(
        data, Imprint(creator="Ana Sol", usage_id="use_1", credit="A longer line than before")
    )
    (tmp_path / "again.zip").write_bytes(again)
    folder = unpacked(tmp_path / "again.zip")
    words = ["-count_packets", "-show_streams", str(folder / "v1.m3u8")]
    assert int(probe(*words)["streams"][0]["nb_read_packets"]) == 400
    assert b"use_1" in (folder / "v1.mp4").read_bytes()
    assert (folder / MASTER).read_bytes() == path.read_bytes()
    for broken in (b"", b"PK", data[:-30]):
        with pytest.raises(MediaError):
            bundle.entries(broken)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "first line"),
        ("#EXTM3U\n#EXTINF:6,\n#EXT-X-BYTERANGE:5@9\na.mp4\n#EXT-X-ENDLIST\n", "no beginning"),
        ('#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI="a",BYTERANGE="9@0"\n#EXTINF:6,\na\n', "no end"),
        (
            '#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI="a",BYTERANGE="9@0"\n#EXTINF:7,\na\n#EXT-X-ENDLIST\n',
            "longer",
        ),
        ('#EXTM3U\n#EXT-X-MAP:URI="a",BYTERANGE="9"\n', "9"),
    ],
)
def test_a_playlist_that_players_would_not_take_is_seen(text: str, detail: str) -> None:
    with pytest.raises(MediaError) as refused:
        playlists.read_media(text)
    assert detail in str(refused.value.detail)


def test_a_master_playlist_without_variants_or_with_half_of_one_is_seen() -> None:
    for text in (
        "#EXTM3U\n",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n",
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="avc1.64001f",RESOLUTION=2x2,FRAME-RATE=30,'
        'AUDIO="sound"\na.m3u8\n',
    ):
        with pytest.raises(MediaError):
            playlists.read_master(text)


def test_all_sizes_bear_what_is_drawn_and_the_cards_with_the_sound_in_step(tmp_path: Path) -> None:
    source = clips.flash(tmp_path / "flash.mp4", 0.5, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
    box = Overlay("label", "box", 20, 30, 60, 40, colour="#0000c8", until_s=1.0)
    with Sandbox(Limits()) as sandbox:
        found, clip = normalised(sandbox, source, tmp_path)
        size = (found.clip.width, found.clip.height)
        rungs = (Rung(96, 54, 200, (15, 1)), Rung(*size, 900, (30, 1)))
        whole = Box(0, 0, *size)
        bare = LadderPlan(whole, rungs, 0, 60, RECIPE)
        dressed = replace(bare, overlays=(box,), intro=Card(30, "#c80000"), end=Card(16, "#00a000"))
        (ladder,) = filming.ladder(sandbox, clip, (found.clip, [dressed]), tmp_path)
    assert isinstance(ladder, Ladder), ladder
    assert ladder.duration_s == pytest.approx(106 / 30, abs=0.001)
    assert bare.digest() != dressed.digest()
    assert "overlays" not in bare.dump()
    folder = unpacked(tmp_path / ladder.path)
    for name, rung in zip(("v0", "v1"), rungs, strict=True):
        pictures = clips.colours(folder / f"{name}.mp4", (rung.width, rung.height)).astype(int)
        by, rate = rung.width / size[0], rung.rate[0] / rung.rate[1]
        assert len(pictures) == 106 / 30 * rate
        middle = [picture[round(50 * by), round(50 * by)] for picture in pictures]
        assert np.abs(middle[3] - (200, 0, 0)).max() < 14
        assert np.abs(middle[-3] - (0, 160, 0)).max() < 14
        assert np.abs(middle[round(1.5 * rate)] - (0, 0, 200)).max() < 20
        assert np.abs(middle[round(2.5 * rate)] - (0, 0, 200)).max() > 60
    heard = np.abs(clips.sound(folder / "sound.mp4").astype(int))
    assert np.argmax(heard > heard.max() // 2) / 48_000 == pytest.approx(1.5, abs=0.04)
