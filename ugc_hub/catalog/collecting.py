"""Collections: assets that people put together in an order, and live ones, which are a query asked anew each time.

Whoever looks at one sees of it what they may see of the library: nothing from the trash, nothing that was erased.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Collection, CollectionItem
from ugc_hub.search.language import LONGEST as LONGEST_QUERY

from .collected import (
    USUAL,
    CollectionPage,
    CollectionView,
    LiveQuery,
    load,
    locked,
    require_edit,
    require_view,
    seen,
)
from .facets import facet, require_values
from .wanted import SORTS
from .words import key

LONGEST_NAME, LONGEST_TEXT = 100, 2000
MOST_LISTED = 100


@dataclass(frozen=True)
class CollectionChange:
    """What becomes of a collection; None leaves a thing as it is, an empty cover takes the choice back."""

    name: str | None = None
    description: str | None = None
    cover: str | None = None
    query: LiveQuery | None = None


def list_collections(
    hub: Hub, actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = 24
) -> CollectionPage:
    """Return collections in alphabetical order with counts and covers; `text` is looked for in names.

    Raises:
        Invalid: the limit is not within 1..100.
        Forbidden: the actor may not look at collections.
    """
    require_view(actor)
    if not 1 <= limit <= MOST_LISTED:
        raise Invalid(f"limit is between 1 and {MOST_LISTED}.", extra={"field": "limit"})
    wanted = select(Collection).order_by(Collection.folded).limit(limit + 1)
    if sought := key(text):
        wanted = wanted.where(Collection.folded.contains(sought, autoescape=True))
    if cursor:
        wanted = wanted.where(Collection.folded > cursor)
    with hub.database.read() as session:
        found = list(session.scalars(wanted))
    return CollectionPage(seen(hub, actor, found[:limit]), found[limit - 1].folded if len(found) > limit else None)


def collection_names(hub: Hub, actor: Actor, text: str = "", *, limit: int = 50) -> list[str]:
    """Return the names of manual collections that hold a text, in alphabetical order.

    Raises:
        Forbidden: the actor may not look at collections.
    """
    require_view(actor)
    wanted = select(Collection.name).where(Collection.live.is_(False)).order_by(Collection.folded).limit(limit)
    if sought := key(text):
        wanted = wanted.where(Collection.folded.contains(sought, autoescape=True))
    with hub.database.read() as session:
        return list(session.scalars(wanted))


def get_collection(hub: Hub, actor: Actor, collection_id: str) -> CollectionView:
    """Return one collection.

    Raises:
        NotFound: there is none of this id.
        Forbidden: the actor may not look at collections.
    """
    require_view(actor)
    with hub.database.read() as session:
        row = load(session, collection_id)
    return seen(hub, actor, [row])[0]


def collection_named(hub: Hub, actor: Actor, name: str) -> Collection | None:
    """Return the collection of a name, however it is written, or None.

    Raises:
        Forbidden: the actor may not look at collections.
    """
    require_view(actor)
    with hub.database.read() as session:
        return session.scalars(select(Collection).where(Collection.folded == key(name))).one_or_none()


def make_collection(
    hub: Hub, actor: Actor, name: str, description: str = "", *, query: LiveQuery | None = None
) -> CollectionView:
    """Make an empty collection, or with a query a live one.

    Raises:
        Conflict: there is one of this name (code `collection_taken`).
        Invalid: the name or the query cannot be.
        Forbidden: the actor may not change collections.
    """
    require_edit(actor)
    text, words = clean_name(name), _clean_text(description)
    if query is not None:
        _check(query)
    with hub.database.write() as session:
        made = insert_row(hub, session, actor, text)
        made.description = words
        if query is not None:
            made.live = True
            _keep(made, query)
    return get_collection(hub, actor, made.id)


def insert_row(hub: Hub, session: Session, actor: Actor, name: str) -> Collection:
    """Write a new manual collection with a clean name in the caller's transaction.

    Raises:
        Conflict: there is one of this name.
    """
    _free(hub, session, name)
    made = Collection(id=hub.new_id("col"), created_at=hub.now(), user_id=actor.user_id, name=name, folded=key(name))
    session.add(made)
    session.flush()
    # Without the name: it may be that of a person, and an entry can never be erased.
    record(session, hub.now(), "collection.made", made.id, actor=actor.user_id)
    return made


def change_collection(hub: Hub, actor: Actor, collection_id: str, change: CollectionChange) -> CollectionView:
    """Change name, description, cover or query of a collection.

    Raises:
        Conflict: there is another of this name.
        Invalid: a value cannot be; a live collection has no cover to choose, a manual one no query.
        NotFound: there is no such collection.
        Forbidden: the actor may not change collections.
    """
    require_edit(actor)
    with hub.database.write() as session:
        row = locked(hub, session, collection_id)
        changed = [name for name in ("name", "description", "cover", "query") if getattr(change, name) is not None]
        if change.name is not None:
            name = clean_name(change.name)
            _free(hub, session, name, row)
            row.name, row.folded = name, key(name)
        if change.description is not None:
            row.description = _clean_text(change.description)
        if change.cover is not None:
            row.cover_id = _cover(session, row, change.cover)
        if change.query is not None:
            if not row.live:
                raise Invalid("This collection is filled by hand; a query makes a live one.", extra={"field": "query"})
            _check(change.query)
            _keep(row, change.query)
        if changed:
            record(session, hub.now(), "collection.changed", row.id, actor=actor.user_id, fields=changed)
    return get_collection(hub, actor, collection_id)


def remove_collection(hub: Hub, actor: Actor, collection_id: str) -> None:
    """Remove a collection; its assets stay as they are.

    Raises:
        NotFound: there is no such collection.
        Forbidden: the actor may not change collections.
    """
    require_edit(actor)
    with hub.database.write() as session:
        row = locked(hub, session, collection_id)
        session.execute(delete(CollectionItem).where(CollectionItem.collection_id == row.id))
        session.execute(delete(Collection).where(Collection.id == row.id))
        session.expunge(row)
        record(session, hub.now(), "collection.removed", row.id, actor=actor.user_id)


def clean_name(name: str) -> str:
    """Return a name as it is kept: NFC, single blanks.

    Raises:
        Invalid: it is empty, too long or holds control characters.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not key(text) or len(text) > LONGEST_NAME or not text.isprintable():
        raise Invalid(f"A collection has a name of 1 to {LONGEST_NAME} characters.", extra={"field": "name"})
    return text


def _clean_text(text: str) -> str:
    kept = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if len(kept) > LONGEST_TEXT:
        raise Invalid(f"A description has at most {LONGEST_TEXT:,} characters.", extra={"field": "description"})
    return kept


def _free(hub: Hub, session: Session, name: str, own: Collection | None = None) -> None:
    hub.database.serialise(session, "collections")
    taken = session.scalars(select(Collection).where(Collection.folded == key(name))).one_or_none()
    if taken is not None and taken is not own:
        words = f"There is a collection “{taken.name}” already. Choose another name."
        raise Conflict(words, code="collection_taken", extra={"field": "name"})


def _check(query: LiveQuery) -> None:
    if len(query.text) > LONGEST_QUERY:
        raise Invalid(f"A query has at most {LONGEST_QUERY:,} characters.", extra={"field": "query"})
    if query.sort not in (USUAL, *SORTS):
        raise Invalid(f"sort is one of {', '.join(SORTS)}.", extra={"field": "sort"})
    require_values(query.chosen)
    for name in query.chosen:
        facet(name, "chosen")
    if not query.text.strip() and not any(query.chosen.values()):
        raise Invalid("Say what a live collection holds: words, or a choice.", extra={"field": "query"})


def _keep(row: Collection, query: LiveQuery) -> None:
    row.query, row.sort = query.text.strip(), query.sort
    row.chosen = {name: sorted(values) for name, values in query.chosen.items() if values}


def _cover(session: Session, row: Collection, asset_id: str) -> str | None:
    if row.live:
        raise Invalid("The cover of a live collection is the first asset that it finds.", extra={"field": "cover"})
    if asset_id and session.get(CollectionItem, (row.id, asset_id)) is None:
        raise Invalid("The cover is one of the assets in the collection.", extra={"field": "cover"})
    return asset_id or None
