"""Exclusive to somebody else (section 2.5, last row)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import (
    NOON,
    SIGNED,
    answer,
    before,
    day,
    later,
    permit,
    reasons,
    request,
    revoked,
    values,
)


def exclusive(**changed: Any) -> Any:
    """An exclusive licence of a rival, signed before ours."""
    given = {"grantees": values("rival"), "exclusive": True, "signed_at": before(SIGNED)}
    return permit("e1", **given | changed)


def test_an_exclusive_licence_of_somebody_else_pushes_later_ones_aside() -> None:
    assert reasons(answer(request(), permit(), exclusive())) == {"EXCLUSIVE_TO_OTHER:copyright"}
    assert reasons(answer(request(), permit(), exclusive(signed_at=SIGNED))) == {"EXCLUSIVE_TO_OTHER:copyright"}
    assert answer(request(), permit(), exclusive(signed_at=later(SIGNED))).allowed


def test_where_a_signature_has_no_date_the_exclusive_licence_wins() -> None:
    assert not answer(request(), permit(), exclusive(signed_at=None)).allowed
    assert not answer(request(), permit(signed_at=None), exclusive(signed_at=later(SIGNED))).allowed


@pytest.mark.parametrize(
    "changed",
    [
        {"exclusive": False},
        {"state": "suspended"},
        {"channels": values("website")},
        {"channels": None},
        {"territories": values("FR")},
        {"territories": None},
        {"layer": "music"},
        {"assets": values("other")},
        {"ends_at": NOON},
        {"starts_at": later(NOON)},
        {"revocations": revoked(NOON)},
        {"revocations": revoked(NOON, channels=values("email"))},
        {"grantees": values("rival", "brand")},
    ],
)
def test_an_exclusive_licence_that_does_not_overlap_blocks_nothing(changed: dict[str, Any]) -> None:
    assert answer(request(), permit(), exclusive(**changed)).allowed


def test_an_exclusive_licence_blocks_a_wider_question_too() -> None:
    narrow = exclusive(channels=values("paid_social.meta"), territories=values("US-NY"))
    assert not answer(request(channel="paid_social"), permit(), narrow).allowed
    assert answer(request(channel="paid_social", territories=("DE",)), permit(), narrow).allowed


def test_a_replaced_exclusive_licence_binds_nobody_but_no_prohibition_can_replace_it() -> None:
    newer = permit("e2", grantees=values("rival"), supersedes=values("e1"), signed_at=day(2))
    assert answer(request(), permit(), exclusive(), newer).allowed
    from_prohibition = permit("x2", effect="prohibit", channels=values("tv"), supersedes=values("e1"))
    assert reasons(answer(request(), permit(), exclusive(), from_prohibition)) == {"EXCLUSIVE_TO_OTHER:copyright"}


def test_an_exclusive_licence_does_not_exclude_itself() -> None:
    asked = request(parties=values("stranger"))
    assert reasons(answer(asked, exclusive())) == {"GRANTEE_NOT_COVERED:copyright"}
