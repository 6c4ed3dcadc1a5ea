"""Platform authorisations (Spark ads, partnership ads): the code sealed, its time limited, its end announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Proof, Withdrawal, add, agree, attach, revoke
from ugc_hub.licensing.canonical import canonical
from ugc_hub.licensing.sealing import new_key, seal, unseal
from ugc_hub.models import Asset, DataKey, PlatformCode
from ugc_hub.rights import standard, write_instant

from .people import clean, trusted
from .requesting import look_again

ADS = "allowlisted_ads"
DURATIONS = (7, 30, 60, 365)
"""Days that the platforms offer; a code is not prolonged, a new one is asked for."""
REMIND_DAYS = (14, 7, 1)
"""Days before the end at which somebody is told."""
LEVEL = 2
LONGEST_CODE = 500


@dataclass(frozen=True)
class Authorisation:
    """What a creator switched on at a platform for one of their posts."""

    asset_id: str
    platform: str
    post_id: str
    code: str
    duration_days: int
    starts_at: datetime


def platforms() -> list[str]:
    """Return the platforms on which ads may run from a creator's account."""
    return [name.partition(".")[2] for name in standard().channels if name.startswith(f"{ADS}.")]


def add_code(hub: Hub, actor: Actor, given: Authorisation) -> PlatformCode:
    """Keep an authorisation: its grant of the layer `platform` holds for its days, for ads on that platform.

    Raises:
        Invalid: a value is wrong; `field` names it. The code itself is never repeated.
        NotFound: there is no such asset.
    """
    require(actor, "rights.request")
    code, post_id = given.code.strip(), clean(given.post_id, 200)
    if given.platform not in platforms():
        raise Invalid(f"The platform is one of {', '.join(platforms())}.", extra={"field": "platform"})
    if given.duration_days not in DURATIONS:
        raise Invalid(f"A code works for {', '.join(map(str, DURATIONS))} days.", extra={"field": "duration_days"})
    if not 1 <= len(code) <= LONGEST_CODE or not code.isprintable():
        raise Invalid(f"A code has 1 to {LONGEST_CODE} characters, in one line.", extra={"field": "code"})
    if not post_id:
        raise Invalid("Say for which post the code is.", extra={"field": "post_id"})
    ends_at = _end(given)
    with hub.database.write() as session:
        asset = session.get(Asset, given.asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        key = new_key(hub, session)
        sealed = seal(hub, key, {"code": code})
        row = PlatformCode(
            id=hub.new_id("pco"),
            created_at=hub.now(),
            asset_id=asset.id,
            creator_id=asset.creator_id,
            platform=given.platform,
            post_id=post_id,
            key_id=key.id,
            sealed=sealed,
            duration_days=given.duration_days,
            starts_at=given.starts_at,
            ends_at=ends_at,
            created_by=actor.user_id,
        )
        row.grant_id = _grant(hub, session, actor, row)
        session.add(row)
        session.flush()
        details = {"platform": row.platform, "asset": asset.id, "ends_at": write_instant(ends_at)}
        record(session, hub.now(), "platform_code.added", row.id, actor=actor.user_id, **details)
        for days in (*REMIND_DAYS, 0):
            at = max(ends_at - timedelta(days=days), hub.now())
            look_again(hub, session, f"{row.id}:{days}", at)
    hub.ring()
    return row


def _end(given: Authorisation) -> datetime:
    if given.starts_at.utcoffset() is None:
        raise Invalid("Say from when the code works.", extra={"field": "starts_at"})
    try:
        return given.starts_at.astimezone(UTC) + timedelta(days=given.duration_days)
    except OverflowError as error:
        raise Invalid("The date is outside the calendar.", extra={"field": "starts_at"}) from error


def _grant(hub: Hub, session: Session, actor: Actor, row: PlatformCode) -> str:
    by = trusted(actor)
    agreed = Agreed(
        "platform_authorisation",
        title=f"{row.platform} {row.post_id}",
        creator_id=row.creator_id,
        revocable="any_time",
        signed_at=hub.now(),
        signed_by_role="creator",
    )
    version = agree(hub, session, by, agreed)
    plain = {
        "effect": "permit",
        "layer": "platform",
        "state": "active",
        "channels": [f"{ADS}.{row.platform}"],
        "territories": ["WORLD"],
        "products": ["*"],
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "evidence_level": LEVEL,
        "signed_at": hub.now().isoformat(),
        "signed_by_role": "creator",
        "vocab_version": standard().version,
    }
    grant = add(hub, session, by, Draft(plain, (row.asset_id,), version.id))
    told = {
        "platform": row.platform,
        "post_id": row.post_id,
        "duration_days": row.duration_days,
        "starts_at": write_instant(row.starts_at),
        "code_sealed": row.sealed.hex(),
    }
    attach(hub, session, by, grant_id=grant.id, proof=Proof("platform_code", canonical(told), "application/json"))
    return grant.id


def reveal(hub: Hub, actor: Actor, code_id: str) -> str:
    """Return a code to somebody who sets up an ad; that they saw it is written down first.

    Raises:
        Gone: the key of the code was destroyed.
        NotFound: there is no such code.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        row = _get(session, code_id)
        plain = unseal(hub, session.get_one(DataKey, row.key_id), row.sealed)
        if plain is None:
            raise Gone("The code was erased.")
        record(session, hub.now(), "platform_code.revealed", row.id, actor=actor.user_id)
    return str(plain["code"])


def revoked_remotely(hub: Hub, actor: Actor, code_id: str, *, at: datetime | None = None) -> PlatformCode:
    """Note that the creator took an authorisation back on the platform: ads there end at once.

    Raises:
        Conflict: it was taken back or ended before.
        NotFound: there is no such code.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        hub.database.serialise(session, f"code:{code_id}")
        row = _get(session, code_id)
        if row.remote_state != "valid":
            raise Conflict("This authorisation does not hold any more.", code="wrong_state")
        when = min(at, hub.now()) if at else hub.now()
        row.remote_state, row.last_checked_at = "revoked", hub.now()
        withdrawal = Withdrawal("platform_revoked", (f"{ADS}.{row.platform}",), requested_at=when)
        revoke(hub, session, trusted(actor), grant_id=row.grant_id, withdrawal=withdrawal)
        record(session, hub.now(), "platform_code.revoked", row.id, actor=actor.user_id)
    return row


def list_codes(hub: Hub, actor: Actor, *, creator_id: str = "", asset_id: str = "") -> Sequence[PlatformCode]:
    """Return authorisations, the next to end first; never their codes."""
    require(actor, "rights.view")
    rows = select(PlatformCode).order_by(PlatformCode.ends_at, PlatformCode.id)
    if creator_id:
        rows = rows.where(PlatformCode.creator_id == creator_id)
    if asset_id:
        rows = rows.where(PlatformCode.asset_id == asset_id)
    with hub.database.read() as session:
        return session.scalars(rows.limit(500)).all()


def _get(session: Session, code_id: str) -> PlatformCode:
    row = session.get(PlatformCode, code_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such authorisation.")
    return row
