"""Renditions: planned without pixels, made, downloaded."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ugc_hub import renditions
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send

from .blueprint import blueprint, body, described, gives, gives_file
from .shapes import Framings, Outcomes, RenditionAsk, RenditionOut, Renditions


@blueprint.post("/assets/<asset_id>/plans")
@body(RenditionAsk)
@gives(Framings)
@described("Renditions", "What presets would make, without making it")
def plan(asset_id: str, body: RenditionAsk) -> dict[str, Any]:
    """Return crop, size, warnings and refusals of each preset; no pixel is touched and nothing is kept."""
    framings = renditions.plan(
        the_hub(), allowed("rendition.view"), asset_id, body.preset_ids, choice=body.choice.record()
    )
    return {"items": [framing.dump() for framing in framings]}


@blueprint.post("/assets/<asset_id>/renditions")
@body(RenditionAsk)
@gives(Outcomes, 202, "They are being made, or were made before")
@described("Renditions", "Make renditions")
def make(asset_id: str, body: RenditionAsk) -> dict[str, Any]:
    """Ask for renditions; a plan that was carried out before is not made again."""
    outcomes = renditions.request(
        the_hub(), allowed("rendition.request"), asset_id, body.preset_ids, choice=body.choice.record()
    )
    return {"items": [outcome.as_dict() for outcome in outcomes]}


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
@gives_file("Renditions", "Download a rendition")
def download_rendition(rendition_id: str) -> Response:
    """Return the file; with `?inline=1` for showing it in a page."""
    file = renditions.file(the_hub(), allowed("rendition.download"), rendition_id)
    return send(file, attachment=request.args.get("inline") != "1")
