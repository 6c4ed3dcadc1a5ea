"""How videos are encoded: a recipe for each codec and channel, chosen for what happens to the file afterwards."""

from __future__ import annotations

from ugc_hub.presets.records import Target
from workers.media.video.shapes import VideoRecipe

_ADS = {
    # Platforms encode again, so the file starts good.
    "h264": VideoRecipe("h264.ads", 1, "h264", "mp4", "medium", 19, audio_kbps=256),
    "hevc": VideoRecipe("hevc.ads", 1, "hevc", "mp4", "medium", 22, profile="main", audio_kbps=256),
}
_WEB = {
    # Read by browsers as it is: H.264 for all of them, VP9 and AV1 as lighter siblings.
    "h264": VideoRecipe("h264.web", 1, "h264", "mp4", "medium", 23, audio_kbps=128),
    "vp9": VideoRecipe("vp9.web", 2, "vp9", "webm", "3", 33, profile="", audio_kbps=96),
    "av1": VideoRecipe("av1.web", 2, "av1", "mp4", "7", 34, profile="main", audio_kbps=128),
}
STREAM = VideoRecipe("h264.stream", 1, "h264", "mp4", "veryfast", 21, audio_kbps=128)
"""Of each size of a stream: by quality, and bounded by the rate of the size."""
RECIPES = {"ads": _ADS, "organic": _ADS, "email": _WEB, "web": _WEB, "print": _WEB}
"""By channel; what none of a channel asks for is encoded as for another one, where a custom preset does."""
_FILES = frozenset({"mp4", "webm", "mov", "m4v"})
"""What is made: MP4 wherever MP4 or its sisters are taken, WebM where nothing else is."""


def sidecar_of(target: Target) -> str:
    """Return in which form what is said goes along with a video in a file of its own: `srt`, `vtt`, or empty for none.

    LinkedIn takes SubRip alone (help page a426534); a page shows WebVTT in the player (WCAG 2.2, 1.2.2). Where another
    platform wants captions, they are burned in.
    """
    if target.kind != "video":
        return ""
    return "srt" if target.platform == "linkedin" else "vtt" if target.channel == "web" else ""


def recipe_for(target: Target) -> VideoRecipe | None:
    """Return how a video for a target is encoded; None where the house makes none (streams in pieces, other codecs)."""
    if target.formats and not _FILES & set(target.formats):
        return None
    known = _ADS | _WEB | RECIPES[target.channel]
    accepted = target.video.codecs or ("h264",)
    return known["h264"] if "h264" in accepted else next((known[name] for name in accepted if name in known), None)
