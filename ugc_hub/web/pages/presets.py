"""Presets: the catalogue with its sources, and custom presets with their history."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import renditions
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.presets import NO_QUALITY, Preset, UnknownPreset
from ugc_hub.presets.films import recipe_for
from ugc_hub.renditions import all_presets
from ugc_hub.web.choices import CHANNELS, groups
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.films import CODECS

from .blueprint import blueprint

WHOLE_NUMBERS = ("width", "height", "max_bytes", "quality", "min_quality", "min_width", "min_height", "dpi")
TEXTS = ("id", "name", "channel", "fit", "format", "notes")


@blueprint.get("/presets")
def presets() -> str:
    """Show the catalogue, one channel at a time."""
    allowed("preset.view")
    return _list({}, {})


def _list(form: dict[str, Any], problems: dict[str, str], words: str = "") -> str:
    channel = request.args.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    found = all_presets(the_hub()).values()
    chosen = [preset for preset in found if not channel or preset.target.channel == channel]
    counts = {name: sum(preset.target.channel == name for preset in found) for name in CHANNELS}
    return render_template(
        "pages/presets.html",
        groups=groups(chosen),
        channel=channel,
        counts=counts,
        channels=CHANNELS,
        form=form,
        problems=problems,
        words=words,
    )


@blueprint.post("/presets")
def save_preset() -> str | BaseResponse | tuple[str, int]:
    """Keep a new custom preset, or a new version of one."""
    hub, actor = the_hub(), allowed("preset.edit")
    form = request.form.to_dict()
    try:
        body = _body(form)
        if form.get("version") != "next" and body.get("id") in all_presets(hub):
            raise Conflict("There is already a preset of this id. Open it to change it.")
        saved = renditions.save_preset(hub, actor, body)
    except (Invalid, Conflict) as error:
        problems = error.extra.get("fields") or {"id" if isinstance(error, Conflict) else "": error.message}
        return _list(form, problems, error.message), error.status
    return redirect(url_for("pages.preset", preset_id=saved.id), 303)


def _body(form: dict[str, str]) -> dict[str, Any]:
    """Turn the fields of a form into those of a preset; empty ones are left out.

    Raises:
        Invalid: a number is not one; `extra["fields"]` names it.
    """
    body: dict[str, Any] = {name: form[name].strip() for name in TEXTS if form.get(name, "").strip()}
    if "id" in body and not body["id"].startswith("custom."):
        body["id"] = f"custom.{body['id']}"
    wrong: dict[str, str] = {}
    for name in WHOLE_NUMBERS:
        text = form.get(name, "").strip()
        if text.isdecimal() and len(text) < 12:
            body[name] = int(text)
        elif text:
            wrong[name] = "Give a whole number."
    if wrong:
        raise Invalid("Some fields are wrong.", extra={"fields": wrong})
    return body


@blueprint.get("/presets/<preset_id>")
def preset(preset_id: str) -> str:
    """Show one preset: what the platform accepts, what is made, where that is known from."""
    hub, actor = the_hub(), allowed("preset.view")
    found: Preset | None = all_presets(hub).get(preset_id)
    history = []
    if found is None or found.target.platform == "custom":
        try:
            history = renditions.preset_history(hub, actor, preset_id)
        except NotFound as error:
            raise UnknownPreset([preset_id], all_presets(hub)) from error
    newest = next((version.body for version in history if version.body is not None), {})
    shown = {"preset": found, "history": history, "form": newest or {}, "problems": {}}
    film = _film(found) if found is not None else ""
    return render_template("pages/preset.html", **shown, no_quality=NO_QUALITY, film=film)


def _film(preset: Preset) -> str:
    """Return how a video for a preset is written; empty where none is made."""
    recipe = recipe_for(preset.target) if preset.target.kind == "video" else None
    return f"{recipe.container.upper()}, {CODECS[recipe.codec]}" if recipe is not None else ""


@blueprint.post("/presets/<preset_id>/withdraw")
def withdraw_preset(preset_id: str) -> BaseResponse:
    """Take a custom preset out of use."""
    renditions.withdraw_preset(the_hub(), allowed("preset.edit"), preset_id)
    return redirect(url_for("pages.preset", preset_id=preset_id), 303)
