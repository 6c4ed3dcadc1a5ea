"""Boxes allow exactly what the rule allows, use by use."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.rights import chance
from tests.ugc_hub.rights.rows import NOON, facts, permit, prohibit, values
from ugc_hub.rights import AssetFacts, Grant, Request, decide, standard
from ugc_hub.rights.atlas import world_atlas
from ugc_hub.rights.boxes import OTHER, REST, UNSTATED, Box, Scale, mask_of, rectangles, scale_of
from ugc_hub.rights.compiling import Setting, compiled, everywhere
from ugc_hub.rights.parts import country_of
from ugc_hub.rights.questions import Question
from ugc_hub.rights.questions import ask as read_question

BRAND = values("brand")
PHOTO = {"photo": facts()}


def inside(box: Box, scale: Scale, asked: Question) -> bool:
    """Whether a use lies within a box."""
    edits = mask_of(scale.edits, asked.edits)
    products = sum(4 << scale.products.index(one) for one in asked.products if one in scale.products)
    products |= 0 if asked.products <= set(scale.products) else OTHER
    ends = asked.ends_at or asked.starts_at + timedelta(microseconds=1)
    return (
        box.channels >> scale.channels.index(asked.channel.name) & 1 == 1
        and all(box.places >> _bit(place, scale) & 1 for place in asked.places)
        and edits & ~box.edits_most == 0
        and box.edits_least & ~edits == 0
        and (products or UNSTATED) & ~box.products == 0
        and box.starts_at <= asked.starts_at
        and (box.ends_at is None or ends <= box.ends_at)
        and (box.known_from is None or box.known_from <= asked.now)
        and (box.known_until is None or asked.now < box.known_until)
    )


def _bit(place: str, scale: Scale) -> int:
    rest = country_of(place) + REST
    known = place if place in scale.places else rest if rest in scale.places else country_of(place)
    return scale.places.index(known)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    chance.rows,
    chance.facts,
    st.lists(chance.requests(), min_size=10, max_size=10),
    st.tuples(chance.instants, chance.instants, st.booleans(), st.sampled_from([(), ("crop",), ("crop", "color")])),
)
def test_boxes_agree_with_the_rule(
    rows: list[Grant],
    known: Mapping[str, AssetFacts],
    asks: list[Request],
    when: tuple[datetime, datetime, bool, tuple[str, ...]],
) -> None:
    compiled_at, asked_at, mixed, made = when
    done = asks[0].duty_state
    about = {**known, "photo": replace(known["photo"], ingredients=("clip",), edits=values(*made))} if mixed else known
    boxes, scale = compiled("photo", rows, about, Setting(BRAND, min(compiled_at, asked_at), done))
    # What bars every asset alike is no part of the boxes; what it replaces still is.
    kept = [not everywhere(row) or bool(mixed and made and row.edits) for row in rows]
    told = [row if stays else replace(row, channels=values("nowhere")) for row, stays in zip(rows, kept, strict=True)]
    for asked in asks:
        use = replace(
            asked, operation="publish", parties=BRAND, duty_state=done, ingredients=(), now=max(compiled_at, asked_at)
        )
        question = read_question(use, about, standard())
        assert any(inside(box, scale, question) for box in boxes) == decide(use, told, about).allowed, use


def test_the_bits_fit_into_the_columns() -> None:
    scale = scale_of(standard())
    assert len(scale.channels) <= 63
    assert len(scale.edits) <= 63
    assert len(scale.countries) == len(world_atlas().countries) + 1 <= 4 * 63


def test_two_grants_in_a_row_become_one_box_where_they_allow_the_same() -> None:
    middle = datetime.fromisoformat("2030-06-01T00:00:00Z")
    rows = [permit("g1", ends_at=middle), permit("g2", starts_at=middle, channels=values("email"))]
    boxes, scale = compiled("photo", rows, PHOTO, Setting(BRAND, NOON, {}))
    email = 1 << scale.channels.index("email")
    longest = [box for box in boxes if box.channels & email and box.ends_at == rows[1].ends_at]
    assert [box.starts_at for box in longest] == [rows[0].starts_at]


def test_too_many_ways_to_combine_grants_are_not_worked_out() -> None:
    edits = sorted(standard().editorial)[:10]
    rows = [permit(f"g{one}", edits=frozenset(edits) - {one}) for one in edits]
    with pytest.raises(OverflowError):
        compiled("photo", rows, PHOTO, Setting(BRAND, NOON, {}))


def test_an_asset_without_its_ingredient_allows_nothing() -> None:
    about = {"photo": facts(ingredients=("lost",))}
    assert compiled("photo", [permit()], about, Setting(BRAND, NOON, {}))[0] == []


def test_a_prohibition_of_some_products_leaves_the_others() -> None:
    boxes, scale = compiled("photo", [permit(), prohibit(products=values("beer"))], PHOTO, Setting(BRAND, NOON, {}))
    assert scale.products == ("beer",)
    assert {box.products for box in boxes} == {OTHER}


def test_rectangles_are_the_largest_ones() -> None:
    assert set(rectangles([0b01, 0b11, 0b10])) == {(0b01, 0, 2), (0b11, 1, 2), (0b10, 1, 3)}
    assert list(rectangles([0b1, 0, 0b1])) == [(1, 0, 1), (1, 2, 3)]
