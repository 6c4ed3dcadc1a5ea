"""Likeness and faces on real photos: near duplicates are linked, others never are, things have no faces."""

from __future__ import annotations

import functools
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.support import manifest
from workers.media.features import NEAR_DUPLICATE_BITS, Features, describe, differing_bits

DECODABLE = ("image/jpeg", "image/png", "image/webp")
ROWS = [
    row
    for row in manifest("good")
    if row["mime_by_content"] in DECODABLE and not row["kind"].startswith(("screenshot", "anim"))
]
WITH_FACES = ("face", "selfie", "group", "portrait")
OF_THINGS = ("food", "product", "landscape", "bridge", "coffee")


@functools.cache
def seen(path: Path) -> Features:
    """Features of a corpus picture, reduced while it is decoded."""
    with Image.open(path) as image:
        image.draft(None, (1280, 1280))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((1280, 1280), Image.Resampling.BOX)
        return describe(upright)


def distances(folder: Path) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Bits between pictures of one near-duplicate group, and between unrelated ones."""
    hashes = [(row, seen(folder / row["file"]).perceptual_hash) for row in ROWS]
    related: dict[tuple[str, str], int] = {}
    unrelated: dict[tuple[str, str], int] = {}
    for (one, first), (other, second) in combinations(hashes, 2):
        if first is None or second is None:
            continue
        same = one["neardup_group"] and one["neardup_group"] == other["neardup_group"]
        (related if same else unrelated)[one["file"], other["file"]] = differing_bits(first, second)
    return related, unrelated


def test_no_unrelated_photos_are_linked(corpus: Path) -> None:
    _, unrelated = distances(corpus / "good")
    assert {pair: bits for pair, bits in unrelated.items() if bits <= NEAR_DUPLICATE_BITS} == {}


def test_most_near_duplicates_are_linked_to_one_of_their_group(corpus: Path) -> None:
    related, _ = distances(corpus / "good")
    members = {name for pair in related for name in pair}
    if not members:
        pytest.skip("the corpus has no near duplicates")
    linked = {name for pair, bits in related.items() if bits <= NEAR_DUPLICATE_BITS for name in pair}
    # Turned and mirrored copies are in the groups too, and are not expected.
    assert len(linked) / len(members) >= 0.8, members - linked


def test_faces_are_found_where_people_are_and_hardly_on_things(corpus: Path) -> None:
    def share(words: tuple[str, ...], without: tuple[str, ...] = ()) -> float:
        rows = [
            row["file"]
            for row in ROWS
            if any(word in row["file"] for word in words) and not any(word in row["file"] for word in without)
        ]
        return sum(bool(seen(corpus / "good" / name).faces) for name in rows) / max(1, len(rows))

    people, things = share(WITH_FACES, ("contact",)), share(OF_THINGS, WITH_FACES)
    assert people >= 0.5
    assert things <= 0.05
