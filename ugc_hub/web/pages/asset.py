"""One asset: what it is, where its subject lies, and what is made of it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, packs, renditions
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import AssetView
from ugc_hub.errors import Invalid
from ugc_hub.framing import Choice
from ugc_hub.renditions import Outcome, all_presets
from ugc_hub.web import facts, rights
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.progress import upload_state
from workers.media.shapes import Backdrop

from .blueprint import blueprint

FITS = ("cover", "contain", "width")


def _picker(actor: Actor, asset: AssetView) -> dict[str, Any]:
    """Return the presets with what each would make of this asset."""
    if asset.status != "ready" or asset.kind == "video" or not may(actor, "rendition.view"):
        return {"groups": [], "framings": {}, "kits": []}
    hub = the_hub()
    groups = picture_groups(hub)
    ids = [preset.id for group in groups for preset in group.presets]
    framings = {framing.preset_id: framing for framing in renditions.plan(hub, actor, asset.id, ids)}
    pairs = [(kit, [name for name in kit.presets if name in framings]) for kit in kits(hub)]
    return {"groups": groups, "framings": framings, "kits": [pair for pair in pairs if pair[1]]}


def _made(actor: Actor, asset_id: str) -> dict[str, Any]:
    """Return the renditions of the asset, and the presets to name them by."""
    hub = the_hub()
    made = renditions.of_asset(hub, actor, asset_id) if may(actor, "rendition.view") else []
    return {
        "renditions": made,
        "presets": all_presets(hub) if made else {},
        "busy": any(rendition.status in {"queued", "running"} for rendition in made),
    }


@blueprint.get("/assets/<asset_id>")
def asset(asset_id: str) -> str:
    """Show one asset."""
    hub, actor = the_hub(), allowed("asset.view")
    found = catalog.get(hub, actor, asset_id)
    waiting = upload_state(hub, actor, asset_id) if found.status != "ready" else None
    previews = found.previews
    return render_template(
        "pages/asset.html",
        asset=found,
        waiting=waiting,
        preview=next((name for name in ("preview", "poster", "thumb") if name in previews), None),
        facts=facts.lines(found, private=may(actor, "asset.original", found)),
        claims=facts.claims(found),
        warnings=facts.warnings(found),
        outcomes=[],
        **rights.shown(hub, actor, asset_id, request.args),
        **_picker(actor, found),
        **(_made(actor, asset_id) if found.status == "ready" else {"renditions": [], "presets": {}, "busy": False}),
    )


@blueprint.get("/assets/<asset_id>/wait")
def wait(asset_id: str) -> Response:
    """Return the waiting part of the page; once the asset is measured, the whole page is loaded again."""
    state = upload_state(the_hub(), allowed("asset.view"), asset_id)
    response = make_response(render_template("partials/waiting.html", waiting=state, asset_id=asset_id))
    if state.status in {"ready", "refused"}:
        response.headers["HX-Refresh"] = "true"
    return response


def _choice() -> Choice:
    """Read the options of the form: how the picture fills the frame, and what lies behind it."""
    form = request.form
    fit = form.get("fit") or None
    if fit is not None and fit not in FITS:
        raise Invalid("Choose how the picture fills the frame.", extra={"field": "fit"})
    backdrop = None
    if fit == "contain":
        blurred = form.get("backdrop") == "blur"
        backdrop = Backdrop("blur" if blurred else "colour", form.get("colour") or "#ffffff")
    return Choice(fit=fit, backdrop=backdrop, upscale=form.get("upscale") == "1")  # type: ignore[arg-type]


@blueprint.post("/assets/<asset_id>/renditions")
def render(asset_id: str) -> str | BaseResponse:
    """Ask for the chosen renditions and show how they come along."""
    hub, actor = the_hub(), allowed("rendition.request")
    outcomes = renditions.request(hub, actor, asset_id, request.form.getlist("preset"), choice=_choice())
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("pages.asset", asset_id=asset_id, _anchor="renditions"), 303)
    return _renditions(actor, asset_id, outcomes)


@blueprint.get("/assets/<asset_id>/renditions")
def rendition_list(asset_id: str) -> str:
    """Return the list of renditions again, while some are being made."""
    return _renditions(allowed("rendition.view"), asset_id, [])


def _renditions(actor: Actor, asset_id: str, outcomes: list[Outcome]) -> str:
    found = catalog.get(the_hub(), actor, asset_id)
    refused = [outcome for outcome in outcomes if outcome.outcome == "refused"]
    made = _made(actor, asset_id)
    presets = made["presets"] or (all_presets(the_hub()) if refused else {})
    return render_template("partials/renditions.html", asset=found, outcomes=refused, **{**made, "presets": presets})


@blueprint.post("/assets/<asset_id>/pack")
def pack_of_asset(asset_id: str) -> BaseResponse:
    """Put all finished renditions of one asset into a pack."""
    hub, actor = the_hub(), allowed("pack.make")
    found = catalog.get(hub, actor, asset_id)
    ready = [made for made in renditions.of_asset(hub, actor, asset_id) if made.status == "ready"]
    wanted = list(dict.fromkeys(name for made in ready for name in made.presets))
    if not wanted:
        raise Invalid("There is nothing to download yet: choose presets and render them first.")
    pack = packs.make(hub, actor, name=found.file_name, asset_ids=[asset_id], preset_ids=wanted)
    return redirect(url_for("pages.pack", pack_id=pack.id), 303)
