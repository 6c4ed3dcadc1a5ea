"""Agreements with their texts, and the evidence of grants."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Response, request

from ugc_hub import licensing
from ugc_hub.accounts import require_papers
from ugc_hub.catalog import FileOut
from ugc_hub.errors import NotFound, TooLarge, Truncated
from ugc_hub.licensing import giving, panel
from ugc_hub.licensing.evidence import LARGEST_BYTES
from ugc_hub.models import Agreement, AgreementVersion, Evidence
from ugc_hub.web.context import actor, allowed, changing, the_hub
from ugc_hub.web.files import send

from .blueprint import blueprint, body, described, gives, gives_file, query
from .legal import AgreementAsk, AgreementOut, CheckedOut, EvidenceOut, EvidenceQuery
from .uploads import Body, announced_size

SAFE_TO_SHOW = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Types that a page may show where they lie; everything else is downloaded."""


def _version(version_id: str) -> tuple[Agreement, AgreementVersion]:
    with the_hub().database.read() as session:
        version = session.get(AgreementVersion, version_id)
        if version is None:
            raise NotFound("There is no such agreement.")
        return session.get_one(Agreement, version.agreement_id), version


def _plain(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    of_version = ("id", "agreement_id", "number", "locale", "text_sha256", "signed_at", "signed_by_role")
    of_agreement = ("kind", "title", "licensor", "creator_id", "person_id", "zone", "revocable", "notice_days")
    return {
        **{name: getattr(version, name) for name in of_version},
        **{name: getattr(agreement, name) for name in of_agreement},
    }


@blueprint.post("/agreements")
@body(AgreementAsk)
@gives(AgreementOut, 201, "The wording is kept")
@described("Rights", "Keep an agreement with its text")
def make_agreement(body: AgreementAsk) -> dict[str, Any]:
    """Keep one wording of an agreement; grants name it by the id that is returned."""
    hub, who = the_hub(), allowed("rights.edit")
    plain = body.model_dump()
    sha256 = licensing.keep_text(hub, plain.pop("text"))
    with hub.database.write() as session:
        version = licensing.agree(hub, session, who, licensing.Agreed(**plain, text_sha256=sha256))
    return _plain(*_version(version.id))


@blueprint.get("/agreements/<version_id>")
@gives(AgreementOut)
@described("Rights", "One wording of an agreement")
def see_agreement(version_id: str) -> dict[str, Any]:
    """Return what was agreed, without its text."""
    require_papers(actor())
    return _plain(*_version(version_id))


@blueprint.get("/agreements/<version_id>/text")
@gives_file("Rights", "The text of an agreement")
def see_agreement_text(version_id: str) -> Response:
    """Return the text as it was kept."""
    require_papers(actor())
    _, version = _version(version_id)
    if version.text_key is None or version.text_sha256 is None:
        raise NotFound("This agreement has no text here.")
    name = f"{version.agreement_id}-{version.number}.txt"
    file = FileOut(version.text_key, "text/plain; charset=utf-8", None, name, version.text_sha256)
    return send(file, attachment=True)


def whole_body() -> bytes:
    """Return the bytes of the body, which prove something.

    Raises:
        TooLarge: there are more than 50 MB.
        Truncated: fewer arrived than were announced.
    """
    size = announced_size()
    if size > LARGEST_BYTES:
        raise TooLarge("A proof has at most 50 MB.")
    stream, data = Body(cast(BinaryIO, request.environ["wsgi.input"]), size), b""
    while len(data) < size:
        piece = stream.read(size - len(data))
        if not piece:
            raise Truncated("Fewer bytes arrived than were announced; nothing was kept. Send the proof again.")
        data += piece
    return data


@blueprint.post("/grants/<grant_id>/evidence")
@query(EvidenceQuery)
@gives(EvidenceOut, 201, "The proof is kept")
@described("Rights", "Add a proof to a grant")
def add_evidence(grant_id: str, query: EvidenceQuery) -> dict[str, Any]:
    """Keep the bytes of the body under their hash; the grant counts as proven as long as they match it."""
    who = allowed("rights.edit")
    proof = licensing.Proof(query.kind, whole_body(), request.mimetype or "application/octet-stream", query.source_url)
    made = giving.prove(the_hub(), who, grant_id=grant_id, proof=proof, activate=query.activate)
    return _evidence(made)


def _evidence(evidence_id: str) -> dict[str, Any]:
    with the_hub().database.read() as session:
        row = session.get(Evidence, evidence_id)
        if row is None:
            raise NotFound("There is no such evidence.")
        return panel.proof_of(row)


@blueprint.get("/evidence/<evidence_id>")
@gives_file("Rights", "The bytes of a proof")
def download_evidence(evidence_id: str) -> Response:
    """Return exactly what was kept: pictures may be shown with `inline=1`, everything else is downloaded."""
    require_papers(actor())
    with the_hub().database.read() as session:
        row = session.get(Evidence, evidence_id)
    if row is None:
        raise NotFound("There is no such evidence.")
    shown = request.args.get("inline") == "1" and row.media_type in SAFE_TO_SHOW
    media_type = row.media_type if shown or row.media_type == "application/pdf" else "application/octet-stream"
    name = f"{row.kind}-{row.id}{ENDINGS.get(row.media_type, '')}"
    return send(FileOut(row.storage_key, media_type, row.size_bytes, name, row.sha256), attachment=not shown)


ENDINGS = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "text/plain": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
}


@blueprint.post("/evidence/<evidence_id>/verify")
@gives(CheckedOut)
@described("Rights", "Compare a proof with its hash again")
def verify_evidence(evidence_id: str) -> dict[str, Any]:
    """Read the bytes and compare; the grant follows the result."""
    with changing("rights.edit") as (hub, session, _):
        row = session.get(Evidence, evidence_id)
        if row is None:
            raise NotFound("There is no such evidence.")
        broken = licensing.verify(hub, session, [row.grant_id])
        return {"id": row.id, "intact": row.id not in broken, "checked_at": row.checked_at}
