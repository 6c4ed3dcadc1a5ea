"""Changes to the tags themselves: other names, synonyms, one tag out of two, none."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AssetTag, Tag, TagSynonym

from .words import clean, key, named

MOST_SYNONYMS = 50


def _tag(hub: Hub, session: Session, actor: Actor, tag_id: str) -> Tag:
    require(actor, "tag.edit")
    hub.database.serialise(session, "tags")
    tag = session.get(Tag, tag_id)
    if tag is None:
        raise NotFound("There is no such tag.")
    return tag


def change(
    hub: Hub, actor: Actor, tag_id: str, *, name: str | None = None, synonyms: Iterable[str] | None = None
) -> None:
    """Give a tag another name, or exactly these synonyms, or both or neither of them.

    The old name becomes a synonym, beside those that are given, where it is another word and not another spelling.

    Raises:
        Invalid: one cannot be the name of a tag, or there are more than `MOST_SYNONYMS`.
        Conflict: another tag has it, or has it as a synonym; merge them instead.
        NotFound: there is no such tag.
    """
    text = None if name is None else clean(name)
    words = None if synonyms is None else {key(one): one for one in map(clean, synonyms)}
    if len(words or ()) > MOST_SYNONYMS:
        raise Invalid(f"A tag has at most {MOST_SYNONYMS} synonyms.", extra={"field": "synonyms"})
    with hub.database.write() as session:
        tag = _tag(hub, session, actor, tag_id)
        if words is not None:
            count = _say(session, tag, words)
            record(session, hub.now(), "tag.synonyms", tag.id, actor=actor.user_id, count=count)
        if text is not None:
            _call(session, tag, text)
            record(session, hub.now(), "tag.renamed", tag.id, actor=actor.user_id)


def rename(hub: Hub, actor: Actor, tag_id: str, name: str) -> None:
    """Give a tag another name. Raises: as `change`."""
    change(hub, actor, tag_id, name=name)


def set_synonyms(hub: Hub, actor: Actor, tag_id: str, names: Iterable[str]) -> None:
    """Let a tag have exactly these synonyms. Raises: as `change`."""
    change(hub, actor, tag_id, synonyms=names)


def _call(session: Session, tag: Tag, text: str) -> None:
    taken = named(session, [text]).get(key(text))
    if taken is not None and taken.id != tag.id:
        raise Conflict(f"“{taken.name}” is a tag already. Merge the two instead.", code="tag_taken")
    before, folded, tag.name = tag.name, tag.folded, text
    if folded != key(text):
        session.execute(delete(TagSynonym).where(TagSynonym.folded == key(text)))
        tag.folded = key(text)
        session.add(TagSynonym(folded=folded, name=before, tag_id=tag.id))


def _say(session: Session, tag: Tag, words: dict[str, str]) -> int:
    """Let a tag have synonyms, by the `key` of each, and return how many those are."""
    for folded, other in named(session, words.values()).items():
        if other.id != tag.id:
            message = f"“{words[folded]}” already stands for the tag “{other.name}”. Merge the two instead."
            raise Conflict(message, code="tag_taken")
    session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id))
    rows = [{"folded": one, "name": name, "tag_id": tag.id} for one, name in words.items() if one != tag.folded]
    if rows:
        session.execute(insert(TagSynonym), rows)
    return len(rows)


def merge(hub: Hub, actor: Actor, tag_id: str, *, into: str) -> int:
    """Make one tag out of two: all assets of the first get the second, its name and synonyms lead there.

    Returns the number of assets that had the first.

    Raises:
        Invalid: both are the same.
        NotFound: one of them does not exist.
    """
    if tag_id == into:
        raise Invalid("A tag cannot be merged with itself.", extra={"field": "into"})
    with hub.database.write() as session:
        old, new = _tag(hub, session, actor, tag_id), _tag(hub, session, actor, into)
        count = session.scalar(select(func.count()).where(AssetTag.tag_id == old.id)) or 0
        has = select(AssetTag.asset_id).where(AssetTag.tag_id == new.id)
        follow = select(AssetTag.asset_id, literal(new.id)).where(
            AssetTag.tag_id == old.id, AssetTag.asset_id.not_in(has)
        )
        session.execute(insert(AssetTag).from_select(["asset_id", "tag_id"], follow))
        session.execute(update(TagSynonym).where(TagSynonym.tag_id == old.id).values(tag_id=new.id))
        _remove(session, old)
        session.add(TagSynonym(folded=old.folded, name=old.name, tag_id=new.id))
        record(session, hub.now(), "tag.merged", new.id, actor=actor.user_id, merged=old.id, assets=count)
    return count


def remove(hub: Hub, actor: Actor, tag_id: str) -> int:
    """Take a tag and its synonyms away from everything; returns the number of assets that had it.

    Raises:
        NotFound: there is no such tag.
    """
    with hub.database.write() as session:
        tag = _tag(hub, session, actor, tag_id)
        count = session.scalar(select(func.count()).where(AssetTag.tag_id == tag.id)) or 0
        _remove(session, tag)
        record(session, hub.now(), "tag.removed", tag.id, actor=actor.user_id, assets=count)
    return count


def _remove(session: Session, tag: Tag) -> None:
    """Delete what hangs on a tag by statements of its own, and the tag."""
    session.execute(delete(AssetTag).where(AssetTag.tag_id == tag.id))
    session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id))
    session.execute(delete(Tag).where(Tag.id == tag.id))
    session.expunge(tag)
