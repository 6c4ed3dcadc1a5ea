"""The columns of an index: that of all numbers and days which fields of campaigns say."""

from __future__ import annotations

from datetime import date, timedelta

from tests.ugc_hub.search.test_engine import asset, filled, found
from ugc_hub.search.engine import Engine
from ugc_hub.search.tree import Amount, Not


def test_numbers_and_days_of_fields_of_campaigns_lie_in_ranges(engine: Engine) -> None:
    day = date(2026, 5, 1)
    filled(
        engine,
        asset("a", fields={"Fee": 100.0, "Shoot day": day}),
        asset("b", fields={"fee": 100.5}, numbers={"duration": 100}),
        asset("c", fields={"fee paid": 100.0, "SHOOT DAY": day + timedelta(days=1)}),
        asset("d", fields={"fee": day, "shoot day": -3.0}),
    )
    assert found(engine, Amount("FEE", 100, 100.5)) == {"a", "b"}
    assert found(engine, Amount("fee", 100, 100.5, with_low=False)) == {"b"}
    assert found(engine, Amount("fee", 100, 100.5, with_high=False)) == {"a"}
    assert found(engine, Amount("fee", None, 100)) == {"a"}
    assert found(engine, Amount("fee", 5, 4)) == set()
    assert found(engine, Amount("shoot day", None, 0)) == {"d"}
    assert found(engine, Amount("Shoot  Day", day.toordinal(), None, days=True)) == {"a", "c"}
    assert found(engine, Not(Amount("shoot day", None, day.toordinal(), days=True))) == {"b", "c", "d"}
    engine.update([asset("a", fields={"fee": 7.0})])
    engine.commit(2)
    assert found(engine, Amount("fee", None, 1000)) == {"a", "b"}
