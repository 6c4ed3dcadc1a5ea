"""Evidence: what proves a grant, kept under its hash and compared with it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotFound as Missing
from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Evidence, Grant

from .changes import grants_changed
from .witnessing import row_digest

KINDS = (
    "permalink_snapshot",
    "dm_export",
    "clickwrap",
    "esign_pdf",
    "audit_certificate",
    "platform_code",
    "screenshot",
    "note",
)
LARGEST_BYTES = 50_000_000
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Proof:
    """Something that proves a grant; `data` is never opened by the hub, only kept and handed out again."""

    kind: str
    data: bytes
    media_type: str = "application/octet-stream"
    source_url: str = ""


def keep_proof(hub: Hub, proof: Proof) -> str:
    """Store the bytes under `evidence/<sha256>` and return the hash; call it before the transaction.

    Raises:
        Invalid: the kind is unknown, or the proof is empty or larger than 50 MB.
    """
    if proof.kind not in KINDS:
        raise Invalid(f"Evidence is one of {', '.join(KINDS)}.", extra={"field": "kind"})
    if not 0 < len(proof.data) <= LARGEST_BYTES:
        raise Invalid("A proof has between 1 byte and 50 MB.", extra={"field": "proof"})
    sha256 = hashlib.sha256(proof.data).hexdigest()
    hub.storage.put(evidence_key(sha256), proof.data, content_type=proof.media_type)
    return sha256


def evidence_key(sha256: str) -> str:
    """Return the storage key of a proof."""
    return f"evidence/{sha256}"


def attach(hub: Hub, session: Session, actor: Actor, *, grant_id: str, proof: Proof) -> Evidence:
    """Keep a proof of a grant, which from now on counts as proven as long as all its evidence matches.

    Raises:
        Invalid: see `keep_proof`.
        NotFound: there is no such grant.
    """
    sha256 = keep_proof(hub, proof)
    grant = session.get(Grant, grant_id)
    if grant is None:
        raise NotFound("There is no such grant.")
    row = Evidence(
        id=hub.new_id("evd"),
        created_at=hub.now(),
        grant_id=grant_id,
        kind=proof.kind,
        storage_key=evidence_key(sha256),
        sha256=sha256,
        media_type=proof.media_type[:100],
        size_bytes=len(proof.data),
        source_url=proof.source_url,
        captured_by=actor.user_id,
        checked_at=hub.now(),
    )
    session.add(row)
    session.flush()
    details = {"evidence": row.id, "form": row.kind, "sha256": sha256, "row": row_digest(row)}
    record(session, hub.now(), "evidence.attached", grant_id, actor=actor.user_id, **details)
    verify(hub, session, [grant_id])
    return row


def verify(hub: Hub, session: Session, grant_ids: Iterable[str] | None = None) -> list[str]:
    """Compare evidence with its hash again and keep the result with the grants; return the ids of what is broken.

    Grants without any evidence are left as they are. A missing file is broken evidence.
    """
    rows = select(Evidence).order_by(Evidence.grant_id, Evidence.id)
    if grant_ids is not None:
        rows = rows.where(Evidence.grant_id.in_(list(grant_ids)))
    broken: list[str] = []
    whole: dict[str, bool] = {}
    for row in session.scalars(rows):
        matches = _matches(hub, row)
        row.checked_at = hub.now()
        broken += [] if matches else [row.id]
        whole[row.grant_id] = whole.get(row.grant_id, True) and matches
    _keep(hub, session, whole)
    return broken


def _keep(hub: Hub, session: Session, whole: dict[str, bool]) -> None:
    different = [
        grant
        for grant in session.scalars(select(Grant).where(Grant.id.in_(list(whole))))
        if grant.evidence_ok != whole[grant.id]
    ]
    for grant in different:
        grant.evidence_ok = whole[grant.id]
        record(session, hub.now(), "evidence.intact" if grant.evidence_ok else "evidence.broken", grant.id)
    session.flush()
    if different:
        grants_changed(hub, session, [grant.id for grant in different])


def _matches(hub: Hub, row: Evidence) -> bool:
    digest = hashlib.sha256()
    try:
        with hub.storage.open(row.storage_key) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    except Missing:
        return False
    return digest.hexdigest() == row.sha256
