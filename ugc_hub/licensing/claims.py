"""Claims: anybody may say that something must come down, and somebody who may decides, with a time by which."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.users import clean_outside
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Claim, DataKey, Usage
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .erasing import ERASED, erase_in
from .facts import close, set_status
from .sealing import destroy, new_key, seal, unseal
from .telling import tell

GROUNDS = {
    "my_content": "I made it, and it is used without my permission",
    "shows_me": "It shows me, and I did not agree or no longer do",
    "shows_child": "It shows a child whose guardian I am",
    "copyright": "It holds a work that belongs to me or to whom I act for",
    "legal_order": "A court or an authority has ordered it",
    "other": "Another reason",
}
MOST_AT_ONCE, LONGEST_ANSWER = 200, 10_000
STATES = {
    "hold": "held",
    "legal_order": "legal_order",
    "erase": "erased",
    "dismiss": "dismissed",
    "release": "dismissed",
}
DECISIONS = tuple(STATES)
"""`release` dismisses a claim and opens its asset again, as far as no other claim keeps it closed."""
SETTLED = ("erased", "dismissed")
_ID = re.compile(r"\b(ast|use)_[0-9a-hjkmnp-tv-z]{20,30}\b")
_LINK = re.compile(r"/d/([A-Za-z0-9_-]{20,100})")


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
    answers: tuple[str, ...] = ()
    """What they were answered by mail, oldest first."""


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
    email = clean_outside(statement.email)
    with hub.database.write() as session:
        key = new_key(hub, session)
        usage_id, asset_id = _meant(statement.where)
        usage = session.get(Usage, usage_id) if usage_id else _linked(session, statement.where)
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
        tell(hub, session, "claim", claims=[claim.id])
    hub.ring()
    return claim.id


def _meant(where: str) -> tuple[str | None, str | None]:
    """Return the ids of a usage and of an asset that an address names."""
    found = {match.group(1): match.group(0) for match in _ID.finditer(where)}
    return found.get("use"), found.get("ast")


def _linked(session: Session, where: str) -> Usage | None:
    """Return the use of a delivery link that stands in an address: most who see a copy know no other."""
    tokens = [hashlib.sha256(token.encode()).hexdigest() for token in _LINK.findall(where)[:20]]
    return session.scalar(select(Usage).where(Usage.token_sha256.in_(tokens)).limit(1)) if tokens else None


def _asset_in(session: Session, said: str) -> str | None:
    """Return the asset that somebody names: by its id, or by an address that holds it, that of a copy or a link."""
    usage_id, asset_id = _meant(said)
    usage = session.get(Usage, usage_id) if usage_id else _linked(session, said)
    return usage.asset_id if usage else asset_id or said or None


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
        row.id,
        row.created_at,
        row.due_at,
        row.state,
        row.ground,
        row.asset_id,
        statement=statement,
        note=row.note,
        answers=_answers(hub, row, key),
    )


def _answers(hub: Hub, row: Claim, key: DataKey) -> tuple[str, ...]:
    plain = unseal(hub, key, row.answers) if row.answers else None
    return tuple(map(str, plain["answers"])) if plain else ()


@dataclass(frozen=True)
class Verdict:
    """What is done about a claim; `asset_id` where the claim does not tell it, `note` says why."""

    decision: str
    note: str
    asset_id: str | None = None


def decide_claim(hub: Hub, actor: Actor, claim_id: str, verdict: Verdict) -> None:
    """Put the asset on hold, take it down by legal order, erase it, dismiss the claim, or release what it closed.

    Raises:
        Invalid: the decision is none of these, or no note says why.
        NotFound: there is no such claim or asset.
        Conflict: the claim was decided in another way before, no asset is known, or another claim keeps it closed.
    """
    require(actor, "rights.legal")
    if verdict.decision not in DECISIONS:
        raise Invalid(f"Decide by {', '.join(DECISIONS)}.", extra={"field": "decision"})
    if not verdict.note.strip():
        raise Invalid("Say in a few words why; it stays with the claim.", extra={"field": "note"})
    _settle(hub, actor, claim_id, verdict)
    hub.ring()


def _settle(hub: Hub, actor: Actor, claim_id: str, verdict: Verdict) -> None:
    with hub.database.write() as session:
        hub.database.serialise(session, f"claim:{claim_id}")
        claim = session.get(Claim, claim_id)
        if claim is None:
            raise NotFound("There is no such claim.")
        asset_id = _asset_in(session, verdict.asset_id or "") or claim.asset_id
        asset = session.get(Asset, asset_id) if asset_id else None
        if verdict.decision != "dismiss" and asset is None:
            raise Conflict("Say which asset the claim is about.", extra={"field": "asset_id"})
        if claim.state in ("erased", "dismissed"):
            raise Conflict("The claim was decided before.")
        claim.state, claim.note, claim.asset_id = STATES[verdict.decision], verdict.note.strip()[:2000], asset_id
        claim.decided_by, claim.decided_at = actor.user_id, hub.now()
        if asset is not None and verdict.decision in ("hold", "legal_order"):
            _close(hub, session, actor, asset_id=asset.id, claim=claim)
        if asset is not None and verdict.decision == "release":
            _open(hub, session, actor, asset_id=asset.id, claim=claim)
        if asset is not None and verdict.decision == "erase" and asset.status != ERASED:
            erase_in(hub, session, actor, asset_id=asset.id, reason=f"Claim {claim_id}: {verdict.note}")
        record(session, hub.now(), "claim.decided", claim_id, actor=actor.user_id, decision=verdict.decision)


def _close(hub: Hub, session: Session, actor: Actor, *, asset_id: str, claim: Claim) -> None:
    note = f"Claim {claim.id}"
    if claim.state == "legal_order":
        set_status(hub, session, actor, asset_id=asset_id, status="taken_down", note=note, legal_order=True)
    else:  # another claim may have led to an order, which a hold must not lift
        close(hub, session, actor, asset_id=asset_id, status="hold", note=note, for_claim=True)


def _open(hub: Hub, session: Session, actor: Actor, *, asset_id: str, claim: Claim) -> None:
    others = select(Claim.id).where(
        Claim.asset_id == asset_id, Claim.id != claim.id, Claim.state.in_(("open", "held", "legal_order"))
    )
    if (other := session.scalar(others.limit(1))) is not None:
        raise Conflict(f"Claim {other} is about the same asset. Decide that one first, or dismiss without opening.")
    set_status(hub, session, actor, asset_id=asset_id, status="active", note=f"Claim {claim.id} was dismissed")


def escalate_claims(hub: Hub, session: Session) -> list[str]:
    """Tell legal again of claims whose time is over, each once, in the caller's transaction; return their ids."""
    late = select(Claim).where(Claim.state == "open", Claim.due_at <= hub.now(), Claim.escalated_at.is_(None))
    rows = session.scalars(late.order_by(Claim.due_at).limit(MOST_AT_ONCE)).all()
    for row in rows:
        row.escalated_at = hub.now()
        record(session, hub.now(), "claim.overdue", row.id)
    ids = [row.id for row in rows]
    if ids:
        tell(hub, session, "claims_overdue", claims=ids)
    return ids


def forget_claims(hub: Hub, session: Session) -> int:
    """Destroy who made claims that were settled so long ago that no proof is kept either; return how many it was.

    What was decided about which asset stays. A claim that keeps an asset closed says why for as long as it does.
    """
    over = hub.now() - timedelta(days=hub.settings.erasure_proof_days)
    old = select(Claim).where(Claim.state.in_(SETTLED), Claim.decided_at <= over, Claim.sealed != b"")
    rows = session.scalars(old.order_by(Claim.id).limit(MOST_AT_ONCE)).all()
    for row in rows:
        destroy(hub, session.get_one(DataKey, row.key_id))
        row.sealed, row.answers, row.note = b"", None, ""
        record(session, hub.now(), "claim.forgotten", row.id)
    session.flush()
    return len(rows)


def answer_claim(hub: Hub, actor: Actor, claim_id: str, words: str) -> None:
    """Answer whoever made a claim, by mail to the address they gave; the words stay with the claim, sealed.

    Raises:
        Invalid: there are no words, or too many.
        NotFound: there is no such claim.
        Conflict: who made it was erased, so that there is nobody to answer.
    """
    require(actor, "rights.legal")
    text = words.strip()
    if not text or len(text) > LONGEST_ANSWER:
        raise Invalid(f"Write an answer of at most {LONGEST_ANSWER:,} characters.", extra={"field": "answer"})
    with hub.database.write() as session:
        hub.database.serialise(session, f"claim:{claim_id}")
        claim = session.get(Claim, claim_id, populate_existing=True)
        if claim is None:
            raise NotFound("There is no such claim.")
        key = session.get_one(DataKey, claim.key_id)
        if unseal(hub, key, claim.sealed) is None:
            raise Conflict("Who made this claim was erased; there is nobody to answer.")
        said = [*_answers(hub, claim, key), text]
        claim.answers = seal(hub, key, {"answers": said})
        session.flush()
        options = Options(group=claim.id, max_attempts=hub.settings.job_attempts)
        payload = {"claim": claim.id, "number": len(said) - 1}
        enqueue(session.connection(), "answer", payload, options=options)
        record(session, hub.now(), "claim.answered", claim.id, actor=actor.user_id)
    hub.ring()


def answer_of(hub: Hub, session: Session, claim_id: str, number: int) -> tuple[str, str] | None:
    """Return the address and the words of an answer; None once who made the claim was erased."""
    claim = session.get(Claim, claim_id)
    key = session.get(DataKey, claim.key_id) if claim else None
    plain = unseal(hub, key, claim.sealed) if claim and key else None
    if claim is None or key is None or plain is None:
        return None
    return str(plain["email"]), _answers(hub, claim, key)[number]
