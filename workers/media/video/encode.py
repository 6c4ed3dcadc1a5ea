"""Encoder settings in the words of ffmpeg: closed groups of pictures, no edit lists, the index first."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.video import decoders
from workers.media.video.shapes import VideoPlan, VideoRecipe

MEDIA_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
_LIBRARIES = {"h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1"}
_COLOURS = [
    *("-pix_fmt", "yuv420p", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-colorspace", "bt709", "-color_range", "tv"),
]
PLAIN = [
    *("-map_metadata", "-1", "-map_chapters", "-1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
]
THREADS = 4
"""The same on every machine: the bytes of x264 depend on it."""


@dataclass(frozen=True)
class Rate:
    """How many bits a picture stream gets: by quality, or `kbps` on average; `filled`: never fewer."""

    kbps: int | None = None
    filled: bool = False

    @property
    def planned(self) -> bool:
        """Whether a first pass finds out where the bits are needed."""
        return self.kbps is not None and not self.filled


def video_words(plan: VideoPlan, rate: Rate) -> list[str]:
    """Return what comes after `-map` of the pictures."""
    recipe = plan.recipe
    gop = pictures_apart(plan)
    words = ["-c:v", _LIBRARIES[recipe.codec], *_COLOURS, "-fps_mode", "cfr", "-g", str(gop)]
    words += {"h264": _h264, "hevc": _hevc, "vp9": _vp9, "av1": _av1}[recipe.codec](plan, gop, rate)
    if rate.kbps:
        words += ["-b:v", f"{rate.kbps}k"]
    most = rate.kbps if rate.filled else recipe.kbps_max
    if most and recipe.codec in ("h264", "hevc"):
        words += ["-maxrate", f"{most}k", "-bufsize", f"{most if rate.filled else 2 * most}k"]
    if rate.filled:
        words += ["-minrate", f"{rate.kbps}k"]
    return words


def pictures_apart(plan: VideoPlan) -> int:
    """Return how many pictures lie between two that a player may begin at."""
    return max(1, round(plan.recipe.gop_s * plan.rate[0] / plan.rate[1]))


def _h264(plan: VideoPlan, gop: int, rate: Rate) -> list[str]:
    recipe, level = plan.recipe, decoders.level(plan)
    # A look ahead of its own thread would choose the types of the last pictures by how far it got, so by chance.
    own = "open-gop=0:sync-lookahead=0" + (":nal-hrd=cbr" if rate.filled else "")
    words = ["-preset", recipe.preset, "-profile:v", recipe.profile, "-keyint_min", str(gop), "-sc_threshold", "0"]
    words += ["-x264-params", own, "-threads:v", str(THREADS), *(["-level:v", f"{level:.1f}"] if level else [])]
    return words if rate.kbps else [*words, "-crf", f"{recipe.quality:g}"]


def _hevc(plan: VideoPlan, gop: int, rate: Rate) -> list[str]:
    recipe = plan.recipe
    words = ["-preset", recipe.preset, "-tag:v", "hvc1", "-x265-params", _hevc_own(plan, gop)]
    return words if rate.kbps else [*words, "-crf", f"{recipe.quality:g}"]


def _hevc_own(plan: VideoPlan, gop: int) -> str:
    level = decoders.level(plan)
    own = f"open-gop=0:keyint={gop}:min-keyint={gop}:scenecut=0:log-level=error:pools={THREADS}:frame-threads=2"
    return f"{own}:level-idc={level:.1f}" if level else own


def _vp9(plan: VideoPlan, gop: int, rate: Rate) -> list[str]:
    recipe = plan.recipe
    words = ["-deadline", "good", "-cpu-used", recipe.preset, "-row-mt", "1", "-threads:v", str(THREADS)]
    words += ["-keyint_min", str(gop), "-auto-alt-ref", "1", "-lag-in-frames", "25"]
    # By quality, and no more on average than the bound (constrained quality).
    return words if rate.kbps else [*words, "-crf", f"{recipe.quality:g}", "-b:v", f"{recipe.kbps_max or 0}k"]


def _av1(plan: VideoPlan, gop: int, rate: Rate) -> list[str]:
    recipe = plan.recipe
    words = ["-preset", recipe.preset, "-svtav1-params", f"keyint={gop}:scd=0:irefresh-type=2:lp={THREADS}"]
    if rate.kbps:
        return words
    bound = ["-maxrate", f"{recipe.kbps_max}k", "-bufsize", f"{2 * recipe.kbps_max}k"] if recipe.kbps_max else []
    return [*words, "-crf", f"{recipe.quality:g}", *bound]


def pass_words(plan: VideoPlan, rate: Rate, log: str, number: int) -> list[str]:
    """Return what makes an encoding the first or second of two passes; nothing for AV1, whose library does without."""
    if not rate.planned or plan.recipe.codec == "av1":
        return []
    if plan.recipe.codec == "hevc":
        return ["-x265-params", f"{_hevc_own(plan, pictures_apart(plan))}:pass={number}:stats={log}"]
    return ["-pass", str(number), "-passlogfile", log]


def sound_words(recipe: VideoRecipe) -> list[str]:
    """Return what comes after `-map` of the sound."""
    if recipe.container == "webm":
        return ["-c:a", "libopus", "-b:a", f"{recipe.audio_kbps}k", "-ar", "48000"]
    return ["-c:a", "aac", "-b:a", f"{recipe.audio_kbps}k", "-ar", "48000"]


def file_words(recipe: VideoRecipe, path: str) -> list[str]:
    """Return what ends an output: its container, and the file."""
    words = [*PLAIN, "-f", recipe.container]
    if recipe.container == "mp4":
        words += ["-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0", "-brand", "mp42"]
    return [*words, path]
