"""What is live may stay for a while after the end (section 2.8)."""

from __future__ import annotations

from tests.ugc_hub.rights.rows import (
    END,
    answer,
    before,
    day,
    permit,
    reasons,
    remain,
    request,
    revoked,
)


def test_what_is_live_may_stay_for_the_wind_down_on_its_channels() -> None:
    resting = permit(wind_down=remain("website"))
    live = {"operation": "continue", "at": day(3, year=2031)}
    assert answer(request(channel="website.home", **live), resting).allowed
    assert answer(request(channel="website.home", **live), resting).valid_until is None
    assert reasons(answer(request(channel="email", **live), resting)) == {"EXPIRED:copyright"}
    new = request(channel="website.home", at=day(3, year=2031))
    assert reasons(answer(new, resting)) == {"EXPIRED:copyright"}
    assert reasons(answer(request(channel="website.home", **live), permit())) == {"EXPIRED:copyright"}


def test_a_grace_ends_after_its_days() -> None:
    resting = permit(wind_down=remain("*", days=14))
    live = request(operation="continue", at=END)
    assert answer(live, resting).valid_until == day(1, 15, 2031)
    assert answer(request(operation="continue", at=before(day(1, 15, 2031))), resting).allowed
    assert reasons(answer(request(operation="continue", at=day(1, 15, 2031)), resting)) == {"EXPIRED:copyright"}


def test_no_wind_down_softens_a_revocation() -> None:
    live = request(channel="website", operation="continue", at=day(2, year=2031))
    for at in (day(5), END, day(2, year=2031)):
        resting = permit(wind_down=remain("website"), revocations=revoked(at))
        assert reasons(answer(live, resting)) == {"REVOKED:copyright"}
    announced = permit(wind_down=remain("website"), revocations=revoked(day(9, year=2031)))
    assert answer(live, announced).valid_until == day(9, year=2031)


def test_what_never_ends_needs_no_wind_down() -> None:
    for_ever = permit(ends_at=None, perpetual=True, wind_down=remain("email", days=14))
    decision = answer(request(operation="continue"), for_ever)
    assert decision.allowed
    assert decision.valid_until is None


def test_a_grace_longer_than_the_calendar_ends_with_it() -> None:
    resting = permit(wind_down=remain("email", days=10**9))
    assert answer(request(operation="continue", at=day(2, year=2031)), resting).allowed
