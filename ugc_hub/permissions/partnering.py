"""Partnerships: what a creator and the brand do together over months, and what their agreement does to what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import campaign_by_name, creator_by_handle
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, add, agree, answer, attach, check_answers, cover, keep_text, set_status
from ugc_hub.models import Agreement, AgreementVersion, Asset, AssetRights, Creator, Grant, Partnership, Person
from ugc_hub.rights import DateRefused, day_begins, standard, until_inclusive, write_instant

from .duties import duties_of
from .people import clean, trusted
from .releasing import signed_file
from .scope import clean_scope

KINDS = ("gifting", "paid", "affiliate", "content_campaign")
COMPENSATION = {"gifting": "gifted", "paid": "paid", "affiliate": "affiliate", "content_campaign": "paid"}
ARRIVAL = frozenset({"digital_source_type", "is_testimonial", "compensation", "people", "properties", "music"})
"""Rights facts that a partnership may answer for what arrives."""
SIGNED_FILE = 2
"""A signed file by itself; with the certificate of its audit trail a new version may state 3."""


@dataclass(frozen=True)
class Terms:
    """What is known of a partnership; money in millionths of `currency`, the last day inclusive."""

    creator: str
    """Handle."""
    kind: str
    starts_on: date
    ends_on: date | None = None
    zone: str = "UTC"
    campaign: str = ""
    fee_micros: int | None = None
    product_value_micros: int | None = None
    currency: str = ""
    affiliate_code: str = ""
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Rights facts of what arrives; empty leaves them to whoever reviews it."""
    active: bool = False
    """Whether what arrives is open at once; only where the answers leave nothing open."""


@dataclass(frozen=True)
class Signed:
    """A contract over months that was signed elsewhere: the text or file, and the uses it allows."""

    scope: Mapping[str, Any]
    data: bytes
    media_type: str
    text: str = ""
    person_id: str | None = None
    """The creator as a person shown, where they also allow that they are seen."""


def add_partnership(hub: Hub, actor: Actor, terms: Terms) -> Partnership:
    """Keep a partnership; until an agreement over its time is signed, nothing that arrives is cleared by it.

    Raises:
        Invalid: a value is wrong; `field` names it.
    """
    require(actor, "rights.request")
    _check(terms)
    with hub.database.write() as session:
        _check_answers(session, terms)
        creator = creator_by_handle(hub, session, terms.creator)
        row = Partnership(
            id=hub.new_id("prt"),
            created_at=hub.now(),
            creator_id=creator.id,
            kind=terms.kind,
            campaign_id=campaign_by_name(hub, session, terms.campaign).id if terms.campaign else None,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            zone=terms.zone,
            fee_micros=terms.fee_micros,
            product_value_micros=terms.product_value_micros,
            currency=terms.currency,
            affiliate_code=clean(terms.affiliate_code, 100),
            arrival={"answers": dict(terms.answers), "active": terms.active},
            note=clean(terms.note, 2000),
            created_by=actor.user_id,
        )
        session.add(row)
        session.flush()
        record(session, hub.now(), "partnership.added", row.id, actor=actor.user_id, form=row.kind)
    return row


def _check(terms: Terms) -> None:
    if terms.kind not in KINDS:
        raise Invalid(f"A partnership is one of {', '.join(KINDS)}.", extra={"field": "kind"})
    try:
        begins, ends = day_begins(terms.starts_on, terms.zone), terms.ends_on
        if ends is not None and until_inclusive(ends, terms.zone) <= begins:
            raise Invalid("The partnership would end before it starts.", extra={"field": "ends_on"})
    except DateRefused as error:
        raise Invalid(str(error), extra={"field": "zone"}) from error
    for name in ("fee_micros", "product_value_micros"):
        value = getattr(terms, name)
        if value is not None and not 0 <= value <= 10**15:
            raise Invalid("Money is a whole number of millionths.", extra={"field": name})
    money = terms.fee_micros or terms.product_value_micros
    known = len(terms.currency) == 3 and terms.currency.isascii() and terms.currency.isupper()
    if (money or terms.currency) and not known:
        raise Invalid("Name the currency by its three letters, such as EUR.", extra={"field": "currency"})
    unknown = sorted(set(terms.answers) - ARRIVAL)
    if unknown:
        raise Invalid(f"A partnership does not answer {unknown[0]}.", extra={"field": "answers"})
    said = {name for name, value in terms.answers.items() if value not in (None, "", "unknown")}
    missing = sorted(ARRIVAL - said - {"compensation"})
    if terms.active and missing:
        words = f"To be open at once, everything must be answered: {', '.join(missing)} is missing."
        raise Invalid(words, extra={"field": "answers"})


def _check_answers(session: Session, terms: Terms) -> None:
    """Refuse what no asset could be answered with: it would turn away every file that the creator sends."""
    try:
        check_answers(session, terms.answers)
    except Invalid as error:
        raise Invalid(error.message, extra={**error.extra, "field": "answers"}) from error


def covered_time(row: Partnership) -> dict[str, Any]:
    """Return what an agreement of a partnership covers (see `Agreement.covers`)."""
    ends = until_inclusive(row.ends_on, row.zone) if row.ends_on else None
    ended = min((one for one in (ends, row.ended_at) if one), default=None)
    return {
        "creator_id": row.creator_id,
        "campaign_id": row.campaign_id,
        "from": write_instant(day_begins(row.starts_on, row.zone)),
        "to": write_instant(ended),
    }


def sign(hub: Hub, actor: Actor, partnership_id: str, *, signed: Signed) -> AgreementVersion:
    """Keep a contract that was signed elsewhere as the agreement of a partnership (evidence level 3).

    Raises:
        Invalid: the scope or the file is wrong.
        Conflict: the partnership has an agreement, or was ended.
        NotFound: there is no such partnership or person.
    """
    require(actor, "rights.request")
    scope, now, proof = clean_scope(signed.scope), hub.now(), signed_file(signed.data, signed.media_type)
    words = clean(signed.text, 200_000)
    sha256 = keep_text(hub, words) if words else None
    with hub.database.write() as session:
        row = _locked(hub, session, partnership_id)
        if row.agreement_id is not None or row.ended_at is not None:
            raise Conflict("This partnership has an agreement already, or was ended.")
        agreed = Agreed(
            "licence",
            title=f"Partnership {row.id}",
            creator_id=row.creator_id,
            person_id=signed.person_id,
            zone=row.zone,
            revocable="with_notice" if scope["notice_days"] else "any_time",
            notice_days=scope["notice_days"],
            covers=covered_time(row),
            text_sha256=sha256,
            signed_at=now,
            signed_by_role="creator",
        )
        version = agree(hub, session, trusted(actor), agreed)
        for plain in _grants(session, row, scope, signed.person_id):
            draft = Draft({**plain, "signed_at": now.isoformat()}, (), version.id)
            grant = add(hub, session, trusted(actor), draft)
            attach(hub, session, trusted(actor), grant_id=grant.id, proof=proof)
        bind(hub, session, actor, row.id, agreement_id=version.agreement_id)
    return version


def _grants(
    session: Session, row: Partnership, scope: Mapping[str, Any], person_id: str | None
) -> list[dict[str, Any]]:
    common = {
        "effect": "permit",
        "state": "active",
        **{name: scope[name] for name in ("channels", "territories", "edits", "window")},
        "products": scope["products"] or ["*"],
        "evidence_level": SIGNED_FILE,
        "signed_by_role": "creator",
        "vocab_version": standard().version,
    }
    # What the partnership pays is settled over its time, not with each asset.
    duties = duties_of(session.get(Creator, row.creator_id), scope, pay=False)
    grants = [{**common, "layer": "copyright", "exclusive": scope["exclusive"], "duties": duties}]
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.creator_id != row.creator_id:
            raise NotFound("This person is not the creator of the partnership.")
        grants.append({**common, "layer": "likeness", "subject": person_id})
    return grants


def bind(hub: Hub, session: Session, actor: Actor, partnership_id: str, *, agreement_id: str) -> None:
    """Make an agreement that of a partnership, and bring under it what arrived in its time before it was signed."""
    row = _locked(hub, session, partnership_id)
    row.agreement_id = agreement_id
    record(session, hub.now(), "partnership.signed", row.id, actor=actor.user_id, agreement=agreement_id)
    begins = day_begins(row.starts_on, row.zone)
    came = select(Asset).where(Asset.creator_id == row.creator_id, Asset.created_at >= begins)
    for asset in session.scalars(came):
        arrive(hub, session, asset)


def end(hub: Hub, actor: Actor, partnership_id: str) -> Partnership:
    """End a partnership now: nothing that arrives from here on is cleared by it; what came before stays.

    Raises:
        Conflict: it was ended.
        NotFound: there is none.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        row = _locked(hub, session, partnership_id)
        if row.ended_at is not None:
            raise Conflict("This partnership was ended already.")
        row.ended_at = hub.now()
        agreement = session.get(Agreement, row.agreement_id) if row.agreement_id else None
        if agreement is not None:
            agreement.covers = covered_time(row)
        record(session, hub.now(), "partnership.ended", row.id, actor=actor.user_id)
    return row


def arrive(hub: Hub, session: Session, asset: Asset) -> list[str]:
    """Bring a new asset under its creator's agreements over months, and do what their partnership says of arrivals.

    In the caller's transaction. Returns the ids of the grants. An asset that somebody has looked at is left as it is.
    """
    grants = cover(hub, session, asset)
    row = _partnership(session, grants)
    if row is None or not row.arrival:
        return grants
    known = session.get(AssetRights, asset.id)
    if known is not None and known.status != "pending_review":
        return grants
    answers = {"compensation": COMPENSATION[row.kind], **(row.arrival.get("answers") or {})}
    answer(hub, session, SYSTEM, asset_id=asset.id, answers=answers)
    if row.arrival.get("active"):
        set_status(hub, session, SYSTEM, asset_id=asset.id, status="active", note=f"Partnership {row.id}")
    return grants


def _partnership(session: Session, grant_ids: list[str]) -> Partnership | None:
    agreements = (
        select(AgreementVersion.agreement_id)
        .join(Grant, Grant.version_id == AgreementVersion.id)
        .where(Grant.id.in_(grant_ids), Grant.layer == "copyright")
    )
    rows = select(Partnership).where(Partnership.agreement_id.in_(agreements)).order_by(Partnership.id.desc())
    return session.scalars(rows).first() if grant_ids else None


def _locked(hub: Hub, session: Session, partnership_id: str) -> Partnership:
    hub.database.serialise(session, f"partnership:{partnership_id}")
    row = session.get(Partnership, partnership_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such partnership.")
    return row


def of_creator(hub: Hub, actor: Actor, creator_id: str) -> list[Partnership]:
    """Return the partnerships of a creator, newest first."""
    require(actor, "rights.view")
    rows = select(Partnership).where(Partnership.creator_id == creator_id).order_by(Partnership.starts_on.desc())
    with hub.database.read() as session:
        return list(session.scalars(rows))
