"""What of a query says nothing yet while it is typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ugc_hub.search.language import Clock, Reading, parse
from ugc_hub.search.tree import Everything, Word

CLOCK = Clock(datetime(2026, 11, 25, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    "ending",
    [
        "creator:",
        "kind:",
        "created:",
        "created:>",
        "-tag:",
        "creator:@",
        'tag:"',
        "usable:",
        "until:202",
        "kind:i",
        "status:appr",
        "created:2026-",
        "expires:y",
    ],
)
def test_a_field_that_waits_for_its_value_says_nothing_yet(ending: str) -> None:
    assert parse(ending, CLOCK, typing=True) == Reading(Everything())
    for sign in ("", "OR ", "NOT ", "AND "):
        assert parse(f"lake {sign}{ending}", CLOCK, typing=True) == Reading(Word("lake"))
    assert parse(ending, CLOCK).problems
