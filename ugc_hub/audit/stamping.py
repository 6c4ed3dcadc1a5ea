"""Attests by somebody else's clock how the chain stood: time stamps (RFC 3161) of its newest entry.

A seal proves that this hub wrote the chain, and nothing about when. Whoever knows the hub's secret could write all of
it anew; with a stamp of an authority outside they cannot: its signature covers the hash of an entry and the time.

The library is an extra (`timestamp`) and is loaded only where it is needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.models import AuditStamp, Event

from .chain import Head

KIND = "audit.stamped"
REQUEST_TYPE = "application/timestamp-query"


class NotStamped(ValueError):
    """A stamp says something else, or nobody known has signed it; the sentence says which."""


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("rfc3161_client") is not None


def said(head: Head) -> bytes:
    """Return what a stamp of an entry is about."""
    return f"ugc-hub audit:{head.sequence}:{head.hash}".encode()


def request_for(head: Head) -> bytes:
    """Return the request to an authority (DER), with a nonce and the wish for its certificate."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder(said(head), HashAlgorithm.SHA256).build().as_bytes()


def read_roots(pem: bytes) -> list[bytes]:
    """Return the certificates of a PEM file, each in DER.

    Raises:
        ValueError: there is none in it.
    """
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    return [one.public_bytes(Encoding.DER) for one in load_pem_x509_certificates(pem)]


def check(token: bytes, head: Head, roots: Sequence[bytes]) -> datetime:
    """Return when an authority below one of the roots attested an entry.

    Raises:
        NotStamped: the answer is none, is about something else, or was not signed by such an authority.
    """
    from cryptography.x509 import load_der_x509_certificate
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        answer = decode_timestamp_response(token)
        verifier = VerifierBuilder(roots=[load_der_x509_certificate(one) for one in roots]).build()
        verifier.verify_message(answer, said(head))
        at: datetime = answer.tst_info.gen_time
    except (VerificationError, ValueError, TypeError) as error:
        raise NotStamped(f"The time stamp cannot be believed: {error}") from error
    return at


@dataclass(frozen=True)
class Stamps:
    """How many stamps were looked at, the newest of them, and what is wrong, in words."""

    count: int
    newest: AuditStamp | None
    wrong: list[str]


def verify_stamps(session: Session, roots: Sequence[bytes]) -> Stamps:
    """Check every stamp that the audit knows of: it is there, of the entry as it stands now, and signed.

    Without roots (the setting is not set any more) the signatures are passed over.
    """
    wrong: list[str] = []
    newest, count = None, 0
    for event, row in _rows(session):
        count += 1
        if row is None:
            wrong.append(f"Time stamp {event.object_id} was kept and is gone.")
            continue
        newest = row
        problem = _problem(session, event, row, roots)
        if problem:
            wrong.append(f"Time stamp {row.id} of entry {row.sequence}: {problem}")
    return Stamps(count, newest, wrong)


def _rows(session: Session) -> Iterator[tuple[Event, AuditStamp | None]]:
    wanted = select(Event, AuditStamp).outerjoin(AuditStamp, AuditStamp.id == Event.object_id)
    for row in session.execute(wanted.where(Event.kind == KIND).order_by(Event.id)):
        yield row[0], row[1]


def _problem(session: Session, event: Event, row: AuditStamp, roots: Sequence[bytes]) -> str:
    if hashlib.sha256(row.token).hexdigest() != event.body.get("sha256"):
        return "it is not as it was kept."
    now = session.scalar(select(Event.hash).where(Event.id == row.sequence))
    if now != row.hash:
        return "the entry is another one today: the chain was written anew."
    if not roots:
        return ""
    try:
        check(row.token, Head(row.sequence, row.hash), roots)
    except NotStamped as error:
        return str(error)
    return ""
