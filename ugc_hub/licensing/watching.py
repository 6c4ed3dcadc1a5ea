"""Copies on their way: a slow reader may take hours, and an end in the meantime must reach them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from ugc_hub.errors import Gone
from ugc_hub.hub import Hub
from ugc_hub.models import Usage

LOG = logging.getLogger("ugc_hub.licensing")
LOOK_EVERY = timedelta(seconds=5)
"""How often the ledger is asked while bytes leave; a revocation reaches a transfer with the next piece after that."""
BATCH = 500


class TransferEnded(Gone):
    """What was on its way may no longer be used: the rest is not sent, so that the copy is visibly incomplete."""

    code = "transfer_ended"


class Watch:
    """Tells while bytes leave whether they still may: a statement every few seconds, and never one per piece.

    `ends` holds each copy's id in the ledger, with the end that was told when it was handed over.
    """

    def __init__(self, hub: Hub, ends: Mapping[str, datetime | None]) -> None:
        self._hub = hub
        self._ends = dict(ends)
        self._begun = self._looked = hub.now()

    def check(self) -> None:
        """Do nothing as long as all that is watched may be sent.

        Raises:
            TransferEnded: one of the copies ended, or its time is over.
        """
        now = self._hub.now()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self._look()
        for usage_id, end in self._ends.items():
            if end is not None and end <= now:
                LOG.warning("a transfer was cut: the use %s has ended", usage_id)
                raise TransferEnded("This file may no longer be used, so the rest of it was not sent.")

    def forget(self, usage_ids: Iterable[str]) -> None:
        """Leave out copies that are complete."""
        for usage_id in usage_ids:
            self._ends.pop(usage_id, None)

    def pieces(self, body: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the pieces of a body, looking before each.

        Raises:
            TransferEnded: see `check`.
        """
        for piece in body:
            self.check()
            yield piece

    def _look(self) -> None:
        """Bring the ends up to date with the ledger; an entry that is not live any more has ended."""
        ids = list(self._ends)
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            wanted = select(Usage.id, Usage.status, Usage.valid_until, Usage.ended_at).where(Usage.id.in_(some))
            with self._hub.database.read() as session:
                found = {row.id: row for row in session.execute(wanted)}
            for name in some:
                row = found.get(name)
                if row is None or row.status != "live":
                    self._ends[name] = self._begun
                    continue
                # What lies before the beginning was known when it was decided: a use that winds down, for instance.
                later = [end for end in (row.valid_until, row.ended_at) if end is not None and end > self._begun]
                # What was told holds, also where it passed between the handing over and the beginning.
                told = self._ends[name]
                self._ends[name] = min(later if told is None else [told, *later], default=None)
