"""The cases of jobs that make files of videos."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from tests.tools import unavailable
from tests.ugc_hub.jobs.scenes import Case, Facts, Scene
from tests.workers.media.clips import little
from ugc_hub import catalog, compositions, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import FilmChoice
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Asset, AssetClip, AssetIngredient, CaptionTrack, Pack, Piece, Rendition
from workers.media.composition.shapes import AS_FIRST

WEB, SQUARE, GIF = "web.file.h264.720p", "x.video.1x1", "email.animated.gif"


def _normalise(scene: Scene) -> int:
    scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    return scene.waiting("normalise")


def _clips(scene: Scene) -> Facts:
    return {"clips": scene.count(AssetClip, AssetClip.status == "ready"), "files": scene.keys("clips/")}


def _film(scene: Scene) -> int:
    """Two parts and an animation beside the first, so that one may be there when the worker dies."""
    asset = scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    finish(scene.hub, [scene.waiting("normalise")])
    part = {name: FilmChoice(start_s=0.0, seconds=0.5) for name in (SQUARE, GIF)}
    renditions.request(scene.hub, SYSTEM, asset, [WEB, SQUARE, GIF], stated=StatedUse("website"), films=part)
    return scene.waiting("film")


def _versions(scene: Scene) -> Facts:
    ready = scene.count(Rendition, Rendition.status == "ready")
    return {"renditions": ready, "files": scene.keys("renditions/"), "clips": scene.keys("clips/")}


def _compose(scene: Scene) -> int:
    if not compositions.installed():
        unavailable("MoviePy")
    asset = scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    values = {"seconds": 1.0, "shape": AS_FIRST}
    job = compositions.ask(scene.hub, SYSTEM, compositions.Wish("titlecard", [asset], values)).job_id
    assert job is not None
    return job


def _pieces(scene: Scene) -> Facts:
    return {
        "pieces": scene.count(Piece, Piece.status == "ready", Piece.asset_id.is_not(None)),
        "assets": scene.count(Asset),
        "parts": scene.count(AssetIngredient),
        "originals": scene.keys("originals/"),
    }


def _transcribe(scene: Scene) -> int:
    scene.hub.settings = replace(scene.hub.settings, speech_recogniser="tests.recogniser:Tells")
    asset = scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    return catalog.ask_transcription(scene.hub, SYSTEM, asset, language="en").job_id


def _tracks(scene: Scene) -> Facts:
    return {"tracks": scene.count(CaptionTrack, CaptionTrack.source == "heard"), "files": scene.keys("clips/")}


def _pack(scene: Scene) -> int:
    asset = scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    packs.make(scene.hub, SYSTEM, name="One", asset_ids=[asset], preset_ids=[WEB], stated=StatedUse("website"))
    finish(scene.hub, [scene.waiting("normalise")])
    return scene.waiting("pack")


def _gone_on(scene: Scene) -> Facts:
    with scene.hub.database.read() as session:
        (pack,) = session.scalars(select(Pack)).all()
    return {"asked": len(pack.items[0]["renditions"]), "jobs": scene.queued("film")}


CASES = [
    Case("pack", _pack, ("after_asked",), _gone_on, {"asked": 1, "jobs": 1}),
    Case("normalise", _normalise, ("after_clip", "before_commit"), _clips, {"clips": 1, "files": 2}),
    Case(
        "film",
        _film,
        ("after_renditions", "after_part", "before_commit"),
        _versions,
        {"renditions": 3, "files": 3, "clips": 2},
    ),
    Case("transcribe", _transcribe, ("after_clip", "after_heard", "before_commit"), _tracks, {"tracks": 1, "files": 2}),
    Case(
        "compose",
        _compose,
        ("after_composed", "before_commit"),
        _pieces,
        {"pieces": 1, "assets": 2, "parts": 1, "originals": 2},
    ),
]
