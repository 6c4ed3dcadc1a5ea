"""Delivery links: a rendition for one use at a public address, decided again each time somebody follows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from storage import Stat
from storage.errors import NotFound as Missing
from ugc_hub.accounts import Actor, require
from ugc_hub.catalog import FileOut, below
from ugc_hub.catalog.view import load
from ugc_hub.errors import Conflict, Gone, HubError, Invalid, LegalOrder, NotFound, RightsDenied
from ugc_hub.framing import beds_of, edits_of
from ugc_hub.hub import Hub
from ugc_hub.licensing import (
    Copy,
    Left,
    StatedUse,
    Use,
    ask,
    copy_key,
    hand_over_each,
    kept_copy,
    manifest_key,
    stamp,
    standing,
)
from ugc_hub.licensing.missing import trashed
from ugc_hub.models import Asset, AssetIngredient, AssetRights, DecisionRow, Rendition, Usage
from ugc_hub.rights import Request, read_request
from workers.media.plans import load_plan
from workers.media.video import bundle
from workers.media.video.rungs import MASTER

LONGEST_S = 60
"""No cache and no signed address outlives an early revocation by more than so many seconds."""
LARGE_BYTES = 8_000_000
"""What is larger is fetched from the bucket itself, where there is one."""
UNRESERVED = frozenset({None, "", "unspecified", "allowed"})
"""What a creator may have said of data mining without reserving it."""


@dataclass(frozen=True)
class Link:
    """A new link; its token is told this once, the hub keeps only its hash."""

    token: str
    url: str
    left: Left


@dataclass(frozen=True)
class Delivery:
    """What a link leads to at this moment."""

    file: FileOut
    asset_id: str
    usage_id: str
    max_age_s: int
    """Seconds that caches may keep it, 0..60; never beyond the end of the permission."""
    valid_until: datetime | None
    """When the permission ends; None is no known end."""
    signed_url: str | None
    """Where the bucket serves it: asked for within `max_age_s`, and kept by caches for as long again at the most."""
    mining_reserved: bool
    opens_with: str | None = None
    """Of a stream: the name of the file that players open; each of its files has an address of its own."""


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(hub: Hub, actor: Actor, rendition_id: str, *, stated: StatedUse, acknowledged: str = "") -> Link:
    """Make a public link to a finished rendition, for one use; its file is stamped and kept for those who follow.

    Raises:
        Conflict: it is not ready; or duties come first (see `licensing.hand_over`).
        Forbidden: the actor may not download renditions.
        Invalid: no channel is stated.
        NotFound: there is no such rendition, or the actor may not see its asset.
        RightsDenied: the grants do not allow the use.
    """
    (made,) = make_links(hub, actor, [rendition_id], stated=stated, acknowledged=acknowledged)
    if isinstance(made, HubError):
        raise made
    return made


def make_links(
    hub: Hub, actor: Actor, rendition_ids: Sequence[str], *, stated: StatedUse, acknowledged: str = ""
) -> list[Link | HubError]:
    """Make links as `make_link` does, to several renditions at once; what may not leave gets the reason in its place.

    Raises:
        Conflict, Forbidden, Invalid, NotFound: as `make_link`.
    """
    require(actor, "rendition.download")
    pairs = [_copy(hub, actor, one, stated) for one in rendition_ids]
    answers = hand_over_each(hub, actor, [copy for copy, _ in pairs], acknowledged=acknowledged)
    made: list[Link | HubError] = []
    for (_, token), answer in zip(pairs, answers, strict=True):
        if isinstance(answer, Left):
            stamp(hub, answer.usage_id)
            made.append(Link(token, f"{hub.settings.address}/d/{token}", answer))
        else:
            made.append(answer)
    return made


def _copy(hub: Hub, actor: Actor, rendition_id: str, stated: StatedUse) -> tuple[Copy, str]:
    """Return what would leave by a link, and the token of that link."""
    with hub.database.read() as session:
        row = session.get(Rendition, rendition_id)
        if row is None:
            raise NotFound("There is no such rendition.")
        asset = load(session, actor, row.asset_id)
    if row.status != "ready" or row.sha256 is None:
        raise Conflict("The rendition is not ready yet.", code="rendition_not_ready")
    if stated.channel is None:
        raise Invalid("Say where the link will be used.", code="use_unstated", extra={"field": "channel"})
    plan = load_plan(row.plan)
    edits, beds = edits_of(plan, asset.width or 0, asset.height or 0), beds_of([plan])
    token = hub.token()
    use = replace(stated.use(hub, stated.channel, edits), beds=beds.tracks, keeps_sound=beds.keeps_sound)
    similar = None if edits else asset.perceptual_hash
    return Copy(asset.id, "link", use, row.id, row.sha256, similar, hashed(token)), token


def follow(hub: Hub, token: str, name: str = "") -> Delivery:
    """Decide whether the link may be followed now, and return what it leads to: of a stream, its file of that name.

    Raises:
        NotFound: there is no such link, or no such file of a stream.
        Gone: its time is over, or the grants no longer allow its use.
        LegalOrder: the same, because of a legal order.
        RightsDenied: its time has not begun.
    """
    now = hub.now()
    with hub.database.read() as session:
        found = session.execute(_FOLLOWED, {"token": hashed(token)}).first()
        if found is None:
            raise NotFound("There is no such link.")
        usage, kept = found.Usage, read_request(found.request)
        begins = kept.starts_at or kept.at
        if begins is not None and now < begins:
            raise RightsDenied(f"This link begins on {begins:%Y-%m-%d %H:%M} UTC.", code="link_waits")
        allowed, until = _standing(hub, session, usage, kept, now=now)
        here = found.file_name is not None and found.trashed_at is None
        here = here and not (found.composed and trashed(session, [usage.asset_id]))
        if not allowed or not here or found.storage_key is None:
            raise _ended(legal_order=found.legal_order)
        said = below.captions(session, usage, name) if name else None
    seconds = LONGEST_S if until is None else min(LONGEST_S, int((until - now).total_seconds()))
    file = said or _file(hub, found)
    stream = file.media_type == bundle.MEDIA_TYPE
    if name and said is None:
        file = below.part(hub, file, name, bucket=_signed(hub, file, seconds // 2) is not None)
    # A part of a stream has no address at the bucket; the whole of it has one, of which players ask for ranges.
    signed = None if stream and not name.startswith(below.WHOLE) else _signed(hub, file, seconds // 2)
    return Delivery(
        file=file,
        asset_id=usage.asset_id,
        usage_id=usage.id,
        max_age_s=seconds // 2 if signed else seconds,
        valid_until=until,
        signed_url=signed,
        mining_reserved=found.data_mining not in UNRESERVED,
        opens_with=MASTER if stream and not name else None,
    )


_FOLLOWED = (
    select(
        Usage,
        DecisionRow.request,
        AssetRights.legal_order,
        AssetRights.data_mining,
        Asset.file_name,
        Asset.trashed_at,
        exists().where(AssetIngredient.asset_id == Usage.asset_id).label("composed"),
        Rendition.storage_key,
        Rendition.media_type,
        Rendition.width,
        Rendition.height,
    )
    .join(DecisionRow, DecisionRow.id == Usage.decision_id)
    .outerjoin(AssetRights, AssetRights.asset_id == Usage.asset_id)
    .outerjoin(Asset, Asset.id == Usage.asset_id)
    .outerjoin(Rendition, Rendition.id == Usage.rendition_id)
    .where(Usage.token_sha256 == bindparam("token"))
)
"""All that a link has to be looked up by, at once: five statements took a third of the time of a request."""


def credentials(hub: Hub, usage_id: str, name: str) -> FileOut:
    """Return the manifest (C2PA) that a copy names by its address, as long as the copy may be used.

    It may show in small what the picture was made of, so that it ends with the use.

    Raises:
        NotFound: there is no such use, or it has no such manifest.
        Gone: the use is over, or somebody looks at it.
        LegalOrder: the same, because of a legal order.
    """
    with hub.database.read() as session:
        usage = session.get(Usage, usage_id)
        stat = _manifest(hub, usage, name)
        if usage is None or stat is None:
            raise NotFound("There are no such credentials.")
        if standing(hub, session, usage_id).status != "good":
            rights = session.get(AssetRights, usage.asset_id)
            raise _ended(legal_order=rights is not None and rights.legal_order)
    return FileOut(stat.key, "application/c2pa", stat.size_bytes, f"{name}.c2pa", name)


def _manifest(hub: Hub, usage: Usage | None, name: str) -> Stat | None:
    if usage is None or not name.replace("_", "").isalnum() or not name.isascii():
        return None
    try:
        return hub.storage.stat(manifest_key(f"{usage.id}/{name}"))
    except Missing:
        return None


def _standing(
    hub: Hub, session: Session, usage: Usage, kept: Request, *, now: datetime
) -> tuple[bool, datetime | None]:
    """Return whether the link may be followed now, and until when at the latest; None is no known end."""
    if usage.status == "stopped" or (kept.ends_at is not None and kept.ends_at <= now):
        return False, None
    # It is live since the link was made: neither what has to be done first nor a cap is asked for again.
    use = Use(
        channel=kept.channel,
        territories=kept.territories,
        edits=kept.edits,
        products=kept.products,
        at=now,
        operation="continue",
        parties=kept.parties,
        ingredients=kept.ingredients,
        beds=kept.beds,
        keeps_sound=kept.keeps_sound,
    )
    decision = ask(hub, session, usage.asset_id, use)
    until = min((end for end in (decision.valid_until, kept.ends_at) if end is not None), default=None)
    return decision.allowed and (until is None or now < until), until


def _ended(*, legal_order: bool | None) -> HubError:
    if legal_order:
        return LegalOrder("A legal order keeps this file from being shown.")
    return Gone("This file may no longer be used here.", code="link_ended")


def _file(hub: Hub, found: Any) -> FileOut:
    """Return the file that was stamped when the link was made; stamp it anew where it is not there any more.

    `found` is a row of `_FOLLOWED`.
    """
    usage, name = found.Usage, PurePosixPath(found.file_name).stem[:80] or "file"
    name = f"{name}_{found.width}x{found.height}{PurePosixPath(found.storage_key).suffix}"
    kept = kept_copy(hub, usage)
    if kept is not None:
        return FileOut(kept.key, found.media_type, kept.size_bytes, name, usage.stamped_sha256 or usage.id)
    made = stamp(hub, usage.id)
    return FileOut(copy_key(usage.id), found.media_type, made.size_bytes, name, made.sha256)


def _signed(hub: Hub, file: FileOut, seconds: int) -> str | None:
    """Return an address at the bucket: it works for so many seconds, and caches keep its answer for as many."""
    if seconds < 1 or (file.size_bytes or 0) < LARGE_BYTES:
        return None
    return hub.storage.signed_url(file.storage_key, expires_s=seconds, content_type=file.media_type, cache_s=seconds)
