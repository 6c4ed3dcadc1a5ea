"""The page that takes files in; the bytes go to the API, one request a file."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import creators
from ugc_hub.accounts import may
from ugc_hub.licensing import STATEMENT
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint


@blueprint.get("/upload")
def upload() -> str | BaseResponse:
    """Show the drop zone; creators answer questions with what they hand in, so they go to the page that asks them."""
    hub, actor = the_hub(), allowed("asset.upload")
    if actor.role == "creator":
        return redirect(url_for("pages.hand_in_signed_in"))
    everybody = may(actor, "asset.edit")
    return render_template(
        "pages/upload.html",
        largest=hub.settings.upload_max_bytes,
        statement=STATEMENT if may(actor, "rights.edit") else "",
        choose_creator=actor.role != "creator",
        creators=creators.list_creators(hub) if everybody else [],
        campaigns=creators.list_campaigns(hub) if everybody else [],
    )
