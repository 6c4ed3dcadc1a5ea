"""Grants: one with its proofs, and the editor; see `several` for what is done with more than one."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from storage.errors import NotFound as Missing
from ugc_hub import licensing
from ugc_hub.accounts import Actor, reads_papers
from ugc_hub.errors import HubError, Invalid, NotFound
from ugc_hub.licensing import giving, panel, versions
from ugc_hub.licensing.evidence import NAMES, SUITED
from ugc_hub.licensing.grants import COUNTERS
from ugc_hub.licensing.revoking import BASES
from ugc_hub.models import (
    AgreementVersion,
    Asset,
    AssetPerson,
    AssetRights,
    Creator,
    Evidence,
    GrantAsset,
    Person,
    Property,
    Track,
)
from ugc_hub.rights import standard
from ugc_hub.web import granting
from ugc_hub.web import rights as view
from ugc_hub.web.context import allowed, changing, the_hub

from .blueprint import blueprint

SHOWN_BYTES = 20_000
"""So much of a proof that is text is shown on the page; all of it can be downloaded."""

SHOWN_TOTALS = 30


def _one(grant_id: str) -> dict[str, Any]:
    hub, named = the_hub(), reads_papers(allowed("rights.view"))
    with hub.database.read() as session:
        found = panel.shown_grants(hub, session, [grant_id], named=named)
    if not found:
        raise NotFound("There is no such grant.")
    return found[0]


@blueprint.get("/grants/<grant_id>")
def grant(grant_id: str) -> str:
    """Show one grant: in words, with its agreement and its proofs, and what can be done with it."""
    return show_grant(grant_id)


def show_grant(grant_id: str, problem: str = "") -> str:
    """Return the page of a grant, with what was wrong in a form of it."""
    hub, actor = the_hub(), allowed("rights.view")
    found = _one(grant_id)
    with hub.database.read() as session:
        totals = licensing.totals_of(session, actor, grant_id, limit=SHOWN_TOTALS)
        serving = versions.serving(session, grant_id)
        version = session.get(AgreementVersion, found["version_id"]) if found["version_id"] else None
        named = select(Asset.id, Asset.file_name).join(GrantAsset, GrantAsset.asset_id == Asset.id)
        assets = session.execute(named.where(GrantAsset.grant_id == grant_id).order_by(Asset.id).limit(100)).all()
        keys = session.execute(select(Evidence.id, Evidence.storage_key).where(Evidence.grant_id == grant_id)).all()
    papers = reads_papers(actor)
    text = _text(version.text_key, version.text_key is not None) if version and papers else None
    shown = {one.id: _text(one.storage_key, _is_text(found, one.id)) for one in keys if papers}
    return render_template(
        "pages/grant.html",
        grant=found,
        version=version,
        papers=papers,
        text=text,
        shown=shown,
        assets=assets,
        totals=totals,
        serving=serving,
        today=hub.now().date(),
        problem=problem,
        limits=dict(granting.CAPS),
        kinds=NAMES,
        suited=SUITED[found["terms"]["evidence_level"]],
        bases=BASES,
        **view.choices(),
    )


def _is_text(found: dict[str, Any], evidence_id: str) -> bool:
    proof = next(one for one in found["evidence"] if one["id"] == evidence_id)
    media_type = str(proof["media_type"])
    return media_type.startswith("text/") or media_type == "application/json"


def _text(key: str | None, wanted: bool) -> str | None:
    """Return the beginning of a stored text; None where it is none, or is not there."""
    if not wanted or key is None:
        return None
    try:
        with the_hub().storage.open(key, start=0, end=SHOWN_BYTES) as stream:
            return stream.read().decode(errors="replace")
    except Missing:
        return None


def _form(actor: Actor, form: MultiDict[str, str], asset_ids: list[str], **more: Any) -> str:
    hub = the_hub()
    with hub.database.read() as session:
        rows = session.execute(
            select(Asset.id, Asset.file_name, Creator.handle, Creator.display_name)
            .outerjoin(Creator, Creator.id == Asset.creator_id)
            .where(Asset.id.in_(asset_ids))
            .order_by(Asset.id)
        ).all()
        persons = session.scalars(
            select(Person).where(
                Person.id.in_(select(AssetPerson.person_id).where(AssetPerson.asset_id.in_(asset_ids)))
            )
        ).all()
        subjects = [(one.id, panel.person_name(hub, session, one), "likeness") for one in persons]
        facts = session.scalars(select(AssetRights).where(AssetRights.asset_id.in_(asset_ids))).all()
        for table, column, layer, ids in (
            (Property, Property.name, "property", [one for row in facts for one in row.properties]),
            (Track, Track.title, "music", [one for row in facts for one in row.tracks]),
        ):
            found = session.execute(select(table.id, column).where(table.id.in_(ids))).all()
            subjects += [(one, name, layer) for one, name in found]
    missing = sorted(set(asset_ids) - {row.id for row in rows})
    if missing:
        raise NotFound("There is no such asset.")
    makers = {row.display_name or (f"@{row.handle}" if row.handle else "") for row in rows}
    licensor = form.get("licensor") or (makers.pop() if len(makers) == 1 else "")
    return render_template(
        "pages/grant-form.html",
        form=form,
        assets=rows,
        subjects=subjects,
        licensor=licensor,
        triggers=granting.TRIGGERS,
        units=granting.UNITS,
        caps=granting.CAPS,
        levels=sorted(standard().evidence_levels.items()),
        **{"problem": None, "old": None, **more},
        **view.choices(),
    )


NEW = MultiDict(
    [
        ("effect", "permit"),
        ("layer", "copyright"),
        ("trigger", "date"),
        ("unit", "months"),
        ("evidence_level", "2"),
        ("signed_by_role", "creator"),
        ("revocable", "no"),
    ]
)


@blueprint.get("/grants/new")
def new_grant() -> str:
    """Show the empty form for one or many assets."""
    actor = allowed("rights.edit")
    form = NEW.copy()
    for name in ("layer", "subject"):
        if request.args.get(name):
            form[name] = request.args[name]
    return _form(actor, form, request.args.getlist("asset"))


@blueprint.post("/grants")
def give_grant() -> BaseResponse | tuple[str, int]:
    """Write the grant of the form, and go to its page, where its proof is added."""
    hub, actor = the_hub(), allowed("rights.edit")
    try:
        rows = giving.give(hub, actor, granting.given_of_form(request.form, hub.settings.party))
    except Invalid as error:
        return _form(actor, request.form, request.form.getlist("asset"), problem=error), 422
    return redirect(url_for("pages.grant", grant_id=rows[0]["id"]), 303)


@blueprint.post("/grants/sentence")
def grant_sentence() -> str:
    """Return what the form says so far in one sentence, or what it lacks."""
    allowed("rights.edit")
    try:
        words, wrong = granting.read_back(the_hub(), request.form), False
    except HubError as error:
        words, wrong = error.message, True
    return render_template("partials/sentence.html", words=words, wrong=wrong)


@blueprint.get("/grants/<grant_id>/change")
def change_grant(grant_id: str) -> str:
    """Show the form filled with a grant: renew it with another term, or narrow it."""
    actor = allowed("rights.edit")
    old = _one(grant_id)
    form = granting.form_of(old["terms"])
    form["licensor"] = old["licensor"]
    return _form(actor, form, _assets_of(grant_id), old=old)


def _assets_of(grant_id: str) -> list[str]:
    with the_hub().database.read() as session:
        named = select(GrantAsset.asset_id).where(GrantAsset.grant_id == grant_id)
        return list(session.scalars(named.order_by(GrantAsset.asset_id)))


_KEPT = ("effect", "layer", "subject", "grantee", "vocab_version")
"""What a new version does not change; nor does it forget what was used of a limit."""


@blueprint.post("/grants/<grant_id>/versions")
def save_version(grant_id: str) -> BaseResponse | tuple[str, int]:
    """Write the form as a new version in place of the grant."""
    hub, actor = the_hub(), allowed("rights.edit")
    old = _one(grant_id)
    try:
        plain = granting.plain_of_form(request.form, hub.settings.party)
        for name in _KEPT + tuple(name for name in COUNTERS if old["terms"].get(f"max_{name}") is not None):
            plain.pop(name, None)
        signed = plain.pop("signed_at", None)
        left = {name: None for name in ("wind_down", "channels", "territories", "edits") if name not in plain}
        caps = {f"max_{name}": None for name, _ in granting.CAPS if f"max_{name}" not in plain}
        change = {**left, **caps, **plain, "signed_at": signed, "text": request.form.get("text", "").strip()}
        rows = giving.renew(hub, actor, grant_id=grant_id, change=change)
    except Invalid as error:
        return _form(actor, request.form, _assets_of(grant_id), problem=error, old=old), 422
    return redirect(url_for("pages.grant", grant_id=rows[0]["id"]), 303)


@blueprint.post("/grants/<grant_id>/state")
def set_grant_state(grant_id: str) -> BaseResponse:
    """Put a grant into force or out of it."""
    with changing("rights.edit") as (hub, session, actor):
        licensing.set_state(hub, session, actor, grant_id=grant_id, state=request.form.get("state", ""))
    return redirect(url_for("pages.grant", grant_id=grant_id), 303)


@blueprint.post("/grants/<grant_id>/proofs/<evidence_id>/verify")
def verify_proof(grant_id: str, evidence_id: str) -> BaseResponse:
    """Compare the proofs of a grant with their hashes again."""
    with changing("rights.edit") as (hub, session, _):
        licensing.verify(hub, session, [grant_id])
    return redirect(url_for("pages.grant", grant_id=grant_id, _anchor=evidence_id), 303)
