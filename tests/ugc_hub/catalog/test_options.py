"""Fields of campaigns as facets: which are offered, what they count, and how they are named."""

from __future__ import annotations

import pytest

from tests.ugc_hub.catalog.test_fields import MANAGER, defined, filled
from tests.ugc_hub.rows import asset_row
from ugc_hub import catalog
from ugc_hub.catalog import Definition
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower


def test_choices_and_answers_of_the_campaigns_that_are_searched_are_facets(hub: Hub) -> None:
    one, two, three = sorted(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(3))
    asset_row(hub, "other.jpg", campaign="Winter")
    for definition in (
        Definition("Shoot colour", "choice", choices=("Rot", "dark blue")),
        Definition("Paid", "yes_no"),
        Definition("Note"),
        Definition("Fee", "number"),
    ):
        defined(hub, definition)
    catalog.add_field(hub, MANAGER, "Winter", Definition("Snow", "yes_no"))
    filled(hub, one, Paid=True, Note="x", **{"Shoot colour": "rot"})
    filled(hub, two, Paid=False, Fee=5, **{"Shoot colour": "dark blue"})
    filled(hub, three, Paid=True)
    Follower(hub).step()

    def counts(text: str = "", **chosen: frozenset[str]) -> dict[str, dict[str, int]]:
        names = {name.replace("__", ":"): values for name, values in chosen.items()}
        told = catalog.search(hub, MANAGER, catalog.Search(text, names, ("custom", "kind"))).facets
        return {name: {one.value: one.count for one in values} for name, values in told.items() if name != "kind"}

    summer = frozenset({"Summer"})
    everything = {"custom:shoot_colour": {"Rot": 1, "dark blue": 1}, "custom:paid": {"yes": 2, "no": 1}}
    assert counts(campaign=summer) == counts("campaign:summer jpg") == everything
    assert counts() == counts("campaign:summer OR campaign:winter") == counts("-campaign:winter") == {}
    assert counts(campaign=frozenset({"Summer", "Winter"})) == {**everything, "custom:snow": {}}
    yes = frozenset({"yes"})
    assert counts(campaign=summer, custom__Paid=yes) == {
        "custom:shoot_colour": {"Rot": 1},
        "custom:paid": {"yes": 2, "no": 1},
    }
    assert counts(custom__paid=yes) == {"custom:paid": {"yes": 2, "no": 1}}
    asked = catalog.Search("", {"custom:SHOOT Colour": frozenset({"Rot", "dark blue"})}, ("custom:shoot colour",))
    result = catalog.search(hub, MANAGER, asked)
    assert sorted(one.asset.id for one in result.items) == [one, two]
    assert [(one.value, one.chosen) for one in result.facets["custom:shoot_colour"]] == [
        ("Rot", True),
        ("dark blue", True),
    ]
    assert result.titles == {"custom:shoot_colour": "Shoot colour"}
    none = catalog.search(hub, MANAGER, catalog.Search("nothing.such", {"custom:paid": yes}))
    assert (none.total, none.titles) == (0, {"custom:paid": "Paid"})
    for wrong in ("custom:", "custom: ", "custom:a=b"):
        with pytest.raises(Invalid):
            catalog.search(hub, MANAGER, catalog.Search(facets=(wrong,)))
