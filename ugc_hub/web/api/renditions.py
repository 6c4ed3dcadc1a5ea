"""Renditions: planned without pixels, made, downloaded."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response
from pydantic import Field

from ugc_hub import renditions
from ugc_hub.catalog import Sidecar
from ugc_hub.licensing.wording import channel_name
from ugc_hub.web import uses
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send_copy
from ugc_hub.web.rights import spoken

from .blueprint import blueprint, body, described, gives, gives_file, query
from .filming import Framings, PlanAsk, RenditionAsk, films_of
from .shapes import Outcomes, RenditionOut, Renditions, TakeQuery


class SpokenQuery(TakeQuery):
    """The form of the file, and the use that it is taken for."""

    form: Literal["srt", "vtt"] = "srt"
    language: str = Field(default="", max_length=35, description="BCP 47; default: that of the asset.")


@blueprint.post("/assets/<asset_id>/plans")
@body(PlanAsk)
@gives(Framings)
@described("Renditions", "What presets would make, without making it")
def plan(asset_id: str, body: PlanAsk) -> dict[str, Any]:
    """Return crop, size, warnings and refusals of each preset; no pixel is touched and nothing is kept."""
    framings = renditions.plan(
        the_hub(),
        allowed("rendition.view"),
        asset_id,
        body.preset_ids,
        choice=body.choice.record(),
        stated=body.use.record() if body.use else None,
        **films_of(body),
    )
    # The page asks here when a choice changes; the same words stand on it before that.
    return {"items": [_spoken(framing.dump()) for framing in framings]}


def _spoken(framing: dict[str, Any]) -> dict[str, Any]:
    """A plan with names in the words of its reasons."""
    return {**framing, "reasons": [{**one, "sentence": spoken(one["sentence"])} for one in framing["reasons"]]}


@blueprint.post("/assets/<asset_id>/renditions")
@body(RenditionAsk)
@gives(Outcomes, 202, "They are being made, or were made before")
@described("Renditions", "Make renditions")
def make(asset_id: str, body: RenditionAsk) -> dict[str, Any]:
    """Ask for renditions for a use; what the grants do not allow is refused, a plan carried out is not made again.

    A video whose clip is only being made is refused with `clip_not_ready`; the same request may succeed later.
    """
    outcomes = renditions.request(
        the_hub(),
        allowed("rendition.request"),
        asset_id,
        body.preset_ids,
        choice=body.choice.record(),
        stated=body.use.record(),
        **films_of(body),
    )
    names = {one.channel: channel_name(one.channel) if one.channel else "" for one in outcomes}
    return {"items": [{**outcome.as_dict(), "channel_name": names[outcome.channel]} for outcome in outcomes]}


@blueprint.get("/assets/<asset_id>/renditions")
@gives(Renditions)
@described("Renditions", "The renditions of an asset")
def list_renditions(asset_id: str) -> dict[str, Any]:
    """Return all renditions of an asset, newest first."""
    found = renditions.of_asset(the_hub(), allowed("rendition.view"), asset_id)
    return {"items": [rendition.as_dict() for rendition in found]}


@blueprint.get("/renditions/<rendition_id>")
@gives(RenditionOut)
@described("Renditions", "One rendition")
def see_rendition(rendition_id: str) -> dict[str, Any]:
    """Return one rendition with its plan."""
    return renditions.get(the_hub(), allowed("rendition.view"), rendition_id).as_dict()


@blueprint.get("/renditions/<rendition_id>/file")
@query(TakeQuery)
@gives_file("Renditions", "Download a rendition")
def download_rendition(rendition_id: str, query: TakeQuery) -> Response:
    """Return the file for a use; the headers `Rights-…` say until when it holds and where its state can be asked."""
    taken = renditions.take(
        the_hub(),
        allowed("rendition.download"),
        rendition_id,
        stated=query.record(),
        door=uses.door(),
        acknowledged=query.duties_ack,
    )
    return send_copy(taken, attachment=not query.inline)


@blueprint.get("/renditions/<rendition_id>/captions")
@query(SpokenQuery)
@gives_file("Renditions", "Download what is said in a version, as SubRip or WebVTT")
def download_sidecar(rendition_id: str, query: SpokenQuery) -> Response:
    """Return the captions of the part that the version shows, in its own time, to go beside its file."""
    taken = renditions.take_sidecar(
        the_hub(),
        allowed("rendition.download"),
        rendition_id,
        Sidecar(query.language, query.form),
        stated=query.record(),
        acknowledged=query.duties_ack,
    )
    return send_copy(taken)
