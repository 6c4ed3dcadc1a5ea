"""Where else somebody is named: in texts that they agreed to, in grants, and in mails that were written to files."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from ugc_hub.audit import record
from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    Creator,
    Grant,
    GrantAsset,
    Person,
    RecentSearch,
    Revocation,
    SavedSearch,
    SubmissionForm,
    TakedownTask,
    TermsVersion,
    Usage,
)

from .canonical import digest
from .persons import PersonData, read_person
from .witnessing import row_digest

SHORTEST = 3
"""A shorter name is a part of too many words to be looked for."""


def words_of(hub: Hub, session: Session, creator: Creator | None, person_ids: Collection[str]) -> frozenset[str]:
    """Return the words by which somebody is named: names, handle, addresses.

    Where the secret of the hub was lost, what was sealed cannot be read, and is as good as erased.
    """
    found = [creator.handle, creator.display_name, creator.credit_line.removeprefix("@")] if creator else []
    handed_in = select(SubmissionForm.handle).where(SubmissionForm.person_id.in_(list(person_ids)))
    found += session.scalars(handed_in).all()
    for person_id in person_ids:
        data = _known(hub, session, person_id)
        if data is not None:
            found += [data.name, data.email, data.guardian_name, data.guardian_email]
    return frozenset(word.strip() for word in found if len(word.strip()) >= SHORTEST)


def _known(hub: Hub, session: Session, person_id: str) -> PersonData | None:
    person = session.get(Person, person_id)
    if person is None or not person.sealed:
        return None
    with suppress(BadSettings):
        return read_person(hub, session, person_id)
    return None


def named(text: str, words: Collection[str]) -> bool:
    """Tell whether a text names somebody: one of the words as a whole, in any case."""
    one = "|".join(re.escape(word) for word in words)
    return bool(words) and re.search(rf"(?<!\w)(?:{one})(?!\w)", text, re.IGNORECASE) is not None


def versions_of(session: Session, creator_id: str | None, person_ids: Collection[str]) -> list[AgreementVersion]:
    """Return the wordings that a creator or these persons agreed to."""
    theirs = or_(Agreement.creator_id == creator_id, Agreement.person_id.in_(list(person_ids)))
    found = select(AgreementVersion).join(Agreement, Agreement.id == AgreementVersion.agreement_id).where(theirs)
    return list(session.scalars(found))


def personal_texts(
    hub: Hub, session: Session, versions: Iterable[AgreementVersion], words: Collection[str]
) -> list[str]:
    """Return the keys of texts that name somebody, and that nobody else agreed to; their hashes stay as proof."""
    own = {row.id: row for row in versions if row.text_key}
    found = []
    for key in sorted({str(row.text_key) for row in own.values()}):
        others = select(AgreementVersion.id).where(AgreementVersion.text_key == key, AgreementVersion.id.not_in(own))
        terms = select(TermsVersion.id).where(TermsVersion.text_sha256 == key.rpartition("/")[2])
        if any(session.scalar(one.limit(1)) is not None for one in (others, terms)):
            continue
        if named(_text(hub, key), words):
            found.append(key)
    return found


def _text(hub: Hub, key: str) -> str:
    try:
        with hub.storage.open(key) as stream:
            return stream.read().decode()
    except NotFound:
        return ""


def scrub_grants(
    hub: Hub, session: Session, creator_id: str | None, *, versions: Iterable[AgreementVersion], words: Collection[str]
) -> int:
    """Leave out of grants every sentence that names somebody, such as how they are credited; return how many it was.

    A note goes whole where it does.

    The hash of what was agreed stays, and with it the proof for whoever has the words.
    """
    owned = select(Asset.id).where(Asset.creator_id == creator_id)
    about = select(GrantAsset.grant_id).where(GrantAsset.asset_id.in_(owned))
    mine = or_(Grant.version_id.in_([row.id for row in versions]), Grant.id.in_(about))
    changed = 0
    for row in session.scalars(select(Grant).where(mine)):
        body = _without(row.body, words)
        if body != row.body:
            row.body, row.scrubbed_at, changed = body, hub.now(), changed + 1
            record(session, hub.now(), "grant.scrubbed", row.id, body_sha256=digest(body))
        if row.note and named(row.note, words):
            row.note = ""
    session.flush()
    return changed


def scrub_notes(
    hub: Hub, session: Session, creator_id: str | None, *, versions: Iterable[AgreementVersion], words: Collection[str]
) -> None:
    """Remove what people noted of revocations and of takedowns where it names somebody."""
    owned = select(Asset.id).where(Asset.creator_id == creator_id)
    about = select(GrantAsset.grant_id).where(GrantAsset.asset_id.in_(owned))
    mine = or_(Grant.version_id.in_([row.id for row in versions]), Grant.id.in_(about))
    said = select(Revocation).join(Grant, Grant.id == Revocation.grant_id).where(mine, Revocation.note != "")
    for row in session.scalars(said):
        if named(row.note, words):
            row.note, row.scrubbed_at = "", hub.now()
            said_of = {"revocation": row.id, "row": row_digest(row)}
            record(session, hub.now(), "grant.note_erased", row.grant_id, **said_of)
    ran = select(TakedownTask).join(Usage, Usage.id == TakedownTask.usage_id).where(TakedownTask.note != "")
    reached = select(GrantAsset.asset_id).join(Grant, Grant.id == GrantAsset.grant_id).where(mine)
    for task in session.scalars(ran.where(or_(Usage.asset_id.in_(owned), Usage.asset_id.in_(reached)))):
        task.note = "" if named(task.note, words) else task.note
    session.flush()


def _without(plain: Any, words: Collection[str]) -> Any:
    if isinstance(plain, dict):
        return {name: _without(value, words) for name, value in plain.items()}
    if isinstance(plain, list):
        return [_without(value, words) for value in plain]
    return "" if isinstance(plain, str) and named(plain, words) else plain


def forget_searches(session: Session, words: Collection[str]) -> int:
    """Remove searches that people kept or asked last and that name somebody; return how many there were.

    A handle may be an ordinary word, so it counts only where somebody is asked for: behind an @, or as a creator.
    """
    plain = [word for word in words if not word.isalnum()]

    def names(row: SavedSearch | RecentSearch) -> bool:
        texts = [row.text, row.name] if isinstance(row, SavedSearch) else [row.text]
        told = any(named(text, words if _ASKED.search(text) else plain) for text in texts)
        chosen = [(value, words if name == "creator" else plain) for name in row.chosen for value in row.chosen[name]]
        return told or any(named(value, known) for value, known in chosen)

    kept = [*session.scalars(select(SavedSearch)), *session.scalars(select(RecentSearch))]
    gone = [row for row in kept if names(row)]
    for row in gone:
        session.delete(row)
    session.flush()
    return len(gone)


_ASKED = re.compile(r"@|creator\s*:", re.IGNORECASE)


def mails_naming(hub: Hub, words: Collection[str]) -> list[str]:
    """Return the names of mails in the outbox folder that were written to somebody or name them."""
    folder = hub.settings.data_dir / "outbox"
    found = []
    for path in sorted(folder.glob("*.eml")) if folder.is_dir() else ():
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if any(named(text, words) for text in _parts(mail)):
            found.append(path.name)
    return found


def _parts(mail: EmailMessage) -> Iterator[str]:
    yield f"{mail['To']} {mail['Subject']}"
    yield str(mail.get_content())
