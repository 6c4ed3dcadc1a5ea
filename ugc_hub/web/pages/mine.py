"""A creator's own page: where their content runs, and how it ends; signed in, or by the link of a receipt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, submissions
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.licensing.wording import channel_name
from ugc_hub.permissions import wording
from ugc_hub.rights import read_instant, world_atlas
from ugc_hub.submissions import Whose, say
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send_shown
from ugc_hub.web.speech import of_browser, spoken

from .blueprint import blueprint
from .handing import guarded

LAYERS = {
    "copyright": "The content",
    "likeness": "Being seen in it",
    "music": "The music",
    "property": "The property",
    "platform": "Ads from your account",
}


def _shown(whose: Whose, problem: str = "", locale: str = "en") -> dict[str, Any]:
    hub = the_hub()
    english = locale == "en"
    name = channel_name if english else partial(_in, wording.channel, locale)
    mine = submissions.see_mine(hub, whose, before=request.args.get("before", "")[:40])
    return {
        "mine": mine,
        "brand": hub.settings.brand,
        "now": hub.now(),
        "channel_name": name,
        "channel_names": lambda channels: ", ".join(name(one) for one in channels),
        "place_name": world_atlas().name if english else partial(_in, wording.place, locale),
        "sentences": lambda agreed: agreed.sentences if english else [_told(one, locale) for one in agreed.terms],
        **spoken(locale),
        "layers": LAYERS,
        "first": not request.args.get("before"),
        "problem": problem,
        "typed": request.form.get("enquiries_url", mine.enquiries or "")[:2000],
    }


def _in(said: Callable[[str, str], str], locale: str, name: str) -> str:
    return said(name, locale)


def _told(terms: dict[str, Any], locale: str) -> str:
    """Return a grant in a language that has no whole sentences for it: what, where, when and how it may be changed."""
    starts, ends = (read_instant(terms.get(name)) for name in ("starts_at", "ends_at"))
    last = wording.day((ends - timedelta(microseconds=1)).date(), locale) if ends else ""
    key = "from {start} until {end}" if ends else "from {start} without end" if terms.get("perpetual") else ""
    edits = "; ".join(wording.edit(one, locale) for one in terms.get("edits") or ())
    places = ", ".join(wording.place(one, locale) for one in terms.get("territories") or ())
    parts = [
        ", ".join(wording.channel(one, locale) for one in terms.get("channels") or ()),
        say("in {places}", locale, places=places),
        say(key, locale, start=wording.day(starts.date(), locale), end=last) if key and starts else "",
        say("changes: {edits}", locale, edits=edits or wording.phrase("phrases", "no_edits", locale)),
    ]
    layer = say(LAYERS.get(str(terms.get("layer")), LAYERS["copyright"]), locale)
    return f"{layer}: {'; '.join(part for part in parts if part)}."


@blueprint.get("/mine")
def mine() -> Response:
    """Show a creator who signed in where their content runs."""
    return _signed_in(submissions.of_actor(allowed("usage.view")))


@blueprint.post("/mine/enquiries")
def say_enquiries() -> BaseResponse:
    """Keep where a creator who signed in wants to be asked for licences by others."""
    whose = submissions.of_actor(allowed("usage.view"))
    try:
        submissions.say_enquiries(the_hub(), whose, request.form.get("enquiries_url", ""))
    except Invalid as error:
        return _signed_in(whose, error.status, error.message)
    return redirect(url_for("pages.mine", _anchor="enquiries"), 303)


def _signed_in(whose: Whose, status: int = 200, problem: str = "") -> Response:
    addresses = {
        "picture": lambda asset_id: url_for("pages.my_picture", asset_id=asset_id),
        "text": lambda version_id: url_for("pages.my_text", version_id=version_id),
        "more": lambda cursor: url_for("pages.mine", before=cursor),
    }
    here = url_for("pages.say_enquiries")
    locale = of_browser()
    # Only the page itself speaks it: what stands around it is the same for all who sign in.
    shown = {**_shown(whose, problem, locale), "lang": "en", "main_lang": locale}
    shown |= {"frame": "base.html", "wish": here, **addresses}
    return guarded(render_template("pages/mine.html", **shown), status)


@blueprint.get("/mine/<asset_id>/picture")
def my_picture(asset_id: str) -> Response:
    """Return the preview of one of their assets."""
    return _picture(submissions.of_actor(allowed("usage.view")), asset_id)


@blueprint.get("/mine/terms/<version_id>")
def my_text(version_id: str) -> Response:
    """Show the text of something that they agreed to."""
    return _text(submissions.of_actor(allowed("usage.view")), version_id, url_for("pages.mine"), of_browser())


@blueprint.get("/m/<token>")
def mine_by_link(token: str) -> Response:
    """Show the same to whoever got the link by mail, of what they handed in or were asked about."""
    return _by_link(token)


@blueprint.post("/m/<token>/enquiries")
def say_enquiries_by_link(token: str) -> BaseResponse:
    """Keep the same wish of whoever got the link by mail."""
    try:
        submissions.say_enquiries(
            the_hub(), submissions.of_token(the_hub(), token), request.form.get("enquiries_url", "")
        )
    except (Conflict, Invalid) as error:
        return _by_link(token, error.status, error.message)
    return redirect(url_for("pages.mine_by_link", token=token, _anchor="enquiries"), 303)


def _by_link(token: str, status: int = 200, problem: str = "") -> Response:
    whose = submissions.of_token(the_hub(), token)
    addresses = {
        "picture": lambda asset_id: url_for("pages.picture_by_link", token=token, asset_id=asset_id),
        "text": lambda version_id: url_for("pages.text_by_link", token=token, version_id=version_id),
        "more": lambda cursor: url_for("pages.mine_by_link", token=token, before=cursor),
    }
    here = url_for("pages.say_enquiries_by_link", token=token)
    locale = submissions.language_of(the_hub(), str(whose.person_id))
    shown = {"frame": "public.html", "wish": here, **addresses, **_shown(whose, problem, locale)}
    return guarded(render_template("pages/mine.html", **shown), status)


@blueprint.get("/m/<token>/<asset_id>/picture")
def picture_by_link(token: str, asset_id: str) -> Response:
    """Return the preview of one of their assets."""
    return _picture(submissions.of_token(the_hub(), token), asset_id)


@blueprint.get("/m/<token>/terms/<version_id>")
def text_by_link(token: str, version_id: str) -> Response:
    """Show the text of something that they agreed to."""
    whose = submissions.of_token(the_hub(), token)
    locale = submissions.language_of(the_hub(), str(whose.person_id))
    return _text(whose, version_id, url_for("pages.mine_by_link", token=token), locale)


def _picture(whose: Whose, asset_id: str) -> Response:
    hub = the_hub()
    return send_shown(catalog.linked_preview(hub, submissions.own_asset(hub, whose, asset_id)))


def _text(whose: Whose, version_id: str, back: str, locale: str = "en") -> Response:
    text = submissions.text_of_mine(the_hub(), whose, version_id)
    return guarded(render_template("pages/my-text.html", text=text, back=back, **spoken(locale)))
