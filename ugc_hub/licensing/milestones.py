"""Milestones: what happens to an asset starts the term of a grant, and what is used up ends it for new uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, GrantAsset, GrantMilestone, Usage
from ugc_hub.models import Grant as GrantRow
from ugc_hub.rights import Milestones, read_instant, standard, write_instant

from .carrying import carry_proofs
from .changes import grants_changed
from .following import successors
from .terms import term_of
from .tracking import said_of

NAMES = ("delivered", "first_published", "cap_reached")
ENDING = ("impressions", "spend_micros")
"""What goes on being used up while a copy is live: such a limit ends the term. The others keep new uses from
beginning; the last one that was allowed may go on."""
PER_ASSET = ("delivery", "first_publication")
"""Triggers that happen to each asset at a time of its own."""


@dataclass(frozen=True)
class Spent:
    """What one use took of the caps: counts, and money in millionths of its currency."""

    uses: int = 0
    placements: int = 0
    impressions: int = 0
    spend_micros: int = 0


def per_asset(row: GrantRow) -> bool:
    """Whether the term of a grant begins with something that happens to each asset by itself."""
    return (row.body.get("window") or {}).get("trigger") in PER_ASSET


def milestone(
    hub: Hub, session: Session, actor: Actor, *, grant_id: str, name: str, at: datetime | None = None
) -> GrantRow:
    """Keep that something happened to what a grant is about, and bring its term up to date.

    `name` is `delivered`, `first_published` or `cap_reached`, `at` None now. A date that was wrong is given again.

    Raises:
        Invalid: there is no such milestone, or the term of the grant is in fixed dates, which only a cap ends sooner.
        NotFound: there is no such grant.
    """
    require(actor, "rights.edit")
    row = locked(hub, session, grant_id)
    if name not in NAMES:
        raise Invalid(f"A milestone is one of {', '.join(NAMES)}.", extra={"field": "name"})
    if at is not None and at.utcoffset() is None:
        raise Invalid("Give the time with its offset, such as 2026-12-31T00:00:00Z.", extra={"field": "at"})
    if not row.body.get("window") and name != "cap_reached":
        raise Invalid("The term of this grant is in fixed dates; no event moves it.", extra={"field": "grant_id"})
    put(hub, session, actor, row=row, name=name, at=at or hub.now())
    return row


def locked(hub: Hub, session: Session, grant_id: str) -> GrantRow:
    """Return a grant that nobody else changes until the transaction ends.

    Raises:
        NotFound: there is no such grant.
    """
    session.flush()
    hub.database.serialise(session, f"grant:{grant_id}")
    row = session.get(GrantRow, grant_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such grant.")
    return row


def put(hub: Hub, session: Session, actor: Actor, *, row: GrantRow, name: str, at: datetime | None) -> None:
    """Keep a milestone of a locked grant (`at` None: it did not happen after all), and what follows for its term."""
    if at is None:
        session.execute(delete(GrantMilestone).where(GrantMilestone.grant_id == row.id, GrantMilestone.name == name))
    else:
        session.merge(GrantMilestone(grant_id=row.id, name=name, at=at))
    session.flush()
    _resolve(hub, session, row)
    session.flush()
    details = {"name": name, "happened_at": write_instant(at), "ends_at": write_instant(row.ends_at)}
    record(session, hub.now(), "grant.milestone", row.id, actor=actor.user_id, **details)
    grants_changed(hub, session, [row.id])


def _resolve(hub: Hub, session: Session, row: GrantRow) -> None:
    """Turn the term of a grant into instants again, with all that has happened so far."""
    rows = session.scalars(select(GrantMilestone).where(GrantMilestone.grant_id == row.id))
    happened: dict[str, datetime] = {f"{one.name}_at": one.at for one in rows}
    so_far = Milestones(signed_at=read_instant(row.body.get("signed_at")), **happened)
    window = row.body.get("window")
    term = term_of({"window": window} if window else row.body.get("term") or {}, so_far, hub.now())
    row.starts_at, row.ends_at, row.perpetual = term.starts_at, term.ends_at, term.perpetual


def copy_for(session: Session, hub: Hub, row: GrantRow, asset: Asset) -> str | None:
    """Give an asset its own row of a grant whose term begins with its delivery or first publication.

    `row` is the one of the agreement that names no asset; those of other assets are passed over. Returns the new id,
    None where there is nothing to add.
    """
    named = select(GrantAsset.grant_id).where(GrantAsset.grant_id == row.id).limit(1)
    alike = (
        select(GrantRow.id)
        .join(GrantAsset, GrantAsset.grant_id == GrantRow.id)
        .where(GrantRow.version_id == row.version_id, GrantRow.content_hash == row.content_hash)
        .where(GrantAsset.asset_id == asset.id)
    )
    if session.scalar(named) is not None or session.scalar(alike) is not None:
        return None
    kept = {column.name: getattr(row, column.name) for column in GrantRow.__table__.columns}
    copy = GrantRow(**{**kept, "id": hub.new_id("grt"), "created_at": hub.now(), "revoked": False})
    session.add(copy)
    session.flush()
    session.add(GrantAsset(grant_id=copy.id, asset_id=asset.id))
    session.add(GrantMilestone(grant_id=copy.id, name="delivered", at=asset.created_at))
    session.flush()
    _resolve(hub, session, copy)
    carry_proofs(hub, session, row.id, [copy])
    record(session, hub.now(), "grant.added", copy.id, copy_of=row.id, **said_of(session, copy))
    return copy.id


def record_usage(hub: Hub, session: Session, usage: Usage, spent: Spent | None = None) -> None:
    """Count what a use took of the caps of the grants that it rests on; call it in the transaction that keeps it.

    Without `spent` it is a new copy that left the hub: one use, and one placement where it is a link or names where
    it runs. Numbers that come in later (impressions, spend) are given as `spent`, or as running totals (`totals`). The
    first live use in public is the first publication. A counter that nobody knows stays unknown. Later versions of a
    grant count along, also those that wait for their proof: a limit does not begin anew with them.
    """
    placed = usage.token_sha256 is not None or bool(usage.external_ref)
    counts = asdict(spent or Spent(uses=1, placements=int(placed)))
    for grant_id in sorted({*usage.grants_used, *successors(session, usage.grants_used)}):
        if session.get(GrantRow, grant_id) is None:
            continue
        row = locked(hub, session, grant_id)
        if spent is None and usage.status == "live" and _first(session, row, usage):
            milestone(hub, session, SYSTEM, grant_id=row.id, name="first_published")
        _count(hub, session, row, counts)


def _first(session: Session, row: GrantRow, usage: Usage) -> bool:
    channel = standard().channels.get(usage.channel)
    if (row.body.get("window") or {}).get("trigger") != "first_publication" or channel is None or not channel.public:
        return False
    return session.get(GrantMilestone, (row.id, "first_published")) is None


def _count(hub: Hub, session: Session, row: GrantRow, counts: Mapping[str, int]) -> None:
    caps = {name: int(row.body[f"max_{name}"]) for name in counts if row.body.get(f"max_{name}") is not None}
    known = {name: row.counters[name] for name in caps if name in row.counters and counts[name]}
    if not known:
        return
    row.counters = {**row.counters, **{name: number + counts[name] for name, number in known.items()}}
    reached = sorted(name for name, before in known.items() if before < caps[name] <= row.counters[name])
    session.flush()
    if reached:
        record(session, hub.now(), "grant.cap_reached", row.id, caps=reached, counters=dict(row.counters))
        if set(reached) & set(ENDING):
            put(hub, session, SYSTEM, row=row, name="cap_reached", at=hub.now())
        else:
            grants_changed(hub, session, [row.id])


def delivered(draft_milestones: Milestones, asset: Asset) -> Milestones:
    """Return the milestones for one asset: it was delivered when it was received."""
    return replace(draft_milestones, delivered_at=draft_milestones.delivered_at or asset.created_at)


def keep_milestones(session: Session, row: GrantRow, so_far: Milestones) -> None:
    """Keep with a new grant what has happened already."""
    plain: dict[str, Any] = {"delivered": so_far.delivered_at, "first_published": so_far.first_published_at}
    plain["cap_reached"] = so_far.cap_reached_at
    session.add_all(GrantMilestone(grant_id=row.id, name=name, at=at) for name, at in plain.items() if at)
    session.flush()
