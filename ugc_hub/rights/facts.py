"""What is known of an asset that bears on rights; whatever nobody has answered counts against its use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who can be recognised."""

    id: str
    is_adult: bool | None = None
    """None where the age is unknown."""


@dataclass(frozen=True)
class AssetFacts:
    """The rights facts of one asset. For lists None means that nobody has said, and empty that there is nothing."""

    id: str
    kind: str = "image"
    """image, video or audio."""
    status: str = "pending_review"
    """pending_review, active, hold, taken_down or erased; any other word counts as not yet approved."""
    digital_source_type: str | None = None
    """IPTC NewsCode, such as `digitalCapture`; None or another word where nobody has said whether AI made it."""
    has_audio: bool | None = None
    is_testimonial: bool | None = None
    compensation: str = "unknown"
    """paid, gifted, affiliate, employee, none or unknown."""
    people: tuple[Person, ...] | None = None
    properties: tuple[str, ...] | None = None
    """Ids of recognisable private property and works of art."""
    music: str = "unknown"
    """none, original, present or unknown."""
    tracks: tuple[str, ...] = ()
    """Ids of the tracks, where they are known one by one; each then needs its licence."""
    ingredients: tuple[str, ...] = ()
    """Ids of other assets that are part of this one."""
    edits: frozenset[str] = frozenset()
    """What was done to those parts when they were put together; whoever allows a use must allow it too."""
    beds: tuple[str, ...] = ()
    """Of a question: ids of tracks that are laid under its sound or in the place of it; see `Request.beds`."""

    @property
    def compensated(self) -> bool:
        """Whether the creator got something for it, or nobody has said that not."""
        return self.compensation != "none"

    @property
    def testimonial(self) -> bool:
        """Whether it speaks for a product, or nobody has said that not."""
        return self.is_testimonial is not False

    @property
    def subjects(self) -> frozenset[str]:
        """Everybody and everything in it that a right may be about."""
        persons = (person.id for person in self.people or ())
        return frozenset((*persons, *(self.properties or ()), *self.tracks, *self.beds))
