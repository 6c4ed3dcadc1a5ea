"""The first administrator: there is always one to begin with, whoever has which address, and never two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import update

from ugc_hub import accounts
from ugc_hub.hub import Hub
from ugc_hub.models import User


def test_starts_at_the_same_time_agree_on_one_administrator(hub: Hub) -> None:
    gate = Barrier(6)

    def start(_: int) -> str:
        gate.wait()
        return accounts.first_administrator(hub)[0].id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(start, range(6)))) == 1
    assert [user.email for user in accounts.list_users(hub)] == ["admin@localhost"]


def test_an_address_that_is_taken_does_not_keep_the_hub_from_its_administrator(hub: Hub) -> None:
    accounts.create_user(hub, "admin@localhost", "viewer")
    second, fresh = accounts.first_administrator(hub)
    assert (second.email, second.role, fresh) == ("admin2@localhost", "admin", True)
    with hub.database.write() as session:
        session.execute(update(User).where(User.id == second.id).values(disabled_at=hub.now()))
    third, _ = accounts.first_administrator(hub)
    assert third.email == "admin3@localhost"
    assert accounts.first_administrator(hub)[0].id == third.id
