"""Answers given on a platform (`#yesBrand`): weak evidence for posts on that platform, and an invitation to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import clean_handle
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Proof, Withdrawal, add, agree, attach, revoke
from ugc_hub.licensing.descent import standing_of
from ugc_hub.models import Asset, Creator, Grant, RequestAsset, RightsRequest
from ugc_hub.rights import standard

from .people import clean, trusted
from .requesting import Ask, draft, get
from .scope import clean_scope
from .states import locked, move

ORGANIC = "organic_social"
LEVEL = 1
MONTHS = 12
"""A word in public says nothing of a term; after this time it is asked again."""
PICTURES = {"image/png", "image/jpeg", "image/webp"}


@dataclass(frozen=True)
class Reply:
    """What somebody answered in public: a screenshot or the text itself proves it."""

    asset_ids: Sequence[str]
    platform: str
    post_url: str
    handle: str
    keyword: str
    replied_at: datetime
    text: str = ""
    screenshot: bytes = b""
    media_type: str = "image/png"


def platforms() -> list[str]:
    """Return the platforms on which brands post without paying."""
    return [name.partition(".")[2] for name in standard().channels if name.startswith(f"{ORGANIC}.")]


def capture(hub: Hub, actor: Actor, reply: Reply) -> RightsRequest:
    """Keep an answer given on a platform: the assets may be posted there, and nowhere else, for a year.

    Raises:
        Invalid: a value is wrong, the text does not hold the keyword, or the handle is not the assets' creator's.
        NotFound: there is no such asset.
    """
    require(actor, "rights.request")
    _check(hub, reply)
    by, proof = trusted(actor), _proof(reply)
    with hub.database.write() as session:
        row = _row(hub, session, actor, reply)
        for state in ("sent", "answered"):
            move(hub, session, row, state, actor=actor, by="platform")
        version = agree(hub, session, by, _agreed(row, reply))
        row.version_id = version.id
        plain = _plain(row, reply)
        grant = add(hub, session, by, Draft(plain, tuple(reply.asset_ids), version.id))
        attach(hub, session, by, grant_id=grant.id, proof=proof)
        move(hub, session, row, "granted", actor=actor, grants=[grant.id])
    return row


def _check(hub: Hub, reply: Reply) -> None:
    if reply.platform not in platforms():
        raise Invalid(f"The platform is one of {', '.join(platforms())}.", extra={"field": "platform"})
    parts = urlsplit(reply.post_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(reply.post_url) > 1000:
        raise Invalid("Give the address of the post, beginning with https://.", extra={"field": "post_url"})
    if reply.replied_at.utcoffset() is None or reply.replied_at > hub.now():
        raise Invalid("Say when the answer was given; it cannot lie in the future.", extra={"field": "replied_at"})
    keyword = reply.keyword.strip()
    if not 2 <= len(keyword) <= 100:
        raise Invalid("Say by which word the answer is recognised, such as #yesBrand.", extra={"field": "keyword"})
    if reply.text and keyword.lower() not in reply.text.lower():
        raise Invalid(f"The text does not hold {keyword}: it is no yes.", extra={"field": "text"})
    if not reply.text and not reply.screenshot:
        raise Invalid("Add a screenshot, or paste the text of the answer.", extra={"field": "screenshot"})
    if reply.screenshot and reply.media_type not in PICTURES:
        raise Invalid("A screenshot is a PNG, JPEG or WebP.", extra={"field": "screenshot"})


def _proof(reply: Reply) -> Proof:
    if reply.screenshot:
        return Proof("screenshot", reply.screenshot, reply.media_type, reply.post_url)
    return Proof("permalink_snapshot", reply.text.encode(), "text/plain", reply.post_url)


def _row(hub: Hub, session: Session, actor: Actor, reply: Reply) -> RightsRequest:
    owners = session.execute(select(Asset.id, Asset.creator_id).where(Asset.id.in_(list(reply.asset_ids))))
    creators = {row.id: row.creator_id for row in owners}
    ids = list(dict.fromkeys(reply.asset_ids))
    if not ids or set(ids) != set(creators) or len(set(creators.values())) != 1 or None in creators.values():
        raise Invalid("Choose assets of one creator.", extra={"field": "asset_ids"})
    creator = session.get_one(Creator, creators[ids[0]])
    handle = clean_handle(reply.handle)
    if handle != creator.handle:
        words = (
            f"The answer is @{handle}'s, but the assets are @{creator.handle}'s. Only whoever made them can say yes."
        )
        raise Invalid(words, extra={"field": "handle"})
    said = {
        "platform": reply.platform,
        "post_url": reply.post_url,
        "handle": handle,
        "keyword": reply.keyword.strip(),
        "replied_at": reply.replied_at.isoformat(),
    }
    scope = _scope(reply)
    row = RightsRequest(
        id=hub.new_id("req"),
        created_at=hub.now(),
        kind="reply",
        state="draft",
        creator_id=creator.id,
        asked=scope,
        answer=scope,
        answered_at=reply.replied_at,
        reply=said,
        words=clean(reply.text, 2000),
        links=0,
        reminders=0,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    session.add_all(RequestAsset(request_id=row.id, asset_id=one) for one in ids)
    record(session, hub.now(), "rights_request.draft", row.id, actor=actor.user_id, form="reply", assets=ids)
    return row


def _scope(reply: Reply) -> dict[str, Any]:
    """Return what an answer in public allows: posts on that platform, for a while."""
    return clean_scope(
        {
            "channels": [f"{ORGANIC}.{reply.platform}"],
            "territories": ["WORLD"],
            "window": {
                "trigger": "date",
                "start": reply.replied_at.date().isoformat(),
                "count": MONTHS,
                "unit": "months",
                "zone": "UTC",
            },
        }
    )


def _agreed(row: RightsRequest, reply: Reply) -> Agreed:
    title = f"{reply.keyword.strip()} on {reply.platform}"
    signed = {"signed_at": reply.replied_at, "signed_by_role": "creator"}
    return Agreed(
        "rights_request",
        title=title,
        creator_id=row.creator_id,
        zone="UTC",
        revocable="any_time",
        **signed,  # type: ignore[arg-type]
    )


def _plain(row: RightsRequest, reply: Reply) -> dict[str, Any]:
    scope: Mapping[str, Any] = row.asked
    return {
        "effect": "permit",
        "layer": "copyright",
        "state": "active",
        "channels": scope["channels"],
        "territories": scope["territories"],
        "edits": [],
        "products": ["*"],
        "window": scope["window"],
        "evidence_level": LEVEL,
        "signed_at": reply.replied_at.isoformat(),
        "signed_by_role": "creator",
        "vocab_version": standard().version,
        "duties": [{"duty": "credit", "phase": "during", "text": f"@{reply.handle.strip().removeprefix('@')}"}],
    }


def invite(hub: Hub, actor: Actor, request_id: str, *, email: str, ask: Ask | None = None) -> RightsRequest:
    """Draft the request by which a creator confirms on our page what they answered on a platform.

    `ask` may ask for more than the answer gave; without it exactly that is asked. Send it as any other.

    Raises:
        Conflict: this is no answer on a platform, or it was not a yes.
        Invalid, NotFound: see `draft`.
    """
    weaker = get(hub, actor, request_id)
    if weaker.kind != "reply" or weaker.state != "granted":
        raise Conflict("Only a yes on a platform can be confirmed.", code="wrong_state")
    with hub.database.read() as session:
        ids = session.scalars(select(RequestAsset.asset_id).where(RequestAsset.request_id == request_id)).all()
    wanted = ask or Ask({**weaker.asked, "window": {"trigger": "signature", "count": MONTHS, "unit": "months"}})
    return draft(
        hub,
        actor,
        Ask(
            wanted.scope,
            asset_ids=ids,
            email=email or wanted.email,
            name=wanted.name,
            locale=wanted.locale,
            template=wanted.template,
            subject=wanted.subject,
            message=wanted.message,
            confirms_id=weaker.id,
        ),
    )


def gone(hub: Hub, actor: Actor, request_id: str, *, note: str = "") -> RightsRequest:
    """Note that the answer disappeared from the platform: its grants are suspended until it is confirmed.

    Raises:
        Conflict: this is no answer on a platform, or it is not in force.
        NotFound: there is no such request.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        row = locked(hub, session, request_id)
        if row.kind != "reply" or row.state != "granted" or (row.reply or {}).get("gone_at"):
            raise Conflict("Only an answer on a platform that is in force can disappear.", code="wrong_state")
        row.reply = {**(row.reply or {}), "gone_at": hub.now().isoformat()}
        granted = session.scalars(select(Grant.id).where(Grant.version_id == row.version_id)).all()
        # A version that only narrows rests on the same answer.
        for grant in [one for one in standing_of(session, granted) if one.state == "active"]:
            withdrawal = Withdrawal("evidence_source_gone", note=clean(note, 1000))
            revoke(hub, session, trusted(actor), grant_id=grant.id, withdrawal=withdrawal)
        record(session, hub.now(), "rights_request.reply_gone", row.id, actor=actor.user_id)
    return row
