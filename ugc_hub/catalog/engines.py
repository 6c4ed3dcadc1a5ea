"""The index that searches ask, and what is done where it is damaged."""

from __future__ import annotations

import logging

from ugc_hub.hub import Hub
from ugc_hub.search.engine import Engine
from ugc_hub.search.errors import Corrupt

LOG = logging.getLogger("ugc_hub.catalog")


def engine_of(hub: Hub) -> Engine | None:
    """Return the index, or None where there is none yet or a damaged one, which then is built anew."""
    try:
        return hub.index.engine() if hub.index.known() else None
    except Corrupt:
        ask_anew(hub)
        return None


def ask_anew(hub: Hub) -> None:
    """Ask whoever keeps the index for another; where its folder cannot be written, that is told and searches go on."""
    try:
        hub.index.ask_anew()
    except OSError as error:
        LOG.warning("nobody can be asked for another index: %s", error)
