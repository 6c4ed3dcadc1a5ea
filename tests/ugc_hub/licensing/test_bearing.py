"""What bears on one of many assets: nothing that the rule would look at is left out."""

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.rights import chance
from tests.ugc_hub.rights.rows import facts, permit, prohibit, values
from ugc_hub.licensing import Situation
from ugc_hub.licensing.bearing import Bearing
from ugc_hub.rights import AssetFacts, Grant, Request, decide

WHOLE = {"photo": facts(ingredients=("clip",)), "clip": facts(id="clip"), "other": facts(id="other")}


def names(found: list[Grant]) -> set[str]:
    """The ids of grants, of which none comes twice."""
    assert len({one.id for one in found}) == len(found)
    return {one.id for one in found}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(chance.rows, chance.facts, chance.requests(), st.booleans())
def test_the_answer_is_the_one_that_all_rows_give(
    rows: list[Grant], known: Mapping[str, AssetFacts], asked: Request, whole: bool
) -> None:
    known = {**known, **WHOLE} if whole else known
    bearing = Bearing(Situation(tuple(rows), known, {}))
    assert decide(asked, bearing.on(asked.asset, *asked.ingredients), known) == decide(asked, rows, known)


def test_grants_of_other_assets_are_left_out() -> None:
    rows = (
        permit("own", assets=values("photo", "other")),
        permit("other", assets=values("other")),
        permit("part", assets=values("clip")),
        permit("all", assets=values("*")),
        prohibit("subject", assets=None),
    )
    bearing = Bearing(Situation(rows, WHOLE, {}))
    assert names(bearing.on("photo")) == {"own", "part", "all", "subject"}
    assert names(bearing.on("other")) == {"own", "other", "all", "subject"}
    assert names(bearing.on("clip", "other")) == {"own", "other", "part", "all", "subject"}


def test_what_takes_the_place_of_a_grant_comes_with_it_though_it_names_another_asset() -> None:
    rows = (
        permit("older", assets=values("photo")),
        permit("newer", assets=values("other"), supersedes=values("older")),
    )
    assert names(Bearing(Situation(rows, WHOLE, {})).on("photo")) == {"older", "newer"}
