from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.queue.runner import failure_of
from workers.queue.shapes import Backoff, Failure, Options


@pytest.mark.req("R27")
def test_the_back_off_doubles_up_to_its_cap() -> None:
    backoff = Backoff(base_s=2, cap_s=60, random=lambda: 1.0)
    assert [backoff.delay_s(attempt) for attempt in range(1, 8)] == [2, 4, 8, 16, 32, 60, 60]


@pytest.mark.req("R27")
def test_the_back_off_is_spread_between_half_and_all_of_itself() -> None:
    assert Backoff(base_s=8, random=lambda: 0.0).delay_s(1) == 4
    assert Backoff(base_s=8, random=lambda: 0.5).delay_s(1) == 6
    drawn = {Backoff(base_s=8).delay_s(1) for _ in range(20)}
    assert len(drawn) > 1


@pytest.mark.req("R27")
@given(st.integers(-5, 10**9), st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1))
def test_the_back_off_never_exceeds_its_cap(attempts: int, base_s: float, cap_s: float, drawn: float) -> None:
    assert 0 <= Backoff(base_s, cap_s, lambda: drawn).delay_s(attempts) <= cap_s


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_attempts": 0},
        {"delay_s": -1.0},
        {"delay_s": float("nan")},
        {"run_at": datetime(2026, 1, 1)},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Options(**wrong)  # type: ignore[arg-type]


class Known(Exception):
    code = "too_large"
    message = "This file is too large."
    retry = False


class Foreign(Exception):
    code = 404
    message = b"bytes"


def test_an_exception_says_itself_what_to_record_of_it() -> None:
    assert failure_of(Known("detail")) == Failure("too_large", "This file is too large.", retry=False)
    assert failure_of(Foreign("gone")) == Failure("internal_error", "Foreign: gone", retry=True)
    assert failure_of(KeyError("x")) == Failure("internal_error", "KeyError: 'x'", retry=True)
