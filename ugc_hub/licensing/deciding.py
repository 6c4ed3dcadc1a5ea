"""Asks `rights.decide` with the rows of the database, and keeps what was handed out so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.models import DecisionInput, DecisionRow
from ugc_hub.rights import (
    AssetFacts,
    Decision,
    Grant,
    Request,
    Vocabulary,
    allowed_of,
    decide,
    overlaid,
    read_facts,
    read_grant,
    read_request,
    standard,
    write_decision,
    write_facts,
    write_grant,
    write_request,
)

from .bearing import Bearing
from .canonical import digest
from .loading import Situation, situation


@dataclass(frozen=True)
class Use:
    """A question to the grants without its asset: where, when and how something is to be used.

    Without times it is meant for now, with an end alone from now on. `territories` empty means the setting
    `territories`; nobody named as a party means the hub's own.
    """

    channel: str
    territories: tuple[str, ...] = ()
    edits: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    operation: str = "publish"
    parties: frozenset[str] = field(default_factory=frozenset)
    ingredients: tuple[str, ...] = ()
    beds: tuple[str, ...] = ()
    """Tracks that are laid under its sound or, unless it `keeps_sound`, in the place of it."""
    keeps_sound: bool = False


def request_of(hub: Hub, asset_id: str, use: Use, duty_state: Mapping[str, bool] | None = None) -> Request:
    """Return the complete question for one asset."""
    now = hub.now()
    starts_at = use.starts_at or (now if use.ends_at and not use.at else None)
    return Request(
        asset=asset_id,
        channel=use.channel,
        parties=use.parties or frozenset({hub.settings.party}),
        at=use.at if use.at or starts_at else now,
        starts_at=starts_at,
        ends_at=use.ends_at,
        territories=use.territories or tuple(hub.settings.territories),
        edits=use.edits,
        products=use.products,
        operation=use.operation,
        ingredients=use.ingredients,
        beds=use.beds,
        keeps_sound=use.keeps_sound,
        now=now,
        duty_state=duty_state or {},
    )


def ask(hub: Hub, session: Session, asset_id: str, use: Use) -> Decision:
    """Answer whether the use is allowed; nothing is kept."""
    return ask_many(hub, session, [asset_id], use)[asset_id]


def ask_many(hub: Hub, session: Session, asset_ids: Iterable[str], use: Use) -> dict[str, Decision]:
    """Answer one question for many assets, by id, in a fixed number of statements."""
    ids = list(dict.fromkeys(asset_ids))
    found = situation(session, [*ids, *use.ingredients], beds=use.beds).settled(_instant(hub, use))
    bearing = Bearing(found) if len(ids) > 1 else None
    return {one: _decide(hub, (found, bearing), one, use)[1] for one in ids}


def allowed_among(hub: Hub, session: Session, asset_ids: Iterable[str], use: Use) -> frozenset[str]:
    """Return those of some assets of which `ask_many` says yes, which takes half as long as to say why as well."""
    ids = list(dict.fromkeys(asset_ids))
    if not ids:
        return frozenset()
    found = situation(session, [*ids, *use.ingredients], beds=use.beds).settled(_instant(hub, use))
    bearing, request = Bearing(found), request_of(hub, ids[0], use, found.duty_state)
    return allowed_of(request, {one: bearing.on(one, *use.ingredients) for one in ids}, found.facts, hub.words)


def _instant(hub: Hub, use: Use) -> datetime:
    return use.at or use.starts_at or hub.now()


def _decide(hub: Hub, rows: tuple[Situation, Bearing | None], asset_id: str, use: Use) -> tuple[Request, Decision]:
    found, bearing = rows
    request = request_of(hub, asset_id, use, found.duty_state)
    grants = found.grants if bearing is None else bearing.on(asset_id, *use.ingredients)
    return request, decide(request, grants, found.facts, hub.words)


@dataclass(frozen=True)
class Kept:
    """A decision that was kept, with its id."""

    id: str
    request: Request
    decision: Decision


@dataclass(frozen=True)
class Answers:
    """Answers to several questions at one instant, with the rows that gave them."""

    rows: Situation
    pairs: tuple[tuple[Request, Decision], ...]


def ask_each(hub: Hub, session: Session, asked: Sequence[tuple[str, Use]]) -> Answers:
    """Answer a question of its own for each of some assets, in a fixed number of statements.

    `asked` is not empty, and the uses are all meant for the same instant. What is asked twice is answered once.
    """
    ids = [name for asset_id, use in asked for name in (asset_id, *use.ingredients)]
    beds = {one for _, use in asked for one in use.beds}
    found = situation(session, dict.fromkeys(ids), beds=beds).settled(min(_instant(hub, use) for _, use in asked))
    bearing = Bearing(found) if len({asset_id for asset_id, _ in asked}) > 1 else None
    known: dict[tuple[str, Use], tuple[Request, Decision]] = {}
    for asset_id, use in asked:
        if (asset_id, use) not in known:
            known[asset_id, use] = _decide(hub, (found, bearing), asset_id, use)
    return Answers(found, tuple(known[pair] for pair in asked))


def keep(hub: Hub, session: Session, actor: Actor, *, asset_id: str, use: Use) -> Kept:
    """Answer, and keep question, rows and answer in the caller's transaction: what is handed out can be replayed."""
    answers = ask_each(hub, session, [(asset_id, use)])
    return keep_each(hub, session, actor, answers=answers)[0]


def keep_each(hub: Hub, session: Session, actor: Actor, *, answers: Answers) -> list[Kept]:
    """Keep answers with the rows that gave them; the rows of all of them are kept once."""
    rows = _rows_of(answers.rows)
    if hub.words.overlay is not None:
        rows["overlay"] = dict(hub.words.overlay)
    sha256 = digest(rows)
    if session.get(DecisionInput, sha256) is None:
        hub.database.serialise(session, f"decision:{sha256}")
        if session.scalar(select(DecisionInput.sha256).where(DecisionInput.sha256 == sha256)) is None:
            session.add(DecisionInput(sha256=sha256, body=rows))
            session.flush()
    kept = []
    for request, decision in answers.pairs:
        row = DecisionRow(
            id=hub.new_id("dec"),
            created_at=hub.now(),
            asset_id=request.asset,
            actor=actor.user_id,
            request=write_request(request),
            input_sha256=sha256,
            result=write_decision(decision),
            rule_version=decision.rule_version,
            vocabulary_version=hub.words.version,
        )
        session.add(row)
        kept.append(Kept(row.id, request, decision))
        details = {"asset": row.asset_id, "answer": decision.decision, "sha256": digest(contents(row))}
        record(session, hub.now(), "decision.kept", row.id, actor=actor.user_id, **details)
    session.flush()
    return kept


def contents(row: DecisionRow) -> dict[str, Any]:
    """Return what the audit's hash of a kept decision covers."""
    return {
        "asset": row.asset_id,
        "actor": row.actor,
        "request": row.request,
        "input": row.input_sha256,
        "result": row.result,
        "versions": [row.rule_version, row.vocabulary_version],
    }


def _rows_of(found: Situation) -> dict[str, Any]:
    grants = sorted((write_grant(grant) for grant in found.grants), key=lambda plain: str(plain["id"]))
    facts = {asset: write_facts(one) for asset, one in found.facts.items()}
    return {"grants": grants, "facts": facts}


def replay(session: Session, decision_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a kept decision again from what was kept with it; returns the kept answer and the new one."""
    row = session.get_one(DecisionRow, decision_id)
    rows = session.get_one(DecisionInput, row.input_sha256).body
    return row.result, write_decision(decide(read_request(row.request), *read_rows(rows)))


def read_rows(body: Mapping[str, Any]) -> tuple[list[Grant], dict[str, AssetFacts], Vocabulary]:
    """Return grants, facts and words that decisions were made of, as they were kept with them."""
    facts = {asset: read_facts(plain) for asset, plain in body["facts"].items()}
    words = overlaid(standard(), body["overlay"]) if "overlay" in body else standard()
    return [read_grant(plain) for plain in body["grants"]], facts, words


def demand(kept: Kept) -> Kept:
    """Return a decision that allows; else raise, with the reasons and what to do next.

    Raises:
        Conflict: a duty must be fulfilled first (code `pre_duty_unmet`).
        RightsDenied: the grants do not allow it.
    """
    if kept.decision.allowed:
        return kept
    raise refusal(kept.decision, kept.id)


def refusal(decision: Decision, decision_id: str | None = None) -> RightsDenied | Conflict:
    """Return the error that a decision which does not allow stands for; see `demand`."""
    first = decision.reasons[0]
    extra = {
        "reasons": [reason.key for reason in decision.reasons],
        "explanations": write_decision(decision)["explanations"],
        "next_step": first.next_step,
    }
    if decision_id is not None:
        extra["decision_id"] = decision_id
    words = f"{first.sentence} {first.next_step}".strip()
    if first.code == "PRE_DUTY_UNMET":
        return Conflict(words, code="pre_duty_unmet", extra=extra)
    return RightsDenied(words, extra=extra)


def at(use: Use, instant: datetime) -> Use:
    """Return the use asked for one instant."""
    return replace(use, at=instant, starts_at=None, ends_at=None)
