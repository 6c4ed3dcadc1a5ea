"""Names of tags: how they are kept, which of them are the same, and which an asset has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.errors import Invalid
from ugc_hub.models import AssetRights, AssetTag, Tag, TagSynonym
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


def known_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on tags that the actor may know of; see `known`."""
    return known(legal=may(actor, "rights.legal"))


def known(*, legal: bool) -> ColumnElement[bool]:
    """Return the condition that a tag has no asset, or one without a legal order; to legal all are known.

    It is asked tag by tag, where mostly the first asset answers it.
    """
    if legal:
        return true()
    has = select(AssetTag.tag_id).where(AssetTag.tag_id == Tag.id)
    shown = has.outerjoin(AssetRights, AssetRights.asset_id == AssetTag.asset_id)
    shown = shown.where(or_(AssetRights.legal_order.is_(None), AssetRights.legal_order.is_(False)))
    return or_(shown.exists(), ~has.exists())
