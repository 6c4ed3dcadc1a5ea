"""Releases of persons and properties, and licences of music: signed elsewhere, and kept with the signed file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Proof, add, agree, attach, changes, keep_text
from ugc_hub.models import Asset, Grant, Person, Property, Track
from ugc_hub.rights import standard

from .people import clean, trusted
from .scope import clean_scope

LEVEL = 2
"""A signed file by itself; with the certificate of its audit trail a new version may state 3."""
KINDS: Mapping[str, tuple[str, str]] = {
    "model_release": ("likeness", "person"),
    "property_release": ("property", "property"),
    "music_licence": ("music", "track"),
}
"""Kind of agreement to the layer it clears and what its subject is."""
SIGNERS: Mapping[str, tuple[str, ...]] = {
    "model_release": ("person", "guardian", "agent"),
    "property_release": ("owner", "agent"),
    "music_licence": ("owner", "agent", "brand"),
}
SOURCES = ("platform_library", "commercial_library", "original", "licensed")
PLATFORM_LIBRARY = "organic_social"
"""The libraries of the platforms are for posts there; ads and everything else need another licence."""
FILES = {"application/pdf", "image/png", "image/jpeg", "image/webp"}


@dataclass(frozen=True)
class Release:
    """A release or licence as it was signed; without assets it is about all in which its subject is."""

    kind: str
    subject_id: str
    scope: Mapping[str, Any]
    signed_at: datetime
    signed_by_role: str
    asset_ids: Sequence[str] = ()
    text: str = ""
    data: bytes = b""
    """The signed file; without it the grant waits (`pending`) until one is attached."""
    media_type: str = "application/pdf"
    locale: str = "en"


def keep_release(hub: Hub, actor: Actor, release: Release) -> Grant:
    """Keep a release with its signed file (evidence level 3), or as pending until the file comes.

    Raises:
        Invalid: a value is wrong; for somebody not of age the guardian signs (field `signed_by_role`).
        NotFound: there is no such person, property, track or asset.
    """
    require(actor, "rights.request")
    scope = clean_scope(release.scope)
    _check(hub, release, scope)
    words = clean(release.text, 200_000)
    sha256 = keep_text(hub, words) if words else None
    layer, _ = KINDS[release.kind]
    by = trusted(actor)
    with hub.database.write() as session:
        subject = _subject(session, release)
        _assets(session, release.asset_ids)
        person = subject if isinstance(subject, Person) else None
        agreed = Agreed(
            release.kind,
            title=f"{release.kind.replace('_', ' ')} {subject.id}",
            person_id=person.id if person else None,
            licensor=getattr(subject, "owner", ""),
            zone=scope["window"]["zone"],
            revocable="any_time" if person else "no",
            text_sha256=sha256,
            locale=release.locale,
            signed_at=release.signed_at,
            signed_by_role=release.signed_by_role,
        )
        version = agree(hub, session, by, agreed)
        plain = {
            "effect": "permit",
            "layer": layer,
            "subject": subject.id,
            "state": "active" if release.data else "pending",
            **{name: scope[name] for name in ("channels", "territories", "edits", "window")},
            "products": scope["products"] or ["*"],
            "evidence_level": LEVEL,
            "signed_at": release.signed_at.isoformat(),
            "signed_by_role": release.signed_by_role,
            "vocab_version": standard().version,
        }
        grant = add(hub, session, by, Draft(plain, tuple(release.asset_ids) or None, version.id))
        if release.data:
            attach(hub, session, by, grant_id=grant.id, proof=signed_file(release.data, release.media_type))
    return grant


def attach_file(hub: Hub, actor: Actor, grant_id: str, *, data: bytes, media_type: str) -> Grant:
    """Attach the signed file to a release that waits for it, which is active from now on.

    Raises:
        Conflict: the grant does not wait for a file.
        Invalid: the file is none that proves a signature.
        NotFound: there is no such release.
    """
    require(actor, "rights.request")
    proof = signed_file(data, media_type)
    with hub.database.write() as session:
        hub.database.serialise(session, f"grant:{grant_id}")
        grant = session.get(Grant, grant_id, populate_existing=True)
        if grant is None or grant.layer not in {layer for layer, _ in KINDS.values()}:
            raise NotFound("There is no such release.")
        if grant.state != "pending":
            raise Conflict("This release does not wait for a file.")
        attach(hub, session, trusted(actor), grant_id=grant.id, proof=proof)
        grant.state = "active"
        session.flush()
        record(session, hub.now(), "grant.active", grant.id, actor=actor.user_id)
        changes.grants_changed(hub, session, [grant.id])
    return grant


def signed_file(data: bytes, media_type: str) -> Proof:
    """Return a signed file as a proof.

    Raises:
        Invalid: it is no PDF or picture.
    """
    kind = media_type.partition(";")[0].strip().lower()
    heads = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}
    if kind not in FILES or not data.startswith(heads[kind]):
        raise Invalid("A signed file is a PDF, PNG, JPEG or WebP.", extra={"field": "file"})
    return Proof("esign_pdf", data, kind)


def _check(hub: Hub, release: Release, scope: Mapping[str, Any]) -> None:
    if release.kind not in KINDS:
        raise Invalid(f"A release is one of {', '.join(KINDS)}.", extra={"field": "kind"})
    if release.signed_by_role not in SIGNERS[release.kind]:
        words = f"It is signed by {', '.join(SIGNERS[release.kind])}."
        raise Invalid(words, extra={"field": "signed_by_role"})
    if release.signed_at.utcoffset() is None or release.signed_at > hub.now():
        raise Invalid("Say when it was signed; that cannot lie in the future.", extra={"field": "signed_at"})
    if release.data:
        signed_file(release.data, release.media_type)


def _subject(session: Session, release: Release) -> Person | Property | Track:
    what = KINDS[release.kind][1]
    tables: Mapping[str, Any] = {"person": Person, "property": Property, "track": Track}
    subject: Person | Property | Track | None = session.get(tables[what], release.subject_id)
    if subject is None:
        raise NotFound(f"There is no such {what}.")
    if isinstance(subject, Person):
        if subject.is_adult is None:
            raise Invalid("Say first whether the person is of age.", extra={"field": "subject_id"})
        if not subject.is_adult and release.signed_by_role != "guardian":
            words = "The person is not of age: a parent or guardian has to sign."
            raise Invalid(words, extra={"field": "signed_by_role"})
    if isinstance(subject, Track) and subject.source == "platform_library":
        channels = set(release.scope.get("channels") or ())
        if any(one.partition(".")[0] != PLATFORM_LIBRARY for one in channels):
            words = "Music of a platform's library may only be used in posts there, not in ads or elsewhere."
            raise Invalid(words, extra={"field": "channels"})
    return subject


def _assets(session: Session, asset_ids: Sequence[str]) -> None:
    for one in asset_ids:
        if session.get(Asset, one) is None:
            raise NotFound(f"There is no asset {one[:60]}.")
