"""Delivery links: the only bytes of assets that nobody has to be signed in for."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import delivery, licensing
from ugc_hub.delivery import Delivery
from ugc_hub.licensing import Watch
from ugc_hub.web.context import the_hub
from ugc_hub.web.files import send

from .blueprint import blueprint


@blueprint.get("/d/<token>")
@blueprint.get("/d/<token>/<name>")
def follow_link(token: str, name: str = "") -> BaseResponse:
    """Hand out what a link leads to, if it may still be used so; each request is decided anew.

    A link to a stream leads to its playlist, from which players ask for the other files by name.
    """
    found = delivery.follow(the_hub(), token, name)
    if found.opens_with:
        return redirect(url_for("pages.follow_link", token=token, name=found.opens_with), 302)
    if found.signed_url:
        response: BaseResponse = redirect(found.signed_url, 302)
    else:
        watch = Watch(the_hub(), {found.usage_id: found.valid_until})
        response = send(found.file, attachment=False, watch=watch)
    response.headers["Cache-Control"] = _caching(found)
    response.headers["Surrogate-Key"] = f"asset-{found.asset_id} usage-{found.usage_id}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"  # players and their captions run in pages of others
    response.headers["Access-Control-Expose-Headers"] = "Content-Range, Content-Length"
    if found.mining_reserved:
        response.headers["tdm-reservation"] = "1"
        response.headers["tdm-policy"] = licensing.mining_page(the_hub(), found.usage_id)
    return response


@blueprint.get("/u/<usage_id>/<name>")
def remote_credentials(usage_id: str, name: str) -> BaseResponse:
    """Hand out the Content Credentials that a copy names by this address, as long as it may be used."""
    response = send(delivery.credentials(the_hub(), usage_id, name), attachment=False)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"  # readers of credentials run in pages of others
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _caching(found: Delivery) -> str:
    """Say how long caches may keep it: an end that comes early reaches them within a minute."""
    if found.max_age_s < 1:
        return "no-store"
    return f"public, max-age={found.max_age_s}, s-maxage={found.max_age_s}, must-revalidate"
