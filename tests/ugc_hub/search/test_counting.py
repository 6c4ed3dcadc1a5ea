"""Counts of facets of which there may be any number: fields of campaigns."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.ugc_hub.search.test_engine import ALL, asset, filled, ids
from ugc_hub.search.engine import NEWEST, Engine, Request
from ugc_hub.search.tantivy import KEPT_VALUES, Tantivy


def test_fields_of_campaigns_are_facets_each_of_its_own(engine: Engine) -> None:
    said = [("Red", "yes"), ("Red", "no"), ("blue=x", "yes"), ("blue=x", "no"), ("Red", "yes")]
    filled(
        engine,
        *(asset(f"a{n}", fields={"Shoot colour": colour, "Paid": paid}) for n, (colour, paid) in enumerate(said)),
        asset("other", fields={"colour": "Red", "shoot": "colour=Red", "paid": 5.0}),
        asset("none"),
    )
    colour, paid = "custom:shoot_colour", "custom:paid"
    plain = engine.search(Request(ALL, facets=(colour, paid, "custom:none")))
    assert plain.facets == {
        colour: (("Red", 3), ("blue=x", 2)),
        paid: (("yes", 3), ("no", 2)),
        "custom:none": (),
    }
    chosen = {colour: frozenset({"Red", "green"}), paid: frozenset({"yes"})}
    result = engine.search(Request(ALL, chosen=chosen, facets=(colour, paid, "kind"), sort=NEWEST))
    assert set(ids(result)) == {"a0", "a4"}
    assert result.facets[colour] == (("Red", 2), ("blue=x", 1), ("green", 0))
    assert result.facets[paid] == (("yes", 2), ("no", 1))
    assert engine.search(Request(ALL, chosen={colour: frozenset({"red"})})).total == 0


@pytest.mark.parametrize("parts", [1, 3])
def test_the_first_of_many_values_are_counted_right_in_one_part_of_an_index_and_over_several(
    engine: Engine, parts: int
) -> None:
    chance = random.Random(parts)
    creators = [f"c{int(chance.paretovariate(0.8)) % 400}" for _ in range(1800)]
    for part in range(parts):
        filled(engine, *(asset(f"a{n}", keywords={"creator": (creators[n],)}) for n in range(part, 1800, parts)))
    expected = sorted(Counter(creators).items(), key=lambda one: (-one[1], one[0]))
    for size in (3, 20, 51, 1000):
        found = engine.search(Request(ALL, facets=("creator",), facet_size=size)).facets["creator"]
        assert found == tuple(expected[:size]), size


def test_counts_are_kept_up_to_so_many_values(tmp_path: Path) -> None:
    view = Tantivy(tmp_path)._view
    many, few = (tuple((str(number), 1) for number in range(count)) for count in (KEPT_VALUES - 10, 10))
    view.keep("situations", {"clearance": many})
    view.keep("kinds", {"kind": few})
    assert set(view.counts) == {"situations", "kinds"}
    view.keep("tags", {"tag": few[:1]})
    assert view.counts == {"tags": {"tag": few[:1]}}
