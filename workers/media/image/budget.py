"""Finds the highest quality whose file fits a byte budget, in few encoder runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from workers.media.errors import PlanImpossible
from workers.media.image.encode import TRUE_COLOUR, Setting, has_quality
from workers.media.shapes import Recipe

MOST_ENCODES = 7
"""Bisection of 20..95 needs as many; the secant usually needs three."""
_CLOSE_ENOUGH = 0.985
"""A file that uses this much of its budget ends the search: one more step of quality would be over it."""
_SLOPE = 0.03
"""How the logarithm of the size grows with one step of quality, before anything is known about the picture."""
_FEWEST_COLOURS = 8
_STRONGEST_CHROMA = "4:2:0"
_NO_LIMIT = 2**62

Encode = Callable[[Setting], bytes]


@dataclass(frozen=True)
class Fit:
    """The file that was chosen, its quality or palette size, and how many encoder runs it took."""

    data: bytes
    setting: Setting
    encodes: int


@dataclass
class Search:
    """Looks for the highest level from `low` to `high` whose file has at most `limit` bytes.

    Size grows with the level, nearly exponentially: the next guess lies on the line through the two nearest
    known points of the logarithm of the size, and always inside the bracket.
    """

    encode: Callable[[int], bytes]
    limit: int
    low: int
    high: int
    most: int = MOST_ENCODES
    sizes: dict[int, int] = field(default_factory=dict)
    best: tuple[int, bytes] | None = None
    lightest: tuple[int, bytes] | None = None
    """Level and file of the smallest size seen, whether or not it fits."""

    def run(self) -> tuple[int, bytes] | None:
        """Return the best level and its file, or None when even `low` is over the limit."""
        level: int | None = self.high
        while level is not None and len(self.sizes) < self.most:
            self._try(level)
            level = self._next()
        return self.best

    def _try(self, level: int) -> None:
        data = self.encode(level)
        self.sizes[level] = len(data)
        if self.lightest is None or len(data) < len(self.lightest[1]):
            self.lightest = (level, data)
        if len(data) <= self.limit and (self.best is None or level > self.best[0]):
            self.best = (level, data)

    def _next(self) -> int | None:
        """Return the level to try next, or None when the search is over."""
        over = min((level for level, size in self.sizes.items() if size > self.limit), default=None)
        if over is None or over == self.low:
            return None
        under = self.best[0] if self.best else None
        if under is None and len(self.sizes) == self.most - 1:
            return self.low
        if under is not None and (over - under <= 1 or self.sizes[under] >= _CLOSE_ENOUGH * self.limit):
            return None
        lowest = self.low if under is None else under + 1
        return min(max(self._guess(over, under), lowest), over - 1)

    def _guess(self, over: int, under: int | None) -> int:
        target = math.log(self.limit * (1 + _CLOSE_ENOUGH) / 2)
        known = sorted(self.sizes, key=lambda level: abs(math.log(self.sizes[level]) - target))[:2]
        if under is not None:
            known = [under, over]
        nearest = known[0]
        slope = _SLOPE
        if len(known) == 2:
            rise = math.log(self.sizes[known[1]] / self.sizes[known[0]]) / (known[1] - known[0])
            slope = max(rise, _SLOPE / 10)
        return math.floor(nearest + (target - math.log(self.sizes[nearest])) / slope)


@dataclass(frozen=True)
class Budget:
    """How many bytes a file may have; without `most` as many as it takes."""

    most: int | None = None
    spare: int = 0
    """Bytes of it that are better left for what is written into the file later."""
    advised: bool = False
    """Where nothing fits, the lightest file is right."""


def fit(encode: Encode, recipe: Recipe, budget: Budget) -> Fit:
    """Return the best file of `recipe` within the budget.

    JPEG, WebP and AVIF vary the quality from the recipe's `quality` down to `min_quality`, JPEG then also the
    chroma; PNG and GIF vary the number of colours, unless the recipe is lossless; TIFF
    varies nothing. What fits only without the spare
    bytes is taken before anything else is given up.

    Where nothing fits, an advised limit gives the lightest file; any other raises `PlanImpossible`, which names the
    size of that file.
    """
    limit = budget.most if budget.most is not None else _NO_LIMIT
    encodes, lightest = 0, None
    for low, high, subsampling in _stages(recipe):
        run = partial(_at_level, encode, subsampling)
        search = Search(run, limit - budget.spare, low, high, most=max(2, MOST_ENCODES - encodes))
        found = search.run()
        encodes += len(search.sizes)
        if found:
            return Fit(found[1], Setting(found[0], subsampling), encodes)
        level, data = search.lightest or (high, b"")
        if len(data) <= limit:
            return Fit(data, Setting(level, subsampling), encodes)
        if lightest is None or len(data) < len(lightest.data):
            lightest = Fit(data, Setting(level, subsampling), encodes)
    if lightest is None:
        raise ValueError("the recipe names nothing to try")
    if budget.advised:
        return replace(lightest, encodes=encodes)
    raise PlanImpossible(
        f"The picture cannot be made smaller than {len(lightest.data):,} bytes as {recipe.format} in this size, "
        f"but at most {limit:,} bytes are allowed. Choose a smaller size or another format."
    )


def _at_level(encode: Encode, subsampling: str, level: int) -> bytes:
    return encode(Setting(level, subsampling))


def _stages(recipe: Recipe) -> list[tuple[int, int, str]]:
    """Return what is tried in turn: lowest and highest level, and chroma."""
    chroma = recipe.subsampling
    if recipe.format == "gif":
        return [(min(_FEWEST_COLOURS, recipe.colours), recipe.colours, chroma)]
    if recipe.format == "png":
        full = (TRUE_COLOUR, TRUE_COLOUR, chroma)
        return [full] if recipe.lossless else [full, (_FEWEST_COLOURS, 256, chroma)]
    if not has_quality(recipe):
        return [(recipe.quality, recipe.quality, chroma)]
    stages = [(min(recipe.min_quality, recipe.quality), recipe.quality, chroma)]
    if recipe.format == "jpeg" and chroma != _STRONGEST_CHROMA:
        stages.append((stages[0][0], recipe.quality, _STRONGEST_CHROMA))
    return stages
