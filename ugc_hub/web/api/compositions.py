"""Compositions: clips made of several videos, which become assets of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from ugc_hub import compositions
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .shapes import Asked, Given


class ParameterOut(Given):
    """Something that may be said of a composition; `least` and `most` bound a number, `most` a text in letters."""

    name: str
    title: str
    kind: str
    default: str | float
    least: float
    most: float
    lines: int
    options: list[str]
    hint: str


class CompositionOut(Given):
    """One composition: how many videos or photos it takes (`clips`: least and most), its parameters, or its fault."""

    name: str
    title: str
    sentence: str
    clips: list[int]
    parameters: list[ParameterOut]
    shipped: bool
    fault: str


class CompositionsOut(Given):
    """The compositions that there are; `installed` says whether they can be made here."""

    installed: bool
    items: list[CompositionOut]


class PieceAsk(Asked):
    """Videos and photos in order, and what a composition is to make of them."""

    composition: str = Field(max_length=60, examples=["beforeafter"])
    asset_ids: list[str] = Field(min_length=1, max_length=12)
    values: dict[str, str | float] = Field(default_factory=dict, max_length=50)
    title: str = Field(default="", max_length=200, description="What the asset that comes out is called.")


class PieceOut(Given):
    """One clip that was asked for; `asset_id` names what came of it. `status` is queued, running, ready or failed."""

    id: str
    composition: str
    title: str
    parts: list[str]
    values: dict[str, str | float]
    status: str
    progress: float
    created_at: datetime
    job_id: int | None
    code: str | None
    message: str | None
    asset_id: str | None


class Pieces(Given):
    """What was asked for last, the newest first."""

    items: list[PieceOut]


@blueprint.get("/compositions")
@gives(CompositionsOut)
@described("Compositions", "The compositions that there are")
def list_compositions() -> dict[str, Any]:
    """Return what can be made of videos and photos; broken compositions are listed with their fault."""
    found = compositions.kinds(the_hub(), allowed("rendition.view"))
    return {"installed": compositions.installed(), "items": [one.as_dict() for one in found]}


@blueprint.post("/pieces")
@body(PieceAsk)
@gives(PieceOut, 202, "It is being made")
@described("Compositions", "Compose a clip")
def make_piece(body: PieceAsk) -> dict[str, Any]:
    """Ask for a clip of videos and photos; it may be used where each of them may, and its job can be cancelled."""
    wish = compositions.Wish(body.composition, body.asset_ids, body.values, body.title)
    return compositions.ask(the_hub(), allowed("rendition.request"), wish).as_dict()


@blueprint.get("/pieces")
@gives(Pieces)
@described("Compositions", "Clips that were asked for")
def list_pieces() -> dict[str, Any]:
    """Return the fifty newest."""
    return {"items": [one.as_dict() for one in compositions.recent(the_hub(), allowed("rendition.view"))]}


@blueprint.get("/pieces/<piece_id>")
@gives(PieceOut)
@described("Compositions", "One clip that was asked for")
def see_piece(piece_id: str) -> dict[str, Any]:
    """Return how far it is."""
    return compositions.get(the_hub(), allowed("rendition.view"), piece_id).as_dict()
