"""Brand kits: listed, edited with a drawing of what they draw, and their history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import renditions
from ugc_hub.errors import HubError, Invalid
from ugc_hub.framing.kits import CARDS, HOUSE, Dressing, Kit
from ugc_hub.renditions import UnknownKit
from ugc_hub.renditions.brands import PAIRS
from ugc_hub.web import sketches
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done, file_of, large_form

from .blueprint import blueprint

COLOURS = {
    "ground": "Ground of lower third and cards",
    "words": "Words on it",
    "accent": "Button",
    "accent_words": "Words on the button",
    "label_ground": "Ground of the disclosure label",
    "label_words": "Words of the label",
    "captions_ground": "Ground of captions",
    "captions_words": "Words of captions",
}
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono")


@blueprint.get("/brands")
def brands() -> str:
    """List the kits in force."""
    found = renditions.all_kits(the_hub(), allowed("brand.view"))
    return render_template("pages/brands.html", kits=found)


@blueprint.get("/brands/new")
def new_brand() -> Response:
    """Show an empty form."""
    allowed("brand.edit")
    return _form(replace(HOUSE, call_to_action="Shop now"), fresh=True)


@blueprint.get("/brands/<kit_id>")
def brand(kit_id: str) -> Response:
    """Show one kit, what it draws, and its history."""
    hub, actor = the_hub(), allowed("brand.view")
    history = renditions.kit_history(hub, actor, kit_id)
    newest = next((one for one in history if one.body is not None), None)
    if newest is None:
        raise UnknownKit(f"There is no brand kit {kit_id[:60]}.")
    return _form(newest.kit, history=history)


def _form(kit: Kit, status: int = 200, **more: Any) -> Response:
    shown: dict[str, Any] = {"fresh": False, "history": (), "problems": {}, "typed": {}} | more
    page = render_template(
        "pages/brand.html",
        kit=kit,
        colours=COLOURS,
        fonts=FONTS,
        pairs=PAIRS,
        sketch=sketches.sketched(the_hub(), kit),
        lines_of=sketches.lines_of,
        **shown,
    )
    return make_response(page, status)


@blueprint.post("/brands")
def save_brand() -> BaseResponse:
    """Keep a kit, with the files that were chosen."""
    large_form()
    hub, actor = the_hub(), allowed("brand.edit")
    fresh = request.form.get("fresh") == "1"
    body = _body(request.form)
    try:
        if fresh and any(one.id == body["id"] for one in renditions.all_kits(hub, actor)):
            raise Invalid("There is already a kit of this id.", extra={"fields": {"id": "Choose another id."}})
        for name in ("logo", "font", "bold_font"):
            _sent(name, body)
        saved = renditions.save_kit(hub, actor, body)
    except Invalid as error:
        problems = error.extra.get("fields") or {"": error.message}
        history = () if fresh else renditions.kit_history(hub, actor, body["id"])
        return _form(_safe(body), error.status, fresh=fresh, problems=problems, typed=body, history=history)
    return done("pages.brand", kit_id=saved.id)


def _sent(name: str, body: dict[str, Any]) -> None:
    """Keep a file that was chosen, and name it in the body."""
    data, _ = file_of(f"{name}_file")
    if not data:
        return
    try:
        kept = renditions.keep_file(the_hub(), allowed("brand.edit"), data)
    except Invalid as error:
        raise Invalid(error.message, extra={"fields": {name: error.message}}) from error
    wanted = "png" if name == "logo" else "font"
    if kept.kind != wanted:
        words = "Send a PNG file." if name == "logo" else "Send a TTF or OTF file."
        raise Invalid(words, extra={"fields": {name: words}})
    logo = {"sha256": kept.sha256, "width": kept.width, "height": kept.height}
    body[name] = logo if name == "logo" else kept.sha256


def _body(form: Any) -> dict[str, Any]:
    """Turn the fields of a form into those of a kit; what the form does not ask is as it was."""
    kit_id = form.get("id", "").strip()
    try:
        known = renditions.find_kit(the_hub(), allowed("brand.view"), kit_id).body or {}
    except HubError:
        known = {}
    body: dict[str, Any] = {**known, "id": kit_id}
    for name in ("name", "call_to_action", "font", *COLOURS):
        if name in form:
            body[name] = form[name].strip()
    if form.get("font") in FONTS:
        body["bold_font"] = ""
    if form.get("logo_gone") == "1":
        body["logo"] = None
    for name in CARDS:
        words = {part: form.get(f"{name}_{part}", "").strip() for part in ("title", "line")}
        seconds = form.get(f"{name}_seconds", "2").strip()
        number = float(seconds) if seconds.replace(".", "", 1).isdecimal() else -1.0
        body[name] = {**words, "seconds": number} if any(words.values()) else None
    return body


def _safe(body: dict[str, Any]) -> Kit:
    """Return a kit to draw a sketch of, whatever is wrong in the body."""
    right = sketches.drawable(body)
    return Kit.load({**HOUSE.dump(), **right})


def chosen() -> Dressing | None:
    """Return what of a kit the form of an asset asks for; None where it asks for none."""
    form = request.values
    pieces = tuple(form.getlist("kit_piece"))
    if not form.get("kit") or not pieces:
        return None
    words = {name: form.get(f"kit_{name}", "").strip() for name in ("name", "handle", "place")}
    return Dressing(form["kit"], pieces, **words)


@blueprint.post("/brands/sketch")
def sketch_brand() -> str:
    """Draw what is typed, before it is saved."""
    allowed("brand.view")
    sketch = sketches.sketched(the_hub(), _safe(_body(request.form)))
    return render_template("partials/brand-sketch.html", sketch=sketch, lines_of=sketches.lines_of)


@blueprint.get("/brands/<kit_id>/logo")
def brand_logo(kit_id: str) -> Response:
    """Send the logo of a kit, for the page that shows it."""
    hub, actor = the_hub(), allowed("brand.view")
    logo = next((one.kit.logo for one in renditions.kit_history(hub, actor, kit_id) if one.body is not None), None)
    if logo is None:
        raise UnknownKit("This kit has no logo.")
    answer = make_response(renditions.read_file(hub, logo.sha256))
    answer.headers["Content-Type"] = "image/png"
    return answer


@blueprint.post("/brands/<kit_id>/withdraw")
def withdraw_brand(kit_id: str) -> BaseResponse:
    """Take a kit out of use."""
    renditions.withdraw_kit(the_hub(), allowed("brand.edit"), kit_id)
    return done("pages.brands")
