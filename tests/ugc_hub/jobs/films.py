"""The cases of jobs that make files of videos."""

from __future__ import annotations

from tests.ugc_hub.jobs.scenes import Case, Facts, Scene
from tests.workers.media.clips import little
from ugc_hub.models import AssetClip


def _normalise(scene: Scene) -> int:
    scene.send(little(scene.hub.settings.data_dir), "clip.mp4", own=True)
    return scene.waiting("normalise")


def _clips(scene: Scene) -> Facts:
    return {"clips": scene.count(AssetClip, AssetClip.status == "ready"), "files": scene.keys("clips/")}


CASES = [
    Case("normalise", _normalise, ("after_clip", "before_commit"), _clips, {"clips": 1, "files": 2}),
]
