"""Words and places: known, closed, versioned."""

from __future__ import annotations

from datetime import date

import pytest

from tests.ugc_hub.rights.rows import answer, permit, request, values
from ugc_hub.rights import WORLD, Reach, standard, world_atlas
from ugc_hub.rights.decisions import Reason
from ugc_hub.rights.parts import parts
from ugc_hub.rights.reasons import codes, explain, precedence


def reach(included: str, excluded: str = "") -> Reach:
    """Places given as words."""
    return Reach(frozenset(included.split()), frozenset(excluded.split()))


@pytest.mark.parametrize(
    ("included", "excluded", "place", "covered"),
    [
        ("US", "", "US", True),
        ("US", "", "US-NY", True),
        ("US-NY", "", "US", False),
        ("US-NY", "", "US-NY", True),
        ("US-NY", "", "US-TX", False),
        ("US", "", "DE", False),
        ("WORLD", "", "DE", True),
        ("WORLD", "", WORLD, True),
        ("US DE", "", WORLD, False),
        ("WORLD", "US", WORLD, False),
        ("WORLD", "US", "US", False),
        ("WORLD", "US", "US-NY", False),
        ("WORLD", "US", "DE", True),
        ("US", "US-TX", "US", False),
        ("US", "US-TX", "US-TX", False),
        ("US", "US-TX", "US-NY", True),
        ("US", "WORLD", "US", False),
        ("EU", "", "DE", False),
        ("WORLD", "NOWHERE", "DE", False),
        ("", "", "DE", False),
    ],
)
def test_a_permission_covers_a_place_wholly_or_not(included: str, excluded: str, place: str, covered: bool) -> None:
    assert reach(included, excluded).covers(place) is covered


@pytest.mark.parametrize(
    ("included", "excluded", "place", "touched"),
    [
        ("US", "", "US", True),
        ("US", "", "US-NY", True),
        ("US-NY", "", "US", True),
        ("US-NY", "", "US-TX", False),
        ("US", "", "DE", False),
        ("US", "", WORLD, True),
        ("WORLD", "", "DE", True),
        ("WORLD", "DE", "DE", False),
        ("WORLD", "DE", "DE-BY", False),
        ("WORLD", "DE", WORLD, True),
        ("US", "US-TX", "US", True),
        ("US", "US-TX", "US-TX", False),
        ("WORLD", "WORLD", "DE", False),
        ("NOWHERE", "", "DE", True),
        ("NOWHERE", "DE", "DE", False),
        ("", "", WORLD, False),
    ],
)
def test_a_prohibition_touches_a_place_by_any_part(included: str, excluded: str, place: str, touched: bool) -> None:
    assert reach(included, excluded).touches(place) is touched


def test_stating_no_place_means_all_of_them() -> None:
    assert Reach(None).touches("DE")
    assert Reach(None).covers("DE")
    assert not Reach(None, frozenset({"DE"})).touches("DE")


def test_all_countries_are_listed_with_kosovo() -> None:
    atlas = world_atlas()
    assert len(atlas.countries) == 250
    assert {"XK", "US", "SS", "ZW"} <= atlas.countries.keys()
    assert not {"UK", "EU", "SU", "ZZ"} & atlas.countries.keys()
    assert all(code.partition("-")[0] in atlas.countries for code in atlas.subdivisions)
    for name, versions in atlas.groups.items():
        days = [one.version for one in versions if one.version]
        assert days == sorted(set(days)), name
        assert all(one.members <= atlas.countries.keys() for one in versions)


def test_a_group_means_what_it_meant_on_the_day_of_signing() -> None:
    atlas = world_atlas()
    assert "GB" in atlas.expand({"EU"}, date(2019, 6, 1))
    assert "GB" in atlas.expand({"EU"}, date(2020, 1, 31))
    assert "GB" not in atlas.expand({"EU"}, date(2020, 2, 1))
    assert atlas.expand({"EU", "US-NY", "GB"}) == atlas.expand({"EU"}) | {"US-NY", "GB"}
    assert atlas.expand({"EU"}, date(1990, 1, 1)) == {"EU"}
    assert len(atlas.expand({"EU"})) == 27


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("WORLD", "the whole world"),
        ("DE", "Germany"),
        ("US-NY", "New York"),
        ("EU", "European Union"),
        ("DE-BY", "DE-BY"),
    ],
)
def test_places_have_names(code: str, name: str) -> None:
    assert world_atlas().name(code) == name
    assert world_atlas().knows(code)


def test_words_that_no_grant_may_state_are_found() -> None:
    words = standard()
    assert words.unknown("channels", frozenset({"*", "tv.ctv", "hologram"})) == ["hologram"]
    assert words.unknown("edits", frozenset({"any_edit", "crop", "ai_voice", "sparkle"})) == ["sparkle"]
    assert words.unknown("territories", frozenset({"WORLD", "EU", "US-NY", "UK", "us"})) == ["UK", "us"]


def test_children_inherit_from_their_channel() -> None:
    words = standard()
    assert words.channels["tv.ctv"].min_evidence == 3
    assert words.channels["tv.ctv"].line == {"tv", "tv.ctv"}
    assert words.channels["allowlisted_ads.meta"].needs_platform_authorisation


@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize("layer", [None, "copyright", "likeness", "property", "music", "platform"])
def test_every_reason_has_a_sentence_and_a_next_step_for_every_layer(code: str, layer: str | None) -> None:
    told = explain(Reason(code, layer, "p1", "clip", "somewhen"))
    for words in (told.sentence, told.next_step):
        assert words.endswith(".")
        assert words[0].isupper()
        assert not {"{", "}"} & set(words)
    assert told.key == explain(told).key


def test_precedence_is_the_order_of_the_codes() -> None:
    assert [precedence(code) for code in codes()] == list(range(len(codes())))
    assert codes()[0] == "INVALID_REQUEST"


def test_a_sentence_names_what_it_is_about() -> None:
    assert "ana" in explain(Reason("NO_GRANT", "likeness", "ana")).sentence
    assert "ingredient clip" in explain(Reason("ASSET_ON_HOLD", asset="clip")).sentence
    assert "on 2030" in explain(Reason("EXPIRED", "copyright", detail="2030-01-01 00:00 UTC")).sentence
    assert explain(Reason("EXPIRED", "copyright")).sentence == "The permission for the content ended."


@pytest.mark.parametrize(
    ("included", "excluded", "place", "covered"),
    [
        ("US FR", "PR RE", "US-PR", False),
        ("US FR", "PR RE", "FR-RE", False),
        ("US FR", "PR RE", "FR-974", False),
        ("US FR", "PR RE", "US", True),
        ("US", "", "US-PR", False),
        ("US", "", "PR", False),
        ("US-PR", "", "PR", True),
        ("RE", "", "FR-974", True),
        ("WORLD", "FR", "RE", False),
        ("WORLD", "FR-GP", "FR-971", False),
        ("NL-BQ1", "", "BQ-BO", True),
        ("BQ", "", "NL-BQ1", True),
        ("SJ", "", "NO-21", True),
        ("NO", "", "NO-21", False),
        ("GB", "GB-SCT", "GB-EDH", False),
        ("GB", "GB-EDH", "GB-SCT", False),
        ("GB", "GB-EDH", "GB-GLG", True),
        ("GB-SCT", "", "GB-EDH", True),
        ("GB-EDH", "", "GB-SCT", False),
        ("FR-GES", "", "FR-67", True),
        ("US-NYC", "", "US", False),
        ("WORLD", "US-NYC", "US-NY", False),
        ("WORLD", "US-NYC", "DE", True),
    ],
)
def test_one_place_has_one_answer_whatever_its_code(included: str, excluded: str, place: str, covered: bool) -> None:
    assert reach(included, excluded).covers(place) is covered


@pytest.mark.parametrize(
    ("included", "excluded", "place", "touched"),
    [
        ("US-PR", "", "PR", True),
        ("US", "", "PR", True),
        ("US", "", "US-PR", True),
        ("PR", "", "US", False),
        ("US", "PR", "US-PR", False),
        ("GB-SCT", "", "GB-EDH", True),
        ("GB-EDH", "", "GB-SCT", True),
        ("GB-EDH", "", "GB-GLG", False),
        ("GB", "GB-SCT", "GB-EDH", False),
        ("US-NYC", "", "US", True),
        ("US-NYC", "", "US-NY", True),
        ("US-NYC", "", "DE", False),
        ("US", "US-NYC", "US-NY", True),
    ],
)
def test_what_forbids_reaches_a_place_by_any_reading(included: str, excluded: str, place: str, touched: bool) -> None:
    assert reach(included, excluded).touches(place) is touched


@pytest.mark.parametrize("code", ["US-QQ", "US-NYC", "ES-CNX", "ZZ-NY", "US-", "US-NY-1", "VA-01"])
def test_a_subdivision_that_does_not_exist_is_refused(code: str) -> None:
    assert not world_atlas().knows(code)
    assert standard().unknown("territories", frozenset({code})) == [code]
    assert answer(request(territories=(code,)), permit(territories=values("WORLD"))).primary_reason == "INVALID_REQUEST"


def test_every_subdivision_lies_in_a_country_that_is_listed() -> None:
    atlas = world_atlas()
    for code, chain in parts().holders.items():
        assert chain[-1] in atlas.countries, code
        assert len(set(chain)) == len(chain), code
    for old, new in parts().same.items():
        assert atlas.is_place(new), old
        assert old not in parts().holders, old
    assert len(parts().holders) > 5000
    assert {"DE-BY", "US-NY", "NO-56", "FR-75", "FR-75C", "GB-EDH"} <= parts().holders.keys()
