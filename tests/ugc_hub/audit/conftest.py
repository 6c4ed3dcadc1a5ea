"""A hub in which every table that must stay has rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import fresh_database
from tests.ugc_hub.audit.tampering import happen
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Use, Withdrawal


@pytest.fixture
def full(hub: Hub) -> Hub:
    """The hub with events, decisions, a revocation and an agreement."""
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with hub.database.write() as session:
        licensing.agree(hub, session, SYSTEM, Agreed("licence"))
        licensing.keep(hub, session, SYSTEM, asset_id=asset, use=Use("email"))
        licensing.keep(hub, session, SYSTEM, asset_id=asset, use=Use("internal"))
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
        licensing.keep(hub, session, SYSTEM, asset_id=asset, use=Use("email"))
    happen(hub, 2)
    return hub


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.sqlite'}"
        return
    with fresh_database() as url:
        yield url
