"""The records of the catalogue: what a platform accepts (target), what is made (output), and how (recipe).

The three change for different reasons and at different times, so they are three records: a platform moves its
limits, the house chooses other pixels, an encoder gets better settings. A value that is `None` or empty was not
published; it is never filled with a guess. Pixels, seconds, bytes, frames a second, kilobits a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from workers.media.shapes import Box, Recipe

__all__ = [
    "Audio",
    "Dispute",
    "Duration",
    "Evidence",
    "Fit",
    "Items",
    "Make",
    "Output",
    "Pack",
    "Recipe",
    "Region",
    "Size",
    "Target",
    "Video",
    "Weight",
]

Channel = Literal["ads", "organic", "email", "web", "print"]
TargetKind = Literal["image", "animation", "video", "document", "captions"]
Fit = Literal["cover", "contain", "scale_down"]
Basis = Literal["exact", "required", "recommended", "conventional", "derived", "example", "range", "minimum", "maximum"]

CHANNELS: tuple[str, ...] = get_args(Channel)
KINDS: tuple[str, ...] = get_args(TargetKind)
FITS: tuple[str, ...] = get_args(Fit)
BASES: tuple[str, ...] = get_args(Basis)
HOUSE = "house"
"""Platform, and kind of source, of the targets that no platform published."""


@dataclass(frozen=True)
class Size:
    """Pixels that a platform names, and how firmly (`basis`)."""

    width: int | None = None
    height: int | None = None
    basis: str | None = None
    """One of `BASES`; None where the platform names no pixels."""
    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None


@dataclass(frozen=True)
class Weight:
    """Bytes of one file. Decimal reading (150 KB is 150,000), which satisfies both meanings of KB."""

    max: int | None = None
    rule: str | None = None
    """`hard`: the platform refuses a heavier file; `advice`: it only asks for less."""
    min: int | None = None


@dataclass(frozen=True)
class Duration:
    """Seconds that a clip may last; `advice` is the platform's recommendation in its own words."""

    min: float | None = None
    max: float | None = None
    advice: str | None = None


@dataclass(frozen=True)
class Video:
    """Picture stream of a clip."""

    codecs: tuple[str, ...] = ()
    fps_min: float | None = None
    fps_max: float | None = None
    fps_mode: str | None = None
    """`cfr` (constant) or `source` (as filmed)."""
    kbps_min: int | None = None
    kbps_advice: str | None = None
    """A number or a range such as `5000-10000`."""
    kbps_max: int | None = None


@dataclass(frozen=True)
class Audio:
    """Sound of a clip."""

    codecs: tuple[str, ...] = ()
    kbps_min: int | None = None
    hz: tuple[int, ...] = ()
    loudness_lufs: float | None = None
    loudness_tolerance_lu: float | None = None
    true_peak_dbtp: float | None = None


@dataclass(frozen=True)
class Items:
    """How many files one ad takes (carousels)."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Region:
    """A part of the canvas that the platform's own interface covers.

    Either margins (`top`, `right`, `bottom`, `left`; None is not published) or one rectangle (`x`, `y`, `width`,
    `height`). `unit` is `px` on a canvas of `reference` (width, height), or `pct` of the canvas.
    """

    unit: str
    reference: tuple[int, int] | None = None
    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    left: float | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None

    @property
    def is_rectangle(self) -> bool:
        """True for one rectangle, False for margins."""
        return self.width is not None

    def boxes(self, width: int, height: int) -> tuple[Box, ...]:
        """Return the covered rectangles on a canvas of `width` x `height` pixels, scaled from the reference."""
        along = width / (100 if self.unit == "pct" or self.reference is None else self.reference[0])
        down = height / (100 if self.unit == "pct" or self.reference is None else self.reference[1])
        if self.width is not None and self.height is not None:
            x, y = round((self.x or 0) * along), round((self.y or 0) * down)
            return (Box(x, y, round(self.width * along), round(self.height * down)),)
        top, bottom = round((self.top or 0) * down), round((self.bottom or 0) * down)
        left, right = round((self.left or 0) * along), round((self.right or 0) * along)
        between = height - top - bottom
        strips = (
            Box(0, 0, width, top),
            Box(width - right, top, right, between),
            Box(0, height - bottom, width, bottom),
            Box(0, top, left, between),
        )
        return tuple(strip for strip in strips if strip.width > 0 and strip.height > 0)


@dataclass(frozen=True)
class Dispute:
    """Sources that disagree about one field, and what was kept."""

    field: str
    says: str
    kept: str


@dataclass(frozen=True)
class Evidence:
    """Where the facts of a target come from and when somebody last read them."""

    source: str = ""
    source2: str | None = None
    kind: str = ""
    """official, official_mirror, standard, vendor_doc, third_party_verbatim, open_data, open_source_default,
    third_party, custom, or house (no platform's word: what this house makes for itself)."""
    date: str | None = None
    """Date of the source itself, ISO 8601, possibly shortened to the month."""
    checked: str = ""
    """Day on which the source was read, ISO 8601."""


@dataclass(frozen=True)
class Make:
    """What the house makes for a target: the name of an output, the recipes by name, and the default fit."""

    fit: str = "cover"
    output: str | None = None
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What one platform accepts in one place."""

    id: str
    """Stable and never reused."""
    channel: str
    platform: str
    placement: str
    kind: str
    ratio: str | None = None
    """`width:height`, such as `4:5` or `1.91:1`."""
    ratio_tolerance_pct: float | None = None
    size: Size = Size()
    formats: tuple[str, ...] = ()
    """Short names in the platform's words (`jpg`, `mp4`)."""
    bytes: Weight = Weight()
    duration: Duration = Duration()
    video: Video = Video()
    audio: Audio = Audio()
    regions: tuple[Region, ...] = ()
    items: Items = Items()
    text_limits: tuple[str, ...] = ()
    disclosure: tuple[str, ...] = ()
    """Fields of the platform that label paid partnership or synthetic content."""
    notes: str | None = None
    evidence: Evidence = Evidence()
    disputes: tuple[Dispute, ...] = ()
    make: Make = Make()
    deprecated: bool = False
    replaced_by: str | None = None

    @property
    def of_house(self) -> bool:
        """Whether it is the house's own and stands in no published table."""
        return self.evidence.kind == HOUSE

    @property
    def in_words(self) -> bool:
        """Whether it is a short text that stands in the page (ThumbHash, BlurHash) and no file."""
        return self.placement == "placeholder"


@dataclass(frozen=True)
class Output:
    """What is made: many targets share one output, and its id says all of it.

    `width` alone means that the height follows the source; neither means that the size follows the source, within
    `ratio` and what the target accepts. `every` makes one file per format (responsive images); otherwise the first
    format is made, or for a transparent source the first that keeps transparency.
    """

    id: str
    formats: tuple[str, ...]
    width: int | None = None
    height: int | None = None
    ratio: str | None = None
    fit: str = "cover"
    every: bool = False
    max_bytes: int | None = None
    dpi: int | None = None
    """Dots an inch at the full width, for what is printed; a TIFF names them."""

    def address(self) -> str:
        """Return the id that the contents demand, such as `jpeg.1080x1350.150000` or `webp+jpeg.640w.scale_down`."""
        if self.width and self.height:
            size = f"{self.width}x{self.height}"
        elif self.width:
            size = f"{self.width}w"
        else:
            size = self.ratio.replace(":", "x") if self.ratio else "source"
        parts = [("+" if self.every else "-").join(self.formats), size]
        parts += [self.fit] if self.fit != "cover" else []
        parts += [str(self.max_bytes)] if self.max_bytes else []
        parts += [f"{self.dpi}dpi"] if self.dpi else []
        return ".".join(parts)


@dataclass(frozen=True)
class Pack:
    """A kit: presets that are usually wanted together."""

    id: str
    name: str
    description: str
    presets: tuple[str, ...]
