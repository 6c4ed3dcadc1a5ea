"""Packs: many assets times many presets, as one zip."""

from __future__ import annotations

from typing import Any

from flask import Response

from ugc_hub import packs
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send_stream

from .blueprint import blueprint, body, described, gives, gives_file, query
from .more import PackOut
from .shapes import AckQuery, PackAsk


@blueprint.post("/packs")
@body(PackAsk)
@gives(PackOut, 202, "The pack is being made")
@described("Packs", "Make a pack")
def make_pack(body: PackAsk) -> dict[str, Any]:
    """Ask for every rendition of a pack; what is refused stays in the list with its reasons."""
    pack = packs.make(
        the_hub(),
        allowed("pack.make"),
        name=body.name,
        asset_ids=body.asset_ids,
        preset_ids=body.preset_ids,
        choice=body.choice.record(),
        stated=body.use.record(),
        captions=body.captions,
    )
    return pack.as_dict()


@blueprint.get("/packs/<pack_id>")
@gives(PackOut)
@described("Packs", "One pack")
def see_pack(pack_id: str) -> dict[str, Any]:
    """Return a pack with the state of each of its files."""
    return packs.get(the_hub(), allowed("pack.make"), pack_id).as_dict()


@blueprint.get("/packs/<pack_id>/file")
@query(AckQuery)
@gives_file("Packs", "Download a pack")
def download_pack(pack_id: str, query: AckQuery) -> Response:
    """Return the zip with its manifest, streamed while it is put together; what may not leave any more is left out."""
    actor = allowed("rendition.download")
    pack = packs.get(the_hub(), actor, pack_id)
    body = packs.stream(the_hub(), actor, pack_id, acknowledged=query.duties_ack)
    return send_stream(body, "application/zip", f"{pack.name}.zip")
