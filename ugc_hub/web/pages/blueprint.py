"""The blueprint of all pages, and what every template knows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import accounts
from ugc_hub.errors import SignInNeeded
from ugc_hub.web.context import identity, the_hub
from ugc_hub.web.problems import answer
from ugc_hub.web.speech import spoken

blueprint = Blueprint("pages", __name__)
NAVIGATION = (
    ("Library", "pages.library", "library", "asset.view"),
    ("Upload", "pages.upload", "upload", "asset.upload"),
    ("Rights", "pages.requests", "people", "rights.view"),
    ("Packs", "pages.packs", "pack", "pack.make"),
    ("Compose", "pages.compositions", "animation", "rendition.request"),
    ("Presets", "pages.presets", "presets", "preset.view"),
    ("Jobs", "pages.jobs", "jobs", "job.view"),
    ("Claims", "pages.claims", "warning", "rights.legal"),
)
"""Name, endpoint, icon and the action that a role needs to see it."""
OWN = (("My content", "pages.mine", "photo", "usage.view"),)
"""The same, for creators alone."""


@blueprint.app_context_processor
def common() -> dict[str, Any]:
    """Return what the frame of each page needs."""
    try:
        me = identity()
    except SignInNeeded:
        me = None
    theme = request.cookies.get("theme", "")
    role = accounts.roles().get(me.actor.role) if me else None
    return {
        "me": me,
        "may": (lambda action, thing=None: accounts.may(me.actor, action, thing)) if me else (lambda *_: False),
        "role_title": role.title if role else "",
        "navigation": (*OWN, *NAVIGATION) if me and me.actor.role == "creator" else NAVIGATION,
        **spoken("en"),
        "house": the_hub().settings.credit,
        "theme": theme if theme in {"light", "dark"} else "",
    }


def safe_next(target: str | None) -> str:
    """Return where to go after signing in: a path of this hub, or the library."""
    home = url_for("pages.library")
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return home
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else home


@blueprint.errorhandler(SignInNeeded)
def ask_to_sign_in(error: SignInNeeded) -> Response | BaseResponse:
    """Send whoever is not signed in to the door, and afterwards to where they wanted to go."""
    if request.headers.get("HX-Request") == "true":
        response = answer(error)
        response.headers["HX-Redirect"] = url_for("pages.sign_in")
        return response
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("pages.sign_in", next=safe_next(wanted) if wanted else None))
