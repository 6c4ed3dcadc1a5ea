"""The one way out: every copy is decided at the moment it leaves, and stands in the ledger before its first byte.

A page, route or command that hands out bytes of an asset calls `hand_over` and sends nothing before it returns. What it
sends of a rendition is what `stamping.stamp` makes of it for that entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, HubError
from ugc_hub.hub import Hub
from ugc_hub.models import DecisionRow, Usage, UsageBed
from ugc_hub.rights import Decision, Request, write_decision, write_request

from .bounding import bounded
from .canonical import digest
from .copies import copy_page
from .deciding import Answers, Use, ask_each, at, keep_each, refusal
from .duties import duty_words
from .milestones import record_usage
from .missing import in_trash, trashed
from .witnessing import row_digest

SAME_USE = timedelta(hours=1)
"""A file taken again so soon by the same person for the same use is one use: a range, or a check for changes."""
BATCH = 500
_TIMES = ("at", "from", "now", "duty_state")
"""Members of a kept question that differ each time the same use is asked for."""


@dataclass(frozen=True)
class Copy:
    """Bytes that are to leave: of which asset, by which exit."""

    asset_id: str
    exit: str
    """download, render, pack, api, link or presigned."""
    use: Use
    rendition_id: str | None = None
    """None: the original."""
    sha256: str | None = None
    perceptual_hash: str | None = None
    token_sha256: str | None = None
    """Of a delivery link; each link is a use of its own."""


@dataclass(frozen=True)
class Left:
    """A copy that may leave now, as the ledger has it."""

    usage_id: str
    decision_id: str
    channel: str
    valid_until: datetime | None
    status_url: str
    """The public page that says whether the copy may still be used."""
    duties: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        until = self.valid_until and self.valid_until.isoformat()
        return {**self.__dict__, "valid_until": until, "duties": told_duties(self.duties)}


def told_duties(duties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return duties with the sentence that says what to do."""
    return [{**duty, "sentence": duty_words(duty)} for duty in duties]


@dataclass(frozen=True)
class _Look:
    """What was found about one copy: the answer, and the entry that it has in the ledger already."""

    copy: Copy
    request: Request
    decision: Decision
    key: str
    known: Usage | None = None
    told: DecisionRow | None = None
    """The decision by which the duties were acknowledged."""

    @property
    def untold(self) -> bool:
        """Whether there are duties that nobody has acknowledged."""
        return bool(self.duties) and self.told is None

    @property
    def allowed(self) -> bool:
        """Whether it may leave; what took the last of a cap may go on with the same copy."""
        capped = self.known is not None and {one.code for one in self.decision.reasons} == {"CAP_REACHED"}
        return self.decision.allowed or capped

    @property
    def duties(self) -> list[dict[str, Any]]:
        """The duties in plain form."""
        found: list[dict[str, Any]] = write_decision(self.decision)["duties"]
        return found


def hand_over(hub: Hub, actor: Actor, copy: Copy, *, acknowledged: str = "") -> Left:
    """Let one copy leave, or say why not; see `hand_over_each`.

    Raises:
        RightsDenied: the grants do not allow it now.
        Conflict: a duty must be fulfilled (`pre_duty_unmet`) or acknowledged (`duties_not_acknowledged`) first.
    """
    (answer,) = hand_over_each(hub, actor, [copy], acknowledged=acknowledged)
    if isinstance(answer, HubError):
        raise answer
    return answer


def hand_over_each(hub: Hub, actor: Actor, copies: Sequence[Copy], *, acknowledged: str = "") -> list[Left | HubError]:
    """Decide of each copy whether it may leave now, and write those that may into the ledger, in one transaction.

    What may not leave gets the reason in its place. `acknowledged` is the id of a decision that told the duties to
    the same person for the same use, or for several copies the `duties_ack` of the refusal that told them.

    Raises:
        Forbidden: a use lies outside of what the actor's token is bound to.
        Conflict: duties were not acknowledged; they stand in `extra`, and nothing was written but the question.
    """
    if not copies:
        return []
    copies = [replace(copy, use=bounded(hub, actor, copy.use)) for copy in copies]
    with hub.database.read() as session:
        gone = trashed(session, [copy.asset_id for copy in copies])
    leaving = [copy for copy in copies if copy.asset_id not in gone]
    answers = iter(_hand_over(hub, actor, leaving, acknowledged=acknowledged) if leaving else ())
    return [in_trash(copy.asset_id, gone[copy.asset_id]) if copy.asset_id in gone else next(answers) for copy in copies]


def _hand_over(hub: Hub, actor: Actor, copies: Sequence[Copy], *, acknowledged: str) -> list[Left | HubError]:
    with hub.database.read() as session:
        looks, _ = _look(hub, session, actor, copies, acknowledged=acknowledged)
    if any(one.allowed and (one.known is None or one.untold) for one in looks):
        with hub.database.write() as session:
            hub.database.serialise(session, f"usages:{actor.user_id}")
            looks, answers = _look(hub, session, actor, copies, acknowledged=acknowledged)
            untold = [one for one in looks if one.allowed and one.untold]
            problem = _tell(hub, session, actor, untold, answers=answers) if untold else None
            if problem is None or (len(copies) > 1 and acknowledged == problem.extra["duties_ack"]):
                problem = None
                looks = _write(hub, session, actor, looks, answers=answers)
        if problem is not None:
            raise problem
    return [_answer(hub, one) for one in looks]


def _key(request: Mapping[str, Any]) -> str:
    """Return what makes two questions the same use, whenever they are asked."""
    return digest({name: value for name, value in request.items() if name not in _TIMES})


def _look(
    hub: Hub, session: Session, actor: Actor, copies: Sequence[Copy], *, acknowledged: str
) -> tuple[list[_Look], Answers]:
    answers = _leaving(hub, session, copies, ask_each(hub, session, [(copy.asset_id, copy.use) for copy in copies]))
    recent = _recent(hub, session, actor, [copy.asset_id for copy in copies])
    told = session.get(DecisionRow, acknowledged) if acknowledged else None
    told = told if told is not None and told.actor == actor.user_id else None
    looks = []
    for copy, (request, decision) in zip(copies, answers.pairs, strict=True):
        key = _key(write_request(request))
        known = recent.get((copy.exit, copy.asset_id, copy.rendition_id, copy.sha256, key))
        look = _Look(copy, request, decision, key, None if copy.token_sha256 else known)
        if look.known and decision.allowed and not _same(look.known, decision):
            look = replace(look, known=None)
        if told is not None and told.asset_id == copy.asset_id and _key(told.request) == key:
            allowed = told.result["decision"] == "allow" and told.result["duties"] == look.duties
            look = replace(look, told=told if allowed else None)
        looks.append(look)
    return looks, answers


def _leaving(hub: Hub, session: Session, copies: Sequence[Copy], answers: Answers) -> Answers:
    """Deny what may be used later but not yet: bytes that leave today are out today. A link waits by itself."""
    now = hub.now()
    early = [
        number
        for number, copy in enumerate(copies)
        if copy.token_sha256 is None and (begins := copy.use.at or copy.use.starts_at) and _later(begins, now)
    ]
    if not early:
        return answers
    today = ask_each(hub, session, [(copies[one].asset_id, at(copies[one].use, now)) for one in early])
    pairs = list(answers.pairs)
    for number, pair in zip(early, today.pairs, strict=True):
        if not pair[1].allowed:
            pairs[number] = pair
    return replace(answers, pairs=tuple(pairs))


def _later(begins: datetime, now: datetime) -> bool:
    """Whether a use begins in the future; a time without an offset is judged by the rule."""
    return begins.utcoffset() is not None and begins > now


def _same(usage: Usage, decision: Decision) -> bool:
    return usage.grants_used == list(decision.grants_used) and usage.valid_until == decision.valid_until


def _recent(hub: Hub, session: Session, actor: Actor, asset_ids: Sequence[str]) -> dict[tuple[Any, ...], Usage]:
    """Return what the same person took of these assets a short time ago."""
    ids = sorted(set(asset_ids))
    found: dict[tuple[Any, ...], Usage] = {}
    for start in range(0, len(ids), BATCH):
        asked = {"ids": ids[start : start + BATCH], "since": hub.now() - SAME_USE, "taker": actor.user_id}
        for usage, request in session.execute(_RECENT[actor.user_id is None], asked):
            found[usage.exit, usage.asset_id, usage.rendition_id, usage.sha256, _key(request)] = usage
    return found


def _recent_by(*, nobody: bool) -> Select[Any]:
    """Return the statement of what somebody took; the hub and the command line are nobody."""
    return (
        select(Usage, DecisionRow.request)
        .join(DecisionRow, DecisionRow.id == Usage.decision_id)
        .where(Usage.asset_id.in_(bindparam("ids", expanding=True)), Usage.created_at > bindparam("since"))
        .where(Usage.delivered_to.is_(None) if nobody else Usage.delivered_to == bindparam("taker"))
        .where(Usage.status == "live", Usage.token_sha256.is_(None))
    )


_RECENT = {nobody: _recent_by(nobody=nobody) for nobody in (False, True)}


def _tell(hub: Hub, session: Session, actor: Actor, untold: list[_Look], *, answers: Answers) -> Conflict:
    """Return the refusal that tells the duties, and how to acknowledge them; a single question is kept for that."""
    duties: dict[str, dict[str, Any]] = {digest(duty): duty for one in untold for duty in one.duties}
    told = told_duties(list(duties.values()))
    words = " ".join(dict.fromkeys(str(duty["sentence"]) for duty in told))
    extra: dict[str, Any] = {"duties": told}
    if len(answers.pairs) == 1:
        extra["decision_id"] = (
            _kept_before(hub, session, actor, untold[0]) or keep_each(hub, session, actor, answers=answers)[0].id
        )
        extra["duties_ack"] = extra["decision_id"]
    else:
        extra["duties_ack"] = (
            f"ack_{digest(sorted((one.copy.asset_id, one.key, digest(one.duties)) for one in untold))}"
        )
    message = f"This use comes with duties: {words} Acknowledge them with duties_ack={extra['duties_ack']}."
    return Conflict(message, code="duties_not_acknowledged", extra=extra)


def _kept_before(hub: Hub, session: Session, actor: Actor, look: _Look) -> str | None:
    """Return the decision that told the same person the same a short time ago."""
    rows = select(DecisionRow).where(
        DecisionRow.asset_id == look.copy.asset_id,
        DecisionRow.actor == actor.user_id,
        DecisionRow.created_at > hub.now() - SAME_USE,
    )
    result = write_decision(look.decision)
    return next(
        (row.id for row in session.scalars(rows) if row.result == result and _key(row.request) == look.key), None
    )


def _write(hub: Hub, session: Session, actor: Actor, looks: list[_Look], *, answers: Answers) -> list[_Look]:
    """Write what leaves into the ledger; returns the looks with their entries."""
    fresh = [one for one in looks if one.allowed and one.known is None]
    asked = [one for one in fresh if one.told is None or one.told.result != write_decision(one.decision)]
    pairs = tuple((one.request, one.decision) for one in asked)
    kept = dict(zip(map(id, asked), keep_each(hub, session, actor, answers=replace(answers, pairs=pairs)), strict=True))
    written = {}
    for one in fresh:
        decision_id = kept[id(one)].id if id(one) in kept else one.told.id if one.told else ""
        written[id(one)] = _usage(hub, actor, one, decision_id)
    session.add_all(written.values())
    session.flush()
    for one in fresh:
        usage = written[id(one)]
        session.add_all(UsageBed(usage_id=usage.id, track_id=track) for track in dict.fromkeys(one.request.beds))
        record_usage(hub, session, usage)
        details = {"usage": usage.id, "exit": usage.exit, "channel": usage.channel, "decision": usage.decision_id}
        details["row"] = row_digest(usage)
        record(session, hub.now(), "copy.left", usage.asset_id, actor=actor.user_id, **details)
    return [replace(one, known=written.get(id(one), one.known)) for one in looks]


def _usage(hub: Hub, actor: Actor, look: _Look, decision_id: str) -> Usage:
    copy, request, decision = look.copy, look.request, look.decision
    return Usage(
        id=hub.new_id("use"),
        created_at=hub.now(),
        asset_id=copy.asset_id,
        rendition_id=copy.rendition_id,
        exit=copy.exit,
        decision_id=decision_id,
        channel=request.channel,
        territories=list(request.territories),
        products=sorted(request.products),
        edits=sorted(request.edits),
        grants_used=list(decision.grants_used),
        valid_until=decision.valid_until,
        sha256=copy.sha256,
        perceptual_hash=copy.perceptual_hash,
        delivered_to=actor.user_id,
        token_sha256=copy.token_sha256,
        external_ref="",
        status="live",
    )


def _answer(hub: Hub, look: _Look) -> Left | HubError:
    if not look.allowed or look.known is None:
        return refusal(look.decision)
    usage = look.known
    duties = tuple(look.duties)
    return Left(usage.id, usage.decision_id, usage.channel, usage.valid_until, copy_page(hub, usage.id), duties)
