"""A preset: a target, an output and its recipes, joined."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ugc_hub.presets.custom import parts
from ugc_hub.presets.records import Output, Recipe, Target

_SPELT = {name.lower(): name for name in ("API", "DSP", "HLS", "HTML", "HTML5", "TV", "VAST", "WebP", "A4", "A5")}
"""Words of the names of placements that are not written in small letters."""


@dataclass(frozen=True)
class Preset:
    """A named target format with everything that is needed to make it."""

    target: Target
    output: Output | None = None
    """None where no picture is made: videos, documents, captions."""
    recipes: tuple[Recipe, ...] = ()
    """One for each format of the output, in its order."""
    platform_name: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """The target's id."""
        return self.target.id

    @property
    def renderable(self) -> bool:
        """True if the image engine makes it: a still picture whose size is known or follows from the source."""
        return self.target.kind == "image" and self.output is not None and bool(self.recipes)

    @property
    def title(self) -> str:
        """A short name for people, such as `Facebook feed 4:5, 1440 x 1800`."""
        if self.name:
            return self.name
        words = " ".join(_SPELT.get(word, word) for word in self.target.placement.split("_"))
        size = self.target.size
        shape = self.target.ratio or ""
        if size.width and size.height:
            pixels = f"{size.width} x {size.height}"
        else:
            pixels = f"{size.width} wide" if size.width else ""
        return ", ".join(part for part in (f"{words[:1].upper()}{words[1:]} {shape}".strip(), pixels) if part)

    def recipe_for(self, format_name: str) -> Recipe | None:
        """Return the recipe that writes `format_name` (`jpeg`, `png`, ...), or None."""
        return next((recipe for recipe in self.recipes if recipe.format == format_name), None)

    def describe(self) -> dict[str, Any]:
        """Return everything as plain JSON types; null means not published."""
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self.target)))
        plain |= {
            "title": self.title,
            "platform_name": self.platform_name,
            "renderable": self.renderable,
            "output": self.output and json.loads(json.dumps(dataclasses.asdict(self.output))),
            "recipes": [recipe.dump() for recipe in self.recipes],
        }
        return plain

    @classmethod
    def from_custom(cls, plain: Mapping[str, Any]) -> Self:
        """Build a preset that a person or the API defined; see `ugc_hub.presets.custom` for the fields.

        Raises `CustomPresetError`, which names every field that is wrong and says what to do.
        """
        target, output, recipes, name = parts(plain)
        return cls(target, output, recipes, "Custom", name)
