"""Names of tags: how they are kept, which of them are the same, and which an asset has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.errors import Invalid
from ugc_hub.models import Tag, TagSynonym
from ugc_hub.search.folding import fold

LONGEST = 60
"""Characters of a tag."""


def key(name: str) -> str:
    """Return what two spellings of one tag have in common."""
    return " ".join(fold(name).split())[:200]


def clean(name: str) -> str:
    """Return a tag as it is kept: NFC, without a leading #, single blanks.

    Raises:
        Invalid: it is empty, longer than `LONGEST`, or holds commas or control characters.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split()).removeprefix("#").strip()
    if not key(text) or len(text) > LONGEST or "," in text or not text.isprintable():
        raise Invalid(f"A tag has 1 to {LONGEST} characters and no comma.", extra={"field": "tags"})
    return text


def named(session: Session, names: Iterable[str]) -> dict[str, Tag]:
    """Return the tags that names or their synonyms stand for, by `key`; names without a tag are left out."""
    keys = list({key(name) for name in names})
    found = {tag.folded: tag for tag in session.scalars(select(Tag).where(Tag.folded.in_(keys)))}
    other = select(TagSynonym.folded, Tag).join(Tag, Tag.id == TagSynonym.tag_id).where(TagSynonym.folded.in_(keys))
    return {row[0]: row[1] for row in session.execute(other)} | found
