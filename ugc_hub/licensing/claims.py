"""Claims: anybody may say that something must come down, and somebody who may decides, with a time by which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.users import clean_email
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Claim, DataKey, Usage

from .erasing import erase_asset
from .facts import close, set_status
from .sealing import new_key, seal, unseal

GROUNDS = {
    "my_content": "I made it, and it is used without my permission",
    "shows_me": "It shows me, and I did not agree or no longer do",
    "shows_child": "It shows a child whose guardian I am",
    "copyright": "It holds a work that belongs to me or to whom I act for",
    "legal_order": "A court or an authority has ordered it",
    "other": "Another reason",
}
DECISIONS = ("hold", "legal_order", "erase", "dismiss")
STATES = {"hold": "held", "legal_order": "legal_order", "erase": "erased", "dismiss": "dismissed"}
_ID = re.compile(r"\b(ast|use)_[0-9a-hjkmnp-tv-z]{20,30}\b")


@dataclass(frozen=True)
class Statement:
    """What somebody writes who wants something taken down."""

    ground: str
    name: str
    email: str
    where: str
    """Address or description of where they saw it; ids of the hub in it are recognised."""
    words: str


@dataclass(frozen=True)
class ClaimView:
    """A claim as those see it who decide. `statement` is None once it was erased."""

    id: str
    created_at: datetime
    due_at: datetime
    state: str
    ground: str
    asset_id: str | None
    statement: Statement | None
    note: str


def intake(hub: Hub, statement: Statement) -> str:
    """Keep what somebody claims and return its id; who they are is sealed. Nothing else changes yet.

    Raises:
        Invalid: a part is missing or too long, or the address is none.
    """
    if statement.ground not in GROUNDS:
        raise Invalid("Choose a reason.", extra={"field": "ground"})
    for field, most in (("name", 200), ("where", 2000), ("words", 10_000)):
        text = str(getattr(statement, field)).strip()
        if not text or len(text) > most:
            raise Invalid(f"Fill in this field, with at most {most:,} characters.", extra={"field": field})
    email = clean_email(statement.email)
    with hub.database.write() as session:
        key = new_key(hub, session)
        usage_id, asset_id = _meant(statement.where)
        usage = session.get(Usage, usage_id) if usage_id else None
        asset = session.get(Asset, usage.asset_id if usage else asset_id or "")
        plain = {"name": statement.name, "email": email, "where": statement.where, "words": statement.words}
        claim = Claim(
            id=hub.new_id("clm"),
            created_at=hub.now(),
            ground=statement.ground,
            key_id=key.id,
            sealed=seal(hub, key, plain),
            asset_id=asset.id if asset else None,
            usage_id=usage.id if usage else None,
            due_at=hub.now() + timedelta(seconds=hub.settings.takedown_s),
            state="open",
        )
        session.add(claim)
        session.flush()
        record(session, hub.now(), "claim.received", claim.id, ground=claim.ground, asset=claim.asset_id)
        return claim.id


def _meant(where: str) -> tuple[str | None, str | None]:
    """Return the ids of a usage and of an asset that an address names."""
    found = {match.group(1): match.group(0) for match in _ID.finditer(where)}
    return found.get("use"), found.get("ast")


def list_claims(hub: Hub, actor: Actor, *, limit: int = 200) -> list[ClaimView]:
    """Return the claims that are open, soonest due first, then the newest of those that were decided."""
    require(actor, "rights.legal")
    with hub.database.read() as session:
        waiting = session.scalars(select(Claim).where(Claim.state == "open").order_by(Claim.due_at).limit(limit)).all()
        rest = select(Claim).where(Claim.state != "open").order_by(Claim.id.desc()).limit(limit)
        rows = [*waiting, *session.scalars(rest)]
        keys = {key.id: key for key in session.scalars(select(DataKey).where(DataKey.id.in_([r.key_id for r in rows])))}
    return [_view(hub, row, keys[row.key_id]) for row in rows]


def _view(hub: Hub, row: Claim, key: DataKey) -> ClaimView:
    plain = unseal(hub, key, row.sealed)
    statement = Statement(row.ground, **plain) if plain is not None else None
    return ClaimView(
        row.id, row.created_at, row.due_at, row.state, row.ground, row.asset_id, statement=statement, note=row.note
    )


@dataclass(frozen=True)
class Verdict:
    """What is done about a claim; `asset_id` where the claim does not tell it, `note` says why."""

    decision: str
    note: str
    asset_id: str | None = None


def decide_claim(hub: Hub, actor: Actor, claim_id: str, verdict: Verdict) -> None:
    """Put the asset on hold, take it down by legal order, erase it, or dismiss the claim.

    Raises:
        Invalid: the decision is none of these, or no note says why.
        NotFound: there is no such claim or asset.
        Conflict: the claim was decided in another way before, or no asset is known.
    """
    require(actor, "rights.legal")
    if verdict.decision not in DECISIONS:
        raise Invalid(f"Decide by {', '.join(DECISIONS)}.", extra={"field": "decision"})
    if not verdict.note.strip():
        raise Invalid("Say in a few words why; it stays with the claim.", extra={"field": "note"})
    asset_id = _settle(hub, actor, claim_id, verdict)
    if verdict.decision == "erase" and asset_id is not None:
        erase_asset(hub, actor, asset_id, reason=f"Claim {claim_id}: {verdict.note}")


def _settle(hub: Hub, actor: Actor, claim_id: str, verdict: Verdict) -> str | None:
    with hub.database.write() as session:
        claim = session.get(Claim, claim_id)
        if claim is None:
            raise NotFound("There is no such claim.")
        asset_id = verdict.asset_id or claim.asset_id
        asset = session.get(Asset, asset_id) if asset_id else None
        if verdict.decision != "dismiss" and asset is None:
            raise Conflict("Say which asset the claim is about.", extra={"field": "asset_id"})
        if claim.state in ("erased", "dismissed"):
            raise Conflict("The claim was decided before.")
        claim.state, claim.note, claim.asset_id = STATES[verdict.decision], verdict.note.strip()[:2000], asset_id
        claim.decided_by, claim.decided_at = actor.user_id, hub.now()
        if asset is not None and verdict.decision in ("hold", "legal_order"):
            _close(hub, session, actor, asset_id=asset.id, claim=claim)
        record(session, hub.now(), "claim.decided", claim_id, actor=actor.user_id, decision=verdict.decision)
        return asset_id


def _close(hub: Hub, session: Session, actor: Actor, *, asset_id: str, claim: Claim) -> None:
    note = f"Claim {claim.id}"
    if claim.state == "legal_order":
        set_status(hub, session, actor, asset_id=asset_id, status="taken_down", note=note, legal_order=True)
    else:  # another claim may have led to an order, which a hold must not lift
        close(hub, session, actor, asset_id=asset_id, status="hold", note=note, for_claim=True)
