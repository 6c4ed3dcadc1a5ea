"""What goes into framing and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ugc_hub.framing.kits import Dressing
from workers.media.plans import AnyPlan
from workers.media.records import Record
from workers.media.shapes import Backdrop, Box, ImagePlan, Imprint, Point
from workers.media.video.shapes import Span

FitChoice = Literal["cover", "contain", "width"]
Outcome = Literal["ready", "warned", "refused"]
Severity = Literal["refusal", "warning", "advice"]


@dataclass(frozen=True)
class Choice(Record):
    """What a person decided about one rendition; None leaves it to the preset and the facts."""

    fit: FitChoice | None = None
    focal_point: Point | None = None
    backdrop: Backdrop | None = None
    """Colour or blur around a contained picture; a colour is also laid under transparent pixels."""
    format: str | None = None
    """One of the formats that the preset makes: jpeg, png, webp, avif, gif, tiff."""
    imprint: Imprint = field(default_factory=Imprint)
    upscale: bool = False
    """Allow up to twice the pixels of the source, with a warning."""
    kit: Dressing | None = None
    """What of a brand's kit is drawn over it, and the words."""


@dataclass(frozen=True)
class Reason(Record):
    """Why an outcome is what it is; `code` is stable, `sentence` is for people."""

    code: str
    sentence: str
    severity: Severity


@dataclass(frozen=True)
class Covered(Record):
    """What one region of the platform's interface hides."""

    boxes: tuple[Box, ...]
    """Covered rectangles in pixels of the rendition."""
    share: float
    """Part of the rendition that is covered, 0..1."""
    faces: tuple[int, ...] = ()
    """Indexes into the faces of the facts of those that lie beneath; of a video those of one look, at the most."""
    focus: bool = False
    """True if the focal point lies beneath."""
    times: tuple[Span, ...] = ()
    """Of a video: when a face lies beneath, in seconds of the clip; empty for pictures."""


@dataclass(frozen=True)
class AnyFraming(Record):
    """The answer for one asset, whatever its kind, and one preset.

    `ready`: nothing to say; `warned`: it is made, and somebody should read why; `refused`: it is not made.
    """

    preset_id: str
    outcome: Outcome
    plans: tuple[AnyPlan, ...] = ()
    """One for each format; empty when refused."""
    reasons: tuple[Reason, ...] = ()
    crop: Box | None = None
    """What is cut from the picture as shown; None when refused."""
    scale: float = 0.0
    """Pixels of the rendition for one pixel of the source, at most 1 unless `upscale` was chosen."""
    covered: tuple[Covered, ...] = ()
    start_s: float | None = None
    """Of a video: where its part begins in the clip, or which moment a still shows; None for pictures."""
    seconds: float | None = None
    """Of a video: how long it lasts."""
    safe: Box | None = None
    """Of a video: what the platform leaves free of its own buttons, in pixels of the rendition."""


@dataclass(frozen=True)
class Framing(AnyFraming):
    """The answer for one photo, or one picture of a clip."""

    plans: tuple[ImagePlan, ...] = ()
