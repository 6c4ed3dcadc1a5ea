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
from ugc_hub.models import Agreement, AgreementVersion, Asset, Evidence, Grant, GrantAsset, GrantSupersession
from ugc_hub.rights import DateRefused, Malformed, Milestones, read_grant, write_instant
from ugc_hub.rights import Grant as Rule

from .agreements import Agreed, agree
from .changes import grants_changed
from .grants import Draft, add, plain_of
from .milestones import PER_ASSET, delivered, keep_milestones
from .terms import term_of


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

    What the change does not state stays as agreed. Where the grant belongs to an agreement, this is its next version.

    Raises:
        NotFound: there is no such grant.
        Conflict: a newer version of it exists already, or it was revoked.
        Invalid: as `add`.
    """
    require(actor, "rights.edit")
    hub.database.serialise(session, f"grant:{grant_id}")
    old = session.get(Grant, grant_id)
    if old is None:
        raise NotFound("There is no such grant.")
    newer = select(GrantSupersession.newer_id).join(Grant, Grant.id == GrantSupersession.newer_id)
    taken = session.scalar(newer.where(GrantSupersession.older_id == grant_id, Grant.state != "rejected"))
    if taken is not None:
        raise Conflict(f"A newer version of this grant exists: {taken}. Change that one.", extra={"newer": taken})
    if old.revoked:
        raise Conflict("This grant was revoked; give a new one instead.")
    assets = tuple(session.scalars(select(GrantAsset.asset_id).where(GrantAsset.grant_id == grant_id)))
    plain = merged(old, change.plain)
    signed = change.signed_at or hub.now()
    proven = old.evidence_ok and _within(_dated(hub, plain), _dated(hub, plain_of(old)))
    plain |= {"supersedes": [grant_id], "signed_at": signed.isoformat(), "evidence_ok": proven}
    draft = Draft(
        plain,
        None if old.reach == "all" else tuple(sorted(assets)),
        _version(hub, session, actor, old=old, change=replace(change, signed_at=signed)),
    )
    rows = write(hub, session, actor, draft)
    if proven:
        _carry(hub, session, old.id, rows)
    return rows


def _dated(hub: Hub, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain grant with its term in instants, where the term depends on dates alone."""
    window = plain.get("window")
    if not isinstance(window, Mapping) or window.get("trigger", "date") != "date":
        return dict(plain)
    try:
        term = term_of(plain, Milestones(), hub.now())
    except (DateRefused, Malformed):  # refused when it is written
        return dict(plain)
    rest = {name: value for name, value in plain.items() if name != "window"}
    dates = {"starts_at": write_instant(term.starts_at), "ends_at": write_instant(term.ends_at)}
    return {**rest, **dates, "perpetual": term.perpetual}


def _within(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a new version allows nothing that the old one did not: then what proved the old one proves it too."""
    if new.get("effect") != "permit" or any(new.get(name) != old.get(name) for name in ("layer", "subject", "grantee")):
        return False
    if new.get("window") != old.get("window") or int(new.get("evidence_level") or 0) > int(old["evidence_level"] or 0):
        return False
    first, second = read_grant({**new, "id": "new"}), read_grant({**old, "id": "old"})
    listed = (
        (first.channels, second.channels),
        (first.edits, second.edits),
        (first.products, second.products),
        (first.territories, second.territories),
        (first.sublicensees, second.sublicensees),
        (second.excluded_territories, first.excluded_territories),
    )
    return all(
        (
            all((less or frozenset()) <= (more or frozenset()) for less, more in listed),
            first.future_media <= second.future_media,
            second.duties == first.duties,
            all(first.caps.get(name, cap + 1) <= cap for name, cap in second.caps.items()),
            _shorter(first, second),
        )
    )


def _shorter(new: Rule, old: Rule) -> bool:
    if old.starts_at is not None and (new.starts_at is None or new.starts_at < old.starts_at):
        return False
    if old.ends_at is None:
        return old.perpetual or not new.perpetual
    return new.ends_at is not None and new.ends_at <= old.ends_at


def _carry(hub: Hub, session: Session, old_id: str, rows: Sequence[Grant]) -> None:
    """Let the proofs of the old version prove the new one; the bytes stay where they are."""
    proofs = session.scalars(select(Evidence).where(Evidence.grant_id == old_id).order_by(Evidence.id)).all()
    for row in rows:
        for proof in proofs:
            kept = {column.name: getattr(proof, column.name) for column in Evidence.__table__.columns}
            session.add(Evidence(**{**kept, "id": hub.new_id("evd"), "grant_id": row.id}))
    session.flush()


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
        Conflict: it cannot follow the present one; or a permission that nothing proves is to be put into force.
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
    if state == "active" and row.effect == "permit" and not row.evidence_ok:
        raise Conflict("Nothing proves this permission yet. Add a proof, then put it into force.")
    row.state = state
    session.flush()
    record(session, hub.now(), f"grant.{state}", row.id, actor=actor.user_id)
    grants_changed(hub, session, [row.id])
    return row


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
