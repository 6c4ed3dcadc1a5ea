"""Every backend keeps the same contract."""

from __future__ import annotations

import pytest

from storage import Storage
from storage.conformance import CHECKS, Check, refused
from storage.errors import NotFound

REQUIREMENTS = {
    "racing_writers_make_one_object": "R11",
    "hostile_keys_are_refused_everywhere": "R59",
    "odd_keys_survive_unchanged": "R59",
    "the_marker_names_the_owner": "R39",
    "objects_without_a_marker_are_foreign": "R39",
    "what_is_not_committed_is_gone": "R16",
}


def marked(check: Check) -> object:
    """One check as a parameter, with the requirement it shows."""
    name = check.__name__
    marks = [pytest.mark.req(REQUIREMENTS[name])] if name in REQUIREMENTS else []
    return pytest.param(check, id=name, marks=marks)


@pytest.mark.parametrize("check", [marked(check) for check in CHECKS])
def test_every_backend_keeps_the_contract(storage: Storage, check: Check) -> None:
    check(storage)


def test_the_suite_notices_a_call_that_should_have_been_refused() -> None:
    with pytest.raises(AssertionError, match="NotFound"):
        refused(NotFound, lambda: None)
