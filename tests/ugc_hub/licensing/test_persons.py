from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear, person_row
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import BadSettings, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, Use
from ugc_hub.licensing.sealing import seal, unseal
from ugc_hub.models import DataKey, Event, Person

ANA = PersonData("Ana Example", "ana@example.org", date(2000, 2, 29), country="ES")


def add(hub: Hub, data: PersonData = ANA, is_adult: bool | None = None) -> str:
    with hub.database.write() as session:
        return licensing.add_person(hub, session, SYSTEM, data, is_adult=is_adult).id


def test_what_is_known_of_a_person_comes_back_whole_and_lies_sealed(hub: Hub) -> None:
    person = add(hub)
    with hub.database.read() as session:
        assert licensing.read_person(hub, session, person) == ANA
        assert b"Ana" not in session.get_one(Person, person).sealed
        assert "Ana" not in str([event.body for event in session.scalars(select(Event))])


def test_who_is_erased_can_be_read_nowhere_any_more(hub: Hub) -> None:
    person = add(hub)
    with hub.database.read() as session:
        before = session.get_one(Person, person)
        key = session.get_one(DataKey, before.key_id)
        data, sealed = before.sealed, key.sealed
    assert sealed is not None
    with hub.database.write() as session:
        licensing.erase_person(hub, session, SYSTEM, person_id=person)
        licensing.erase_person(hub, session, SYSTEM, person_id=person)
    with hub.database.read() as session:
        assert licensing.read_person(hub, session, person) is None
        key = session.get_one(DataKey, before.key_id)
        assert unseal(hub, key, data) is None
        with pytest.raises(ValueError, match="destroyed"):
            seal(hub, key, {})
    with pytest.raises(Gone), hub.database.write() as session:
        licensing.update_person(hub, session, SYSTEM, person_id=person, data=ANA)


def test_data_cannot_be_moved_to_another_person_or_opened_by_another_hub(hub: Hub) -> None:
    one, other = add(hub), add(hub, PersonData("Ben"))
    with hub.database.read() as session:
        first, second = session.get_one(Person, one), session.get_one(Person, other)
        with pytest.raises(BadSettings, match="secret"):
            unseal(hub, session.get_one(DataKey, second.key_id), first.sealed)
        with pytest.raises(BadSettings, match="secret"):
            unseal(replace(hub, secret=b"another"), session.get_one(DataKey, first.key_id), first.sealed)


@pytest.mark.parametrize(
    ("born", "today", "adult"),
    [
        (date(2008, 6, 1), date(2026, 5, 31), False),
        (date(2008, 6, 1), date(2026, 6, 1), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (None, date(2026, 1, 1), None),
    ],
)
def test_of_age_is_who_is_eighteen_on_the_day(born: date | None, today: date, adult: bool | None) -> None:
    assert PersonData(born=born).adult_on(today) is adult


def test_a_date_of_birth_goes_before_what_is_said(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    child = add(hub, PersonData("Kim", born=clock().date().replace(year=2020)), is_adult=True)
    with hub.database.read() as session:
        assert session.get_one(Person, child).is_adult is False
    with pytest.raises(Invalid, match="future"):
        add(hub, PersonData("Max", born=date(2031, 1, 1)))
    with pytest.raises(Invalid, match="320"):
        add(hub, PersonData("x" * 321))
    with pytest.raises(NotFound), hub.database.read() as session:
        licensing.read_person(hub, session, "prs_nobody")


def test_an_age_that_becomes_known_changes_the_answer(hub: Hub) -> None:
    asset, person = asset_row(hub), person_row(hub, is_adult=None)
    clear(hub, asset)
    clear(hub, asset, layer="likeness", subject=person)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
        assert licensing.ask(hub, session, asset, Use("email")).primary_reason == "AGE_UNKNOWN"
        licensing.set_adult(hub, session, SYSTEM, person_id=person, is_adult=True)
        session.flush()
        assert licensing.ask(hub, session, asset, Use("email")).allowed
        told = select(Event.object_id).where(Event.kind == "rights.changed").order_by(Event.id.desc()).limit(1)
        assert session.scalar(told) == asset
