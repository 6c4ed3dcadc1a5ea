"""Tags: words that people give to assets, each once however it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, delete, func, insert, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetTag, Tag, TagSynonym

from .view import load_shown, under_order
from .words import clean, key, known_to, named

MOST = 100
"""Tags of one asset."""
MOST_SUGGESTED = 8
MANAGED_AT_ONCE = 200


@dataclass(frozen=True)
class TagView:
    """A tag with its synonyms and the number of assets that a search for it finds.

    Those in the trash and those that a legal order hides are not among them, whoever asks: no search finds them by it.
    """

    id: str
    name: str
    count: int
    synonyms: tuple[str, ...] = ()


def ensure(hub: Hub, session: Session, actor: Actor, names: Iterable[str]) -> list[Tag]:
    """Return the tags of names, each once and in their order, making those that do not exist.

    Raises:
        Invalid: a name cannot be a tag, or there are more than `MOST`.
    """
    wanted = {key(name): name for name in reversed([clean(name) for name in names])}
    if len(wanted) > MOST:
        raise Invalid(f"An asset has at most {MOST} tags.", extra={"field": "tags"})
    hub.database.serialise(session, "tags")
    known = named(session, wanted)
    for folded, name in reversed(wanted.items()):
        if folded not in known:
            known[folded] = Tag(id=hub.new_id("tag"), created_at=hub.now(), name=name, folded=folded)
            session.add(known[folded])
            # Without the name: it may be that of a person, and an entry can never be erased.
            record(session, hub.now(), "tag.added", known[folded].id, actor=actor.user_id)
    session.flush()
    return list({known[folded].id: known[folded] for folded in reversed(wanted)}.values())


def set_tags(hub: Hub, session: Session, actor: Actor, *, asset_id: str, names: Iterable[str]) -> bool:
    """Let an asset have exactly these tags, in the caller's transaction; tell whether that changed anything.

    Raises: as `ensure`.
    """
    wanted = {tag.id for tag in ensure(hub, session, actor, names)}
    has = set(session.scalars(select(AssetTag.tag_id).where(AssetTag.asset_id == asset_id)))
    if gone := has - wanted:
        session.execute(delete(AssetTag).where(AssetTag.asset_id == asset_id, AssetTag.tag_id.in_(gone)))
    if new := wanted - has:
        session.execute(insert(AssetTag), [{"asset_id": asset_id, "tag_id": tag_id} for tag_id in sorted(new)])
    if gone or new:
        changes = {"added": sorted(new), "removed": sorted(gone)}
        record(session, hub.now(), "asset.tagged", asset_id, actor=actor.user_id, **changes)
    return bool(gone or new)


def tag(hub: Hub, actor: Actor, asset_id: str, names: Iterable[str]) -> None:
    """Let an asset have exactly these tags.

    Raises: as `ensure`; LegalOrder, NotFound, Gone, Forbidden as for `get`.
    """
    with hub.database.write() as session:
        require(actor, "asset.edit", load_shown(session, actor, asset_id))
        set_tags(hub, session, actor, asset_id=asset_id, names=names)


def _like(text: str) -> str:
    return key(text.removeprefix("#"))


def suggest(hub: Hub, actor: Actor, text: str, *, limit: int = MOST_SUGGESTED) -> list[str]:
    """Return tags that begin as the text does, or have a synonym or a later word that does; the most used first."""
    require(actor, "tag.view")
    begun = _like(text)
    if not begun:
        return []
    gone = _gone()
    with hub.database.read() as session:
        wanted = select(Tag.name).outerjoin(gone, gone.c.tag_id == Tag.id)
        wanted = wanted.where(_matches(begun, inside=False), known_to(actor))
        # What begins so comes before what only has a later word like it.
        order = Tag.folded.startswith(begun, autoescape=True).desc(), _found(gone).desc(), Tag.folded
        return list(session.scalars(wanted.order_by(*order).limit(limit)))


def _gone() -> FromClause:
    """By tag, how many of its assets no search for it finds.

    They are few: to begin with them and count the others by the index of tags asks far less than looking at each asset.
    """
    # Not a union: to take out what is in both, SQLite would go through all assets.
    unseen = union_all(select(Asset.id).where(Asset.trashed_at.is_not(None)), under_order()).subquery("unseen")
    number = func.count(AssetTag.asset_id.distinct()).label("number")
    # An outer join, so that SQLite begins with them: else it goes through all assets of all tags.
    found = select(AssetTag.tag_id, number).select_from(unseen)
    return found.outerjoin(AssetTag, AssetTag.asset_id == unseen.c.id).group_by(AssetTag.tag_id).subquery("gone")


def _found(gone: FromClause) -> ColumnElement[int]:
    uses = select(func.count()).where(AssetTag.tag_id == Tag.id).correlate(Tag).scalar_subquery()
    return uses - func.coalesce(gone.c.number, 0)


def _matches(begun: str, *, inside: bool) -> ColumnElement[bool]:
    def like(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        if inside:
            return column.contains(begun, autoescape=True)
        return or_(column.startswith(begun, autoescape=True), column.contains(f" {begun}", autoescape=True))

    other = select(TagSynonym.tag_id).where(like(TagSynonym.folded))
    return or_(like(Tag.folded), Tag.id.in_(other))


def list_tags(hub: Hub, actor: Actor, *, text: str = "", after: str = "", limit: int = 100) -> list[TagView]:
    """Return tags in alphabetical order with counts and synonyms; `after` is the last name of the page before.

    Tags of which a legal order hides all assets from the actor are left out.
    """
    require(actor, "tag.view")
    gone = _gone()
    wanted = select(Tag, _found(gone)).outerjoin(gone, gone.c.tag_id == Tag.id).where(known_to(actor))
    wanted = wanted.order_by(Tag.folded).limit(min(limit, MANAGED_AT_ONCE + 1))
    if sought := _like(text):
        wanted = wanted.where(_matches(sought, inside=True))
    if after:
        wanted = wanted.where(Tag.folded > key(after))
    with hub.database.read() as session:
        found = session.execute(wanted).all()
        synonyms = _synonyms(session, [row.id for row, _ in found])
    return [TagView(row.id, row.name, number, synonyms.get(row.id, ())) for row, number in found]


def tag_named(hub: Hub, actor: Actor, name: str) -> Tag:
    """Return the tag that a name or a synonym stands for.

    Raises:
        NotFound: there is none.
    """
    require(actor, "tag.view")
    with hub.database.read() as session:
        found = named(session, [name.removeprefix("#")]).values()
    for row in found:
        return row
    raise NotFound(f"There is no tag “{name[:60]}”.")


def get_tag(hub: Hub, actor: Actor, tag_id: str) -> TagView:
    """Return one tag.

    Raises:
        NotFound: there is none of this id.
    """
    require(actor, "tag.view")
    with hub.database.read() as session:
        gone = _gone()
        wanted = select(Tag, _found(gone)).outerjoin(gone, gone.c.tag_id == Tag.id).where(Tag.id == tag_id)
        found = session.execute(wanted).one_or_none()
        if found is None:
            raise NotFound("There is no such tag.")
        row, count = found
        return TagView(row.id, row.name, count, _synonyms(session, [row.id]).get(row.id, ()))


def assets_with(hub: Hub, actor: Actor, ids: Iterable[str]) -> dict[str, int]:
    """Return from how many assets each of these tags would go if it were removed, whether they are seen or not."""
    require(actor, "tag.edit")
    wanted = select(AssetTag.tag_id, func.count()).where(AssetTag.tag_id.in_(list(ids))).group_by(AssetTag.tag_id)
    with hub.database.read() as session:
        return {row[0]: row[1] for row in session.execute(wanted)}


def _synonyms(session: Session, ids: list[str]) -> dict[str, tuple[str, ...]]:
    found = defaultdict(list)
    wanted = select(TagSynonym.tag_id, TagSynonym.name).where(TagSynonym.tag_id.in_(ids))
    for tag_id, name in session.execute(wanted.order_by(TagSynonym.folded)):
        found[tag_id].append(name)
    return {tag_id: tuple(names) for tag_id, names in found.items()}
