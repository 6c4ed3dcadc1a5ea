"""Agreements: what was agreed in words, kept once by hash, and what reaches every asset of a creator over months."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import NotFound as Missing
from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Agreement, AgreementVersion, Asset, Creator, Grant, GrantAsset, Person
from ugc_hub.rights import read_instant

from .changes import changed
from .checking import LONGEST_DAYS, SIGNERS, is_instant, is_zone, text, whole
from .following import Clause, standing, waiting
from .milestones import copy_for, per_asset

KINDS = (
    "licence",
    "model_release",
    "property_release",
    "music_licence",
    "platform_authorisation",
    "rights_request",
    "terms",
    "policy",
)
REVOCABLE = ("no", "with_notice", "any_time")
LONGEST_TEXT_BYTES = 1_000_000


@dataclass(frozen=True)
class Agreed:
    """One wording of an agreement; `agreement_id` None begins a new one."""

    kind: str
    title: str = ""
    agreement_id: str | None = None
    creator_id: str | None = None
    person_id: str | None = None
    licensor: str = ""
    zone: str | None = None
    revocable: str = "no"
    notice_days: int = 0
    covers: dict[str, Any] | None = None
    """See `Agreement.covers`."""
    text_sha256: str | None = None
    """Of `keep_text`."""
    locale: str = "en"
    signed_at: datetime | None = None
    signed_by_role: str | None = None


def text_key(sha256: str) -> str:
    """Return the storage key of a text."""
    return f"texts/{sha256}"


def keep_text(hub: Hub, words: str) -> str:
    """Store a text once under the SHA-256 of its UTF-8, and return that; call it before the transaction.

    Raises:
        Invalid: the text is empty or longer than a million bytes.
    """
    data = words.encode()
    if not words.strip() or len(data) > LONGEST_TEXT_BYTES:
        raise Invalid("The text is empty or too long.", extra={"field": "text"})
    sha256 = hashlib.sha256(data).hexdigest()
    hub.storage.put(text_key(sha256), data, content_type="text/plain")
    return sha256


def read_text(hub: Hub, sha256: str) -> str:
    """Return a text by its hash.

    Raises:
        Gone: it is not there; it named somebody who was erased.
    """
    try:
        with hub.storage.open(text_key(sha256)) as stream:
            return stream.read().decode()
    except Missing as error:
        words = "This text is not kept any more: it named somebody who was erased. Its hash stays as proof."
        raise Gone(words, code="text_erased") from error


def agree(hub: Hub, session: Session, actor: Actor, agreed: Agreed) -> AgreementVersion:
    """Write one wording in the caller's transaction; its grants name the version that is returned.

    Raises:
        Invalid: a member is none of what it may be.
        NotFound: there is no agreement of this id.
    """
    _check(session, agreed)
    agreement = _agreement(hub, session, agreed)
    numbers = select(func.max(AgreementVersion.number)).where(AgreementVersion.agreement_id == agreement.id)
    version = AgreementVersion(
        id=hub.new_id("agv"),
        created_at=hub.now(),
        agreement_id=agreement.id,
        number=(session.scalar(numbers) or 0) + 1,
        locale=agreed.locale,
        text_sha256=agreed.text_sha256,
        text_key=text_key(agreed.text_sha256) if agreed.text_sha256 else None,
        signed_at=agreed.signed_at,
        signed_by_role=agreed.signed_by_role,
    )
    session.add(version)
    session.flush()
    details = {"form": agreement.kind, "number": version.number, "text_sha256": version.text_sha256}
    record(session, hub.now(), "agreement.signed", agreement.id, actor=actor.user_id, version=version.id, **details)
    return version


def _check(session: Session, agreed: Agreed) -> None:
    """Refuse what would be kept and be wrong at every later question."""
    for field, value, words in (
        ("kind", agreed.kind, KINDS),
        ("revocable", agreed.revocable, REVOCABLE),
        ("signed_by_role", agreed.signed_by_role or "brand", SIGNERS),
    ):
        if value not in words:
            _refuse(field, f"is one of {', '.join(words)}")
    for field, most in (("title", 10_000), ("licensor", 10_000), ("locale", 20)):
        if not text(most)(getattr(agreed, field)):
            _refuse(field, f"is a text of at most {most:,} characters")
    if not whole(0, LONGEST_DAYS)(agreed.notice_days):
        _refuse("notice_days", f"is a whole number from 0 to {LONGEST_DAYS:,}")
    if agreed.zone is not None and not is_zone(agreed.zone):
        _refuse("zone", "is a time zone such as Europe/Berlin")
    signed = agreed.signed_at
    if signed is not None and (not isinstance(signed, datetime) or signed.utcoffset() is None):
        _refuse("signed_at", "is an instant with an offset")
    if agreed.agreement_id is None:
        _parties(session, agreed)


def _parties(session: Session, agreed: Agreed) -> None:
    """Whom a new agreement is with, and which assets of theirs it reaches."""
    for field, table in (("creator_id", Creator), ("person_id", Person)):
        one = getattr(agreed, field)
        if one is not None and (not text(60)(one) or session.get(table, one) is None):
            _refuse(field, "is unknown here")
    covers = agreed.covers
    if covers is None:
        return
    known = ("creator_id", "campaign_id", "from", "to")
    if not isinstance(covers, Mapping) or set(covers) - set(known) or not text(60)(covers.get("creator_id")):
        _refuse("covers", f"names a creator_id, and may have {', '.join(known[1:])}")
    if session.get(Creator, covers["creator_id"]) is None:
        _refuse("covers", "names a creator whom nobody knows")
    if not text(60)(covers.get("campaign_id") or ""):
        _refuse("covers", "names its campaign by id")
    for name in ("from", "to"):
        if covers.get(name) is not None and not is_instant(covers[name]):
            _refuse("covers", f"has `{name}` as an instant with an offset")


def _refuse(field: str, words: str) -> NoReturn:
    raise Invalid(f"The {field} of an agreement {words}.", extra={"field": field})


def _agreement(hub: Hub, session: Session, agreed: Agreed) -> Agreement:
    if agreed.agreement_id is not None:
        hub.database.serialise(session, f"agreement:{agreed.agreement_id}")
        known = session.get(Agreement, agreed.agreement_id)
        if known is None:
            raise NotFound("There is no such agreement.")
        return known
    agreement = Agreement(
        id=hub.new_id("agr"),
        created_at=hub.now(),
        kind=agreed.kind,
        title=agreed.title[:300],
        creator_id=agreed.creator_id,
        person_id=agreed.person_id,
        licensor=agreed.licensor[:300],
        zone=agreed.zone,
        revocable=agreed.revocable,
        notice_days=agreed.notice_days,
        covers=agreed.covers,
    )
    session.add(agreement)
    session.flush()
    return agreement


def cover(hub: Hub, session: Session, asset: Asset) -> list[str]:
    """Bring a new asset under the agreements over months of its creator; return the ids of the grants.

    It counts when the asset came: an agreement reaches what is handed in while it runs, and nothing before or after.
    Versions that wait for their proof get the asset too, so that it does not lose its permission when they take over.
    """
    if asset.creator_id is None:
        return []
    rows = session.execute(
        select(Agreement, Grant, AgreementVersion.number)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .join(Grant, Grant.version_id == AgreementVersion.id)
        .where(
            Agreement.creator_id == asset.creator_id,
            Agreement.covers.is_not(None),
            Grant.state == "active",
            Grant.reach == "assets",
        )
        .order_by(Grant.id)
    )
    clauses = [Clause(one.id, number, grant) for one, grant, number in rows if _reaches(one.covers, asset)]
    reaching = standing(session, clauses, hub.now())
    copied = [copy_for(session, hub, grant, asset) for grant in reaching if per_asset(grant)]
    ids = [grant.id for grant in reaching if not per_asset(grant)]
    ids = list(dict.fromkeys([*ids, *waiting(session, ids)]))
    known = set(session.scalars(select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset.id)))
    session.add_all(GrantAsset(grant_id=one, asset_id=asset.id) for one in ids if one not in known)
    ids = sorted({*ids, *(one for one in copied if one)})
    if ids:
        session.flush()
        record(session, hub.now(), "asset.covered", asset.id, grants=ids)
        changed(hub, session, [asset.id])
    return ids


def _reaches(covers: dict[str, Any] | None, asset: Asset) -> bool:
    """Whether an agreement is about what its creator hands in for this campaign at this time."""
    if covers is None or covers.get("creator_id") != asset.creator_id:
        return False
    if covers.get("campaign_id") not in (None, asset.campaign_id):
        return False
    begins, ends = read_instant(covers.get("from")), read_instant(covers.get("to"))
    return (begins is None or begins <= asset.created_at) and (ends is None or asset.created_at < ends)
