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


def rename(hub: Hub, actor: Actor, tag_id: str, name: str) -> None:
    """Give a tag another name; the old one becomes a synonym where it is another word and not another spelling.

    Raises:
        Invalid: the name cannot be that of a tag.
        Conflict: another tag has it, or has it as a synonym; merge them instead.
        NotFound: there is no such tag.
    """
    text = clean(name)
    with hub.database.write() as session:
        tag = _tag(hub, session, actor, tag_id)
        taken = named(session, [text]).get(key(text))
        if taken is not None and taken.id != tag.id:
            raise Conflict(f"“{taken.name}” is a tag already. Merge the two instead.", code="tag_taken")
        before, folded, tag.name = tag.name, tag.folded, text
        if folded != key(text):
            session.execute(delete(TagSynonym).where(TagSynonym.folded == key(text)))
            tag.folded = key(text)
            session.add(TagSynonym(folded=folded, name=before, tag_id=tag.id))
        record(session, hub.now(), "tag.renamed", tag.id, actor=actor.user_id)


def set_synonyms(hub: Hub, actor: Actor, tag_id: str, names: Iterable[str]) -> None:
    """Let a tag have exactly these synonyms.

    Raises:
        Invalid: one cannot be the name of a tag, or there are more than `MOST_SYNONYMS`.
        Conflict: one is another tag, or a synonym of another.
        NotFound: there is no such tag.
    """
    wanted = {key(text): text for text in map(clean, names)}
    if len(wanted) > MOST_SYNONYMS:
        raise Invalid(f"A tag has at most {MOST_SYNONYMS} synonyms.", extra={"field": "synonyms"})
    with hub.database.write() as session:
        tag = _tag(hub, session, actor, tag_id)
        wanted.pop(tag.folded, None)
        for folded, other in named(session, wanted.values()).items():
            if other.id != tag.id:
                words = f"“{wanted[folded]}” already stands for the tag “{other.name}”. Merge the two instead."
                raise Conflict(words, code="tag_taken")
        session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id))
        rows = [{"folded": folded, "name": name, "tag_id": tag.id} for folded, name in wanted.items()]
        if rows:
            session.execute(insert(TagSynonym), rows)
        record(session, hub.now(), "tag.synonyms", tag.id, actor=actor.user_id, count=len(rows))


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
