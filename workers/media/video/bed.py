"""Lays music under the sound of a part, or puts it in its place: a file of sound that versions start from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from workers.media.errors import Damaged, MediaError, PlanImpossible
from workers.media.layers import MATERIALS
from workers.media.video import sound, tool
from workers.media.video.shapes import Bed, Clip
from workers.media.video.tunes import kind_of

FADE_IN_S, FADE_OUT_S = 0.25, 1.0
"""How long music takes to come and to go; of something short at most a quarter of it each."""
VOICE_LUFS = -20.0
"""How loud the clip's own sound is while both are put together; how loud the version is comes after."""
UNDER_LU = 9.0
"""By how much the music lies below the clip's own sound where that is not heard at the moment."""
_DUCK = "sidechaincompress=threshold=0.02:ratio=5:attack=15:release=350:knee=3:detection=rms:link=average"
"""Pushes the music down while the clip's own sound is heard: by some 10 dB at `VOICE_LUFS`, within 15 ms; it comes back
within a third of a second."""
_MOST_GAIN_DB = 30.0
_INTO_S = 0.001
"""As in `render`: a part is looked for a little before its beginning, so that rounding skips nothing."""
_BEYOND_S = 1.0
"""Of silence behind what is put together, and cut off again: filters with two inputs drop what is left of one when the
other ends, and how much that is depends on which came first."""
_FLOAT = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo"
_WAV = ["-c:a", "pcm_f32le", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-rf64", "auto"]


@dataclass(frozen=True)
class Laid:
    """Music with the part of a clip that it is heard with. Durations are seconds."""

    bed: Bed
    start_s: float
    lasts_s: float
    """Of the part of the clip."""
    lead_s: float
    """Of what is shown before the part."""
    whole_s: float
    """Of the version."""
    keep: bool
    """Whether the clip's own sound is heard."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"bed-{hashlib.sha256(repr(self).encode()).hexdigest()[:16]}.wav"


def lay(source: Path, clip: Clip, laid: Laid, workdir: Path) -> Path:
    """Write what is heard of a version into `workdir`, as long as the version, and return the file; once for each.

    The music begins with the version, begins again as often as it takes and is cut at the end. Stereo at 48 kHz; how
    loud it is altogether means nothing yet.

    Raises `PlanImpossible` (`no_bed`) where its file is missing, `Damaged` (`bed_unreadable`), and those of `tool.run`.
    """
    path = workdir / laid.name
    if path.exists():
        return path
    music, log = _music(laid, workdir), workdir / "bed.log"
    graph = f"[0:a]{_faded(laid.whole_s)}[out]"
    words = ["-stream_loop", "-1", "-i", f"file:{music}"]
    if laid.keep and clip.has_sound:
        start = max(0.0, laid.start_s - _INTO_S)
        part = sound.span(laid.start_s - start, laid.lasts_s)
        own = sound.measured(source, sound.span(laid.start_s, laid.lasts_s), log).integrated_lufs
        over = sound.measured(music, [], log).integrated_lufs
        words += ["-ss", f"{start:.6f}", "-t", f"{laid.lasts_s + 1:.6f}", "-i", f"file:{source}"]
        graph = _under(laid, part, own, over)
    words += ["-filter_complex", graph, "-map", "[out]", *_WAV]
    making = workdir / f"making-{laid.name}"
    tool.run([*words, str(making)], log)
    return making.rename(path)


def _under(laid: Laid, part: list[str], own: float | None, over: float | None) -> str:
    """Return the graph that lays the music under the clip's own sound."""
    voice = [*part, _FLOAT, f"volume={_gain(VOICE_LUFS, own):.2f}dB:precision=float"]
    voice += [f"adelay={round(laid.lead_s * sound.RATE)}S:all=1"] if laid.lead_s else []
    voice += [f"apad=whole_dur={laid.whole_s + _BEYOND_S:.6f}", "asplit[own][key]"]
    level = f"volume={_gain(VOICE_LUFS - UNDER_LU, over):.2f}dB:precision=float"
    return ";".join(
        [
            f"[1:a]{','.join(voice)}",
            f"[0:a]{_faded(laid.whole_s, _BEYOND_S)},{level}[bed]",
            f"[bed][key]{_DUCK}[low]",
            f"[own][low]amix=inputs=2:normalize=0:duration=longest,atrim=duration={laid.whole_s:.6f}[out]",
        ]
    )


def _gain(wanted: float, found: float | None) -> float:
    """What is as good as silent stays so: nobody turns the noise of a room into a voice."""
    return 0.0 if found is None else max(-60.0, min(_MOST_GAIN_DB, wanted - found))


def _faded(whole_s: float, beyond_s: float = 0.0) -> str:
    come, go = (min(seconds, whole_s / 4) for seconds in (FADE_IN_S, FADE_OUT_S))
    return ",".join(
        [
            f"atrim=duration={whole_s + beyond_s:.6f}",
            "asetpts=PTS-STARTPTS",
            _FLOAT,
            f"afade=t=in:d={come:.6f}",
            f"afade=t=out:st={whole_s - go:.6f}:d={go:.6f}",
        ]
    )


def _music(laid: Laid, workdir: Path) -> Path:
    """Decode as much of the music as the version takes; what a stranger sent is opened only here."""
    given = workdir / MATERIALS / laid.bed.file
    if not laid.bed.file or not given.is_file():
        raise PlanImpossible("The file of the music is not there any more. Choose another track.", code="no_bed")
    path = workdir / f"music-{laid.bed.file[:16]}-{round(laid.whole_s * 1000)}.wav"
    if path.exists():
        return path
    making = workdir / f"making-{path.name}"
    with given.open("rb") as file:
        kind = kind_of(file.read(64))
    words = [*tool.opening(given, kind.demuxer, kind.codecs), "-t", f"{laid.whole_s:.6f}", "-map", "0:a:0", "-vn"]
    try:
        tool.run([*words, "-af", f"aresample={sound.RATE},{_FLOAT}", *_WAV, str(making)], workdir / "music.log")
    except Damaged as error:
        words_ = "The file of the music cannot be read. Choose another track, or upload it again."
        raise MediaError(words_, code="bed_unreadable", detail=error.detail) from error
    return making.rename(path)
