"""Which of the grants that were loaded for many assets bear on one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ugc_hub.rights import EVERY, Grant

from .loading import Situation


class Bearing:
    """The grants of a situation by the assets that they name.

    `decide` passes over the grants of other assets; with those of a whole page it would do so again for each asset.
    """

    def __init__(self, found: Situation) -> None:
        self._facts = found.facts
        self._named: Mapping[str, list[Grant]] = defaultdict(list)
        self._newer: Mapping[str, list[Grant]] = defaultdict(list)
        self._every: list[Grant] = []
        for grant in found.grants:
            for asset in grant.assets or (EVERY,):
                (self._every if asset == EVERY else self._named[asset]).append(grant)
            for older in grant.supersedes:
                self._newer[older].append(grant)

    def parts(self, asset: str) -> set[str]:
        """Return everything that is part of an asset, and of its parts, whether it exists or not."""
        found: set[str] = set()
        waiting = [asset]
        while waiting:
            facts = self._facts.get(waiting.pop())
            further = set(facts.ingredients) - found if facts else set()
            found |= further
            waiting += further
        return found - {asset}

    def on(self, *assets: str) -> list[Grant]:
        """Return what bears on some assets and their parts, with what takes the place of any of it; each row once."""
        wholes = {*assets}.union(*map(self.parts, assets))
        rows = {id(row): row for one in sorted(wholes) for row in self._named.get(one, ())}
        rows |= {id(row): row for row in self._every}
        if self._newer:
            rows |= {id(one): one for row in rows.values() for one in self._newer.get(row.id, ())}
        return list(rows.values())
