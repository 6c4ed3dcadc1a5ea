"""A creator's own page: where their content runs, what was agreed, what is asked of them, and how each of it ends.

Whoever signs in as a creator sees what is tied to them. By a mailed link somebody sees what they handed in, or were
asked about, themselves: an address in a mail proves no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person, read_text
from ugc_hub.licensing.descent import foreseen
from ugc_hub.licensing.enquiries import wish
from ugc_hub.licensing.panel import shown_grants
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    AssetRights,
    ConsentRecord,
    Creator,
    Grant,
    GrantAsset,
    Person,
    RequestAsset,
    RightsRequest,
    SubmissionFile,
    SubmissionForm,
)
from ugc_hub.permissions.links import address, person_of

from .running import Running, uses_of
from .tokens import sign

PAGE = 30
"""Assets on one page."""
OVER = ("revoked", "superseded", "rejected", "expired")


@dataclass(frozen=True)
class Whose:
    """Whose page it is: a creator who signed in, or the person whom a link was mailed to."""

    creator_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class Agreed:
    """What was agreed in one document, and what follows when it is withdrawn."""

    version_id: str
    signed_at: datetime | None
    sentences: tuple[str, ...]
    terms: tuple[dict[str, Any], ...]
    standings: tuple[str, ...]
    has_text: bool
    assets: int
    withdraw: str
    """Path of the page where it is withdrawn; empty where it was signed elsewhere."""
    effects: tuple[tuple[str, datetime | None], ...]
    """For each layer when it would end; None: it cannot be ended before its time, and is looked at."""
    withdrawn: bool = False
    """It was withdrawn, and ends at `ends_at`; None: somebody looks at it."""
    ends_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether nothing rests on it any more."""
        return all(one in OVER for one in self.standings)


@dataclass(frozen=True)
class MyAsset:
    """An asset with what runs."""

    id: str
    file_name: str
    created_at: datetime
    has_preview: bool
    uses: tuple[Running, ...]
    agreed: tuple[str, ...]
    """Versions of agreements that it is under."""


@dataclass(frozen=True)
class Mine:
    """Everything that the page shows."""

    name: str
    assets: tuple[MyAsset, ...]
    next_cursor: str
    agreed: tuple[Agreed, ...]
    asked: tuple[dict[str, Any], ...] = field(default=())
    """Open requests: what is asked, until when, and the address where it is answered."""
    enquiries: str | None = None
    """Where they want to be asked for licences by others; None: nobody knows yet which creator they are."""


def of_actor(actor: Actor) -> Whose:
    """Return whose page somebody sees who signed in.

    Raises:
        Forbidden: the role sees no uses.
        Conflict: they are no creator, or not tied to one yet.
    """
    require(actor, "usage.view")
    if actor.role != "creator" or actor.creator_id is None:
        raise Conflict("This page is for creators who are tied to a creator record. Ask the brand to do that.")
    return Whose(creator_id=actor.creator_id)


def of_token(hub: Hub, token: str) -> Whose:
    """Return whose page a mailed link opens.

    Raises:
        NotFound: the hub did not make it, or the person was erased.
    """
    person_id = person_of(hub, token)
    with hub.database.read() as session:
        person = session.get(Person, person_id)
        if person is None or person.erased_at is not None:
            raise NotFound("This link is not valid. Open it again from the mail, whole.")
    return Whose(person_id=person_id)


def _assets(whose: Whose) -> Select[Asset]:
    wanted = select(Asset).where(Asset.status != "erased")
    if whose.creator_id is not None:
        return wanted.where(Asset.creator_id == whose.creator_id)
    handed_in = (
        select(SubmissionFile.asset_id)
        .join(SubmissionForm, SubmissionForm.submission_id == SubmissionFile.submission_id)
        .where(SubmissionForm.person_id == whose.person_id, SubmissionForm.state != "draft")
    )
    asked = (
        select(RequestAsset.asset_id)
        .join(RightsRequest, RightsRequest.id == RequestAsset.request_id)
        .where(RightsRequest.person_id == whose.person_id, RightsRequest.role == "creator")
    )
    return wanted.where(or_(Asset.id.in_(handed_in), Asset.id.in_(asked)))


def _hidden(session: Session, ids: Sequence[str]) -> set[str]:
    """Assets that are closed: nobody sees them by this page, and a picture that is refused looks broken."""
    closed = AssetRights.legal_order | AssetRights.status.in_(("hold", "taken_down", "erased"))
    return set(session.scalars(select(AssetRights.asset_id).where(AssetRights.asset_id.in_(ids), closed)))


def own_asset(hub: Hub, whose: Whose, asset_id: str) -> str:
    """Return the id of an asset of theirs.

    Raises:
        NotFound: it is not theirs, or there is none.
    """
    with hub.database.read() as session:
        if session.scalar(_assets(whose).where(Asset.id == asset_id)) is None:
            raise NotFound("There is no such asset.")
    return asset_id


def see_mine(hub: Hub, whose: Whose, *, before: str = "") -> Mine:
    """Return the page: newest assets first, going on before the id of the last one seen."""
    with hub.database.read() as session:
        wanted = _assets(whose).order_by(Asset.id.desc()).limit(PAGE + 1)
        rows = session.scalars(wanted.where(Asset.id < before) if before else wanted).all()
        shown = rows[:PAGE]
        ids = [row.id for row in shown]
        agreed, under = _agreed(hub, session, whose)
        uses, hidden = uses_of(hub, session, ids), _hidden(session, ids)
        assets = tuple(
            MyAsset(
                row.id,
                row.file_name,
                row.created_at,
                bool(row.previews) and row.id not in hidden,
                tuple(uses[row.id]),
                tuple(one.version_id for one in agreed if row.id in under[one.version_id] and not one.over),
            )
            for row in shown
        )
        asked = tuple(_asked(hub, session, whose))
        cursor = ids[-1] if len(rows) > PAGE else ""
        creator = _creator(session, whose)
        wanted_at = creator.enquiries_url if creator else None
        return Mine(_name(hub, session, whose), assets, cursor, tuple(agreed), asked, wanted_at)


def _creator(session: Session, whose: Whose) -> Creator | None:
    """Return whose wishes they may state: by a link only of whom the brand knows by that address."""
    if whose.creator_id is not None:
        return session.get(Creator, whose.creator_id)
    person = session.get(Person, str(whose.person_id))
    return session.get(Creator, person.creator_id) if person and person.creator_id else None


def say_enquiries(hub: Hub, whose: Whose, address: str) -> None:
    """Keep where they want to be asked for licences by others; empty: nowhere.

    Raises:
        Invalid: it is no address of the web.
        Conflict: nobody knows yet which creator they are.
    """
    with hub.database.write() as session:
        creator = _creator(session, whose)
        if creator is None:
            raise Conflict("It is not known yet which creator you are. Ask the brand.", code="no_creator")
        try:
            wish(hub, session, creator.id, address)
        except Invalid as error:
            words = "Give a whole address of the web, such as https://ana.example/licences."
            raise Invalid(words, extra=error.extra) from error


def _name(hub: Hub, session: Session, whose: Whose) -> str:
    if whose.creator_id is not None:
        creator = session.get_one(Creator, whose.creator_id)
        return creator.display_name or f"@{creator.handle}"
    data = read_person(hub, session, str(whose.person_id))
    return data.name if data else ""


def _theirs(whose: Whose) -> ColumnElement[bool]:
    """Agreements that they made themselves: not the releases of others who can be seen."""
    if whose.creator_id is not None:
        return Agreement.creator_id == whose.creator_id
    return Agreement.person_id == whose.person_id


def _agreed(hub: Hub, session: Session, whose: Whose) -> tuple[list[Agreed], dict[str, set[str]]]:
    """Return what they agreed to, newest first, and the assets under each."""
    consents = _consents(session, whose)
    requests = _answered(session, whose)
    first = [*requests, *(one.agreement_version_id or "" for one in consents)]
    # Later versions rest on the same word, and end with it.
    by_link = Agreement.id.in_(select(AgreementVersion.agreement_id).where(AgreementVersion.id.in_(first)))
    wanted = (
        select(Grant, AgreementVersion, Agreement)
        .join(AgreementVersion, AgreementVersion.id == Grant.version_id)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Grant.effect == "permit", or_(_theirs(whose), by_link))
        .order_by(AgreementVersion.id.desc(), Grant.id)
    )
    versions: dict[str, list[tuple[Grant, AgreementVersion, Agreement]]] = defaultdict(list)
    for grant, version, agreement in session.execute(wanted):
        versions[version.id].append((grant, version, agreement))
    ids = [grant.id for rows in versions.values() for grant, _, _ in rows]
    told = {one["id"]: one for one in shown_grants(hub, session, ids)}
    under: dict[str, set[str]] = {version_id: set() for version_id in versions}
    of_grant = {grant.id: version_id for version_id, rows in versions.items() for grant, _, _ in rows}
    for grant_id, asset_id in session.execute(
        select(GrantAsset.grant_id, GrantAsset.asset_id).where(GrantAsset.grant_id.in_(ids))
    ):
        under[of_grant[grant_id]].add(asset_id)
    made = session.scalars(select(AgreementVersion).where(AgreementVersion.id.in_(first)))
    origin = {one.agreement_id: one.id for one in made}
    found = []
    for version_id, rows in versions.items():
        path = _withdrawal(hub, rows, consents=consents, requests=requests, origin=origin)
        _, version, agreement = rows[0]
        open_ = [grant for grant, _, _ in rows if told[grant.id]["standing"] not in OVER]
        ends = [_said(told[grant.id]["revocations"]) for grant in open_]
        found.append(
            Agreed(
                version_id,
                version.signed_at,
                tuple(str(told[grant.id]["sentence"]) for grant, _, _ in rows),
                tuple(told[grant.id]["terms"] for grant, _, _ in rows),
                tuple(str(told[grant.id]["standing"]) for grant, _, _ in rows),
                version.text_sha256 is not None,
                len(under[version_id]),
                path,
                tuple(foreseen(agreement, open_, hub.now()).items()),
                withdrawn=bool(ends) and all(said for said, _ in ends),
                ends_at=max((at for _, at in ends if at), default=None),
            )
        )
    return found, under


def _said(revocations: Sequence[dict[str, Any]]) -> tuple[bool, datetime | None]:
    """Return whether all of a grant was withdrawn, and when it ends by that."""
    whole = [one["effective_at"] for one in revocations if not one["channels"] and not one["territories"]]
    return bool(whole), min((datetime.fromisoformat(at) for at in whole if at), default=None)


def _consents(session: Session, whose: Whose) -> list[ConsentRecord]:
    wanted = select(ConsentRecord).where(ConsentRecord.role == "creator")
    if whose.person_id is not None:
        return list(session.scalars(wanted.where(ConsentRecord.person_id == whose.person_id)))
    theirs = select(Person.id).where(Person.creator_id == whose.creator_id)
    made = select(AgreementVersion.id).join(Agreement, Agreement.id == AgreementVersion.agreement_id)
    made = made.where(Agreement.creator_id == whose.creator_id)
    return list(
        session.scalars(
            wanted.where(or_(ConsentRecord.person_id.in_(theirs), ConsentRecord.agreement_version_id.in_(made)))
        )
    )


def _answered(session: Session, whose: Whose) -> dict[str, RightsRequest]:
    """Return the requests that they granted, by the version of the agreement."""
    wanted = select(RightsRequest).where(RightsRequest.state == "granted", _asked_of(whose))
    return {row.version_id: row for row in session.scalars(wanted) if row.version_id and row.receipt_sha256}


def _asked_of(whose: Whose) -> ColumnElement[bool]:
    column = RightsRequest.creator_id if whose.creator_id is not None else RightsRequest.person_id
    condition: ColumnElement[bool] = (column == (whose.creator_id or whose.person_id)) & (
        RightsRequest.role == "creator"
    )
    return condition


def _withdrawal(
    hub: Hub,
    rows: Sequence[tuple[Grant, AgreementVersion, Agreement]],
    *,
    consents: Sequence[ConsentRecord],
    requests: dict[str, RightsRequest],
    origin: Mapping[str, str],
) -> str:
    """Return the path of the page that withdraws an agreement; the one that its receipt names.

    `origin` is the version that was agreed to by a link, of each agreement.
    """
    version_id = origin.get(rows[0][2].id, "")
    if version_id in requests:
        return address(hub, requests[version_id], "receipt").removeprefix(hub.settings.address)
    ids = {grant.id for grant, _, _ in rows}
    for record in consents:
        if record.agreement_version_id == version_id or ids & set(record.grants):
            return f"/w/{sign(hub, 'withdraw', record.id)}"
    return ""


def _asked(hub: Hub, session: Session, whose: Whose) -> list[dict[str, Any]]:
    wanted = select(RightsRequest).where(RightsRequest.state == "sent", _asked_of(whose))
    return [
        {
            "id": row.id,
            "asked": row.asked,
            "expires_at": row.expires_at,
            "sent_at": row.sent_at,
            "path": address(hub, row).removeprefix(hub.settings.address),
        }
        for row in session.scalars(wanted.order_by(RightsRequest.expires_at))
        if row.expires_at is None or row.expires_at > hub.now()
    ]


def text_of_mine(hub: Hub, whose: Whose, version_id: str) -> str:
    """Return the text of something that they agreed to.

    Raises:
        NotFound: they did not, or no text was kept.
    """
    with hub.database.read() as session:
        agreed, _ = _agreed(hub, session, whose)
        version = session.get(AgreementVersion, version_id)
        known = any(one.version_id == version_id for one in agreed)
        if version is None or not known or version.text_sha256 is None:
            raise NotFound("There is no such text.")
        return read_text(hub, version.text_sha256)
