"""What a copy says of the use for which it leaves: written into its metadata at the door, and its hash into the ledger.

A rendition is made once for many uses. Each copy of it gets the id and the status page of its own use, the end of its
licence and its terms, by exchanging the metadata in the file: no picture is opened, let alone encoded again. The same
use gives the same bytes, so that a download can go on after a break. What is followed again and again (a delivery
link), or comes out differently each time (a signature), is kept under `copies/` as long as its use lives.

Originals are not stamped: they leave exactly as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import Stat
from storage.errors import NotFound as Missing
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Creator, DecisionRow, Rendition, Usage
from ugc_hub.rights import AssetFacts, Decision, Request, read_request
from ugc_hub.rights.grants import Duty
from workers.media import imprint as engine
from workers.media.errors import MediaError
from workers.media.imprint import FileFormat
from workers.media.plans import load_plan
from workers.media.shapes import Imprint
from workers.media.video import bundle

from . import signing
from .copies import copy_page
from .imprints import Handover, embedding, imprint_for, imprint_of_use, own_imprint
from .leaving import LARGE_BYTES, Stamped, measured_of, stored_as
from .loading import load_facts
from .own import own_among
from .wording import channel_name, listed, place_names, summarised

COPIES, MANIFESTS = "copies/", "manifests/"
REMOTE_CHANNEL = "email"
"""Copies for it name their Content Credentials by address: they would weigh more than many a picture of an e-mail."""
BATCH = 100
"""Copies whose orders are looked up at once."""
FORMATS: dict[str, FileFormat] = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/tiff": "tiff",
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
}
"""What can be stamped; a rendition of another type leaves as it is."""


@dataclass(frozen=True)
class Order:
    """All that it takes to stamp one copy, as the records have it."""

    usage: Usage
    storage_key: str
    media_type: str
    imprint: Imprint
    limit: int | None
    """Bytes that the file may have at most."""
    kept: bool
    """Whether the stamped file is stored, because it is fetched again."""
    credentials: signing.Order


def copy_key(usage_id: str) -> str:
    """Return where the file of a use lies, if it is kept."""
    return f"{COPIES}{usage_id}"


def manifest_key(name: str) -> str:
    """Return where a manifest lies of which a file only names the address."""
    return f"{MANIFESTS}{name}"


def kept_copy(hub: Hub, usage: Usage) -> Stat | None:
    """Tell whether the file of a use is kept, and how large it is."""
    if usage.stamped_sha256 is None:
        return None
    try:
        return hub.storage.stat(copy_key(usage.id))
    except Missing:
        return None


def stamp(hub: Hub, usage_id: str) -> Stamped:
    """Return the rendition that left for a use, with the metadata of that use.

    Raises:
        Conflict: its rendition is gone or damaged; it has to be made again.
    """
    return next(stamp_each(hub, [usage_id]))


def stamp_each(hub: Hub, usage_ids: Sequence[str]) -> Iterator[Stamped]:
    """Yield the files of uses in this order, each read when it is asked for and in memory alone; see `stamp`."""
    for start in range(0, len(usage_ids), BATCH):
        some = usage_ids[start : start + BATCH]
        with hub.database.read() as session:
            orders = _orders(hub, session, some)
        for usage_id in some:
            if usage_id not in orders:
                raise Conflict("The rendition is no more. Ask for it again.", code="rendition_gone")
            yield _carried_out(hub, orders[usage_id])


def imprint_of(hub: Hub, session: Session, usage_id: str) -> Imprint | None:
    """Return what the file of a use says of itself; None where its rendition is no more."""
    order = _orders(hub, session, [usage_id]).get(usage_id)
    return order.imprint if order else None


def _orders(hub: Hub, session: Session, usage_ids: Iterable[str]) -> dict[str, Order]:
    rows = session.execute(_LEFT, {"ids": list(usage_ids)}).all()
    assets = {row.Asset.id for row in rows}
    facts, own = (load_facts(session, assets), own_among(session, assets)) if rows else ({}, set())
    return {row.Usage.id: _order(hub, row, facts[row.Asset.id], own=row.Asset.id in own) for row in rows}


_LEFT = (
    select(Usage, DecisionRow, Rendition, Asset, Creator, AssetRights)
    .join(DecisionRow, DecisionRow.id == Usage.decision_id)
    .join(Rendition, Rendition.id == Usage.rendition_id)
    .join(Asset, Asset.id == Usage.asset_id)
    .outerjoin(Creator, Creator.id == Asset.creator_id)
    .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
    .where(Usage.id.in_(bindparam("ids", expanding=True)), Rendition.storage_key.is_not(None))
)


def _order(hub: Hub, row: Any, facts: AssetFacts, *, own: bool) -> Order:
    usage, rendition, asset, rights = row.Usage, row.Rendition, row.Asset, row.AssetRights
    request, plan = read_request(row.DecisionRow.request), load_plan(rendition.plan)
    base = own_imprint(asset, row.Creator, hub.settings.credit) if own else imprint_for(asset, row.Creator)
    handover = Handover(
        usage_id=usage.id,
        status_url=copy_page(hub, usage.id),
        decision=_decision(usage, request, row.DecisionRow.result),
        facts=facts,
        usage_terms=_terms(usage, request),
        copyright_notice=rights.copyright_notice if rights else "",
        data_mining=(rights.data_mining if rights else None) or "unspecified",
    )
    made = imprint_of_use(base, handover)
    return Order(
        usage=usage,
        storage_key=rendition.storage_key,
        media_type=rendition.media_type,
        imprint=Imprint(**{**made.__dict__, "rendition_id": rendition.id}),
        limit=plan.max_bytes,
        kept=usage.token_sha256 is not None or hub.credentials is not None,
        credentials=signing.order_of(asset, rendition, usage.edits, embedding(base, handover)),
    )


def _decision(usage: Usage, request: Request, result: Mapping[str, Any]) -> Decision:
    """Return what was decided, ending with the use where that ends before the permission."""
    duties = tuple(
        Duty(str(plain["duty"]), details={name: value for name, value in plain.items() if name != "duty"})
        for plain in result["duties"]
    )
    until = min((end for end in (usage.valid_until, request.ends_at) if end is not None), default=None)
    return Decision("allow", duties=duties, valid_until=until)


def _terms(usage: Usage, request: Request) -> str:
    """Return the use in a line: `e-mail; US and CA; from 2026-06-01; until 2026-12-31 12:00 UTC`."""
    places = summarised(request.territories)
    words = [channel_name(usage.channel), "worldwide" if places == ["WORLD"] else place_names(places)]
    words += [f"for {listed(sorted(usage.products))}"] if usage.products else []
    begins = request.starts_at or request.at
    words += [f"from {begins:%Y-%m-%d}"] if begins is not None and begins > usage.created_at else []
    until = min((end for end in (usage.valid_until, request.ends_at) if end is not None), default=None)
    words += [f"before {until:%Y-%m-%d %H:%M} UTC"] if until is not None else []
    return "; ".join(words)


def _carried_out(hub: Hub, order: Order) -> Stamped:
    known = _known(hub, order.usage) if order.kept else None
    if known is not None:
        return known
    large = _large(hub, order)
    if large is not None:
        return _noted(hub, order, large)
    try:
        with hub.storage.open(order.storage_key) as file:
            data = file.read()
        limit = None if order.limit is None else max(order.limit, len(data))
        name, extent = FORMATS.get(order.media_type), ""
        if order.media_type == bundle.MEDIA_TYPE:
            data, extent = bundle.stamped(data, order.imprint), "full"
        elif name is not None:
            fitted = engine.fitted(data, name, order.imprint, limit)
            data, extent = fitted.data, fitted.extent
    except (Missing, MediaError) as error:
        raise Conflict("The file of this rendition is damaged. Ask for it again.", code="rendition_damaged") from error
    # Each signature has an address of its own: a file that was signed before still finds the manifest it was made with.
    place = f"{order.usage.id}/{hub.new_id('man')}" if order.usage.channel.split(".")[0] == REMOTE_CHANNEL else ""
    address = f"{hub.settings.address}/u/{place}" if place else None
    made = signing.signed(hub, order.credentials, data, limit=limit, address=address)
    if made.manifest:
        hub.storage.put(manifest_key(place), made.manifest, content_type="application/c2pa")
    return _noted(hub, order, Stamped.of(order.usage.id, made.data, stamp=extent, credentials=made.state))


def _large(hub: Hub, order: Order) -> Stamped | None:
    """Stamp a large movie by its end alone; None for others, and for those that are signed, which takes them whole."""
    if FORMATS.get(order.media_type) != "mp4" or hub.credentials is not None:
        return None
    try:
        size = hub.storage.stat(order.storage_key).size_bytes
        if size < LARGE_BYTES:
            return None
        limit = None if order.limit is None else max(order.limit, size)
        found = engine.ending(size, partial(_part, hub, order.storage_key), order.imprint, limit)
        if found is None:
            return None
        kept = stored_as(order.usage, order.storage_key, found.cut, found.tail, stamp=found.extent)
        return measured_of(hub, kept)
    except (Missing, MediaError) as error:
        raise Conflict("The file of this rendition is damaged. Ask for it again.", code="rendition_damaged") from error


def _part(hub: Hub, key: str, start: int, end: int) -> bytes:
    with hub.storage.open(key, start=start, end=end) as file:
        return file.read()


def _known(hub: Hub, usage: Usage) -> Stamped | None:
    """Return the file of a use that was kept, if it is whole; a large one stays where it is."""
    stat = kept_copy(hub, usage)
    if stat is None:
        return None
    try:
        if stat.size_bytes >= LARGE_BYTES:
            found = measured_of(hub, stored_as(usage, stat.key, stat.size_bytes, b"", stamp=usage.stamp))
        else:
            with hub.storage.open(stat.key) as file:
                data = file.read()
            found = Stamped.of(usage.id, data, stamp=usage.stamp, credentials=usage.credentials)
    except Missing:
        return None
    return found if found.sha256 == usage.stamped_sha256 else None


def _noted(hub: Hub, order: Order, made: Stamped) -> Stamped:
    """Write into the ledger what is about to leave, and keep the file where it will be fetched again.

    Of two who do so at the same moment the first one wins, so that both hand out the same bytes.
    """
    key = copy_key(made.usage_id)
    if made.sha256 == order.usage.stamped_sha256 and not order.kept:
        return made
    with hub.database.write() as session:
        hub.database.serialise(session, key)
        usage = session.get_one(Usage, made.usage_id)
        if order.kept:
            if usage.stamped_sha256 != order.usage.stamped_sha256 and (known := _known(hub, usage)) is not None:
                return known
            hub.storage.delete(key)
            with hub.storage.stage() as staged:
                for piece in made.pieces(hub):
                    staged.write(piece)
                staged.commit(key, content_type=order.media_type)
        usage.stamped_sha256, usage.stamp, usage.credentials = made.sha256, made.stamp, made.credentials
    return made
