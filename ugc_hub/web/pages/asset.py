"""One asset: what it is, where its subject lies, and what is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, licensing, packs, renditions
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import AssetView
from ugc_hub.errors import Invalid
from ugc_hub.framing import AnyFraming, Choice
from ugc_hub.framing.planning import BAD_COLOUR, COLOUR
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.wording import channel_name
from ugc_hub.presets import choices_of
from ugc_hub.renditions import Outcome, Wanted, all_presets
from ugc_hub.web import facts, films, rights, uses
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.progress import upload_state
from workers.media.shapes import Backdrop

from . import brands, texts
from .blueprint import blueprint

FITS = ("cover", "contain", "width")
NOTHING_MADE: dict[str, Any] = {"renditions": [], "presets": {}, "offers": {}, "busy": False, "measured": {}}


def _picker(actor: Actor, asset: AssetView, stated: StatedUse) -> dict[str, Any]:
    """Return the presets with what each would make of this asset, and whether that may be used so."""
    if asset.status != "ready" or asset.kind == "video" or not may(actor, "rendition.view"):
        return {"groups": [], "framings": {}, "choices": {}, "kits": [], "brand_kits": [], "nothing_possible": ""}
    hub = the_hub()
    groups = picture_groups(hub)
    ids = [preset.id for group in groups for preset in group.presets]
    framings = {framing.preset_id: framing for framing in renditions.plan(hub, actor, asset.id, ids, stated=stated)}
    pairs = [(kit, [name for name in kit.presets if name in framings]) for kit in kits(hub)]
    possible = {name for name, framing in framings.items() if framing.outcome != "refused"}
    # What can be made comes first; a wall of refusals would hide it.
    groups.sort(key=lambda group: possible.isdisjoint(preset.id for preset in group.presets))
    return {
        "groups": groups,
        "framings": framings,
        "choices": {
            preset.id: [(name, channel_name(name), _with_channel(asset.id, stated, name)) for name in found]
            for group in groups
            for preset in group.presets
            if stated.channel is None and (found := choices_of(preset.target))
        },
        "kits": [pair for pair in pairs if pair[1]],
        "brand_kits": renditions.all_kits(hub, actor) if may(actor, "brand.view") else [],
        "nothing_possible": "" if possible else _common_reason(framings.values()),
    }


def _with_channel(asset_id: str, stated: StatedUse, channel: str) -> str:
    """Return the address of the page for the same use on one channel."""
    values: dict[str, Any] = uses.fields(replace(stated, channel=channel))
    return url_for("pages.asset", asset_id=asset_id, use="1", **values)


def _clip(actor: Actor, asset: AssetView) -> dict[str, Any]:
    """Return how far a video is with being made ready for versions, and what was measured meanwhile."""
    if asset.kind != "video" or asset.status != "ready" or not may(actor, "rendition.view"):
        return {"clip": None, "clip_facts": []}
    view = renditions.clip_of(the_hub(), actor, asset.id)
    left = renditions.left_of(the_hub(), [view.job_id]) if view.status in ("queued", "running") else None
    return {"clip": view, "clip_left": left, "clip_facts": films.of_clip(view.clip) if view.clip is not None else []}


def _doubts(asset_id: str) -> list[str]:
    """Return what speaks against the declaration that an asset is the company's own."""
    hub = the_hub()
    with hub.database.read() as session:
        said = licensing.doubt(hub, session, asset_id)
    return [said] if said else []


def _common_reason(framings: Iterable[AnyFraming]) -> str:
    """Return the sentence that most of the refusals give."""
    said = Counter(framing.reasons[0].sentence for framing in framings if framing.reasons)
    return said.most_common(1)[0][0] if said else ""


def made_of(actor: Actor, asset_id: str, stated: StatedUse) -> dict[str, Any]:
    """Return the renditions of the asset, whether each may be used so, and the presets to name them by."""
    hub = the_hub()
    made = renditions.of_asset(hub, actor, asset_id) if may(actor, "rendition.view") else []
    ready = [Wanted(one, stated) for one in made if one.status == "ready"]
    answers = zip(ready, renditions.look_each(hub, actor, ready), strict=True) if ready else ()
    return {
        "offers": {one.view.id: uses.offer(answer) for one, answer in answers},
        "renditions": made,
        "presets": all_presets(hub) if made else {},
        "busy": any(rendition.status in {"queued", "running"} for rendition in made),
        "left": renditions.left_for(hub, made),
        "measured": {one.id: films.made(one.measured) for one in made},
        "for_good": renditions.FOR_GOOD,
        "has_captions": any(one.media_type.startswith("video/") for one in made) and renditions.spoken(hub, asset_id),
    }


@blueprint.get("/assets/<asset_id>")
def asset(asset_id: str) -> Response:
    """Show one asset, and what may be made of it for the use that was stated."""
    hub, actor = the_hub(), allowed("asset.view")
    stated, problem = uses.asked()
    found = catalog.get(hub, actor, asset_id)
    waiting = upload_state(hub, actor, asset_id) if found.status != "ready" else None
    previews = found.previews
    shown = render_template(
        "pages/asset.html",
        asset=found,
        waiting=waiting,
        preview=next((name for name in ("preview", "poster", "thumb") if name in previews), None),
        facts=facts.lines(found, private=may(actor, "asset.original", found)),
        claims=facts.claims(found),
        warnings=[*facts.warnings(found), *_doubts(asset_id)],
        outcomes=[],
        texts=texts.known(actor, asset_id),
        **_clip(actor, found),
        **rights.shown(hub, actor, asset_id, request.args),
        **uses.shown(stated, problem),
        **_picker(actor, found, stated),
        **(made_of(actor, asset_id, stated) if found.status == "ready" else NOTHING_MADE),
    )
    response = make_response(shown)
    if "use" in request.args and not problem:
        uses.remember(response, stated)
    return response


@blueprint.get("/assets/<asset_id>/wait")
def wait(asset_id: str) -> Response:
    """Return the waiting part of the page; once the asset is measured, the whole page is loaded again."""
    state = upload_state(the_hub(), allowed("asset.view"), asset_id)
    response = make_response(render_template("partials/waiting.html", waiting=state, asset_id=asset_id))
    if state.status in {"ready", "refused"}:
        response.headers["HX-Refresh"] = "true"
    return response


def choice() -> Choice:
    """Read the options of a form: how the picture fills the frame, and what lies behind it."""
    form = request.values
    fit = form.get("fit") or None
    if fit is not None and fit not in FITS:
        raise Invalid("Choose how the picture fills the frame.", extra={"field": "fit"})
    backdrop = None
    if fit == "contain":
        blurred = form.get("backdrop") == "blur"
        backdrop = Backdrop("blur" if blurred else "colour", form.get("colour") or "#ffffff")
        if not COLOUR.match(backdrop.colour):
            raise Invalid(BAD_COLOUR, extra={"field": "colour"})
    upscale, kit = form.get("upscale") == "1", brands.chosen()
    return Choice(fit=fit, backdrop=backdrop, upscale=upscale, kit=kit)  # type: ignore[arg-type]


@blueprint.post("/assets/<asset_id>/renditions")
def render(asset_id: str) -> str | BaseResponse:
    """Ask for the chosen renditions and show how they come along."""
    hub, actor = the_hub(), allowed("rendition.request")
    stated = uses.current()
    wanted = request.form.getlist("preset")
    outcomes = renditions.request(hub, actor, asset_id, wanted, choice=choice(), stated=stated)
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("pages.asset", asset_id=asset_id, _anchor="renditions"), 303)
    return shown_renditions(actor, asset_id, outcomes)


@blueprint.get("/assets/<asset_id>/renditions")
def rendition_list(asset_id: str) -> str:
    """Return the list of renditions again, while some are being made."""
    return shown_renditions(allowed("rendition.view"), asset_id, [])


def shown_renditions(actor: Actor, asset_id: str, outcomes: list[Outcome]) -> str:
    """Return the list of renditions; of what was just asked for, what was refused."""
    found = catalog.get(the_hub(), actor, asset_id)
    refused = [outcome for outcome in outcomes if outcome.outcome == "refused"]
    stated, _ = uses.asked()
    made = {**made_of(actor, asset_id, stated), **uses.shown(stated)}
    presets = made["presets"] or (all_presets(the_hub()) if refused else {})
    return render_template("partials/renditions.html", asset=found, outcomes=refused, **{**made, "presets": presets})


@blueprint.post("/assets/<asset_id>/pack")
def pack_of_asset(asset_id: str) -> BaseResponse:
    """Put all finished renditions of one asset into a pack, for the use that the page is about."""
    hub, actor, stated = the_hub(), allowed("pack.make"), uses.current()
    found = catalog.get(hub, actor, asset_id)
    ready = [made for made in renditions.of_asset(hub, actor, asset_id) if made.status == "ready"]
    wanted = list(dict.fromkeys(name for made in ready for name in made.presets))
    if not wanted:
        raise Invalid("There is nothing to download yet: choose presets and render them first.")
    pack = packs.make(hub, actor, name=found.file_name, asset_ids=[asset_id], preset_ids=wanted, stated=stated)
    return redirect(url_for("pages.pack", pack_id=pack.id), 303)
