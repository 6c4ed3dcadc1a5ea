"""Turns an answer into an agreement, its grants and their evidence, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Proof, add, agree, answer, attach, row_of, set_adult
from ugc_hub.licensing.canonical import canonical, digest
from ugc_hub.models import Asset, Creator, Grant, Partnership, Person, RequestTemplate, RightsRequest
from ugc_hub.rights import standard, write_instant

from .duties import duties_of
from .partnering import bind, covered_time
from .requesting import assets_of
from .scope import wider
from .sealing import Trace, sealed

CLICKED, REPLIED = 2, 1
"""Evidence levels: agreed on our page at a proven address; said somewhere in public, or at an address of no proof."""
SCHEMA = "ugc-hub/answer/1"


@dataclass(frozen=True)
class Said:
    """What was agreed to, by whom, in which words."""

    scope: Mapping[str, Any]
    name: str
    text_sha256: str
    trace: Trace


def level_of(row: RightsRequest) -> int:
    """Return how much an answer by the newest link proves."""
    return CLICKED if row.delivery == "mail" else REPLIED


def write_grants(hub: Hub, session: Session, row: RightsRequest, said: Said) -> list[str]:
    """Write agreement, version, grants and evidence of an accepted request; return the ids of the grants.

    Raises:
        Invalid: the scope is wider than what was asked (code `wider_than_asked`).
    """
    now = hub.now()
    if beyond := wider(said.scope, row.asked, now):
        raise Invalid("This is more than what was asked for.", code="wider_than_asked", extra={"field": beyond[0]})
    version = agree(hub, session, SYSTEM, _agreed(hub, session, row, said))
    row.version_id = version.id
    asset_ids = assets_of(session, row.id)
    evidence = canonical(_evidence(hub, session, row, said))
    grants = []
    for layer, subject in _layers(hub, session, row, said):
        plain = _plain(session, row, said, layer=layer, subject=subject)
        plain |= {"signed_at": now.isoformat()}
        everywhere = row.kind == "model_release" and not asset_ids
        grant = add(hub, session, SYSTEM, Draft(plain, None if everywhere else tuple(asset_ids), version.id))
        attach(hub, session, SYSTEM, grant_id=grant.id, proof=Proof("clickwrap", evidence, "application/json"))
        grants.append(grant.id)
    if row.partnership_id:
        bind(hub, session, SYSTEM, row.partnership_id, agreement_id=version.agreement_id)
    if said.scope["fee_micros"] and row.kind == "licence":
        _paid(hub, session, asset_ids)
    return grants


def _layers(hub: Hub, session: Session, row: RightsRequest, said: Said) -> list[tuple[str, str | None]]:
    """Return what is granted; whoever says yes for themselves says with it that they are of age.

    Raises:
        Conflict: they are known not to be; their guardian has to be asked.
    """
    person = session.get(Person, row.person_id) if row.person_id else None
    if person is not None and row.role != "guardian":
        if person.is_adult is False:
            raise Conflict("A parent or guardian has to answer this.", code="guardian_required")
        if person.is_adult is None:
            set_adult(hub, session, SYSTEM, person_id=person.id, is_adult=True)
    if row.kind == "model_release":
        return [("likeness", row.person_id)]
    return [("copyright", None), *([("likeness", row.person_id)] if said.scope["likeness"] else [])]


def _agreed(hub: Hub, session: Session, row: RightsRequest, said: Said) -> Agreed:
    release = row.kind == "model_release"
    days = 0 if release else int(said.scope["notice_days"])
    partnership = session.get(Partnership, row.partnership_id) if row.partnership_id else None
    template = session.get_one(RequestTemplate, row.template_id)
    return Agreed(
        "model_release" if release else "rights_request",
        title=f"{template.name} {row.id}",
        creator_id=row.creator_id,
        person_id=row.person_id,
        zone=said.scope["window"]["zone"],
        revocable="with_notice" if days else "any_time",
        notice_days=days,
        covers=covered_time(partnership) if partnership else None,
        text_sha256=said.text_sha256,
        locale=row.locale,
        signed_at=hub.now(),
        signed_by_role=row.role,
    )


def _plain(session: Session, row: RightsRequest, said: Said, *, layer: str, subject: str | None) -> dict[str, Any]:
    scope = said.scope
    creator = session.get(Creator, row.creator_id) if row.creator_id else None
    return {
        "effect": "permit",
        "layer": layer,
        "subject": subject,
        "state": "active",
        "channels": scope["channels"],
        "territories": scope["territories"],
        "edits": scope["edits"],
        "products": scope["products"] or ["*"],
        "window": scope["window"],
        "exclusive": scope["exclusive"] and layer == "copyright",
        "evidence_level": level_of(row),
        "signed_by_role": row.role,
        "vocab_version": standard().version,
        "duties": duties_of(creator, scope) if layer == "copyright" else [],
        "supersedes": _confirmed(session, row, layer),
    }


def _confirmed(session: Session, row: RightsRequest, layer: str) -> list[str]:
    """Return the grants of the weaker answer that this one takes the place of."""
    weaker = session.get(RightsRequest, row.confirms_id) if row.confirms_id else None
    if weaker is None or weaker.version_id is None:
        return []
    return list(session.scalars(select(Grant.id).where(Grant.version_id == weaker.version_id, Grant.layer == layer)))


def _evidence(hub: Hub, session: Session, row: RightsRequest, said: Said) -> dict[str, Any]:
    template = session.get_one(RequestTemplate, row.template_id)
    assets = session.execute(select(Asset.id, Asset.sha256).where(Asset.id.in_(assets_of(session, row.id))))
    return {
        "schema": SCHEMA,
        "request": row.id,
        "form": row.kind,
        "shown": {
            "asked": row.asked,
            "assets": [{"id": one, "sha256": sha256} for one, sha256 in sorted(assets)],
            "locale": row.locale,
            "template": {"id": template.id, "name": template.name, "number": template.number},
            "text_sha256": said.text_sha256,
            "sent_at": write_instant(row.sent_at),
            "seen_at": write_instant(row.seen_at),
        },
        "answered": {
            "accepted": dict(said.scope),
            "accepted_sha256": digest(dict(said.scope)),
            "box_ticked": True,
            "declared_of_age": row.role != "guardian",
            "at": write_instant(hub.now()),
            "role": row.role,
        },
        "link": {"number": row.links, "delivery": row.delivery, "address_proven": row.delivery == "mail"},
        "sealed": sealed(hub, session, row, said.trace, name=said.name),
    }


def _paid(hub: Hub, session: Session, asset_ids: list[str]) -> None:
    """A fee is a compensation, and has to be disclosed; what somebody answered before stays."""
    for asset_id in asset_ids:
        if row_of(hub, session, asset_id).compensation == "unknown":
            answer(hub, session, SYSTEM, asset_id=asset_id, answers={"compensation": "paid"})
