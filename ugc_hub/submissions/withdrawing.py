"""Taking a permission back by the link of any receipt: one page for what was handed in and for what was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub import permissions
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import consent, read_person
from ugc_hub.licensing.descent import ends_of, foreseen, lineage, standing_of
from ugc_hub.licensing.documents import terms_version
from ugc_hub.licensing.sealing import seal, unseal
from ugc_hub.models import Agreement, AgreementVersion, ConsentRecord, DataKey, GrantAsset, Person, Submission
from ugc_hub.permissions import Trace
from ugc_hub.permissions.people import clean
from ugc_hub.permissions.withdrawing import granted_by

from .letters import language, post
from .tokens import read

LAYERS = ("likeness", "copyright")
"""What somebody can take back of their own word."""


@dataclass(frozen=True)
class Receipt:
    """What somebody agreed to, and what follows if they take it back today."""

    id: str
    role: str
    """creator, person, or guardian."""
    person: str
    locale: str
    taken_back: bool
    """Something of it was taken back; all of it where `ends` is empty."""
    ends: Mapping[str, datetime | None]
    """What still stands, by layer, with the instant at which it would end; None: it is looked at first."""
    files: int
    """How many assets are named; 0 where it is about all that are handed in, or that show the person."""
    text: str


def look_at_receipt(hub: Hub, token: str) -> Receipt:
    """Return what the link of a receipt is about.

    Raises:
        NotFound: there is no such receipt, or the person was erased.
    """
    if "." in token:
        return _handed_in(hub, token)
    opened = permissions.opened(hub, token)
    row = opened.row
    if opened.purpose != "receipt":
        raise NotFound("This link is not that of a receipt. Open it again from the mail, whole.")
    with hub.database.read() as session:
        granted = granted_by(session, row)
        return Receipt(
            id=row.id,
            role=row.role,
            person=opened.name,
            locale=row.locale,
            taken_back=any(one.revoked for one in lineage(session, granted)),
            ends=_ends(hub, session, granted),
            files=len(opened.asset_ids),
            text=opened.text,
        )


def _handed_in(hub: Hub, token: str) -> Receipt:
    with hub.database.read() as session:
        row = _record(hub, session, token)
        data = read_person(hub, session, row.person_id)
        if data is None:
            raise NotFound("What this link is about was erased.")
        named = select(GrantAsset.asset_id).where(GrantAsset.grant_id.in_(row.grants)).distinct()
        terms = terms_version(hub, session, row.terms_version_id)
        submission = session.get(Submission, row.submission_id) if row.submission_id else None
        return Receipt(
            id=row.id,
            role=row.role,
            person=data.name,
            locale=language(session, terms.id, submission.creator_id if submission else None),
            taken_back=consent.standing(session, row.id) == "withdrawn",
            ends=_ends(hub, session, row.grants),
            files=len(session.scalars(named).all()),
            text=terms.text,
        )


def _record(hub: Hub, session: Session, token: str) -> ConsentRecord:
    row = session.get(ConsentRecord, read(hub, "withdraw", token))
    if row is None:
        raise NotFound("This link is not valid. Open it again from the mail, whole.")
    return row


def _ends(hub: Hub, session: Session, ids: Iterable[str]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for grant in standing_of(session, ids):
        version = session.get(AgreementVersion, grant.version_id) if grant.version_id else None
        if version is not None:
            found |= foreseen(session.get_one(Agreement, version.agreement_id), [grant], hub.now())
    return found


def withdraw(
    hub: Hub, token: str, layers: Collection[str], words: str = "", *, trace: Trace | None = None
) -> dict[str, datetime | None]:
    """End what a receipt holds, for the layers named; return what ended, and when each ends (None: it is looked at).

    Raises:
        NotFound: there is no such receipt.
        Invalid: nothing was chosen.
        Conflict: it is the receipt of a request, and was taken back before.
    """
    chosen = set(layers) & set(LAYERS)
    if "." not in token:
        _chosen(chosen)
        return permissions.withdraw(hub, token, words, trace or Trace(), layers=chosen)[1]
    with hub.database.write() as session:
        row = _record(hub, session, token)
        _chosen(chosen)
        hub.database.serialise(session, f"consent:{row.id}")
        terms = terms_version(hub, session, row.terms_version_id)
        done = consent.withdraw(hub, session, row, terms=terms, layers=sorted(chosen))
        if done:
            _keep_words(hub, session, row, clean(words, 2000))
            post(hub, session, "withdrawn", row.id)
    hub.ring()
    return ends_of(done)


def _chosen(chosen: Collection[str]) -> None:
    if not chosen:
        raise Invalid("Choose what you take back.", extra={"field": "layer"})


def _keep_words(hub: Hub, session: Session, row: ConsentRecord, words: str) -> None:
    """Seal what they said with their name: it is theirs, and goes with them."""
    key = session.get_one(DataKey, session.get_one(Person, row.person_id).key_id)
    known = unseal(hub, key, row.sealed) if row.sealed else {}
    if words and known is not None:
        row.sealed = seal(hub, key, {**known, "said_at_withdrawal": words})
