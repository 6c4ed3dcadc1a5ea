"""All assets at once: the answer is that of the rule for each of them, whatever happens at the same time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import AMPLE, clear, grant_row, person_row
from tests.ugc_hub.licensing.whole import both_forms, carry, empty, use_of
from tests.ugc_hub.rights import chance
from tests.ugc_hub.rows import Clock, asset_row, statements, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, Withdrawal
from ugc_hub.licensing.loading import for_all_assets
from ugc_hub.models import Asset, AssetClearance
from ugc_hub.rights import AssetFacts, Grant, Request

ADS = Use("paid_social.meta", ("DE",), frozenset({"crop"}))


def usable(hub: Hub, use: Use = ADS) -> list[str]:
    with hub.database.read() as session:
        return licensing.usable(hub, session, use)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    chance.rows,
    chance.facts,
    st.lists(chance.requests(), min_size=8, max_size=8),
    st.tuples(chance.instants, st.integers(0, 12), st.booleans(), st.booleans()),
)
def test_all_at_once_agrees_with_the_rule_on_each(
    hub: Hub,
    rows: list[Grant],
    facts: Mapping[str, AssetFacts],
    asks: list[Request],
    when: tuple[object, int, bool, bool],
) -> None:
    now, later, done, mixed = when
    empty(hub)
    clock = Clock(now)  # type: ignore[arg-type]
    timed = replace(hub, now=clock)
    known = {**facts, "photo": replace(facts["photo"], ingredients=("clip",))} if mixed else dict(facts)
    carry(timed, rows, known, done)
    clock.go_on(hours=later)
    for asked in asks:
        answers = both_forms(timed, sorted(known), use_of(asked))
        assert answers.together == answers.singly, asked
        assert answers.counted == len(answers.singly)
        assert answers.in_words in (None, answers.singly), asked
        at_once = replace(use_of(asked), channel=asked.channel.partition(".")[0], at=None, starts_at=None, ends_at=None)
        answers = both_forms(timed, sorted(known), at_once)
        assert answers.in_words in (None, answers.singly), at_once


def test_all_assets_are_asked_in_one_statement(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(5)]
    clear(hub, *assets[:4])
    with hub.database.read() as session, statements(hub) as seen:
        assert set(licensing.usable(hub, session, ADS)) == set(assets[:4])
    asking = [one for one in seen if "clearance_boxes" in one]
    assert len(asking) == 1
    assert len(seen) <= 4


def test_assets_of_one_agreement_share_what_is_worked_out(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(5)]
    clear(hub, *assets)
    with hub.database.read() as session:
        ids = set(session.scalars(select(AssetClearance.clearance_id)))
    assert len(ids) == 1
    assert None not in ids


def test_pages_go_on_where_the_one_before_ended(hub: Hub) -> None:
    assets = sorted((asset_row(hub) for _ in range(5)), reverse=True)
    clear(hub, *assets)
    with hub.database.read() as session:
        first = licensing.usable(hub, session, ADS, limit=2)
        second = licensing.usable(hub, session, ADS, limit=2, after=first[-1])
        assert [*first, *second] == assets[:4]
        chosen = session.scalars(select(Asset.id).where(Asset.id.in_(licensing.usable_ids(hub, session, ADS))))
        assert set(chosen) == set(assets)


def test_an_asset_that_nobody_has_approved_costs_nothing_and_is_not_usable(hub: Hub) -> None:
    asset = asset_row(hub)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"music": "none"})
    with hub.database.read() as session:
        assert session.scalar(select(AssetClearance)) is None
    assert usable(hub) == []


def test_a_prohibition_for_all_holds_at_once_and_works_nothing_out_anew(hub: Hub) -> None:
    assets = [asset_row(hub), asset_row(hub)]
    clear(hub, *assets)
    with hub.database.read() as session:
        before = session.execute(select(AssetClearance.asset_id, AssetClearance.clearance_id)).all()
    grant_row(hub, {"effect": "prohibit", "state": "active", "territories": ["DE"]})
    assert usable(hub) == []
    assert set(usable(hub, replace(ADS, territories=("FR",)))) == set(assets)
    with hub.database.read() as session:
        assert session.execute(select(AssetClearance.asset_id, AssetClearance.clearance_id)).all() == before


def test_what_is_for_all_assets_is_read_once_by_whoever_only_reads_and_anew_by_others(hub: Hub) -> None:
    with hub.database.read() as session, statements(hub) as seen:
        assert for_all_assets(session) is for_all_assets(session)
    assert len(seen) == 1
    with hub.database.write() as session:
        assert not for_all_assets(session).grants
        plain = {"effect": "prohibit", "state": "active", "territories": ["DE"]}
        licensing.add(hub, session, SYSTEM, licensing.Draft(plain, None))
        assert len(for_all_assets(session).grants) == 1


def test_a_prohibition_of_a_person_reaches_the_assets_that_show_them(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    clear(hub, asset, other)
    person = person_row(hub)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    grant_row(hub, {"effect": "permit", "layer": "likeness", "subject": person, **AMPLE, "assets": [asset]})
    assert set(usable(hub)) == {asset, other}
    grant_row(hub, {"effect": "prohibit", "state": "active", "subject": person})
    assert usable(hub) == [other]


def test_what_ends_a_right_ends_it_for_all_at_once_too(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    grant = clear(hub, asset)
    clear(hub, other)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("platform_revoked"))
    assert usable(hub) == [other]
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=other, status="hold")
    assert usable(hub) == []


def test_the_ingredients_of_an_asset_take_it_with_them(hub: Hub) -> None:
    whole, part = asset_row(hub), asset_row(hub)
    clear(hub, whole, part)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=whole, answers={"ingredients": [part]})
    assert set(usable(hub)) == {whole, part}
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=part, status="taken_down")
    assert usable(hub) == []


def test_a_newer_version_ends_the_older_one_on_assets_that_it_does_not_name(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    older = clear(hub, asset)
    clear(hub, other, supersedes=[older])
    assert usable(hub) == [other]


def test_a_version_signed_for_a_later_day_counts_from_then_on_without_any_job(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    older = clear(hub, asset)
    signed = clock() + timedelta(days=10)
    clear(hub, asset, supersedes=[older], signed_at=signed.isoformat(), channels=["email"])
    assert usable(hub) == [asset]
    clock.go_on(days=11)
    assert usable(hub) == []
    assert usable(hub, replace(ADS, channel="email")) == [asset]


def test_a_term_that_begins_with_the_first_publication_is_decided_with_each_use(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset, other = asset_row(hub), asset_row(hub)
    clear(hub, other)
    window = {"trigger": "first_publication", "count": 2, "unit": "months", "zone": "Europe/Berlin"}
    clear(hub, asset, starts_at=None, perpetual=None, window=window)
    start = clock()
    for days, allowed in ((30, {asset, other}), (90, {other})):
        use = replace(ADS, starts_at=start, ends_at=start + timedelta(days=days))
        answers = both_forms(hub, [asset, other], use)
        assert answers.singly == answers.together == allowed


@pytest.mark.parametrize(
    "use",
    [
        Use("facebook_wall", ("DE",)),
        Use("email", ("UK",)),
        Use("email", ("DE",), edits=frozenset({"paint"})),
    ],
)
def test_a_use_with_an_unknown_word_is_allowed_of_nothing(hub: Hub, use: Use) -> None:
    clear(hub, asset_row(hub))
    assert usable(hub, use) == []


@pytest.mark.parametrize("use", [replace(ADS, operation="continue"), replace(ADS, parties=frozenset({"agency"}))])
def test_only_new_uses_by_the_own_party_can_be_asked_of_all(hub: Hub, use: Use) -> None:
    with pytest.raises(Invalid):
        usable(hub, use)


def test_products_that_are_part_of_one_anothers_names_are_not_mixed_up(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset, products=["soap", "Tea%"])
    for products, allowed in (
        ({"soap"}, True),
        ({"oap"}, False),
        ({"Soap"}, False),
        ({"Tea%"}, True),
        ({"Teas"}, False),
    ):
        use = replace(ADS, products=frozenset(products))
        answers = both_forms(hub, [asset], use)
        assert answers.singly == answers.together == ({asset} if allowed else set())


def test_parts_of_countries_are_told_apart(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset, territories=["US", "DE-BY"], exclude_territories=["US-NY"])
    for place, allowed in (("US", 0), ("US-NY", 0), ("US-CA", 1), ("DE", 0), ("DE-BY", 1), ("DE-BE", 0), ("WORLD", 0)):
        answers = both_forms(hub, [asset], replace(ADS, territories=(place,)))
        assert answers.singly == answers.together == ({asset} if allowed else set()), place
