"""The records of a ladder: one clip in several sizes, cut into pieces between which a player may change (HLS, CMAF)."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.media.layers import Card, Overlay
from workers.media.records import QUIET, Plan, Record
from workers.media.shapes import Box, Imprint
from workers.media.video.shapes import MEZZANINE_VERSION, Bed, Captions, SoundPlan, VideoPlan, VideoRecipe
from workers.media.video.wholes import Whole

MASTER = "master.m3u8"
"""The file that a player opens."""


@dataclass(frozen=True)
class Rung(Record):
    """One size of a ladder."""

    width: int
    height: int
    kbps: int
    """At most so many kilobits a second for the pictures, over any piece."""
    rate: tuple[int, int]


@dataclass(frozen=True)
class LadderPlan(Plan):
    """The exact work for one ladder: all rungs show the same part of a clip, and are cut into pieces alike."""

    crop: Box
    """Of the clip, and the same for all rungs."""
    rungs: tuple[Rung, ...]
    """The lightest first."""
    first: int
    frames: int
    """Of the clip."""
    recipe: VideoRecipe
    """Its `gop_s` divides a piece."""
    groups: int = 3
    """Groups of pictures in a piece."""
    sound: SoundPlan = field(default_factory=SoundPlan)
    bed: Bed | None = field(default=None, metadata=QUIET)
    """As of a `VideoPlan`."""
    imprint: Imprint = field(default_factory=Imprint)
    captions: Captions | None = field(default=None, metadata=QUIET)
    """Burned in; this and what follows as of a `VideoPlan` of the largest rung, at the rate of the clip."""
    overlays: tuple[Overlay, ...] = field(default=(), metadata=QUIET)
    intro: Card | None = field(default=None, metadata=QUIET)
    end: Card | None = field(default=None, metadata=QUIET)
    whole: Whole | None = field(default=None, metadata=QUIET)
    """What the clip is that the part was taken from."""
    most_lift_db: float | None = field(default=None, metadata=QUIET)
    """As of a `VideoPlan`."""
    clip_version: int = MEZZANINE_VERSION
    engine: int = 3

    @property
    def placed(self) -> Box:
        """The largest rung: all of it shows the clip."""
        return Box(0, 0, self.width, self.height)

    @property
    def shown(self) -> int:
        """How many pictures of the clip's rate the stream lasts, its cards included."""
        return self.frames + sum(card.frames for card in (self.intro, self.end) if card is not None)

    @property
    def dressed(self) -> bool:
        """Whether anything is drawn."""
        said = self.captions is not None and bool(self.captions.cues)
        return said or bool(self.overlays) or self.intro is not None or self.end is not None

    def canvas(self, rate: tuple[int, int]) -> VideoPlan:
        """Return the largest rung as a film without sound, at the rate of the clip: everything is drawn there."""
        return VideoPlan(
            width=self.width,
            height=self.height,
            crop=self.crop,
            placed=self.placed,
            first=self.first,
            frames=self.frames,
            rate=rate,
            recipe=self.recipe,
            captions=self.captions,
            overlays=self.overlays,
            intro=self.intro,
            end=self.end,
        )

    @property
    def max_bytes(self) -> None:
        """No platform bounds all files of a stream together."""
        return None

    @property
    def width(self) -> int:
        """Of the largest rung; so is `height`."""
        return self.rungs[-1].width

    @property
    def height(self) -> int:
        """Of the largest rung."""
        return self.rungs[-1].height


@dataclass(frozen=True)
class RungMade(Record):
    """One rung, as it was read again. Bits a second are those of the pictures alone."""

    name: str
    width: int
    height: int
    average_bps: int
    peak_bps: int
    """Of the heaviest piece."""
    codec: str
    """As playlists name it (RFC 6381), such as `avc1.64001f`."""
    pieces: int


@dataclass(frozen=True)
class Ladder(Record):
    """A finished ladder: one file that holds its playlists and films (`video.bundle`)."""

    digest: str
    path: str
    """Relative to the work folder."""
    media_type: str
    width: int
    height: int
    """Of the largest rung."""
    size_bytes: int
    sha256: str
    names: tuple[str, ...]
    """Of the files in it, the master playlist first."""
    rungs: tuple[RungMade, ...]
    duration_s: float
    short_of_lufs: float | None = None
    """The loudness that was asked for, where peaks left no room for it, or it was next to silence."""
    lifted_db: float | None = None
    """By how many decibels a sound next to silence was lifted; its hiss may be heard."""
