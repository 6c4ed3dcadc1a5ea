"""Packs: made from selected assets, watched while they are made, downloaded as one zip."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub import packs as use_cases
from ugc_hub.accounts import Actor
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.wording import channel_name
from ugc_hub.packs import PackView
from ugc_hub.renditions import Left, all_presets
from ugc_hub.web import recent, uses
from ugc_hub.web.choices import Chosen, preset_ids
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint
from .choosing import selection


@blueprint.get("/packs")
def packs() -> str:
    """List the packs, newest first."""
    actor = allowed("pack.make")
    return render_template("pages/packs.html", packs=recent.packs(the_hub(), actor))


@blueprint.post("/packs")
def make_pack() -> BaseResponse:
    """Make a pack of what is chosen, or all of a collection, and presets for a use, and go to its page."""
    hub, actor = the_hub(), allowed("pack.make")
    form = request.form
    wanted = preset_ids(hub, Chosen(tuple(form.getlist("kit")), tuple(form.getlist("preset"))))
    stated = uses.current()
    chosen = selection()
    if not chosen.ids and form.get("collection"):
        assets = catalog.asset_ids(hub, actor, form["collection"], most=use_cases.MOST_ASSETS)
    else:
        assets = catalog.meant(hub, actor, chosen, most=use_cases.MOST_ASSETS)
    said = re.split(r"[,;\s]+", form.get("captions", "")[:500])
    pack = use_cases.make(
        hub, actor, name=form.get("name", ""), asset_ids=assets, preset_ids=wanted, stated=stated, captions=said
    )
    response = redirect(url_for("pages.pack", pack_id=pack.id), 303)
    if "use" in form:
        uses.remember(response, stated)
    return response


def _shown(actor: Actor, pack: PackView) -> dict[str, Any]:
    """Group the items of a pack by asset, with names instead of ids."""
    hub = the_hub()
    names = recent.asset_names(hub, actor, [item["asset_id"] for item in pack.items])
    presets = all_presets(hub)
    by_asset: dict[str, list[dict[str, Any]]] = {}
    for item in pack.items:
        by_asset.setdefault(item["asset_id"], []).append(item)
    files = {file["id"] for item in pack.items for file in item["files"] if file["status"] == "ready"}
    ends = [datetime.fromisoformat(item["valid_until"]) for item in pack.items if item.get("valid_until")]
    stated = StatedUse.load({**pack.items[0].get("use", {}), "channel": None})
    channels = sorted({channel_name(item["channel"]) for item in pack.items if item.get("channel")})
    return {
        "pack": pack,
        "by_asset": by_asset,
        "names": names,
        "presets": presets,
        "files": len(files),
        "left": Left(pack.left_s, begun=True) if pack.left_s is not None else None,
        "use_words": uses.in_words(stated, ", ".join(channels)),
        "until": uses.last_day(min(ends)) if ends and stated.ends_at is None else "",
    }


@blueprint.get("/packs/<pack_id>")
def pack(pack_id: str) -> str:
    """Show one pack with what was refused and why."""
    actor = allowed("pack.make")
    return render_template("pages/pack.html", **_shown(actor, use_cases.get(the_hub(), actor, pack_id)))


@blueprint.get("/packs/<pack_id>/status")
def pack_status(pack_id: str) -> str:
    """Return the changing part of a pack's page."""
    actor = allowed("pack.make")
    return render_template("partials/pack.html", **_shown(actor, use_cases.get(the_hub(), actor, pack_id)))
