"""Ends grants by somebody's word: the revocation is appended, and what follows happens in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Agreement, AgreementVersion, Grant, GrantAsset, Revocation
from ugc_hub.rights import RevocationEffect, RevocationEvent, effect_of, standard

from .afterlife import ENDED, review, settle
from .changes import grants_changed
from .facts import close
from .witnessing import row_digest

BASES = (
    "contract_notice",
    "gdpr_withdrawal",
    "platform_revoked",
    "legal_claim",
    "erasure_request",
    "evidence_source_gone",
)
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Withdrawal:
    """Why a grant is to end, and where; without channels and territories all of it."""

    basis: str
    channels: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    requested_at: datetime | None = None
    """None: now."""
    note: str = ""


def revoke(hub: Hub, session: Session, actor: Actor, *, grant_id: str, withdrawal: Withdrawal) -> RevocationEffect:
    """End a grant as its agreement and the basis say; its assets go on hold or come down where the basis asks for it.

    Raises:
        Invalid: the basis, a channel or a territory is unknown, or the time has no offset or lies ahead.
        NotFound: there is no such grant.
    """
    require(actor, "rights.edit")
    _check(withdrawal)
    row = session.get(Grant, grant_id)
    if row is None:
        raise NotFound("There is no such grant.")
    requested = _requested(hub, withdrawal)
    effect = effect_of(_event(session, row, withdrawal.basis, requested))
    row.revoked = True
    row.state = effect.grant_state if effect.grant_state != "active" else row.state
    places = standard().atlas.expand(frozenset(withdrawal.territories), hub.now().date())
    said = Revocation(
        id=hub.new_id("rvk"),
        created_at=hub.now(),
        grant_id=row.id,
        requested_at=requested,
        effective_at=effect.effective_at,
        basis=withdrawal.basis,
        channels=sorted(withdrawal.channels) or None,
        territories=sorted(places) or None,
        requested_by=actor.user_id,
        note=withdrawal.note,
    )
    session.add(said)
    session.flush()
    assets = list(session.scalars(select(GrantAsset.asset_id).where(GrantAsset.grant_id == row.id)))
    details = {"basis": withdrawal.basis, "effective_at": effect.effective_at and effect.effective_at.isoformat()}
    details |= {"revocation": said.id, "row": row_digest(said), "state": row.state}
    record(session, hub.now(), "grant.revoked", row.id, actor=actor.user_id, assets=assets, **details)
    _copies(hub, session, effect, assets=assets if row.reach == "assets" else None, withdrawal=withdrawal)
    for asset_id in assets if effect.asset_status != "active" else []:
        close(
            hub,
            session,
            actor,
            asset_id=asset_id,
            status=effect.asset_status,
            note="A grant was withdrawn.",
            for_claim=withdrawal.basis == "legal_claim",
        )
    grants_changed(hub, session, [row.id])
    return effect


def _copies(
    hub: Hub, session: Session, effect: RevocationEffect, *, assets: list[str] | None, withdrawal: Withdrawal
) -> None:
    """End the copies that are out, before the assets are closed: the feed names why, not that they were closed."""
    if effect.exports == "review":
        review(hub, session, assets or [], withdrawal.basis)
        return
    told = settle(hub, session, assets)
    if effect.effective_at is None:
        return
    # Others may have copies that our ledger does not know: they hear of it all the same.
    for asset_id in sorted(set(assets or ()) - told):
        record(
            session,
            hub.now(),
            ENDED,
            asset_id,
            basis=withdrawal.basis,
            effective_at=effect.effective_at.isoformat(),
            usages=[],
            sha256s=[],
            channels=sorted(withdrawal.channels),
            territories=sorted(withdrawal.territories),
        )


def _requested(hub: Hub, withdrawal: Withdrawal) -> datetime:
    """When somebody said it: an instant of the past, so that what ends at once ends now."""
    now, said = hub.now(), withdrawal.requested_at
    if said is None:
        return now
    if said.utcoffset() is None:
        raise Invalid("Give the time with its offset, such as 2026-12-31T00:00:00Z.", extra={"field": "requested_at"})
    if said > now + CLOCKS_DIFFER:
        raise Invalid("Nobody can have asked for it in the future.", extra={"field": "requested_at"})
    return min(said, now)


def _check(withdrawal: Withdrawal) -> None:
    if withdrawal.basis not in BASES:
        raise Invalid(f"A grant ends by {', '.join(BASES)}.", extra={"field": "basis"})
    for name in ("channels", "territories"):
        wrong = standard().unknown(name, frozenset(getattr(withdrawal, name)))
        if wrong:
            raise Invalid(f"The vocabulary does not know {', '.join(wrong)}.", extra={"field": name})


def _event(session: Session, row: Grant, basis: str, requested: datetime) -> RevocationEvent:
    agreement = _agreement(session, row)
    return RevocationEvent(
        basis=basis,
        requested_at=requested,
        layer=row.layer,
        revocable=agreement.revocable if agreement else "no",
        notice_days=_days(agreement),
        evidence_level=int(row.body.get("evidence_level") or 0),
    )


def _days(agreement: Agreement | None) -> int:
    """The notice; what is no number, as SQLite keeps anything, protects nobody's use."""
    days = agreement.notice_days if agreement else 0
    return days if isinstance(days, int) else 0


def _agreement(session: Session, row: Grant) -> Agreement | None:
    version = session.get(AgreementVersion, row.version_id) if row.version_id else None
    return session.get(Agreement, version.agreement_id) if version else None
