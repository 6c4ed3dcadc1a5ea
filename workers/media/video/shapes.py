"""The frozen records of video work. Lengths are pixels, times and durations seconds from the beginning of the clip."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from workers.media.layers import Card, Overlay
from workers.media.records import QUIET, Plan, Record
from workers.media.shapes import Backdrop, Box, Imprint, Point
from workers.media.video.tracks import Embedded
from workers.media.video.wholes import Whole

VideoCodec = Literal["h264", "hevc", "vp9", "av1"]
MEZZANINE_VERSION = 5
"""Of the clip that everything starts from: raised with every change of what normalising makes."""


@dataclass(frozen=True)
class Span(Record):
    """A part of a clip: from `start_s` to before `end_s`."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Loudness(Record):
    """Programme loudness by EBU R 128 (ITU-R BS.1770): LUFS, LU and dBTP."""

    integrated_lufs: float | None
    """None for silence: the gate leaves nothing to measure."""
    range_lu: float
    true_peak_dbtp: float | None


@dataclass(frozen=True)
class Heard(Record):
    """What was measured of a piece of music: seconds, LUFS and dBTP."""

    media_type: str
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float | None


@dataclass(frozen=True)
class Seen(Record):
    """What draws the eye at one moment: faces as fractions of the picture, and where something moves."""

    at_s: float
    faces: tuple[tuple[float, float, float, float], ...] = ()
    """x, y, width, height of each face, the largest first."""
    motion: Point | None = None
    """Centre of what moves; None where nothing does."""
    amount: float = 0.0
    """How much moves, 0..1: mean change of brightness between two looks."""
    detail: float = 0.0
    """How much changes from pixel to pixel, 0..1: little in what is blurred, dark or empty; 0 if nobody looked."""
    loud_lufs: float | None = None
    """The greatest momentary loudness (EBU R 128) until the next look; None in silence, and without sound."""


@dataclass(frozen=True)
class Clip(Record):
    """The normalised form of a video and everything that was measured while it was made.

    Upright, square pixels, constant frame rate, SDR BT.709, 8 bits 4:2:0, stereo at 48 kHz or silent.
    """

    width: int
    height: int
    frames: int
    rate: tuple[int, int]
    """Frames a second as a fraction, such as (30000, 1001)."""
    has_sound: bool = False
    loudness: Loudness | None = None
    """None without sound."""
    silences: tuple[Span, ...] = ()
    cuts: tuple[float, ...] = ()
    """Where another scene begins."""
    seen: tuple[Seen, ...] = ()
    version: int = MEZZANINE_VERSION

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.rate[0] / self.rate[1]

    @property
    def duration_s(self) -> float:
        """How long the picture lasts."""
        return self.frames * self.rate[1] / self.rate[0]


@dataclass(frozen=True)
class Sheet(Record):
    """Small pictures of a clip at even distances, row by row in one file."""

    path: str
    """Relative to the work folder."""
    columns: int
    count: int
    width: int
    """Of one picture; so is `height`."""
    height: int
    every_s: float


@dataclass(frozen=True)
class Normalised(Record):
    """What normalising yields: the clip, its file, and a sheet of small pictures for scrubbing."""

    clip: Clip
    path: str
    """Relative to the work folder, as is the path of the sheet."""
    size_bytes: int
    sheet: Sheet
    warnings: tuple[str, ...] = ()
    """Codes of what was wrong but tolerated, as of `MediaFacts`: `captions_unreadable`."""
    captions: tuple[Embedded, ...] = ()
    """Those that lie in the original."""


@dataclass(frozen=True)
class VideoRecipe(Record):
    """Encoder settings, versioned: other settings are another version, so that stored renditions stay explained."""

    id: str
    version: int
    codec: VideoCodec = "h264"
    container: Literal["mp4", "webm"] = "mp4"
    preset: str = "veryfast"
    """Of the encoder, in its own words (x264, x265) or numbers (`8` for AV1, `4` for VP9)."""
    quality: float = 21.0
    """Constant rate factor of the encoder: lower is better and heavier."""
    profile: str = "high"
    gop_s: float = 2.0
    """Seconds between two instants at which a player may begin; all groups of pictures are closed."""
    kbps_max: int | None = None
    kbps_min: int | None = None
    audio_kbps: int = 192


@dataclass(frozen=True)
class Aim(Record):
    """Where a moving crop looks at one moment: the centre, as fractions of the picture."""

    at_s: float
    x: float
    y: float
    jump: bool = False
    """Jump there (a cut) instead of moving there from the one before."""


MOST_LIFT_DB = 20.0
"""What needs more to be as loud as asked is next to silence: its hiss would be lifted from where nobody hears it."""


@dataclass(frozen=True)
class SoundPlan(Record):
    """What becomes of the sound."""

    keep: bool = True
    loudness_lufs: float | None = -16.0
    """None: as it is."""
    tolerance_lu: float = 1.0
    true_peak_dbtp: float = -1.0


@dataclass(frozen=True)
class Bed(Record):
    """A piece of music for a version: under the sound of the clip where the plan keeps that, in its place otherwise."""

    track: str
    """Id of the piece among those whose licences are known."""
    file: str = ""
    """SHA-256 of its file, which lies in the work folder among the materials; empty while nobody has looked it up."""


@dataclass(frozen=True)
class Cue(Record):
    """What is shown from one instant to another; lines are parted by a newline."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class SpokenCue(Cue):
    """One of which is known when each of its words is heard; what is shown of it is a plain `Cue`."""

    words: tuple[Span, ...] = ()


@dataclass(frozen=True)
class CaptionStyle(Record):
    """How captions look that are burned into the picture; lengths are fractions of the shorter side of the canvas."""

    font: str = "DejaVu Sans"
    size: float = 0.055
    """Height of a line."""
    colour: str = "#ffffff"
    box: str = "#000000"
    """Colour of the box behind the words."""
    box_opacity: float = 0.7
    bold: bool = True


@dataclass(frozen=True)
class Captions(Record):
    """What is burned into the picture, and where: `safe` is what the platform leaves free of its own buttons."""

    cues: tuple[Cue, ...]
    safe: Box
    """In pixels of the canvas."""
    style: CaptionStyle = field(default_factory=CaptionStyle)


@dataclass(frozen=True)
class VideoPlan(Plan):
    """The exact work for one version of a clip.

    A window of `crop` size is cut from the clip, following `path`; it is scaled to `placed`, which lies on a canvas of
    `width` x `height` that `backdrop` fills where it shows. `frames` pictures are shown from frame `first` of the clip.
    """

    width: int
    height: int
    crop: Box
    """In pixels of the clip; its `x` and `y` count where `path` is empty."""
    placed: Box
    first: int
    frames: int
    rate: tuple[int, int]
    recipe: VideoRecipe
    path: tuple[Aim, ...] = ()
    backdrop: Backdrop = field(default_factory=Backdrop)
    sound: SoundPlan = field(default_factory=SoundPlan)
    captions: Captions | None = None
    """Burned in; times count from the first picture of the part that is shown."""
    overlays: tuple[Overlay, ...] = field(default=(), metadata=QUIET)
    """What is drawn over the picture; times as of the captions."""
    intro: Card | None = field(default=None, metadata=QUIET)
    """What is shown before the part."""
    end: Card | None = field(default=None, metadata=QUIET)
    """What is shown after it."""
    bed: Bed | None = field(default=None, metadata=QUIET)
    """What is heard under the clip's own sound, or instead of it; cards are a part of what it is heard with."""
    max_bytes: int | None = None
    min_bytes: int | None = field(default=None, metadata=QUIET)
    max_kbps: int | None = field(default=None, metadata=QUIET)
    """Of the whole file, where the platform refuses more; that of the recipe only bounds the encoder."""
    max_s: float | None = None
    """The file may not last longer by any clock, the padding of its sound included."""
    imprint: Imprint = field(default_factory=Imprint)
    whole: Whole | None = field(default=None, metadata=QUIET)
    """What the clip is that the part was taken from."""
    strict_loudness: bool = field(default=False, metadata=QUIET)
    """Whether the platform asks for the loudness of `sound`; else it is what the house is used to, and a version whose
    peaks leave no room for it is made as loud as they allow."""
    most_lift_db: float | None = field(default=None, metadata=QUIET)
    """By how many decibels the sound is lifted at most; None: by as many as its loudness asks for."""
    clip_version: int = MEZZANINE_VERSION
    engine: int = 4
    """Version of the video engine; a change that alters bytes raises it."""

    @property
    def part(self) -> tuple[int, float]:
        """Which part of the clip is shown: its first picture, and for how many seconds."""
        return self.first, round(self.frames * self.rate[1] / self.rate[0], 4)

    def audible(self, clip: Clip) -> bool:
        """Tell whether anything of a version of this clip is heard."""
        return self.bed is not None or (clip.has_sound and self.sound.keep)

    @property
    def shown(self) -> int:
        """How many pictures the version has, its cards included."""
        return self.frames + sum(card.frames for card in (self.intro, self.end) if card is not None)


@dataclass(frozen=True)
class AnimationPlan(Plan):
    """The exact work for one animated picture of a clip: for e-mail (GIF) or a page (WebP)."""

    crop: Box
    placed: Box
    """The whole canvas: its `width` and `height` are those of the picture; smaller where the budget asks for it."""
    first: int
    frames: int
    """Of the clip."""
    format: Literal["gif", "webp"] = "gif"
    rate: int = 12
    """Pictures a second at most."""
    loops: int = 1
    """How often it is shown; 0: without end, which only lasts of at most five seconds may be (WCAG 2.2, 2.2.2)."""
    quality: int = 75
    """Of WebP."""
    max_bytes: int | None = None
    path: tuple[Aim, ...] = ()
    overlays: tuple[Overlay, ...] = field(default=(), metadata=QUIET)
    """What is drawn over every picture, the first too: no other is seen everywhere. Their times are not asked."""
    imprint: Imprint = field(default_factory=Imprint)
    whole: Whole | None = field(default=None, metadata=QUIET)
    clip_version: int = MEZZANINE_VERSION
    engine: int = 3

    @property
    def width(self) -> int:
        """Of the picture; so is `height`."""
        return self.placed.width

    @property
    def height(self) -> int:
        """Of the picture."""
        return self.placed.height


@dataclass(frozen=True)
class Animated(Record):
    """One finished animation, as it was read again."""

    digest: str
    path: str
    media_type: str
    width: int
    height: int
    frames: int
    duration_s: float
    """Of one showing."""
    loops: int
    """How often it is shown; 0: without end."""
    size_bytes: int
    sha256: str
    encodes: int
    """How many runs the byte budget took; samples of a few pictures are not counted."""
    rate: int = 0
    """Pictures a second that it was made with at most, and the colours of its palette (of GIF)."""
    colours: int = 0


@dataclass(frozen=True)
class Measured(Record):
    """What a finished file is. Lengths pixels, durations seconds, sizes bytes."""

    width: int
    height: int
    codec: str
    profile: str
    level: float | None
    pixel_format: str
    colours: tuple[int, int, int, int]
    """Primaries, transfer, matrix (ITU-T H.273) and range (1: limited)."""
    sample_aspect: str
    frames: int
    rate: tuple[int, int] | None
    """Frames a second where every picture lasts equally long; None where they do not."""
    starts: int
    """Pictures that a player may begin at: IDR of H.264 and HEVC, key frames otherwise."""
    keys: int
    """Pictures marked as key frames; more than `starts` in open groups."""
    longest_gop: int
    video_s: float
    audio_s: float | None
    file_s: float
    """The longest of all clocks."""
    offset_s: float
    """By how much the sound begins after the picture, as the file says."""
    audio_codec: str | None
    audio_rate: int | None
    audio_channels: int | None
    index_first: bool | None
    """`moov` before `mdat`; None for WebM."""
    edit_lists: int
    size_bytes: int


@dataclass(frozen=True)
class Made(Record):
    """One finished version: its file, and what was measured of it."""

    digest: str
    path: str
    """Relative to the work folder."""
    media_type: str
    sha256: str
    measured: Measured
    loudness: Loudness | None
    short_of_lufs: float | None = None
    """The loudness that was asked for, where peaks left no room for it, or it was next to silence."""
    lifted_db: float | None = None
    """By how many decibels a sound next to silence was lifted; its hiss may be heard."""
