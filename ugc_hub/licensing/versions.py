"""Grants as people give them: one for many assets, a new version in place of an old one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    Evidence,
    Grant,
    GrantAsset,
    GrantSupersession,
    Revocation,
)

from .agreements import Agreed, agree
from .carrying import carry
from .changes import grants_changed
from .checking import check
from .comparing import compare
from .evidence import lacking
from .grants import Draft, add, plain_of
from .milestones import PER_ASSET, delivered, keep_milestones
from .totals import carry_totals


@dataclass(frozen=True)
class Change:
    """What a new version says differently: members of the plain form, and what was signed for it."""

    plain: Mapping[str, Any]
    text_sha256: str | None = None
    """Of `keep_text`, where there is a new wording."""
    signed_at: datetime | None = None


def write(hub: Hub, session: Session, actor: Actor, draft: Draft) -> list[Grant]:
    """Write a grant; where its term begins with something that happens to an asset, one row for each asset.

    Raises:
        Invalid: as `add`; or an asset does not exist.
    """
    require(actor, "rights.edit")
    assets = _assets(session, draft.assets or ())
    trigger = (draft.plain.get("window") or {}).get("trigger") if isinstance(draft.plain.get("window"), Mapping) else ""
    if trigger not in PER_ASSET or not assets:
        row = add(hub, session, actor, draft)
        keep_milestones(session, row, draft.milestones)
        return [row]
    rows = []
    for asset in assets:
        so_far = delivered(draft.milestones, asset)
        row = add(hub, session, actor, replace(draft, assets=(asset.id,), milestones=so_far))
        keep_milestones(session, row, so_far)
        rows.append(row)
    return rows


def _assets(session: Session, ids: Sequence[str]) -> list[Asset]:
    found = {row.id: row for row in session.scalars(select(Asset).where(Asset.id.in_(list(ids))))}
    missing = sorted(set(ids) - found.keys())
    if missing:
        raise Invalid(f"There is no asset {', '.join(missing)}.", extra={"field": "assets"})
    return [found[one] for one in dict.fromkeys(ids)]


def supersede(hub: Hub, session: Session, actor: Actor, *, grant_id: str, change: Change) -> list[Grant]:
    """Write a new version of a grant, for all of its assets, in place of the old one; the old one stays as it was.

    What the change does not state stays as agreed. Where the grant belongs to an agreement, this is its next version. A
    version that allows nothing new keeps the signature, the proofs and what was done for the old one (`comparing`).

    Raises:
        NotFound: there is no such grant.
        Conflict: a newer version of it exists already, or it was revoked.
        Invalid: as `add`.
    """
    require(actor, "rights.edit")
    session.flush()
    hub.database.serialise(session, f"grant:{grant_id}")
    old = session.get(Grant, grant_id, populate_existing=True)  # it may have been taken back meanwhile
    if old is None:
        raise NotFound("There is no such grant.")
    newer = select(GrantSupersession.newer_id).join(Grant, Grant.id == GrantSupersession.newer_id)
    taken = session.scalar(newer.where(GrantSupersession.older_id == grant_id, Grant.state != "rejected"))
    if taken is not None:
        raise Conflict(f"A newer version of this grant exists: {taken}. Change that one.", extra={"newer": taken})
    if old.revoked:
        raise Conflict(_taken_back(session, old))
    assets = tuple(session.scalars(select(GrantAsset.asset_id).where(GrantAsset.grant_id == grant_id)))
    signed = change.signed_at or hub.now()
    plain = merged(old, change.plain)
    check({**plain, "signed_at": signed.isoformat()})
    seen = compare(hub, session, old, plain=plain, signed_at=change.signed_at)
    draft = Draft(
        {**seen.plain, "supersedes": [grant_id]},
        None if old.reach == "all" else tuple(sorted(assets)),
        _version(hub, session, actor, old=old, change=replace(change, signed_at=signed)),
        seen.so_far,
    )
    rows = write(hub, session, actor, draft)
    if seen.proven:
        carry(hub, session, old.id, rows)
    carry_totals(hub, session, actor, old_id=old.id, rows=rows)
    return rows


def _taken_back(session: Session, old: Grant) -> str:
    """Return what was taken back of a grant, and why no version takes its place: it would bring that back."""
    said = session.scalars(select(Revocation).where(Revocation.grant_id == old.id).order_by(Revocation.id)).all()
    if any(not one.channels and not one.territories for one in said):
        return "This grant was taken back; give a new one instead."
    parts = sorted({part for one in said for part in (*(one.channels or ()), *(one.territories or ()))})
    return (
        f"A part of this grant was taken back ({', '.join(parts)}), and a new version would bring it back. "
        "Give a new grant for what stays allowed."
    )


STATES_BEFORE = {
    "active": ("draft", "pending", "suspended"),
    "pending": ("draft", "suspended"),
    "rejected": ("draft", "pending"),
    "suspended": ("active", "pending"),
}
"""What a grant may become, and from which state."""


def set_state(hub: Hub, session: Session, actor: Actor, *, grant_id: str, state: str) -> Grant:
    """Put a grant into force, or take it out while something is cleared up.

    Raises:
        NotFound: there is no such grant.
        Invalid: there is no such state.
        Conflict: it cannot follow the present one; a permission that nothing proves is to be put into force; or the
            public reply that proved it is gone (code `source_gone`, section 2.9).
    """
    require(actor, "rights.edit")
    session.flush()
    hub.database.serialise(session, f"grant:{grant_id}")
    row = session.get(Grant, grant_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such grant.")
    if state not in STATES_BEFORE:
        raise Invalid(f"A grant becomes {', '.join(STATES_BEFORE)}.", extra={"field": "state"})
    if row.state not in STATES_BEFORE[state]:
        raise Conflict(f"A grant that is {row.state} cannot become {state}.")
    if state in ("active", "pending") and _source_gone(session, row):
        raise Conflict(
            "The public answer that proved this is gone, so it stays suspended. Have it confirmed by click-wrap, which "
            "gives a new grant in its place: send a rights request for the same use.",
            code="source_gone",
        )
    if state == "active" and row.effect == "permit" and not row.evidence_ok:
        kinds = session.scalars(select(Evidence.kind).where(Evidence.grant_id == row.id)).all()
        missing = lacking(int(row.body.get("evidence_level") or 0), kinds) if kinds else ""
        raise Conflict(f"Nothing proves this permission yet. {missing or 'Add a proof'}, then put it into force.")
    row.state = state
    session.flush()
    record(session, hub.now(), f"grant.{state}", row.id, actor=actor.user_id)
    grants_changed(hub, session, [row.id])
    return row


def _source_gone(session: Session, row: Grant) -> bool:
    """Whether the public reply that it rested on disappeared: nothing that is done to the row brings that back."""
    gone = select(Revocation.id).where(Revocation.grant_id == row.id, Revocation.basis == "evidence_source_gone")
    return session.scalar(gone.where(Revocation.effective_at.is_not(None)).limit(1)) is not None


def serving(session: Session, grant_id: str) -> str | None:
    """Return the id of the version that is in force as long as a newer one is not; None where there is none."""
    older = select(GrantSupersession.older_id).join(Grant, Grant.id == GrantSupersession.older_id)
    older = older.where(GrantSupersession.newer_id == grant_id, Grant.state == "active", Grant.evidence_ok)
    return session.scalar(older.order_by(Grant.id.desc()).limit(1))


def merged(old: Grant, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a grant says with changes put in; one way of stating the term takes the place of the other."""
    plain = plain_of(old)
    dates = {"starts_at", "ends_at", "perpetual"}
    if changes.get("window"):
        plain = {name: value for name, value in plain.items() if name not in dates}
    elif dates & changes.keys():
        plain.pop("window", None)
    return {**plain, **changes}


def _version(hub: Hub, session: Session, actor: Actor, *, old: Grant, change: Change) -> str | None:
    """Return the next version of the old grant's agreement, if it has one."""
    if old.version_id is None:
        return None
    before = session.get_one(AgreementVersion, old.version_id)
    agreement = session.get_one(Agreement, before.agreement_id)
    agreed = Agreed(
        agreement.kind,
        agreement_id=agreement.id,
        locale=before.locale,
        text_sha256=change.text_sha256,
        signed_at=change.signed_at,
        signed_by_role=before.signed_by_role,
    )
    return agree(hub, session, actor, agreed).id
