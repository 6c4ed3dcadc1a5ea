"""What is shown of rights: an asset's state, what is known of it, and its grants in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, reads_papers, require, rescues
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    AssetPerson,
    AssetRights,
    Creator,
    Evidence,
    Grant,
    GrantAsset,
    GrantSupersession,
    Person,
    Property,
    Revocation,
    Track,
)
from ugc_hub.rights import write_instant

from . import loading
from .evidence import lacking
from .fulfilling import conditions
from .grants import limits_of, plain_of
from .persons import read_person
from .veiling import SOMEBODY, veiled_grant, veiled_rights
from .wording import Told, grantee_words, sentence

SOON = timedelta(days=30)
FACTS = (
    "status",
    "status_note",
    "legal_order",
    "legal_hold",
    "digital_source_type",
    "has_audio",
    "is_testimonial",
    "compensation",
    "people_state",
    "property_state",
    "music",
    "copyright_notice",
    "data_mining",
)
_UNANSWERED = AssetRights(
    status="pending_review",
    status_note="",
    legal_order=False,
    legal_hold=False,
    compensation="unknown",
    people_state="unknown",
    property_state="unknown",
    music="unknown",
    copyright_notice="",
    properties=[],
    tracks=[],
    ingredients=[],
    edits=[],
)


def asset_of(session: Session, actor: Actor, asset_id: str) -> Asset:
    """Return an asset whose rights the actor may see.

    Raises:
        NotFound: there is none, or it lies in a trash that the actor may not open.
        Forbidden: the role does not see rights.
    """
    asset = session.get(Asset, asset_id)
    require(actor, "rights.view", asset)
    if asset is None or (asset.trashed_at is not None and not rescues(actor)):
        raise NotFound("There is no such asset.")
    return asset


def rights_of(hub: Hub, session: Session, actor: Actor, asset_id: str) -> dict[str, Any]:
    """Return the rights of one asset as plain JSON: its state, the answers, and its grants, newest first.

    Who may not read proofs and agreements sees no names of persons and no notes.

    Raises:
        NotFound, Forbidden: as `asset_of`.
    """
    asset_of(session, actor, asset_id)
    row = session.get(AssetRights, asset_id) or _UNANSWERED
    named = select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset_id)
    people = _people(hub, session, asset_id)
    subjects = [*(one["id"] for one in people), *row.properties, *row.tracks]
    everywhere = (Grant.reach == "all") & (Grant.subject.is_(None) | Grant.subject.in_(subjects))
    ids = session.scalars(select(Grant.id).where(Grant.id.in_(named) | everywhere).order_by(Grant.id))
    facts = {name: getattr(row, name) for name in FACTS}
    open_ = reads_papers(actor)
    shown = {
        "asset_id": asset_id,
        **facts,
        "people": people,
        "properties": _named(session, Property, Property.name, row.properties),
        "tracks": _named(session, Track, Track.title, row.tracks),
        "ingredients": list(row.ingredients),
        "grants": shown_grants(hub, session, list(ids), named=open_)[::-1],
    }
    return shown if open_ else veiled_rights(shown)


def _people(hub: Hub, session: Session, asset_id: str) -> list[dict[str, Any]]:
    shown = select(Person, AssetPerson.region).join(AssetPerson, AssetPerson.person_id == Person.id)
    rows = session.execute(shown.where(AssetPerson.asset_id == asset_id).order_by(Person.id)).all()
    return [
        {
            "id": row.id,
            "name": person_name(hub, session, row),
            "is_adult": row.is_adult,
            "erased": bool(row.erased_at),
            "region": region,
        }
        for row, region in rows
    ]


def person_name(hub: Hub, session: Session, person: Person) -> str:
    """Return a person's name as it may be shown; who was erased has none."""
    data = read_person(hub, session, person.id) if person.sealed else None
    return data.name if data and data.name else "Erased person" if person.erased_at else "Person without a name"


def _named(session: Session, table: type[Any], column: Any, ids: Sequence[str]) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    if ids:
        found = dict(session.execute(select(table.id, column).where(table.id.in_(list(ids)))).all())
    return [{"id": one, "name": found[one]} for one in ids if one in found]


def shown_grants(hub: Hub, session: Session, ids: Sequence[str], *, named: bool = True) -> list[dict[str, Any]]:
    """Return grants as plain JSON with their sentence and standing, by id, in a fixed number of statements.

    `named` is whether the reader may know who agreed to what.
    """
    if not ids:
        return []
    rows = session.scalars(select(Grant).where(Grant.id.in_(list(ids))).order_by(Grant.id)).all()
    counts = _counts(session, ids)
    who = _licensors(hub, session, rows, named=named)
    newer = _newer(session, ids)
    revoked = _revocations(session, ids)
    before = conditions(session, rows)
    proofs = defaultdict(list)
    for proof in session.scalars(select(Evidence).where(Evidence.grant_id.in_(list(ids))).order_by(Evidence.id)):
        proofs[proof.grant_id].append(proof_of(proof))
    rules = {rule.id: rule for rule in loading.grants_of(session, ids)}
    found = []
    for row in rows:
        plain = {**plain_of(row), "starts_at": write_instant(row.starts_at), "ends_at": write_instant(row.ends_at)}
        plain["perpetual"] = row.perpetual
        told = Told(*who[row.id], assets=None if row.reach == "all" else counts.get(row.id, 0))
        standing = _standing(hub, row, newer.get(row.id), revoked[row.id])
        found.append(
            {
                "id": row.id,
                "created_at": write_instant(row.created_at),
                "standing": standing,
                "sentence": sentence(rules[row.id], told, row.body.get("window")),
                "licensor": told.licensor,
                "version_id": row.version_id,
                "reach": row.reach,
                "assets": told.assets,
                "state": row.state,
                "superseded_by": newer.get(row.id),
                "revocations": revoked[row.id],
                "evidence": proofs[row.id],
                "conditions": before.get(row.id, []),
                "limits": limits_of(row),
                "lacking": _lacking(row, proofs[row.id]),
                "note": row.note,
                "content_hash": row.content_hash,
                "terms": plain,
            }
        )
    return found if named else [veiled_grant(one) for one in found]


def _lacking(row: Grant, proofs: Sequence[dict[str, Any]]) -> str:
    """What the proofs of a permission lack for the level that it states; empty where nothing does."""
    if row.effect != "permit" or not proofs:
        return ""
    return lacking(int(row.body.get("evidence_level") or 0), [one["kind"] for one in proofs])


def _counts(session: Session, ids: Sequence[str]) -> dict[str, int]:
    counted = select(GrantAsset.grant_id, func.count()).where(GrantAsset.grant_id.in_(list(ids)))
    return dict(session.execute(counted.group_by(GrantAsset.grant_id)).all())


def _licensors(hub: Hub, session: Session, rows: Iterable[Grant], *, named: bool) -> dict[str, tuple[str, str, str]]:
    """By grant: who gives, who gets, and whom or what it is about."""
    loaded = list(rows)
    versions = [row.version_id for row in loaded if row.version_id]
    agreements = (
        select(AgreementVersion.id, Agreement.licensor, Agreement.person_id, Creator.handle, Creator.display_name)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .outerjoin(Creator, Creator.id == Agreement.creator_id)
    )
    agreed_by = {one[0]: one for one in session.execute(agreements.where(AgreementVersion.id.in_(versions)))}
    persons = {row.subject for row in loaded if row.layer == "likeness" and row.subject}
    known = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(persons)))} if persons else {}
    found = {}
    for row in loaded:
        agreed = agreed_by.get(row.version_id or "")
        handle = f"@{agreed.handle}" if agreed and agreed.handle else ""
        licensor = (agreed.display_name or handle or (agreed.licensor if named else "")) if agreed else ""
        person = known.get(row.subject or "")
        subject = (person_name(hub, session, person) if named else SOMEBODY) if person else str(row.subject or "")
        found[row.id] = (licensor, grantee_words(hub, row.body.get("grantee") or []), subject)
    return found


def _newer(session: Session, ids: Sequence[str]) -> dict[str, str]:
    pairs = (
        select(GrantSupersession.older_id, GrantSupersession.newer_id)
        .join(Grant, Grant.id == GrantSupersession.newer_id)
        .where(GrantSupersession.older_id.in_(list(ids)), Grant.state == "active")
    )
    return dict(session.execute(pairs).all())


def _revocations(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(select(Revocation).where(Revocation.grant_id.in_(list(ids))).order_by(Revocation.id)):
        found[row.grant_id].append(
            {
                "basis": row.basis,
                "requested_at": write_instant(row.requested_at),
                "effective_at": write_instant(row.effective_at),
                "channels": row.channels,
                "territories": row.territories,
                "note": row.note,
            }
        )
    return found


def _standing(hub: Hub, row: Grant, newer: str | None, revoked: Sequence[dict[str, Any]]) -> str:
    """In one word how a grant stands today; what no longer serves goes first."""
    now = hub.now()
    whole = [one["effective_at"] for one in revoked if not one["channels"] and not one["territories"]]
    if any(at and datetime.fromisoformat(at) <= now for at in whole):
        return "revoked"
    if newer is not None:
        return "superseded"
    if row.state != "active":
        return row.state
    if row.effect == "permit" and not row.evidence_ok:
        return "unproven"
    if row.ends_at is not None and row.ends_at <= now:
        return "expired"
    if row.starts_at is not None and row.starts_at > now:
        return "future"
    return "ending" if row.ends_at is not None and row.ends_at <= now + SOON else "running"


def proof_of(row: Evidence) -> dict[str, Any]:
    """Return a proof as it is shown, without its bytes."""
    return {
        "id": row.id,
        "kind": row.kind,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256,
        "source_url": row.source_url,
        "captured_at": write_instant(row.created_at),
        "checked_at": write_instant(row.checked_at),
    }
