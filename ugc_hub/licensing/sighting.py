"""Finds copies again by their files: whoever looks through a website or a folder learns which of them have ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.hub import Hub
from ugc_hub.models import Usage
from workers.media.shapes import NEAR_DUPLICATE_BITS

from .copies import standing

_NAMED = re.compile(rb"/u/(use_[0-9a-z]{10,36})")
_CHUNK = 1000


@dataclass(frozen=True)
class Seen:
    """A file that somebody found: its hash, what it names, and how it looks where that was measured."""

    sha256: str
    named: tuple[str, ...] = ()
    """Ids of uses that it says it left for."""
    perceptual_hash: str | None = None


@dataclass(frozen=True)
class Sighting:
    """A copy that a file is or comes from, by its `bytes`, its `stamp`, or how it `looks`; and how it stands."""

    usage_id: str
    asset_id: str
    by: str
    status: str
    """good, ended or unknown."""
    ended_at: datetime | None = None
    external_ref: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return dict(self.__dict__)


def names_in(data: bytes) -> tuple[str, ...]:
    """Return the ids of uses that a file names as its statement of rights."""
    return tuple(dict.fromkeys(found.group(1).decode() for found in _NAMED.finditer(data)))


def sightings(hub: Hub, session: Session, actor: Actor, seen: Seen) -> list[Sighting]:
    """Return the copies that a file is or comes from, oldest first; the surest way of telling counts alone.

    A file that was encoded anew has other bytes and may have lost its stamp. Then only what left whole is found, by how
    it looks; a part of a picture is not.
    """
    require(actor, "usage.view")
    by_bytes = select(Usage).where(or_(Usage.sha256 == seen.sha256, Usage.stamped_sha256 == seen.sha256))
    by_stamp = select(Usage).where(Usage.id.in_(seen.named))
    for by, wanted in (("stamp", by_stamp), ("bytes", by_bytes)):
        rows = session.scalars(wanted.order_by(Usage.id)).all()
        if rows:
            return [_told(hub, session, row, by) for row in rows]
    return [_told(hub, session, row, "looks") for row in _alike(session, seen.perceptual_hash)]


def _alike(session: Session, perceptual_hash: str | None) -> Iterator[Usage]:
    if perceptual_hash is None:
        return
    mine, after = int(perceptual_hash, 16), ""
    wanted = select(Usage).where(Usage.perceptual_hash.is_not(None)).order_by(Usage.id).limit(_CHUNK)
    while rows := session.scalars(wanted.where(Usage.id > after)).all():
        yield from (
            row for row in rows if (int(row.perceptual_hash or "0", 16) ^ mine).bit_count() <= NEAR_DUPLICATE_BITS
        )
        after = rows[-1].id


def _told(hub: Hub, session: Session, row: Usage, by: str) -> Sighting:
    found = standing(hub, session, row.id)
    return Sighting(row.id, row.asset_id, by, found.status, found.ended_at, row.external_ref)
