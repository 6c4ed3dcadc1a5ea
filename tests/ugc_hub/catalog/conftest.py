"""What several tests of searching share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Found, Search, search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub

Ask = Callable[..., Found]


@pytest.fixture
def ask(hub: Hub) -> Ask:
    """A function that indexes everything and searches."""

    def asked(text: str = "", actor: Actor = SYSTEM, **known: object) -> Found:
        rebuild(hub)
        return search(hub, actor, Search(text, **known))  # type: ignore[arg-type]

    return asked
