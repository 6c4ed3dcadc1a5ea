"""Normalises a clip once: upright, constant frame rate, SDR BT.709, stereo at 48 kHz; everything else starts from it.

One process of ffmpeg decodes the original once and writes the clip, and beside it what `survey` looks and listens at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from workers.media.errors import Damaged, TooLarge
from workers.media.limits import Limits
from workers.media.probe import container as containers
from workers.media.shapes import MediaFacts
from workers.media.video import embedded, sheet, survey, tone, tool
from workers.media.video.measure import frames_in
from workers.media.video.shapes import Clip, Normalised
from workers.media.video.source import Source, look

NAME = "clip.mov"
MOST_S = 1200.0
"""Longer videos are not normalised: no placement runs so long, and the file would fill the disk."""
_THREADS = "4"
"""The same on every machine: the bytes that x264 writes depend on it."""
_ENCODING = [
    *("-c:v", "libx264", "-preset", "superfast", "-tune", "fastdecode", "-crf", "12", "-g", "12", "-bf", "0"),
    *("-pix_fmt", "yuv420p"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
]
"""As good as the original to the eye, and light to decode (no arithmetic coding, no loop filter): every version begins
with that, and what it saves there is worth a fifth more room. It is kept for a while and can be made again."""

_WHOLE = ["-apply_cropping:v", "codec"]
"""What a container would cut off is shown, as it is in the poster; few players know of it."""
_CHANGED = "Reconfiguring filter graph"
"""What ffmpeg says where size, layout or sound of what it reads are others from here on."""


@dataclass(frozen=True)
class _Looks:
    """Sizes of the small pictures that go with the clip."""

    every_s: float
    sheet: tuple[int, int]
    grid: tuple[int, int]
    faces: tuple[int, int]


def normalise(
    source: Path, facts: MediaFacts, workdir: Path, limits: Limits, *, tell: tool.Progress | None = None
) -> Normalised:
    """Write the clip of an original (measured before: `facts`) into `workdir`, with its sheet of small pictures.

    `tell` hears how far it is as a fraction and a sentence.

    Raises `TooLarge` (`too_long`) for more than 20 minutes, and the errors of `workers.media.errors`.
    """
    if facts.duration_s is None or facts.duration_s > MOST_S:
        raise TooLarge(
            f"The video is longer than {MOST_S / 60:.0f} minutes. Cut it first and send the part that is wanted.",
            code="too_long",
        )
    known = look(source, facts, limits)
    looks = _looks(known)
    log = _encode(source, known, looks, workdir, tell=tell)
    captions, warnings = embedded.read(source, facts, workdir)
    return replace(_measured(known, looks, workdir, log), captions=captions, warnings=warnings)


def _encode(source: Path, known: Source, looks: _Looks, workdir: Path, *, tell: tool.Progress | None) -> str:
    """Write everything, and return what was said; the long way round, from there on where the original changes."""
    said = ""
    for changing in (False, True):
        words = [*_WHOLE, *tool.opening(source, known.demuxer, containers.CODECS)]
        words += [*_graph(known, looks, workdir, changing=changing), *_outputs(known, workdir)]
        until = "" if changing else _CHANGED
        said = tool.run(words, workdir / "normalise.log", seconds=known.duration_s, tell=tell, until=until)
        if _CHANGED not in said:
            break
    return said


def _measured(known: Source, looks: _Looks, workdir: Path, log: str) -> Normalised:
    path = workdir / NAME
    frames = frames_in(path)
    if not frames:
        raise Damaged("The video shows no picture. Export it again and send that.", code="corrupt")
    rate = (known.rate.numerator, known.rate.denominator)
    clip = Clip(known.width, known.height, frames, rate, has_sound=known.audio is not None)
    clip = survey.complete(clip, workdir, log, grid=looks.grid, faces=looks.faces, share=known.share)
    small = sheet.lay_out(workdir, looks.sheet, looks.every_s)
    return Normalised(clip, NAME, path.stat().st_size, small)


def _looks(known: Source) -> _Looks:
    every = max(sheet.EVERY_S, known.duration_s / sheet.MOST)

    def within(side: int) -> tuple[int, int]:
        scale = min(1.0, side / max(known.width, known.height))
        return max(2, round(known.width * scale / 2) * 2), max(2, round(known.height * scale / 2) * 2)

    small = sheet.size_for(known.width, known.height, known.duration_s)
    return _Looks(every, small, within(survey.GRID_SIDE), within(survey.FACES_SIDE))


def _graph(known: Source, looks: _Looks, workdir: Path, *, changing: bool) -> list[str]:
    """Return the graph of filters; of what is `changing` one for what enters, and one behind it that keeps the time.

    Size or sound of some recordings change on the way (of calls, of television). ffmpeg then begins the graph that
    they enter anew; it would count from zero again, and of one of the two parts nothing would be heard.
    """

    def scaled(size: tuple[int, int]) -> str:
        return f"scale={size[0]}:{size[1]}:flags=area"

    rate = f"fps={known.rate.numerator}/{known.rate.denominator}"
    timed, enters = f"{rate}:start_time=0", f"[0:{known.video}]"
    graphs = []
    if changing:
        # How long its last picture is shown is lost between two graphs: it is shown twice, for one to be lost.
        shape = f"pad=aspect={known.width}/{known.height}:x=-1:y=-1"  # of who turns the phone in a call
        graphs.append(f"{enters}{_upright(known, workdir, f'{shape},{rate}')},tpad=stop=1:stop_mode=clone[upright]")
    begun = f"[upright]{timed}" if changing else f"{enters}{_upright(known, workdir, timed)}"
    seen = [
        f"{begun},split=4[clip][grid0][faces0][sheet0]",
        f"[grid0]{scaled(looks.grid)},format=gray[grid]",
        f"[faces0]fps={survey.FACES_RATE}:start_time=0:round=up,{scaled(looks.faces)},format=gray[faces]",
        f"[sheet0]fps=1/{looks.every_s:.6f}:start_time=0:round=up,{scaled(looks.sheet)},format=rgb24[sheet]",
    ]
    heard: list[str] = []
    if known.audio is not None:
        stereo, begun = "aformat=sample_fmts=s16:channel_layouts=stereo", f"[0:{known.audio}]"
        if changing:
            graphs.append(f"{begun}aresample=48000,{stereo}[stereo]")
            begun = "[stereo]"
        heard.append(f"{begun}aresample=48000:async=1:first_pts=0,{stereo},asplit[sound][heard0]")
        heard.append(f"[heard0]{survey.LISTENING}[heard]")
    # A graph with two inputs that are graphs ends with the shorter of them, before all is heard.
    graphs += [";".join(chains) for chains in ([seen, heard] if changing and heard else [seen + heard])]
    return [word for graph in graphs for word in ("-filter_complex", graph)]


def _upright(known: Source, workdir: Path, timed: str) -> str:
    """ffmpeg turns the picture itself, by the display matrix; what is left are time, colours and size.

    What was said about the light of an HDR screen is no longer true of what comes out, so it is left out.
    """
    steps = ["bwdif=mode=send_frame:deint=interlaced"] if known.interlaced else []
    steps.append(timed)
    if known.held_s is not None:
        steps.append(f"tpad=stop=-1:stop_mode=clone,trim=end={known.held_s:.6f}")
    size = f"w={known.width}:h={known.height}:filter=bicubic"
    given = "full" if known.full_range else "limited"
    if known.layout:
        steps.append(f"format={known.layout}")
    if known.hdr:
        table = workdir / "tone.cube"
        tone.write(known.hdr, table)
        coded = "smpte2084" if known.hdr == "pq" else "arib-std-b67"
        steps += [
            f"setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc={coded}:range={given}",
            f"zscale={size}:matrix=gbr:range=full",
            "format=gbrp10",
            f"lut3d=file={table.name}:interp=tetrahedral",
            "setparams=color_primaries=bt709:color_trc=bt709",
            "zscale=matrix=709:range=limited",
        ]
    else:
        named = "full" if known.matrix == "gbr" else given
        steps += [
            f"setparams=colorspace={known.matrix}:color_primaries={known.primaries}:color_trc=bt709:range={named}",
            f"zscale={size}:matrix=709:primaries=709:transfer=709:range=limited",
        ]
    return ",".join([*steps, "format=yuv420p", "setsar=1", "sidedata=mode=delete"])


def _outputs(known: Source, workdir: Path) -> list[str]:
    plain = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    words = ["-map", "[clip]", *_ENCODING, "-threads:v", _THREADS]
    if known.audio is not None:
        words += ["-map", "[sound]", "-c:a", "pcm_s16le"]
    words += [*plain, "-f", "mov", "-video_track_timescale", str(_timescale(known.rate)), NAME]
    words += ["-map", "[grid]", "-f", "rawvideo", survey.GRID]
    words += ["-map", "[faces]", "-f", "rawvideo", survey.FACES]
    words += ["-map", "[sheet]", "-f", "rawvideo", sheet.PICTURES]
    if known.audio is not None:
        words += ["-map", "[heard]", "-f", "null", "-"]
    return words


def _timescale(rate: Fraction) -> int:
    """Ticks a second in which each picture lasts a whole number of them."""
    return rate.numerator * (1000 if rate.denominator == 1 else 1)
