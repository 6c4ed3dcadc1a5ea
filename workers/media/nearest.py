"""Finds the pictures that are nearest to one, among all of them, by vectors and by colours.

Everything is held in memory: 4 bytes for each number of a vector and 60 for the colours of a picture, so some 60 MB for
100,000 pictures. Two arrays are looked through from end to end, which takes some milliseconds; an approximate index
would be another thing to keep right, and cannot leave out what somebody may not see before it ranks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

COLOURS = 5
_NOTHING = 9.0
"""A place in OKLab where no colour is."""
_MIXED = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566))
_TO_LONG = (*_MIXED, (0.0883024619, 0.2817188376, 0.6299787005))
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


@dataclass(frozen=True)
class Row:
    """A picture as it is kept: `vector` in signed bytes, `palette` in three bytes a colour; both may be empty."""

    id: str
    vector: bytes
    palette: bytes


@dataclass(frozen=True)
class Limits:
    """Who may be found: all but `without`, or only those `within`; at most `count` of them."""

    count: int
    without: Collection[str] = ()
    within: Collection[str] | None = None


class Shelf:
    """Pictures to compare; frozen, so that threads may share it."""

    def __init__(self, dimensions: int) -> None:
        import numpy as np

        self.dimensions = dimensions
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        self._vectors: Any = np.zeros((0, dimensions), dtype=np.float32)
        self._colours: Any = np.zeros((COLOURS, 3, 0), dtype=np.float32)
        self._blank: Any = np.zeros(0, dtype=bool)

    def __len__(self) -> int:
        return len(self._ids)

    def added(self, rows: Sequence[Row]) -> Shelf:
        """Return a shelf that has these pictures as well; those of the same id are replaced."""
        import numpy as np

        new = {row.id: row for row in rows}
        kept = np.array([place for id_, place in self._places.items() if id_ not in new], dtype=np.intp)
        made = Shelf(self.dimensions)
        made._ids = [self._ids[place] for place in kept] + list(new)
        made._places = {id_: place for place, id_ in enumerate(made._ids)}
        made._vectors = np.concatenate([self._vectors[kept], _vectors(list(new.values()), self.dimensions)])
        made._blank = ~made._vectors.any(axis=1)
        made._colours = np.concatenate([self._colours[..., kept], _colours(list(new.values()))], axis=2)
        return made

    def look(self, id_: str, limits: Limits) -> list[tuple[str, float]]:
        """Return the pictures that look most like one, nearest first, with their distances.

        A distance is half of that between vectors of length 1: 0 the same, 0.71 nothing in common, 1 the opposite.
        """
        import numpy as np

        place = self._places.get(id_)
        if place is None or self._blank[place]:
            return []
        alike = self._vectors @ self._vectors[place]
        distance = np.sqrt(np.clip((1 - alike) / 2, 0, 1))
        distance[self._blank] = np.inf
        return self._best(distance, id_, limits)

    def colours(self, id_: str, limits: Limits) -> list[tuple[str, float]]:
        """Return the pictures whose colours are nearest to those of one, with their distances in OKLab, 0..1.

        Each colour is compared with the nearest of the other picture, in both directions; those that cover more count
        more, 5 to 1 from the first to the fifth.
        """
        import numpy as np

        place = self._places.get(id_)
        if place is None or self._colours[0, 0, place] == _NOTHING:
            return []
        mine = [colour for colour in self._colours[..., place] if colour[0] != _NOTHING]
        apart = np.empty((len(mine), COLOURS, len(self._ids)), dtype=np.float32)
        for one, colour in enumerate(mine):
            for other in range(COLOURS):
                steps = self._colours[other] - colour[:, None]
                apart[one, other] = np.sqrt(np.einsum("ij,ij->j", steps, steps))
        there = self._colours[:, 0] != _NOTHING
        weights = np.arange(COLOURS, 0, -1, dtype=np.float32)
        forward = (weights[: len(mine), None] * apart.min(axis=1)).sum(axis=0) / weights[: len(mine)].sum()
        counted = weights[:, None] * there
        back = (counted * apart.min(axis=0)).sum(axis=0) / np.maximum(counted.sum(axis=0), 1)
        distance = np.where(there[0], np.clip((forward + back) / 2, 0, 1), np.inf)
        return self._best(distance, id_, limits)

    def _best(self, distance: Any, id_: str, limits: Limits) -> list[tuple[str, float]]:
        """The nearest that may be found: what may not be seen is left out before anything is ranked."""
        import numpy as np

        if limits.within is not None:
            hidden = np.ones(len(self._ids), dtype=bool)
            hidden[[self._places[one] for one in limits.within if one in self._places]] = False
            distance[hidden] = np.inf
        distance[[self._places[one] for one in (*limits.without, id_) if one in self._places]] = np.inf
        count = min(limits.count, len(self._ids))
        nearest = np.argpartition(distance, count - 1)[:count]
        ranked = sorted((float(distance[place]), self._ids[place]) for place in nearest)
        return [(name, round(far, 4)) for far, name in ranked if far != float("inf")]


def _vectors(rows: Sequence[Row], dimensions: int) -> Any:
    import numpy as np

    empty = bytes(dimensions)
    joined = b"".join(row.vector if len(row.vector) == dimensions else empty for row in rows)
    vectors = np.frombuffer(joined, dtype=np.int8).reshape(-1, dimensions).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, 1)


def _colours(rows: Sequence[Row]) -> Any:
    """The colours of pictures in OKLab (Björn Ottosson, 2020), by place, part and picture."""
    import numpy as np

    size = 3 * COLOURS
    joined = b"".join(row.palette[:size].ljust(size, b"\0") for row in rows)
    parts = np.frombuffer(joined, dtype=np.uint8).reshape(-1, COLOURS, 3).astype(np.float32) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(linear @ np.array(_TO_LONG).T) @ np.array(_TO_LAB).T
    known = np.array([len(row.palette) // 3 for row in rows], dtype=np.intp).reshape(-1, 1)
    lab = np.where((np.arange(COLOURS) < known)[..., None], lab, _NOTHING)
    return np.ascontiguousarray(lab.astype(np.float32).transpose(1, 2, 0))
