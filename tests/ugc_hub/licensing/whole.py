"""Random situations of the rule, carried into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.ugc_hub.licensing.rows import facts_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.database.turns import instant
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use
from ugc_hub.licensing.changes import changed
from ugc_hub.licensing.live import beginning
from ugc_hub.models import (
    Asset,
    AssetClearance,
    AssetPerson,
    AssetRights,
    Clearance,
    ClearancePart,
    DutyFulfilment,
    Grant,
    GrantAsset,
    GrantSupersession,
    Person,
    Revocation,
)
from ugc_hub.rights import AssetFacts, Request, write_facts, write_grant
from ugc_hub.rights import Grant as Rule


def empty(hub: Hub) -> None:
    """Remove every asset and person, and what grants reach, so that one example does not reach into the next.

    The grants themselves stay, out of force: what ended them is only ever appended to.
    """
    reached: list[type[Any]] = [GrantAsset, GrantSupersession, AssetClearance, ClearancePart, Clearance]
    shown: list[type[Any]] = [AssetPerson, AssetRights, Asset, Person]
    with hub.database.write() as session:
        for table in reached + shown:
            session.execute(delete(table))
        session.execute(update(Grant).values(state="rejected"))


def carry(hub: Hub, rows: Sequence[Rule], facts: Mapping[str, AssetFacts], done: bool) -> dict[str, str]:
    """Write grants and facts; return the grants' ids in the database by their own. What cannot be meant is left out."""
    persons = {one.id: one for fact in facts.values() for one in fact.people or ()}
    for fact in facts.values():
        people = fact.people and tuple(persons[name] for name in dict.fromkeys(one.id for one in fact.people))
        facts_row(hub, write_facts(replace(fact, people=people)))
    known: dict[str, str] = {}
    for row in rows:
        plain = {name: value for name, value in write_grant(row).items() if name not in ("id", "assets", "revocations")}
        plain["supersedes"] = sorted(known[one] for one in row.supersedes if one in known)
        every = row.assets is None or "*" in row.assets
        try:
            with hub.database.write() as session:
                draft = licensing.Draft(plain, None if every else tuple(sorted(row.assets or ())))
                known[row.id] = _add(hub, session, row, draft, done)
        except Invalid:
            continue
    with hub.database.write() as session:
        changed(hub, session, None)
    return known


def _add(hub: Hub, session: Any, row: Rule, draft: licensing.Draft, done: bool) -> str:
    written = licensing.add(hub, session, SYSTEM, draft)
    for one in row.revocations:
        written.revoked = True
        session.add(
            Revocation(
                id=hub.new_id("rvk"),
                created_at=hub.now(),
                grant_id=written.id,
                requested_at=hub.now(),
                effective_at=one.effective_at,
                basis="contract_notice",
                channels=None if one.channels is None else sorted(one.channels),
                territories=None if one.territories is None else sorted(one.territories),
            )
        )
    if done:
        duty = DutyFulfilment(id=hub.new_id("dty"), created_at=hub.now(), grant_id=written.id, duty="approval")
        session.add(duty)
    return written.id


def use_of(asked: Request) -> Use:
    """The use that a request of the rule asks for."""
    return Use(
        asked.channel,
        asked.territories,
        asked.edits,
        asked.products,
        at=asked.at,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        ingredients=asked.ingredients,
    )


@dataclass(frozen=True)
class Answers:
    """Which of some assets may be used, asked in both forms."""

    singly: set[str]
    together: set[str]
    counted: int
    in_words: set[str] | None
    """What an index finds by the words of situations, with those that are decided singly; None where it cannot."""


def both_forms(hub: Hub, assets: Sequence[str], use: Use) -> Answers:
    """Ask one by one and all at once, of the same state of the database."""
    with hub.database.read() as session:
        found = licensing.ask_many(hub, session, assets, use)
        together = licensing.usable(hub, session, use)
        counted = licensing.count_usable(hub, session, use)
        in_words = _in_words(hub, session, use)
    return Answers({one for one, answer in found.items() if answer.allowed}, set(together), counted, in_words)


def _in_words(hub: Hub, session: Session, use: Use) -> set[str] | None:
    answer = licensing.usable_now(hub, session, use, (instant(hub.now()), licensing.kept_terms(hub)))
    if answer is None:
        return None
    tells, singly = answer
    numbers = dict(session.execute(select(AssetClearance.asset_id, AssetClearance.clearance_id)).all())
    words = licensing.words_now(hub, session, {one for one in numbers.values() if one is not None})
    start = beginning(use.channel)
    allowing = {
        number for number, said in words.items() if tells and any(one.startswith(start) and tells(one) for one in said)
    }
    return {one for one, number in numbers.items() if number in allowing} | singly
