"""What is kept of situations in memory is never older than what it was made of."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, statements, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Bounds
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, Withdrawal, channels_now, count_allowed, usable_situations
from ugc_hub.licensing.clearing import tidy
from ugc_hub.models import AssetClearance, Clearance

ADS = Use("paid_social.meta", ("DE",), frozenset({"crop"}))


def usable(hub: Hub, use: Use = ADS) -> int:
    with hub.database.read() as session:
        numbers, singly = usable_situations(hub, session, use)
    assert not singly
    return len(numbers)


CHANNELS = {name: (Use(name),) for name in ("email", "website")}


def told(hub: Hub) -> dict[str, int]:
    with hub.database.read() as session:
        numbers = session.scalars(select(Clearance.id))
        return dict(+count_allowed(hub, session, CHANNELS, dict.fromkeys(numbers, 2)))


def test_the_same_question_reads_no_boxes_again(hub: Hub) -> None:
    clear(hub, asset_row(hub))
    assert usable(hub) == 1
    with statements(hub) as seen:
        assert usable(hub) == 1
    assert not [one for one in seen if "clearance_boxes" in one]


def test_another_question_has_its_own_answer(hub: Hub) -> None:
    clear(hub, asset_row(hub), channels=["paid_social"], territories=["DE"])
    assert usable(hub) == 1
    assert usable(hub, replace(ADS, territories=("FR",))) == 0


def test_a_new_situation_is_known_at_once(hub: Hub) -> None:
    assert usable(hub) == 0
    clear(hub, asset_row(hub))
    assert usable(hub) == 1


def test_what_was_taken_back_is_known_at_once(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    assert usable(hub) == 1
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("platform_revoked"))
    with hub.database.read() as session:
        number = session.get_one(AssetClearance, asset).clearance_id
        assert number not in usable_situations(hub, session, ADS)[0]


def test_the_end_of_a_term_is_known_when_it_comes(hub: Hub) -> None:
    timed, clock = with_clock(hub)
    clear(timed, asset_row(hub), perpetual=False, starts_at="2030-01-02T00:00:00Z", ends_at="2030-01-05T00:00:00Z")
    found = []
    for _ in range(6):
        found.append(usable(timed))
        clock.go_on(days=1)
    assert found == [0, 1, 1, 1, 0, 0]
    clock.go_on(days=-4)
    assert usable(timed) == 1


def test_what_situations_allow_is_kept_and_renewed_likewise(hub: Hub) -> None:
    clear(hub, asset_row(hub), channels=["email"])
    assert told(hub) == {"email": 2}
    with statements(hub) as seen:
        told(hub)
    assert not [one for one in seen if "clearance_boxes" in one]
    clear(hub, asset_row(hub, "other.jpg"), channels=["website"])
    assert told(hub) == {"email": 2, "website": 2}


def test_situations_are_counted_for_the_uses_that_they_allow_until_their_end(hub: Hub) -> None:
    timed, clock = with_clock(hub)
    clear(timed, asset_row(hub), perpetual=False, starts_at="2030-01-02T00:00:00Z", ends_at="2030-01-05T00:00:00Z")
    found = []
    for _ in range(6):
        with timed.database.read() as session:
            numbers = dict.fromkeys(session.scalars(select(Clearance.id)), 3)
            uses = {"now": (Use("email"),), "until": (Use("website", ends_at=datetime(2030, 1, 4, tzinfo=UTC)),)}
            found.append(dict(+count_allowed(timed, session, uses, numbers)))
        clock.go_on(days=1)
    assert found == [{}, {"now": 3, "until": 3}, {"now": 3, "until": 3}, {"now": 3}, {}, {}]


def test_a_number_that_is_used_again_is_another_situation(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    assert usable(hub) == 1
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    with hub.database.write() as session:
        tidy(session)
    clear(hub, asset_row(hub, "other.jpg"), channels=["email"])
    assert usable(hub) == 0


def test_what_is_asked_of_the_assets_of_a_page_follows_the_clock_and_the_bounds(hub: Hub) -> None:
    timed, clock = with_clock(hub)
    asset = asset_row(hub)
    clear(timed, asset, perpetual=False, starts_at="2030-01-02T00:00:00Z", ends_at="2030-01-05T00:00:00Z")
    bound = replace(SYSTEM, bounds=Bounds.of(["email"]))
    found = []
    for _ in range(6):
        with timed.database.read() as session:
            every, some = (channels_now(timed, session, actor, [asset])[asset] for actor in (SYSTEM, bound))
        assert set(some) == {"email"} & set(every)
        found.append("paid_social" in every)
        clock.go_on(days=1)
    assert found == [False, True, True, True, False, False]
