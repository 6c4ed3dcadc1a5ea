"""The words in an asset, on its page."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub.accounts import Actor
from ugc_hub.catalog import TextView
from ugc_hub.errors import LegalOrder
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done

from .blueprint import blueprint


def known(actor: Actor, asset_id: str) -> dict[str, TextView] | None:
    """Return the words in an asset by kind; None where a legal order hides them."""
    try:
        return {text.kind: text for text in catalog.texts(the_hub(), actor, asset_id)}
    except LegalOrder:
        return None


@blueprint.post("/assets/<asset_id>/texts/<kind>")
def write_text(asset_id: str, kind: str) -> BaseResponse:
    """Keep the words that somebody wrote down."""
    form, hub, actor = request.form, the_hub(), allowed("asset.edit")
    catalog.set_text(hub, actor, asset_id, kind, words=form.get("words", ""), language=form.get("language", ""))
    return done("pages.asset", asset_id=asset_id, _anchor="texts")
