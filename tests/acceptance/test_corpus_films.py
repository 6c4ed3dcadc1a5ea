"""Every accepted video of the corpus becomes a clip and versions for four placements; other programs judge them all.

What cannot be is refused in words that the manifest bears out: Meta takes no video of less than a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.acceptance import references, trueclips
from tests.acceptance.references import Original, Pixels
from tests.acceptance.trueclips import COLOUR, COLOUR_HDR, IN_SYNC_S, LIKE_HDR, difference
from tests.support import manifest
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import cleared
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.handlers import handlers
from ugc_hub.models import AssetClip
from ugc_hub.renditions import RenditionView
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Point
from workers.media.video.shapes import Clip
from workers.queue.runner import RunnerOptions, Worker
from workers.queue.wake import Stop

Row = dict[str, str]
FILMS = [
    row for row in manifest("good") if row["verdict_class"] == "accept" and row["vcodec"] and row["kind"] != "anim"
]
GIF = "email.animated.gif"
PLACES = {
    "tiktok": (("tiktok.spark.video.9x16", "cover"),),
    "meta": (("meta.fb_feed.video.4x5", "cover"), ("meta.fb_feed.video.4x5", "contain")),
    "youtube": tuple(("youtube.instream_skippable.video.16x9", fit) for fit in ("cover", "contain")),
    "email": ((GIF, "cover"),),
}
"""In what order a person tries them. TikTok takes posts of creators (Spark) that are short."""
INFEED = "tiktok.infeed.video.9x16"
IN_FULL = {
    "syn_video_vfr_vertical_gaps_mono.mp4": "cover",
    "video_mp4_h264_screen_recording_terminal_vfr.mp4": "contain",
}
"""Films that are made as they are sold: for TikTok in-feed with its own limits, and the animation as long as it is."""
RATIOS = {"tiktok": 9 / 16, "meta": 4 / 5, "youtube": 16 / 9}
LEAST_S = {"meta": 1.0}
PART_S = {GIF: 0.4}
SHORT_S = 1.2
SILENT_LUFS = -69.0
TINY = 200
"""Lines or columns of an original of which a single one shows: windows stand on whole ones, references between them."""


@dataclass(frozen=True)
class Version:
    place: str
    view: RenditionView
    path: Path
    clip_rate: float = 0.0
    """Of what its plan counts pictures of."""
    whole: bool = False
    """The whole picture on a backdrop; else a part of it fills the canvas."""

    @property
    def size(self) -> tuple[int, int]:
        return self.view.width or 0, self.view.height or 0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = make_hub(tmp_path_factory.mktemp("films") / "var")
    made.runs.mkdir(parents=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def work(hub: Hub) -> Iterator[Callable[[], None]]:
    """A function that does all the work that waits, as a worker does."""
    with Sandbox(Limits()) as sandbox:
        worker = Worker(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs), Stop())

        def all_of_it() -> None:
            while worker.step():
                pass

        yield all_of_it
        worker.close()


def wished(preset: str, fit: str, lasts_s: float) -> FilmChoice:
    part = PART_S.get(preset, SHORT_S)
    framing = Choice(fit=fit, focal_point=Point(0.5, 0.5))  # type: ignore[arg-type]
    return FilmChoice(framing, seconds=part if lasts_s > part else None)


def in_full(fit: str) -> dict[str, tuple[str, FilmChoice]]:
    """Return what takes the place of the short versions of a film: TikTok's least length, and the usual animation."""
    framing = Choice(fit=fit, focal_point=Point(0.5, 0.5))  # type: ignore[arg-type]
    return {"tiktok": (INFEED, FilmChoice(framing, seconds=5.0)), "email": (GIF, FilmChoice(framing))}


def choose(hub: Hub, asset: str, place: str, lasts_s: float) -> tuple[str, FilmChoice] | str:
    """Return the first way in which a placement takes the video, as a person would find it, or why there is none."""
    code = ""
    for preset, fit in PLACES[place]:
        wish = wished(preset, fit, lasts_s)
        (framed,) = renditions.plan(hub, SYSTEM, asset, [preset], films={preset: wish})
        if framed.outcome != "refused":
            return preset, wish
        code = framed.reasons[0].code
    return code


@pytest.mark.parametrize("row", FILMS, ids=lambda row: row["file"])
def test_every_accepted_video_becomes_valid_versions(
    hub: Hub, work: Callable[[], None], corpus: Path, row: Row, tmp_path: Path
) -> None:
    path = corpus / "good" / row["file"]
    with path.open("rb") as file:
        upload = Upload(file_name=row["file"], door="api", size_bytes=path.stat().st_size)
        asset = cleared(hub, accept(hub, SYSTEM, file, upload).asset_id)
    work()
    given = references.original(path, row)
    clip = judge_clip(hub, asset, given)
    lasts_s = float(row["duration_s"] or 0) or 2.0
    ways = {place: choose(hub, asset, place, lasts_s) for place in PLACES}
    for place, why in ways.items():
        assert not isinstance(why, str) or (why == "too_short" and lasts_s < LEAST_S.get(place, 0)), (place, why)
    wanted = {place: way for place, way in ways.items() if not isinstance(way, str)}
    if row["file"] in IN_FULL:
        wanted |= in_full(IN_FULL[row["file"]])
    films = dict(wanted.values())
    renditions.request(hub, SYSTEM, asset, list(films), films=films)
    work()
    made = {view.presets[0]: view for view in renditions.of_asset(hub, SYSTEM, asset)}
    for place, (preset, wish) in wanted.items():
        version = taken(hub, made[preset], tmp_path, place)
        version = replace(version, clip_rate=clip.frame_rate, whole=wish.framing.fit == "contain")
        told = judge_picture(version, given)
        if preset == INFEED:
            judge_infeed(version)
        if place == "email":
            judge_gif(version)
            assert row["file"] not in IN_FULL or (version.view.measured or {})["frames"] >= 18
        else:
            judge_file(version, given)
            told |= judge_sound(version, given)
        print(row["file"], place, version.size, told)  # `pytest -rP` shows it


def judge_clip(hub: Hub, asset: str, given: Original) -> Clip:
    """Judge what all versions start from, and return what is known of it."""
    with hub.database.read() as session:
        row = session.get_one(AssetClip, asset)
    assert (row.status, row.message) == ("ready", None)
    clip = Clip.load(row.clip or {})
    with hub.storage.local(row.storage_key or "") as stored:
        trueclips.judge(stored, clip, given)
    return clip


def taken(hub: Hub, view: RenditionView, folder: Path, place: str) -> Version:
    assert (view.status, view.code, view.message) == ("ready", None, None)
    copy = folder / f"{place}{Path(view.file_name).suffix}"
    with hub.storage.local(view.storage_key or "") as stored:
        copy.write_bytes(stored.read_bytes())
    return Version(place, view, copy)


def judge_file(version: Version, given: Original) -> None:
    """Container, codec, clock: as both ffprobe and mediainfo see them."""
    (found, boxes), other = references.probe_boxes(version.path), references.mediainfo(version.path)
    plan = version.view.plan
    picture = next(one for one in found["streams"] if one["codec_type"] == "video")
    sounds = [one for one in found["streams"] if one["codec_type"] == "audio"]
    video = other["Video"]
    width, height = version.size
    assert (picture["width"], picture["height"]) == (int(video["Width"]), int(video["Height"])) == (width, height)
    # Even sides move the shape of a small canvas a little; platforms tolerate from one to three hundredths.
    assert width / height == pytest.approx(RATIOS[version.place], rel=0.01 if min(width, height) > 400 else 0.02)
    assert (picture["codec_name"], picture["profile"], picture["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert (video["Format"], video["Format_Profile"]) == ("AVC", "High")
    assert picture["r_frame_rate"] == picture["avg_frame_rate"]
    assert video["FrameRate_Mode"] == "CFR"
    assert video.get("ScanType", "Progressive") == "Progressive"
    assert picture.get("sample_aspect_ratio", "1:1") == "1:1"
    assert "side_data_list" not in picture
    assert float(video.get("Rotation", 0)) == 0
    tags = ("color_space", "color_transfer", "color_primaries", "color_range")
    assert [picture[name] for name in tags] == ["bt709", "bt709", "bt709", "tv"]
    lasts = plan["frames"] * plan["rate"][1] / plan["rate"][0]
    assert int(picture["nb_frames"]) == plan["frames"]
    assert float(found["format"]["duration"]) == pytest.approx(lasts, abs=0.005)
    assert float(other["General"]["Duration"]) == pytest.approx(lasts, abs=0.005)
    assert boxes == ["moov", "mdat"]
    assert other["General"]["IsStreamable"] == "Yes"
    assert bool(sounds) == ("Audio" in other) == given.has_sound
    for one in sounds:
        assert (one["codec_name"], one["sample_rate"], one["channels"]) == ("aac", "48000", 2)


def judge_infeed(version: Version) -> None:
    """What TikTok asks of ads between others: 5 to 60 s, 540 x 960 at least, 516 kbit/s at least."""
    found = references.probe(version.path)["format"]
    lasts = float(found["duration"])
    assert 5 - 1e-6 <= lasts <= 60
    assert version.size[0] >= 540
    assert version.size[1] >= 960
    assert version.path.stat().st_size * 8 / 1000 / lasts >= 516


def judge_gif(version: Version) -> None:
    (picture,) = references.probe(version.path)["streams"]
    seen = references.mediainfo(version.path)
    width, height = version.size
    assert picture["codec_name"] == "gif"
    assert seen["General"]["Format"] == "GIF"
    assert (picture["width"], picture["height"]) == (width, height)
    assert width <= 600
    assert version.path.stat().st_size <= 1_000_000
    with Image.open(version.path) as still:
        assert still.n_frames == (version.view.measured or {})["frames"]  # type: ignore[attr-defined]
        if still.n_frames > 1:  # type: ignore[attr-defined]
            loops = version.view.plan["loops"]
            assert still.info.get("loop") == {0: 0, 1: None}.get(loops, loops - 1)


def judge_picture(version: Version, given: Original) -> dict[str, float]:
    """Upright, and in the colours that another program shows."""
    plan, (width, height) = version.view.plan, version.size
    shape = given.ratio if version.whole else width / height
    # A GIF is looked at where it begins: mail programs show that, and its clock is another one.
    middle = 0 if version.place == "email" else plan["frames"] // 2
    at_s = middle * plan["rate"][1] / plan["rate"][0] if middle else 0.0
    expected = given.pictures(plan["first"] / version.clip_rate + at_s, version.clip_rate, shape)
    shown = references.picture_of(version.path, at_s, plan["placed"], shape)
    if min(given.width, given.height) < TINY:
        expected, shown = [coarse(one) for one in expected], coarse(shown)
    best = min(expected, key=lambda one: difference(one, shown))
    off = difference(best, shown)
    for name, wrong in {"turned": best[::-1, ::-1], "mirrored": best[:, ::-1], "upside down": best[::-1]}.items():
        assert off <= difference(wrong, shown) + 0.5, name
    if given.hdr:
        assert off <= COLOUR_HDR
        assert best.std() < 1 or np.corrcoef(best.ravel(), shown.ravel())[0, 1] >= LIKE_HDR
    else:
        assert off <= COLOUR
    return {"colour": round(off, 2)}


def coarse(pixels: Pixels) -> Pixels:
    """Return the means of four neighbours each."""
    found: Pixels = (pixels[:-1, :-1] + pixels[1:, :-1] + pixels[:-1, 1:] + pixels[1:, 1:]) / np.float32(4)
    return found


def judge_sound(version: Version, given: Original) -> dict[str, float]:
    """In step with the original, and as loud as its placement is used to, where there is something to be heard."""
    measured, plan = version.view.measured or {}, version.view.plan
    if not given.has_sound:
        return {}
    lufs, peak, sound = references.heard(version.path)
    assert peak <= -0.9  # dBTP, one decimal of another meter
    if lufs <= SILENT_LUFS:
        return {}
    if measured["short_of_lufs"] is None:
        assert lufs == pytest.approx(plan["sound"]["loudness_lufs"], abs=plan["sound"]["tolerance_lu"] + 0.2)
    start = plan["first"] / version.clip_rate
    apart = references.apart_s(given.sound(start, measured["video_s"]), sound)
    assert abs(apart) <= IN_SYNC_S
    return {"apart_ms": round(apart * 1000, 1), "lufs": lufs, "dbtp": peak}


def test_the_judge_itself_hears_sound_that_comes_late() -> None:
    """Otherwise a small number about the clips would mean nothing."""
    rate = references.SOUND_HZ
    voice = np.random.default_rng(5).standard_normal(rate).astype(np.float32)
    late = np.concatenate((np.zeros(round(0.06 * rate), np.float32), voice))
    assert references.apart_s(voice, late) == pytest.approx(0.06, abs=0.001)
    assert references.apart_s(late, voice) == pytest.approx(-0.06, abs=0.001)
