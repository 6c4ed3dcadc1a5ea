"""The page that takes files in; the bytes go to the API, one request a file."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, creators
from ugc_hub.accounts import may
from ugc_hub.catalog import DefinedField
from ugc_hub.errors import NotFound
from ugc_hub.licensing import STATEMENT
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

MOST_NAME = 200
"""Characters of the name of a campaign that are read."""


@blueprint.get("/upload")
def upload() -> str | BaseResponse:
    """Show the drop zone; creators answer questions with what they hand in, so they go to the page that asks them."""
    hub, actor = the_hub(), allowed("asset.upload")
    if actor.role == "creator":
        return redirect(url_for("pages.hand_in_signed_in"))
    everybody = may(actor, "asset.edit")
    campaign = request.args.get("campaign", "")[:MOST_NAME].strip()
    return render_template(
        "pages/upload.html",
        largest=hub.settings.upload_max_bytes,
        statement=STATEMENT if may(actor, "rights.edit") else "",
        choose_creator=actor.role != "creator",
        creators=creators.list_creators(hub) if everybody else [],
        campaigns=creators.list_campaigns(hub) if everybody else [],
        campaign=campaign,
        fields=_fields(campaign) if campaign and may(actor, "field.view") else (),
    )


def _fields(campaign: str) -> tuple[DefinedField, ...]:
    """What a campaign asks of its assets; nothing where it is new."""
    try:
        return catalog.list_fields(the_hub(), allowed("field.view"), campaign).popitem()[1]
    except NotFound:
        return ()
