"""Rights requests as those see them who ask: drafted, sent, followed, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person
from ugc_hub.models import Asset, AssetPerson, Creator, Partnership, Person, RequestAsset, RightsRequest
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .links import address, digest, token_of
from .people import checked, clean, of_creator
from .scope import clean_scope
from .states import locked, move
from .templates import newest
from .wording import LOCALES

KINDS = ("licence", "model_release")
REMIND_DAYS = (3, 7)
"""Days after sending at which whoever has not answered is reminded."""
MOST_ASSETS = 100


@dataclass(frozen=True)
class Ask:
    """A question before it is kept.

    A licence is asked of the creator of the assets, or of a partnership's creator for all they hand in over its time.
    A model release is asked of `person_id`, or of their guardian where they are not of age; without assets it is about
    all that show them. Subject and message replace those of the template.
    """

    scope: Mapping[str, Any]
    kind: str = "licence"
    asset_ids: Sequence[str] = ()
    person_id: str | None = None
    partnership_id: str | None = None
    email: str = ""
    name: str = ""
    locale: str = "en"
    template: str = ""
    """Its name; empty: that of the kind."""
    subject: str = ""
    message: str = ""
    confirms_id: str | None = None


def draft(hub: Hub, actor: Actor, ask: Ask) -> RightsRequest:
    """Keep a question that is not sent yet.

    Raises:
        Invalid: a value is wrong; `field` names it. The assets must be of one creator (field `asset_ids`).
        NotFound: there is no such asset, person, partnership or template.
    """
    require(actor, "rights.request")
    scope = clean_scope(ask.scope)
    if ask.kind not in KINDS:
        raise Invalid(f"A request is one of {', '.join(KINDS)}.", extra={"field": "kind"})
    if ask.locale not in LOCALES:
        raise Invalid(f"The language is one of {', '.join(LOCALES)}.", extra={"field": "locale"})
    with hub.database.write() as session:
        assets = _assets(session, ask.asset_ids)
        row = _row(hub, actor, ask, scope)
        if ask.kind == "licence":
            _of_creator(hub, session, actor, row, ask=ask, assets=assets)
        else:
            _of_person(hub, session, row, assets)
        template = newest(hub, session, ask.template or ask.kind, ask.locale)
        row.template_id = template.id
        row.subject = clean(ask.subject, 200) or template.subject
        row.message = clean(ask.message, 20_000) or template.message
        if "{link}" not in row.message:
            row.message += "\n\n{link}\n"
        session.add(row)
        session.flush()
        session.add_all(RequestAsset(request_id=row.id, asset_id=asset.id) for asset in assets)
        details = {"form": row.kind, "assets": [asset.id for asset in assets], "asked": scope}
        record(session, hub.now(), "rights_request.draft", row.id, actor=actor.user_id, **details)
    return row


def _row(hub: Hub, actor: Actor, ask: Ask, scope: dict[str, Any]) -> RightsRequest:
    return RightsRequest(
        id=hub.new_id("req"),
        created_at=hub.now(),
        kind=ask.kind,
        state="draft",
        person_id=ask.person_id,
        partnership_id=ask.partnership_id,
        confirms_id=ask.confirms_id,
        locale=ask.locale,
        asked=scope,
        links=0,
        reminders=0,
        delivery="",
        created_by=actor.user_id,
    )


def _assets(session: Session, asset_ids: Sequence[str]) -> list[Asset]:
    ids = list(dict.fromkeys(asset_ids))
    if len(ids) > MOST_ASSETS:
        raise Invalid(f"One request is about at most {MOST_ASSETS} assets.", extra={"field": "asset_ids"})
    found = {asset.id: asset for asset in session.scalars(select(Asset).where(Asset.id.in_(ids)))}
    if missing := [one for one in ids if one not in found]:
        raise NotFound(f"There is no asset {missing[0][:60]}.")
    return [found[one] for one in ids]


def _of_creator(hub: Hub, session: Session, actor: Actor, row: RightsRequest, *, ask: Ask, assets: list[Asset]) -> None:
    creators = {asset.creator_id for asset in assets}
    if ask.partnership_id is not None:
        partnership = session.get(Partnership, ask.partnership_id)
        if partnership is None:
            raise NotFound("There is no such partnership.")
        creators.add(partnership.creator_id)
    if len(creators) != 1 or None in creators:
        words = "Choose assets of one creator, and give those a creator that have none."
        raise Invalid(words, extra={"field": "asset_ids"})
    if ask.partnership_id is None and not assets:
        raise Invalid("Choose at least one asset.", extra={"field": "asset_ids"})
    row.creator_id = str(creators.pop())
    person = of_creator(hub, session, actor, creator_id=row.creator_id, email=ask.email, name=clean(ask.name, 200))
    row.person_id, row.role = (person.id if person else None), "creator"


def _of_person(hub: Hub, session: Session, row: RightsRequest, assets: list[Asset]) -> None:
    person = session.get(Person, row.person_id or "")
    if person is None:
        raise NotFound("There is no such person.")
    if person.is_adult is None:
        raise Invalid("Say first whether the person is of age: it decides who is asked.", extra={"field": "person_id"})
    shown = select(AssetPerson.asset_id).where(AssetPerson.person_id == person.id)
    if {asset.id for asset in assets} - set(session.scalars(shown)):
        raise Invalid("The person is not listed in each of these assets.", extra={"field": "asset_ids"})
    data = read_person(hub, session, person.id)
    if data is None:
        raise Conflict("What was known of this person was erased.")
    row.role = "person" if person.is_adult else "guardian"
    row.creator_id = person.creator_id
    checked(data, row.role)


def send(hub: Hub, actor: Actor, request_id: str, *, copied: bool = False) -> tuple[RightsRequest, str]:
    """Send a request by mail, or (`copied`) make a link to hand on by other means; older links end.

    Only a link that nobody but the address ever got proves the address, so the link is returned where it is to be
    handed on, and is empty where it was mailed.

    Raises:
        Conflict: the request was answered or taken back.
        Invalid: there is no address to mail to.
        NotFound: there is no such request.
    """
    require(actor, "rights.request")
    now = hub.now()
    with hub.database.write() as session:
        row = locked(hub, session, request_id)
        if row.person_id is None:
            raise Invalid("No address of this creator is known. Give one.", extra={"field": "email"})
        move(hub, session, row, "sent", actor=actor, by="copied" if copied else "mail")
        row.links, row.reminders, row.seen_at = row.links + 1, 0, None
        row.delivery = "copied" if copied else "mail"
        row.token_sha256 = digest(token_of(hub, row.id, "ask", row.links))
        row.sent_at, row.expires_at = now, now + timedelta(days=hub.settings.rights_request_days)
        session.flush()
        if not copied:
            post(hub, session, row, "request")
        for number, days in enumerate(REMIND_DAYS, 1):
            look_again(hub, session, f"{row.id}:{row.links}:{number}", now + timedelta(days=days))
        look_again(hub, session, f"{row.id}:{row.links}:end", row.expires_at)
    hub.ring()
    return row, address(hub, row) if copied else ""


def post(hub: Hub, session: Session, row: RightsRequest, what: str, *, of: str = "") -> None:
    """Have a letter of a request written and mailed once the transaction is committed; `of` tells two alike apart."""
    payload = {"letter": what, "request_id": row.id, "link": row.links}
    key = f"letter:{what}:{row.id}:{row.links}:{row.reminders}{of and ':'}{of}"
    options = Options(key=key, group=row.id, max_attempts=max(hub.settings.job_attempts, 8))
    enqueue(session.connection(), "mail", payload, options=options)


def look_again(hub: Hub, session: Session, key: str, at: datetime) -> None:
    """Have somebody look at an instant whether a reminder is due or a time is over."""
    options = Options(key=f"due:{key}", run_at=at, max_attempts=max(hub.settings.job_attempts, 8))
    enqueue(session.connection(), "due", {}, options=options)


def take_back(hub: Hub, actor: Actor, request_id: str) -> RightsRequest:
    """Withdraw a question that was not granted; a link that is out ends.

    Raises:
        Conflict: it was granted or declined.
        NotFound: there is no such request.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        row = locked(hub, session, request_id)
        if row.state == "granted":
            raise Conflict("Permission was given already; revoke the grants instead.", code="wrong_state")
        move(hub, session, row, "withdrawn", actor=actor)
    return row


def get(hub: Hub, actor: Actor, request_id: str) -> RightsRequest:
    """Return one request.

    Raises:
        NotFound: there is none.
    """
    require(actor, "rights.view")
    with hub.database.read() as session:
        row = session.get(RightsRequest, request_id)
    if row is None:
        raise NotFound("There is no such request.")
    return row


@dataclass(frozen=True)
class Filter:
    """Which requests to list, newest first, with ids before `cursor`."""

    state: str = ""
    creator: str = ""
    """Id or handle."""
    asset_id: str = ""
    cursor: str = ""
    limit: int = 50


def find(hub: Hub, actor: Actor, wanted: Filter) -> tuple[list[RightsRequest], str | None]:
    """Return requests, and where the list goes on."""
    require(actor, "rights.view")
    rows = select(RightsRequest).order_by(RightsRequest.id.desc()).limit(wanted.limit + 1)
    if wanted.state:
        rows = rows.where(RightsRequest.state == wanted.state)
    if wanted.creator:
        handle = wanted.creator.strip().removeprefix("@").lower()
        named = select(Creator.id).where((Creator.id == wanted.creator) | (Creator.handle == handle))
        rows = rows.where(RightsRequest.creator_id.in_(named))
    if wanted.asset_id:
        of = select(RequestAsset.request_id).where(RequestAsset.asset_id == wanted.asset_id)
        rows = rows.where(RightsRequest.id.in_(of))
    if wanted.cursor:
        rows = rows.where(RightsRequest.id < wanted.cursor)
    with hub.database.read() as session:
        found = list(session.scalars(rows))
    more = len(found) > wanted.limit
    return found[: wanted.limit], found[wanted.limit - 1].id if more else None


def assets_of(session: Session, request_id: str) -> list[str]:
    """Return the ids of the assets that a request is about."""
    rows = select(RequestAsset.asset_id).where(RequestAsset.request_id == request_id)
    return list(session.scalars(rows.order_by(RequestAsset.asset_id)))
