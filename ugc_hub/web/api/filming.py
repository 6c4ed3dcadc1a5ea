"""What the API takes and gives about what presets make, videos among it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ugc_hub.catalog.tongues import tag_of
from ugc_hub.errors import Invalid
from ugc_hub.framing import FilmChoice
from ugc_hub.framing.filming import MOST_AIMS
from ugc_hub.renditions import beds
from workers.media.video.shapes import Aim

from .shapes import Asked, ChoiceShape, Given, UseShape


class AimShape(Asked):
    """Where a window looks at one moment of the clip: its middle, as fractions of the picture."""

    at_s: float = Field(ge=0, strict=True, allow_inf_nan=False)
    x: float = Field(ge=0, le=1, strict=True, allow_inf_nan=False)
    y: float = Field(ge=0, le=1, strict=True, allow_inf_nan=False)
    jump: bool = Field(default=False, strict=True, description="Jump there instead of moving there.")


class FilmShape(Asked):
    """Decisions about the versions of a video; what is left out follows from preset and clip."""

    start_s: float | None = Field(default=None, ge=0, strict=True, allow_inf_nan=False)
    seconds: float | None = Field(default=None, gt=0, strict=True, allow_inf_nan=False)
    path: list[AimShape] = Field(
        default_factory=list, max_length=MOST_AIMS, description="Where the window looks, by hand."
    )
    captions: bool = Field(default=False, strict=True, description="Burn the captions in.")
    language: str | None = Field(
        default=None, max_length=35, description="Of the captions, BCP 47; default: that of the asset."
    )
    mute: bool = Field(default=False, strict=True)
    bed: str | None = Field(default=None, max_length=60, description="Id of a track that replaces the sound.")
    keep_voice: bool = Field(default=False, strict=True, description="Lay the track under the sound instead.")
    still_s: float | None = Field(default=None, ge=0, strict=True, allow_inf_nan=False)
    play_button: bool | None = Field(default=None, strict=True)
    loops: int | None = Field(default=None, ge=0, le=1000, strict=True)

    def record(self) -> FilmChoice:
        """Return the record that the use cases take.

        Raises:
            Invalid: the language is none.
        """
        known = self.model_dump(exclude={"path", "bed", "keep_voice"})
        known["language"] = tag_of(self.language) if self.language else None
        known |= beds.chosen(self.bed or "", keep_voice=self.keep_voice)
        return FilmChoice(**known, path=tuple(Aim(one.at_s, one.x, one.y, one.jump) for one in self.path))


class PlanAsk(Asked):
    """Presets to plan for one asset; with a use, the grants are asked as well."""

    preset_ids: list[str] = Field(min_length=1, max_length=200)
    choice: ChoiceShape = Field(default_factory=ChoiceShape)
    film: FilmShape | None = Field(default=None, description="How videos are cut; without it the best part is shown.")
    films: dict[str, FilmShape] = Field(
        default_factory=dict, max_length=200, description="How the video of one preset is cut, by its id."
    )
    use: UseShape | None = None


class RenditionAsk(Asked):
    """Presets to make for one asset, and for which use."""

    preset_ids: list[str] = Field(min_length=1, max_length=200)
    choice: ChoiceShape = Field(default_factory=ChoiceShape)
    film: FilmShape | None = Field(default=None, description="How videos are cut; without it the best part is shown.")
    films: dict[str, FilmShape] = Field(
        default_factory=dict, max_length=200, description="How the video of one preset is cut, by its id."
    )
    use: UseShape = Field(default_factory=UseShape)


def films_of(asked: PlanAsk | RenditionAsk) -> dict[str, Any]:
    """Return what an order says of videos, as the use cases take it.

    Raises:
        Invalid: `films` names a preset that is not asked for.
    """
    if unknown := sorted(set(asked.films) - set(asked.preset_ids)):
        words = f"films names presets that are not in preset_ids: {', '.join(unknown[:5])}."
        raise Invalid(words, extra={"field": "films"})
    films = {name: film.record() for name, film in asked.films.items()}
    return {"film": asked.film.record() if asked.film else None, "films": films}


class FramingOut(Given):
    """What a preset would make: `ready`, `warned` or `refused` with reasons; `crop` is in pixels of the picture."""

    preset_id: str
    outcome: str
    plans: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    crop: dict[str, int] | None
    scale: float
    covered: list[dict[str, Any]] = Field(
        description="Parts that the platform's own interface hides; of a video also when a face lies there (`times`)."
    )
    start_s: float | None = Field(default=None, description="Of a video: where its part begins.")
    seconds: float | None = Field(default=None, description="Of a video: how long it lasts.")
    safe: dict[str, int] | None = Field(default=None, description="Of a video: what the platform leaves free.")


class Framings(Given):
    """One answer for each preset."""

    items: list[FramingOut]
