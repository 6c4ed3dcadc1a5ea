"""Takes into the index what changed, or builds it anew beside the one in use (see `ugc_hub.jobs.following`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.database.feed import Changes, changes, upto
from ugc_hub.database.turns import instant, turned
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import kept_terms
from ugc_hub.models import Asset
from ugc_hub.search.engine import Engine, Writer
from ugc_hub.search.holding import AsOf

from .documents import AT_ONCE, documents

ROUNDS = 3
"""How often a new index is brought up to date before it is put in use; what comes later is followed."""


def rebuild(hub: Hub, tell: Callable[[int], None] | None = None) -> int:
    """Build an index beside the one in use, put it in use, and return how many assets it holds.

    Searches go on meanwhile. `tell` hears how many assets were taken in so far.
    """
    with hub.index.locked("build"):
        hub.index.answered()
        hub.index.forgetting()
        aside = hub.index.aside()
        try:
            begun = instant(hub.now())
            with hub.database.read() as session:
                known = upto(hub.database, session)
                total = session.scalar(select(func.count()).select_from(Asset).where(Asset.status != "erased")) or 0
            count = 0
            hub.index.tell(count, total)
            for ids in _ids(hub):
                with hub.database.read() as session:
                    made = documents(hub, session, ids)
                aside.update(made)
                count += len(made)
                hub.index.tell(count, total)
                crash_point("reindex")
                if tell is not None:
                    tell(count)
            aside.commit(known)
            for _ in range(ROUNDS):
                with hub.database.read() as session:
                    found = changes(hub.database, session, known)
                if found is None or not any(entry.place < found.upto for entry in found.entries):
                    break
                take_in(hub, aside, found)
                known = found.upto
            with hub.index.locked("write"):
                aside.swap()
                hub.index.keep_as_of(AsOf(begun, kept_terms(hub)))
            hub.index.forgot()
        except BaseException:
            aside.drop()
            raise
    return count


def take_in(hub: Hub, writer: Writer, found: Changes) -> int:
    """Take the assets of some entries in, let it be seen, and return how many they are."""
    wanted = list(dict.fromkeys(entry.asset_id for entry in found.entries))
    for start in range(0, len(wanted), AT_ONCE):
        ids = wanted[start : start + AT_ONCE]
        with hub.database.read() as session:
            made = documents(hub, session, ids)
            gone = set(ids) - {one.id for one in made}
            if gone and _are_erased(session, gone):
                hub.index.note_erased(instant(hub.now()))
        writer.update(made, gone)
    crash_point("index_updated")
    writer.commit(found.upto)
    return len(wanted)


def _are_erased(session: Session, ids: Collection[str]) -> bool:
    """Tell whether one of these at least was erased, and is not only in the trash or not ready yet."""
    erased = select(Asset.id).where(Asset.id.in_(list(ids)), Asset.status == "erased")
    return session.scalar(erased.limit(1)) is not None


def turn(hub: Hub, engine: Engine) -> int | None:
    """Take in again what began or ended to be allowed meanwhile, and return how many assets that were.

    None where the index was made under other settings: then it has to be built anew.
    """
    known, now = hub.index.as_of(), instant(hub.now())
    if known.terms not in ("", kept_terms(hub)):
        return None
    count = 0
    with hub.database.read() as session:
        for ids in turned(session, known.instant, now):
            engine.update(documents(hub, session, ids))
            count += len(ids)
    if count:
        engine.commit(hub.index.known())
    hub.index.keep_as_of(AsOf(now, kept_terms(hub)))
    return count


def _ids(hub: Hub) -> Iterator[list[str]]:
    last = ""
    while True:
        with hub.database.read() as session:
            wanted = select(Asset.id).where(Asset.id > last, Asset.status != "erased").order_by(Asset.id)
            ids = list(session.scalars(wanted.limit(AT_ONCE)))
        if not ids:
            return
        yield ids
        last = ids[-1]
