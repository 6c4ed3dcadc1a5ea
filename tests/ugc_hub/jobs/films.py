"""The cases of jobs that make files of videos."""

from __future__ import annotations

from tests.ugc_hub.jobs.scenes import Case, Facts, Scene
from tests.workers.media.clips import little
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import FilmChoice
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import AssetClip, Rendition

WEB, SQUARE = "web.file.h264.720p", "x.video.1x1"


def _normalise(scene: Scene) -> int:
    scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    return scene.waiting("normalise")


def _clips(scene: Scene) -> Facts:
    return {"clips": scene.count(AssetClip, AssetClip.status == "ready"), "files": scene.keys("clips/")}


def _film(scene: Scene) -> int:
    """Two parts, so that one may be there when the worker dies."""
    asset = scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    finish(scene.hub, [scene.waiting("normalise")])
    part = {SQUARE: FilmChoice(start_s=0.0, seconds=0.5)}
    renditions.request(scene.hub, SYSTEM, asset, [WEB, SQUARE], stated=StatedUse("website"), films=part)
    return scene.waiting("film")


def _versions(scene: Scene) -> Facts:
    ready = scene.count(Rendition, Rendition.status == "ready")
    return {"renditions": ready, "files": scene.keys("renditions/"), "clips": scene.keys("clips/")}


CASES = [
    Case("normalise", _normalise, ("after_clip", "before_commit"), _clips, {"clips": 1, "files": 2}),
    Case(
        "film",
        _film,
        ("after_renditions", "after_part", "before_commit"),
        _versions,
        {"renditions": 2, "files": 2, "clips": 2},
    ),
]
