"""Finds the assets that show the same as a new one, without looking at all of them.

A hash of 64 bits is cut into four bands of 16. Two hashes that differ in at most N bits differ in at most N // 4 bits
in one of the bands, so it is enough to look up, in each band, the values that differ in so few bits: for N = 10 that
is 548 look-ups in an index, whatever the size of the library.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, insert, or_, select
from sqlalchemy.orm import Session

from ugc_hub.models import Asset, AssetLink, HashBand
from workers.media.shapes import NEAR_DUPLICATE_BITS

BANDS, BAND_BITS = 4, 16
MOST_LINKS = 20


def bands(perceptual_hash: str) -> list[int]:
    """Return the four 16-bit values of a hash of 16 hex digits."""
    return [int(perceptual_hash[start : start + 4], 16) for start in range(0, 16, 4)]


@cache
def _flips(bits: int) -> tuple[int, ...]:
    """Every 16-bit value that has at most so many bits set."""
    sets = (places for count in range(bits + 1) for places in combinations(range(BAND_BITS), count))
    return tuple(sum(1 << place for place in places) for places in sets)


def neighbours(value: int, bits: int) -> list[int]:
    """Return every 16-bit value that differs from this one in at most so many bits, itself first."""
    return [value ^ flip for flip in _flips(bits)]


def link(session: Session, asset: Asset) -> list[str]:
    """Link the asset to those that show the same, nearest first, and make it findable; return the others' ids."""
    found: dict[str, AssetLink] = {}
    if asset.pixel_sha256:
        same = select(Asset.id).where(Asset.pixel_sha256 == asset.pixel_sha256, Asset.id != asset.id)
        for other in session.scalars(same.order_by(Asset.id).limit(MOST_LINKS)):
            found[other] = AssetLink(asset_id=asset.id, other_id=other, kind="same_pixels", distance=0)
    if asset.perceptual_hash:
        for distance, other in _near(session, asset.id, asset.perceptual_hash):
            if len(found) < MOST_LINKS and other not in found:
                found[other] = AssetLink(asset_id=asset.id, other_id=other, kind="near_duplicate", distance=distance)
        rows = [
            {"band": band, "value": value, "asset_id": asset.id}
            for band, value in enumerate(bands(asset.perceptual_hash))
        ]
        session.execute(delete(HashBand).where(HashBand.asset_id == asset.id))
        session.execute(insert(HashBand), rows)
    session.add_all(found.values())
    return list(found)


def _near(session: Session, asset_id: str, perceptual_hash: str) -> list[tuple[int, str]]:
    """Return distance and id of every near duplicate, nearest first."""
    shared: list[ColumnElement[bool]] = [
        (HashBand.band == band) & HashBand.value.in_(_written(neighbours(value, NEAR_DUPLICATE_BITS // BANDS)))
        for band, value in enumerate(bands(perceptual_hash))
    ]
    ids = select(HashBand.asset_id).where(or_(*shared), HashBand.asset_id != asset_id).distinct()
    mine = int(perceptual_hash, 16)
    pairs = session.execute(select(Asset.id, Asset.perceptual_hash).where(Asset.id.in_(ids)))
    measured = ((_distance(mine, text), other) for other, text in pairs if text)
    return sorted(pair for pair in measured if pair[0] <= NEAR_DUPLICATE_BITS)


def _written(values: list[int]) -> BindParameter[list[int]]:
    """Return numbers that go into the text of the statement: hundreds of parameters cost more than the look-ups."""
    return bindparam(None, values, expanding=True, literal_execute=True)


def _distance(mine: int, text: str) -> int:
    return (mine ^ int(text, 16)).bit_count()
