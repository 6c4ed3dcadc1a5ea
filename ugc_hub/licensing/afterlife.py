"""What happens to copies that have left, when the grants behind them change or end.

Each live use is asked again as one that continues. What is no longer covered ends at once; what an announced revocation
will end is scheduled. Both are told in the feed of revocations and become tasks for whoever took the copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import DecisionRow, Grant, GrantMilestone, Revocation, TakedownTask, Usage
from ugc_hub.rights import Decision, Reason, Request, decide, read_request

from .assigning import Deed, assign, drop
from .clearing import with_wholes
from .following import successors
from .loading import Situation, situation

ENDED, RESTORED = "rights.ended", "rights.restored"
"""Kinds of the entries of the feed."""
OPEN = ("live", "unknown")
REVIEW = frozenset({"NOT_ACTIVE", "EVIDENCE_BROKEN", "LAYER_UNKNOWN", "AI_STATUS_UNKNOWN", "ASSET_NOT_APPROVED"})
"""Reasons that somebody can clear up: the use is looked at first, and not known to be good until then."""
BATCH = 100
MOST_STEPS = 50
"""Ends that follow one another, each covered by another grant; more are asked again when they come."""
FRESH = timedelta(hours=2)
"""Uses so new are asked again: they may have begun while a transaction beside them ended their grant."""
_CODES = {
    "ASSET_ON_HOLD": "hold",
    "ASSET_TAKEN_DOWN": "taken_down",
    "ASSET_ERASED": "erasure_request",
    "EXPIRED": "expired",
}


@dataclass(frozen=True)
class _End:
    """That a use is not covered from an instant on, and why."""

    usage: Usage
    at: datetime
    basis: str


def settle(hub: Hub, session: Session, asset_ids: Iterable[str] | None) -> set[str]:
    """Bring the uses of these assets (None: of all) up to date in the caller's transaction.

    Returns the ids of the assets of which the feed was told.
    """
    session.flush()
    told: set[str] = set()
    wanted = select(Usage).where(Usage.status.in_(OPEN))
    ids = None if asset_ids is None else sorted(with_wholes(session, sorted(set(asset_ids))))
    for some in [None] if ids is None else _batches(ids):
        chosen = wanted if some is None else wanted.where(Usage.asset_id.in_(some))
        after = ""
        while rows := session.scalars(_next(chosen, after)).all():
            told |= _settle(hub, session, rows)
            after = rows[-1].id
    return told


def _next(chosen: Select[Usage], after: str) -> Select[Usage]:
    # Locked in one order, so that two transactions that settle the same uses follow one another.
    return chosen.where(Usage.id > after).order_by(Usage.id).limit(BATCH).with_for_update()


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]


def come_due(hub: Hub, session: Session, after: str = "", *, every: bool = False) -> str | None:
    """Settle the next uses whose time has come or that are very new, or `every` one.

    Returns the id to go on after, None at the end.
    """
    now, chosen = hub.now(), select(Usage).where(Usage.status.in_(OPEN))
    due = or_(Usage.valid_until <= now, Usage.ended_at <= now, Usage.created_at > now - FRESH)
    rows = session.scalars(_next(chosen if every else chosen.where(due), after)).all()
    if not rows:
        return None
    _settle(hub, session, rows)
    return str(rows[-1].id)


def review(hub: Hub, session: Session, asset_ids: Sequence[str], basis: str) -> None:
    """Let somebody look at the uses of these assets: nothing ends by itself, but nothing is known to be good either."""
    for usage in session.scalars(select(Usage).where(Usage.status == "live", Usage.asset_id.in_(list(asset_ids)))):
        usage.status = "unknown"
        assign(hub, session, usage, Deed("review", basis, hub.now()))
    session.flush()


def end(hub: Hub, session: Session, asset_ids: Iterable[str], basis: str) -> None:
    """End all uses of some assets now, for a reason that no grant knows; whoever took a copy is to take it down."""
    now = hub.now()
    for some in _batches(sorted(set(asset_ids))):
        wanted = select(Usage).where(Usage.status.in_(OPEN), Usage.asset_id.in_(some)).order_by(Usage.id)
        usages = session.scalars(wanted.with_for_update()).all()
        for usage in usages:
            usage.status, usage.ended_at, usage.ended_why = "stopped", now, basis
            assign(hub, session, usage, Deed("take_down", basis, now))
        session.flush()
        _tell(hub, session, ENDED, [_End(usage, now, basis) for usage in usages])


def resume(hub: Hub, session: Session, asset_ids: Iterable[str], basis: str) -> None:
    """Let uses go on that `end` ended for this reason, as far as the grants still allow; not what was taken down."""
    ids = sorted(set(asset_ids))
    done = select(TakedownTask.usage_id).where(TakedownTask.action == "take_down", TakedownTask.state == "done")
    for some in _batches(ids):
        ended = (Usage.status == "stopped") & (Usage.ended_why == basis) & Usage.id.not_in(done)
        wanted = select(Usage).where(ended, Usage.asset_id.in_(some)).order_by(Usage.id)
        usages = session.scalars(wanted.with_for_update()).all()
        for usage in usages:
            usage.status, usage.ended_at, usage.ended_why = "live", None, ""
            drop(hub, session, usage, "take_down")
        session.flush()
        _tell(hub, session, RESTORED, [_End(usage, hub.now(), "covered_again") for usage in usages])
    settle(hub, session, ids)


def _settle(hub: Hub, session: Session, rows: Sequence[Usage]) -> set[str]:
    asked = {
        row.id: read_request(row.request)
        for row in session.scalars(select(DecisionRow).where(DecisionRow.id.in_({usage.decision_id for usage in rows})))
    }
    ids = {usage.asset_id for usage in rows} | {one for request in asked.values() for one in request.ingredients}
    found = situation(session, ids, beds={one for request in asked.values() for one in request.beds})
    ends: list[_End] = []
    restored: list[Usage] = []
    for usage in rows:
        look = _Look(hub, found, usage, replace(asked[usage.decision_id], starts_at=None, ends_at=None))
        end = _judge(hub, session, look, restored)
        if end is not None:
            ends.append(end)
    for end in ends:
        assign(hub, session, end.usage, Deed("take_down", end.basis, end.at))
    session.flush()
    _tell(hub, session, ENDED, ends)
    _tell(hub, session, RESTORED, [_End(usage, hub.now(), "covered_again") for usage in restored])
    return {end.usage.asset_id for end in ends}


@dataclass(frozen=True)
class _Look:
    """One use with all that it takes to ask for it again."""

    hub: Hub
    found: Situation
    usage: Usage
    asked: Request

    def at(self, instant: datetime) -> Decision:
        """Ask whether it may go on at an instant."""
        request = replace(
            self.asked,
            at=instant,
            now=self.hub.now(),
            operation="continue",
            duty_state=self.found.duty_state,
        )
        return decide(request, self.found.grants, self.found.facts, self.hub.words)


def _judge(hub: Hub, session: Session, look: _Look, restored: list[Usage]) -> _End | None:
    """Bring one use up to date; return its end where it is news."""
    usage, now = look.usage, hub.now()
    decision = look.at(now)
    if not decision.allowed:
        return _denied(hub, session, usage, decision.reasons[0])
    if usage.status == "unknown":
        usage.status = "live"
        drop(hub, session, usage, "review")
    end, reason = _first_end(look, decision)
    announced = end is not None and reason is not None and reason.code == "REVOKED"
    scheduled = usage.ended_at is not None
    if scheduled and not announced:
        usage.ended_at, usage.ended_why = None, ""
        drop(hub, session, usage, "take_down")
        restored.append(usage)
    if usage.valid_until is None or usage.valid_until <= now or (end is not None and end < usage.valid_until):
        usage.valid_until = end
    if not announced or end is None or reason is None:
        return None
    news = not scheduled or usage.ended_at != end
    usage.ended_at, usage.ended_why = end, _basis(session, reason)
    return _End(usage, end, usage.ended_why) if news else None


def _denied(hub: Hub, session: Session, usage: Usage, reason: Reason) -> _End | None:
    looked_at = usage.status == "unknown"
    if reason.code in REVIEW or (looked_at and reason.code == "ASSET_ON_HOLD"):
        if not looked_at:
            usage.status = "unknown"
            assign(hub, session, usage, Deed("review", reason.code.lower(), hub.now()))
        return None
    known = usage.ended_at is not None
    at = usage.ended_at if known and usage.ended_at and usage.ended_at <= hub.now() else hub.now()
    if reason.code == "EXPIRED" and usage.valid_until is not None and usage.valid_until <= hub.now():
        at = usage.valid_until
    told = known and usage.ended_at == at
    usage.status, usage.ended_at = "stopped", at
    usage.ended_why = usage.ended_why if told else _basis(session, reason)
    return None if told else _End(usage, at, usage.ended_why)


def _first_end(look: _Look, decision: Decision) -> tuple[datetime | None, Reason | None]:
    """Return when the use ends as things stand, and why: at ends that another grant takes over it goes on."""
    for _ in range(MOST_STEPS):
        end = decision.valid_until
        if end is None:
            return None, None
        decision = look.at(end)
        if not decision.allowed:
            return end, decision.reasons[0]
    return decision.valid_until, None


def _basis(session: Session, reason: Reason) -> str:
    """Return why in the word that others know: the basis of the revocation, or what happened to the asset."""
    # What comes nearest may be the old version of the grant whose new one is used up.
    ids = {"EXPIRED": list(reason.grants), "SUPERSEDED": successors(session, reason.grants)}
    if _used_up(session, ids.get(reason.code, [])):
        return "cap_reached"
    if reason.code != "REVOKED":
        return _CODES.get(reason.code, reason.code.lower())
    newest = select(Revocation.basis).where(Revocation.grant_id.in_(reason.grants)).order_by(Revocation.id.desc())
    return session.scalar(newest.limit(1)) or "revoked"


def _used_up(session: Session, grant_ids: Sequence[str]) -> bool:
    """Whether it was a limit that ended a term."""
    ended = (
        select(GrantMilestone.grant_id)
        .join(Grant, Grant.id == GrantMilestone.grant_id)
        .where(Grant.id.in_(grant_ids), GrantMilestone.name == "cap_reached", GrantMilestone.at == Grant.ends_at)
    )
    return session.scalar(ended.limit(1)) is not None


def _tell(hub: Hub, session: Session, kind: str, ends: Sequence[_End]) -> None:
    """Write the feed: one entry for each asset, reason and instant."""
    groups: dict[tuple[str, str, datetime], list[Usage]] = defaultdict(list)
    for end in ends:
        groups[end.usage.asset_id, end.basis, end.at].append(end.usage)
    for (asset_id, basis, at), usages in groups.items():
        record(
            session,
            hub.now(),
            kind,
            asset_id,
            basis=basis,
            effective_at=at.isoformat(),
            usages=sorted(usage.id for usage in usages),
            sha256s=sorted({sha256 for one in usages for sha256 in (one.sha256, one.stamped_sha256) if sha256}),
            channels=sorted({usage.channel for usage in usages}),
            territories=sorted({place for usage in usages for place in usage.territories}),
        )
