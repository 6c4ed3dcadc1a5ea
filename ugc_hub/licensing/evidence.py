"""Evidence: what proves a grant, kept under its hash and compared with it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotFound as Missing
from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AgreementVersion, Event, Evidence, Grant

from .changes import grants_changed
from .replaying import Deviation
from .telling import tell
from .witnessing import row_digest

REACH: Mapping[str, int] = {
    "note": 0,
    "dm_export": 1,
    "permalink_snapshot": 1,
    "screenshot": 1,
    "clickwrap": 2,
    "platform_code": 2,
    "esign_pdf": 2,
    "audit_certificate": 0,
    "qualified_signature": 4,
}
"""What people attach, and the evidence level that each reaches by itself (see the vocabulary)."""
NAMES: Mapping[str, str] = {
    "note": "Note",
    "dm_export": "Messages, exported",
    "permalink_snapshot": "Snapshot of a public reply",
    "screenshot": "Screenshot of a reply",
    "clickwrap": "Record of a click-wrap",
    "platform_code": "Code of a platform",
    "esign_pdf": "Signed file",
    "audit_certificate": "Certificate of the audit trail",
    "qualified_signature": "Qualified signature or deed",
}
"""What people call them."""
SUITED = ("note", "screenshot", "esign_pdf", "esign_pdf", "qualified_signature")
"""What people attach most for each evidence level."""
SIGNED_WITH_TRAIL = frozenset({"esign_pdf", "audit_certificate"})
"""Both together reach level 3."""
WRITTEN_BY_HUB: Mapping[str, int] = {"own_declaration": 3, "imported_row": 2, "override": 4}
"""What only the hub itself attaches: a company's declaration of its own content, a row of an agency's sheet that names
signature and evidence, a time-limited override by legal."""
_LEVELS = {**REACH, **WRITTEN_BY_HUB}
KINDS = tuple(REACH)
_NEEDED = {
    1: "a captured reply (permalink_snapshot, screenshot or dm_export)",
    2: "a click-wrap, a platform's code or a signed file (clickwrap, platform_code or esign_pdf)",
    3: "the signed file with the certificate of its audit trail (esign_pdf and audit_certificate)",
    4: "a qualified signature or a notary's deed (qualified_signature)",
}


def reached(kinds: Iterable[str]) -> int:
    """Return the evidence level that proofs of these kinds reach together."""
    there = set(kinds)
    levels = [_LEVELS.get(kind, 0) for kind in there]
    return max([*levels, 3 if there >= SIGNED_WITH_TRAIL else 0], default=0)


def lacking(level: int, kinds: Iterable[str]) -> str:
    """Return in words what proofs of a level lack; empty where they reach it."""
    there = list(kinds)
    if reached(there) >= level:
        return ""
    has = (
        f"what is attached ({', '.join(sorted(set(there)))}) reaches {reached(there)}"
        if there
        else "nothing is attached"
    )
    return f"Level {level} needs {_NEEDED[level]}; {has}."


LARGEST_BYTES = 50_000_000
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Proof:
    """Something that proves a grant; `data` is never opened by the hub, only kept and handed out again."""

    kind: str
    data: bytes
    media_type: str = "application/octet-stream"
    source_url: str = ""
    by_hub: bool = False
    """The hub itself writes it, so that its kind may be one of `WRITTEN_BY_HUB`."""


def keep_proof(hub: Hub, proof: Proof) -> str:
    """Store the bytes under `evidence/<sha256>` and return the hash; call it before the transaction.

    Raises:
        Invalid: the kind is unknown, or the proof is empty or larger than 50 MB.
    """
    if proof.kind not in KINDS and not (proof.by_hub and proof.kind in WRITTEN_BY_HUB):
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
    """Keep a proof of a grant, which counts as proven where its proofs reach the level it states and all match.

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
    """Compare evidence and the texts of agreements with their hashes again and keep the result with the grants.

    Returns the ids of what is broken: proofs, and versions of agreements. A missing file is broken. A grant counts as
    proven where everything matches and the kinds of its proofs reach the level that it states; one without any proof is
    left as it is, unless its text is broken.
    """
    return keep_checks(hub, session, look(hub, session, grant_ids))


def broken_now(hub: Hub, session: Session) -> Iterator[Deviation]:
    """Yield proofs and texts of agreements that are missing or are not as they were kept; nothing is changed."""
    named: set[str] = set()
    for found in look(hub, session):
        for one in found.broken:
            what = "Proof" if one.startswith("evd") else "The text of version"
            if one not in named:
                yield Deviation(one, "broken", f"{what} {one} is missing or is not as it was kept.")
            named.add(one)


def _erased(session: Session, version_id: str) -> bool:
    """Whether a text went with the person whom it named."""
    gone = select(Event.id).where(Event.kind == "agreement.text_erased", Event.object_id == version_id)
    return session.scalar(gone.limit(1)) is not None


@dataclass(frozen=True)
class Check:
    """What was found about one grant."""

    grant_id: str
    proofs: tuple[str, ...]
    broken: tuple[str, ...]


def look(hub: Hub, session: Session, grant_ids: Iterable[str] | None = None) -> list[Check]:
    """Read the bytes of proofs and texts and compare them; nothing is changed."""
    proofs = select(Evidence).order_by(Evidence.grant_id, Evidence.id)
    texts = select(Grant.id, AgreementVersion).join(AgreementVersion, AgreementVersion.id == Grant.version_id)
    texts = texts.where(AgreementVersion.text_sha256.is_not(None)).order_by(Grant.id)
    if grant_ids is not None:
        ids = list(grant_ids)
        proofs, texts = proofs.where(Evidence.grant_id.in_(ids)), texts.where(Grant.id.in_(ids))
    known: dict[tuple[str, str], bool] = {}

    def whole(key: str | None, sha256: str) -> bool:
        pair = (key or "", sha256)
        if pair not in known:
            known[pair] = _matches(hub, *pair)
        return known[pair]

    attached: dict[str, list[str]] = {}
    broken: dict[str, list[str]] = {}
    for row in session.scalars(proofs):
        attached.setdefault(row.grant_id, []).append(row.id)
        if not whole(row.storage_key, row.sha256):
            broken.setdefault(row.grant_id, []).append(row.id)
    for grant_id, version in session.execute(texts):
        attached.setdefault(grant_id, [])
        if not whole(version.text_key, version.text_sha256 or "") and not _erased(session, version.id):
            broken.setdefault(grant_id, []).append(version.id)
    return [Check(grant_id, tuple(ids), tuple(broken.get(grant_id, ()))) for grant_id, ids in sorted(attached.items())]


def keep_checks(hub: Hub, session: Session, checks: Sequence[Check]) -> list[str]:
    """Keep what was found, in the caller's transaction, and tell legal of what broke since; return what is broken."""
    seen = {one for check in checks for one in check.proofs}
    kinds: dict[str, list[str]] = {}
    for row in session.scalars(select(Evidence).where(Evidence.grant_id.in_([check.grant_id for check in checks]))):
        kinds.setdefault(row.grant_id, []).append(row.kind)
        if row.id in seen:
            row.checked_at = hub.now()
    by_id = {check.grant_id: check for check in checks}
    different, fell = [], []
    for grant in session.scalars(select(Grant).where(Grant.id.in_(by_id)).order_by(Grant.id)):
        check = by_id[grant.id]
        proven = not check.broken and not lacking(int(grant.body.get("evidence_level") or 0), kinds.get(grant.id, ()))
        if not check.proofs and not check.broken:
            continue
        if grant.evidence_ok != proven:
            different.append(grant.id)
            fell += [grant.id] if check.broken else []
            grant.evidence_ok = proven
            record(session, hub.now(), "evidence.intact" if proven else "evidence.broken", grant.id)
    session.flush()
    if different:
        grants_changed(hub, session, different)
    if fell:
        tell(hub, session, "broken", grants=fell)
    return sorted({one for check in checks for one in check.broken})


def _matches(hub: Hub, key: str, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        with hub.storage.open(key) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    except Missing:
        return False
    return digest.hexdigest() == sha256
