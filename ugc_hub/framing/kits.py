"""The kit of a brand: its logo, colours, fonts and words, and what somebody wants of it on a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workers.media.layers import Overlay, is_file
from workers.media.records import Record
from workers.media.video.shapes import Captions

Piece = Literal["logo", "lower_third", "call_to_action", "intro", "end", "label"]
PIECES: tuple[Piece, ...] = ("label", "logo", "lower_third", "call_to_action", "intro", "end")
"""In the order in which they take their places."""
CARDS = ("intro", "end")
TEMPLATES: Mapping[str, str] = {
    "logo": "logo",
    "lower_third": "lower-third",
    "call_to_action": "call-to-action",
    "intro": "card",
    "end": "card",
    "label": "label",
}
"""The template that each piece is drawn by where the kit names none."""


@dataclass(frozen=True)
class Logo(Record):
    """A PNG file in the storage, and its size in pixels."""

    sha256: str
    width: int
    height: int


@dataclass(frozen=True)
class CardWords(Record):
    """What a card says, and for how many seconds it is seen."""

    title: str = ""
    line: str = ""
    seconds: float = 2.0


@dataclass(frozen=True)
class Kit(Record):
    """One version of a brand's kit; colours are `#rrggbb`, fonts families of the house or the SHA-256 of a file."""

    id: str = ""
    name: str = ""
    ground: str = "#14171f"
    """Behind the words of a lower third, and of cards; `words` is the colour of those words."""
    words: str = "#ffffff"
    accent: str = "#ffffff"
    """Of the button that calls to action; `accent_words` is the colour of what it says."""
    accent_words: str = "#14171f"
    label_ground: str = "#000000"
    label_words: str = "#ffffff"
    font: str = "DejaVu Sans"
    bold_font: str = ""
    """Empty: the bold one of the family, or the same file."""
    logo: Logo | None = None
    call_to_action: str = ""
    intro: CardWords | None = None
    end: CardWords | None = None
    captions_ground: str = "#000000"
    captions_words: str = "#ffffff"
    templates: dict[str, str] = field(default_factory=dict)
    """Piece to the name of the template that draws it, where it is not the house's own."""

    @property
    def materials(self) -> tuple[str, ...]:
        """The SHA-256 of every file that the kit names."""
        named = (self.font, self.bold_font, self.logo.sha256 if self.logo is not None else "")
        return tuple(dict.fromkeys(name for name in named if is_file(name)))


HOUSE = Kit()
"""What draws where nobody chose a kit: the label that a duty asks for."""


@dataclass(frozen=True)
class Dressing(Record):
    """What somebody wants of a kit on one version."""

    kit: str = ""
    """Its id."""
    pieces: tuple[str, ...] = ()
    """Of `PIECES` but the label, which duties ask for."""
    name: str = ""
    """What the lower third says: who is seen, their handle, and the place."""
    handle: str = ""
    place: str = ""
    call_to_action: str = ""
    """Instead of the kit's own."""


NOTHING = Dressing()


def materials_of(overlays: tuple[Overlay, ...], captions: Captions | None = None) -> tuple[str, ...]:
    """Return the SHA-256 of every file that overlays and captions are drawn with."""
    named = [name for one in overlays for name in (one.image, one.font)]
    named += [captions.style.font] if captions is not None else []
    return tuple(dict.fromkeys(name for name in named if is_file(name)))
