"""The shapes of brand kits."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from .shapes import Asked, Given


class LogoShape(Asked):
    """A PNG file that was kept before."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    width: int
    height: int


class CardShape(Asked):
    """An intro or end card."""

    title: str = ""
    line: str = ""
    seconds: float = 2.0


class KitAsk(Asked):
    """A brand kit; what is left out is the house's own."""

    name: str
    ground: str | None = Field(default=None, description="Behind the words of a lower third, and of cards.")
    words: str | None = Field(default=None, description="The words on it.")
    accent: str | None = Field(default=None, description="The button that calls to action.")
    accent_words: str | None = None
    label_ground: str | None = Field(default=None, description="Behind the disclosure label.")
    label_words: str | None = None
    captions_ground: str | None = None
    captions_words: str | None = None
    font: str | None = Field(default=None, description="A family of the house, or the SHA-256 of a font that is kept.")
    bold_font: str | None = None
    logo: LogoShape | None = None
    call_to_action: str | None = None
    intro: CardShape | None = None
    end: CardShape | None = None
    templates: dict[str, str] | None = Field(default=None, description="Piece to the name of the template it uses.")

    def fields(self) -> dict[str, Any]:
        """Return the fields that were given."""
        return self.model_dump(exclude_none=True)


class KitOut(Given):
    """A version of a kit; `body` is null where it was withdrawn."""

    id: str
    version: int
    body: dict[str, Any] | None
    created_at: datetime


class Kits(Given):
    """The kits in force."""

    items: list[KitOut]


class KitHistory(Given):
    """All versions, newest first."""

    items: list[KitOut]


class KitFileAsk(Asked):
    """A file for kits."""

    data: str = Field(max_length=8_000_000, description="The bytes in base64.")


class KitFileOut(Given):
    """A file that is kept: `png` with its size, or `font`."""

    sha256: str
    kind: Literal["png", "font"]
    width: int
    height: int
