"""Rights in the database for tests: whole situations in the form of the case file, and assets cleared for use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetPerson, AssetRights, DataKey, Person, Revocation
from ugc_hub.models import Grant as GrantRow
from ugc_hub.rights import read_facts, read_instant

SIGNED = datetime(2020, 1, 1, tzinfo=UTC)


def person_row(hub: Hub, person_id: str = "", *, is_adult: bool | None = True) -> str:
    """Make somebody who can be recognised, with nothing known but whether they are adult."""
    with hub.database.write() as session:
        key = DataKey(id=hub.new_id("key"), created_at=hub.now(), sealed=b"")
        session.add(key)
        session.flush()
        person = Person(
            id=person_id or hub.new_id("prs"), created_at=hub.now(), key_id=key.id, sealed=b"", is_adult=is_adult
        )
        session.add(person)
        session.flush()
        return person.id


def facts_row(hub: Hub, plain: Mapping[str, Any]) -> None:
    """Make an asset with the rights facts of a case, exactly as they are."""
    facts = read_facts(plain)
    with hub.database.read() as session:
        known = session.get(Asset, facts.id)
        persons = {one.id for one in facts.people or () if session.get(Person, one.id) is None}
    if known is None:
        asset_row(hub, id=facts.id, kind=facts.kind)
    for one in facts.people or ():
        if one.id in persons:
            person_row(hub, one.id, is_adult=one.is_adult)
    with hub.database.write() as session:
        session.merge(
            AssetRights(
                asset_id=facts.id,
                status=facts.status,
                digital_source_type=facts.digital_source_type,
                has_audio=facts.has_audio,
                is_testimonial=facts.is_testimonial,
                compensation=facts.compensation,
                people_state="unknown" if facts.people is None else "listed" if facts.people else "none",
                property_state="unknown" if facts.properties is None else "listed" if facts.properties else "none",
                properties=list(facts.properties or ()),
                music=facts.music,
                tracks=list(facts.tracks),
                ingredients=list(facts.ingredients),
                edits=sorted(facts.edits),
                updated_at=hub.now(),
            )
        )
        session.flush()
        session.add_all(AssetPerson(asset_id=facts.id, person_id=one.id) for one in facts.people or ())


def grant_row(hub: Hub, plain: Mapping[str, Any], known: Mapping[str, str] | None = None) -> str:
    """Write a grant of a case; `known` maps the ids of the case's other grants to those in the database."""
    assets = plain.get("assets") or ()
    every = plain.get("assets") is None or "*" in assets
    revocations = plain.get("revocations") or ([plain["revocation"]] if plain.get("revocation") else [])
    rest = {name: value for name, value in plain.items() if name not in ("id", "assets", "revocation", "revocations")}
    rest["supersedes"] = [(known or {})[one] for one in plain.get("supersedes") or () if one in (known or {})]
    with hub.database.write() as session:
        draft = licensing.Draft(rest, None if every else tuple(assets))
        row = licensing.add(hub, session, SYSTEM, draft)
        for one in revocations:
            row.revoked = True
            session.add(
                Revocation(
                    id=hub.new_id("rvk"),
                    created_at=hub.now(),
                    grant_id=row.id,
                    requested_at=hub.now(),
                    effective_at=read_instant(one.get("effective_at")),
                    basis=one.get("basis") or "contract_notice",
                    channels=one.get("channels"),
                    territories=one.get("territories"),
                )
            )
        return row.id


FREE = {
    "digital_source_type": "digitalCapture",
    "is_testimonial": False,
    "compensation": "none",
    "people": [],
    "properties": [],
    "music": "none",
}
"""Answers that leave nothing open: the creator's own picture of nobody and nothing in particular."""


AMPLE = {
    "state": "active",
    "channels": ["*"],
    "territories": ["WORLD"],
    "edits": ["any_edit"],
    "products": ["*"],
    "starts_at": SIGNED.isoformat(),
    "perpetual": True,
    "evidence_level": 3,
    "evidence_ok": True,
    "signed_at": SIGNED.isoformat(),
}
"""The terms of a permission for every use, everywhere and for ever."""


def clear(hub: Hub, *asset_ids: str, **grant: Any) -> str:
    """Let the hub's party use the assets in every way, everywhere and for ever, but for what `grant` states."""
    plain = {"effect": "permit", "layer": "copyright", "signed_by_role": "creator", **AMPLE}
    with hub.database.write() as session:
        for asset_id in asset_ids:
            licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=FREE)
            licensing.set_status(hub, session, SYSTEM, asset_id=asset_id, status="active")
        row: GrantRow = licensing.add(hub, session, SYSTEM, licensing.Draft({**plain, **grant}, asset_ids))
        return row.id


def cleared(hub: Hub, asset_id: str) -> str:
    """Let an asset be used in every way, and return its id."""
    clear(hub, asset_id)
    return asset_id


def free_row(hub: Hub, name: str = "photo.jpg", **known: Any) -> str:
    """Make the record of a measured photo, as `asset_row`, that may be used in every way."""
    return cleared(hub, asset_row(hub, name, **known))
