"""What was written on the strength of a word: whoever takes the word back takes all of it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ugc_hub.accounts import Actor
from ugc_hub.hub import Hub
from ugc_hub.models import Agreement, AgreementVersion, Grant, GrantSupersession, Revocation
from ugc_hub.rights import RevocationEffect, RevocationEvent, effect_of

from .revoking import Withdrawal, revoke


def lineage(session: Session, ids: Iterable[str]) -> list[Grant]:
    """Return grants with every version of the same agreements in their place, in the order of their ids.

    A version that only narrows rests on the signature of the first one, and one that waits would rest on it in part;
    those that were rejected, and those of another agreement, are left out.
    """
    found = {row.id: row for row in session.scalars(select(Grant).where(Grant.id.in_(sorted(set(ids)))))}
    older, before, after = aliased(Grant), aliased(AgreementVersion), aliased(AgreementVersion)
    newest = sorted(found)
    while newest:
        wanted = (
            select(Grant)
            .join(GrantSupersession, GrantSupersession.newer_id == Grant.id)
            .join(older, older.id == GrantSupersession.older_id)
            .join(before, before.id == older.version_id)
            .join(after, after.id == Grant.version_id)
            .where(older.id.in_(newest), before.agreement_id == after.agreement_id, Grant.state != "rejected")
        )
        rows = [row for row in session.scalars(wanted) if row.id not in found]
        found.update((row.id, row) for row in rows)
        newest = sorted({row.id for row in rows})
    return [row for _, row in sorted(found.items())]


def standing_of(session: Session, ids: Iterable[str]) -> list[Grant]:
    """Return those of the lineage that somebody could still take back: not all of them was ended before."""
    rows = [row for row in lineage(session, ids) if row.state != "rejected"]
    named = select(Revocation).where(Revocation.grant_id.in_([row.id for row in rows if row.revoked]))
    ended = {one.grant_id for one in session.scalars(named) if _ends_all(one)}
    return [row for row in rows if row.id not in ended]


def _ends_all(said: Revocation) -> bool:
    """Whether a revocation ends the whole grant, or asked for that and is being looked at."""
    if said.channels or said.territories:
        return False
    return said.effective_at is not None or said.basis in ("contract_notice", "gdpr_withdrawal")


def take_all_back(
    hub: Hub, session: Session, actor: Actor, *, ids: Collection[str], layers: Collection[str] = (), note: str = ""
) -> list[tuple[Grant, RevocationEffect]]:
    """End grants and what was written in their place: being shown ends at once, a licence as its agreement says.

    `layers` empty means all. Doing it twice changes nothing. Returns what follows for each grant, oldest first.
    """
    done: dict[str, tuple[Grant, RevocationEffect]] = {}
    while rows := _next(hub, session, ids=ids, layers=layers, known=done):
        for row in rows:
            basis = basis_of(row.layer)
            effect = revoke(hub, session, actor, grant_id=row.id, withdrawal=Withdrawal(basis, note=note))
            done[row.id] = (row, effect)
    return [pair for _, pair in sorted(done.items())]


def basis_of(layer: str) -> str:
    """Return on what somebody takes back their own word: a consent to be shown, or a licence."""
    return "gdpr_withdrawal" if layer == "likeness" else "contract_notice"


def ends_of(done: Iterable[tuple[Grant, RevocationEffect]]) -> dict[str, datetime | None]:
    """Return for each layer when the last of its grants ends; None where none of them has an end yet."""
    found: dict[str, datetime | None] = {}
    for row, effect in done:
        known = [at for at in (found.get(row.layer), effect.effective_at) if at]
        found[row.layer] = max(known, default=None)
    return found


def foreseen(agreement: Agreement, grants: Iterable[Grant], now: datetime) -> dict[str, datetime | None]:
    """Return what a withdrawal at `now` would do to each layer, by the rule that does it (None as in `ends_of`)."""
    found: dict[str, datetime | None] = {}
    for grant in grants:
        word = RevocationEvent(basis_of(grant.layer), now, grant.layer, agreement.revocable, agreement.notice_days)
        found[grant.layer] = effect_of(word).effective_at
    return dict(sorted(found.items()))


def _next(
    hub: Hub, session: Session, *, ids: Collection[str], layers: Collection[str], known: Collection[str]
) -> list[Grant]:
    """Return what is still to be ended; whoever writes a version of one of them waits, or was seen."""
    for one in lineage(session, ids):
        hub.database.serialise(session, f"grant:{one.id}")
    return [row for row in standing_of(session, ids) if row.id not in known and (not layers or row.layer in layers)]
