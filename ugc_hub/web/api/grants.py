"""Grants: look, give, change by new versions, end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from ugc_hub import licensing
from ugc_hub.accounts import reads_papers
from ugc_hub.errors import NotFound
from ugc_hub.licensing import giving, panel
from ugc_hub.models import Grant, GrantAsset
from ugc_hub.web.context import allowed, changing, the_hub

from .blueprint import blueprint, body, described, gives, query
from .legal import (
    GrantAsk,
    GrantChange,
    GrantOut,
    GrantPage,
    GrantQuery,
    Grants,
    MilestoneAsk,
    RevokeAsk,
    RevokedOut,
    StateAsk,
)


def one(grant_id: str) -> dict[str, Any]:
    """Return one grant as it is shown.

    Raises:
        NotFound: there is no such grant.
    """
    hub, named = the_hub(), reads_papers(allowed("rights.view"))
    with hub.database.read() as session:
        found = panel.shown_grants(hub, session, [grant_id], named=named)
    if not found:
        raise NotFound("There is no such grant.")
    return found[0]


@blueprint.get("/assets/<asset_id>/grants")
@query(GrantQuery)
@gives(GrantPage)
@described("Rights", "Grants that reach an asset, newest first")
def list_grants(asset_id: str, query: GrantQuery) -> dict[str, Any]:
    """Return one page of the grants that name the asset or reach every asset."""
    hub, actor = the_hub(), allowed("rights.view")
    named = select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset_id)
    wanted = select(Grant.id).where(or_(Grant.id.in_(named), Grant.reach == "all")).order_by(Grant.id.desc())
    if query.cursor:
        wanted = wanted.where(Grant.id < query.cursor)
    with hub.database.read() as session:
        panel.asset_of(session, actor, asset_id)
        ids = list(session.scalars(wanted.limit(query.limit + 1)))
        items = panel.shown_grants(hub, session, ids[: query.limit], named=reads_papers(actor))[::-1]
    return {"items": items, "next_cursor": items[-1]["id"] if len(ids) > query.limit else None}


@blueprint.get("/grants/<grant_id>")
@gives(GrantOut)
@described("Rights", "One grant")
def see_grant(grant_id: str) -> dict[str, Any]:
    """Return the terms of a grant, the same in words, its proofs and what ended it.

    Who may not read proofs sees their kind and date.
    """
    return one(grant_id)


@blueprint.post("/grants")
@body(GrantAsk)
@gives(Grants, 201, "The grant is written")
@described("Rights", "Give a grant")
def give_grant(body: GrantAsk) -> dict[str, Any]:
    """Write a grant; several where its term begins with something that happens to each asset."""
    actor = allowed("rights.edit")
    return {"items": giving.give(the_hub(), actor, giving.Given.of(body.plain()))}


@blueprint.post("/grants/<grant_id>/supersede")
@body(GrantChange)
@gives(Grants, 201, "The new version is written")
@described("Rights", "Put a new version in place of a grant")
def supersede_grant(grant_id: str, body: GrantChange) -> dict[str, Any]:
    """Write a version that says something else; where it allows more, it is `pending` until it is proven."""
    actor = allowed("rights.edit")
    return {"items": giving.renew(the_hub(), actor, grant_id=grant_id, change=body.plain())}


@blueprint.post("/grants/<grant_id>/revoke")
@body(RevokeAsk)
@gives(RevokedOut)
@described("Rights", "End a grant")
def revoke_grant(grant_id: str, body: RevokeAsk) -> Any:
    """End a grant as its agreement and the basis say, and tell what follows."""
    hub, actor = the_hub(), allowed("rights.edit")
    plain: dict[str, Any] = body.model_dump()
    plain |= {name: tuple(plain[name]) for name in ("channels", "territories")}
    with hub.database.write() as session:
        withdrawal = licensing.Withdrawal(**plain)
        return licensing.revoke(hub, session, actor, grant_id=grant_id, withdrawal=withdrawal)


@blueprint.put("/grants/<grant_id>/state")
@body(StateAsk)
@gives(GrantOut)
@described("Rights", "Put a grant into force or out of it")
def set_grant_state(grant_id: str, body: StateAsk) -> dict[str, Any]:
    """Set the state of a grant; a permission needs a proof to become active."""
    with changing("rights.edit") as (hub, session, actor):
        licensing.set_state(hub, session, actor, grant_id=grant_id, state=body.state)
    return one(grant_id)


@blueprint.post("/grants/<grant_id>/milestones")
@body(MilestoneAsk)
@gives(GrantOut)
@described("Rights", "Say that something happened on which the term depends")
def keep_milestone(grant_id: str, body: MilestoneAsk) -> dict[str, Any]:
    """Keep a delivery, a first publication or a reached cap, and bring the term up to date."""
    with changing("rights.edit") as (hub, session, actor):
        licensing.milestone(hub, session, actor, grant_id=grant_id, name=body.name, at=body.at)
    return one(grant_id)
