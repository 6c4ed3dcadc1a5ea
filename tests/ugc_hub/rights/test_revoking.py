"""What a revocation does (section 2.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ugc_hub.rights import Malformed, RevocationEffect, RevocationEvent, effect_of, read_event

NOW = datetime(2030, 6, 1, 10, tzinfo=UTC)


def effect(basis: str, **known: Any) -> RevocationEffect:
    """The effect of one event now."""
    return effect_of(RevocationEvent(basis, NOW, **known))


def test_notice_ends_a_revocable_licence_after_its_days() -> None:
    found = effect("contract_notice", revocable="with_notice", notice_days=30)
    assert found == RevocationEffect(NOW + timedelta(days=30), "active", "notify_now_takedown_due_at_effective")
    at_once = RevocationEffect(NOW, "active", "takedown_now")
    assert effect("contract_notice", revocable="with_notice", notice_days=0) == at_once
    assert effect("contract_notice", revocable="with_notice", notice_days=-5) == at_once
    assert effect("contract_notice", revocable="any_time", notice_days=30) == at_once
    assert effect("contract_notice", revocable="with_notice", notice_days=10**9) == at_once


def test_notice_to_an_irrevocable_licence_ends_nothing_but_is_looked_at() -> None:
    dispute = RevocationEffect(None, "hold", "review")
    assert effect("contract_notice", revocable="no") == dispute
    assert effect("contract_notice", revocable="perhaps") == dispute
    assert effect("a new idea") == dispute


def test_a_withdrawn_consent_ends_likeness_at_once_and_nothing_else() -> None:
    at_once = RevocationEffect(NOW, "active", "takedown_now")
    for layer in ("likeness", "*"):
        assert effect("gdpr_withdrawal", layer=layer, revocable="with_notice", notice_days=30) == at_once
    assert effect("gdpr_withdrawal", layer="copyright", revocable="any_time").effective_at is None


def test_the_platform_ends_its_own_channel_at_once() -> None:
    assert effect("platform_revoked").exports == "takedown_now_this_channel_only"
    assert effect("platform_revoked").effective_at == NOW


def test_a_claim_holds_and_an_erasure_takes_down() -> None:
    assert effect("legal_claim") == RevocationEffect(NOW, "hold", "takedown_now")
    assert effect("erasure_request") == RevocationEffect(NOW, "taken_down", "takedown_now", then_erase=True)


def test_a_reply_that_disappeared_suspends_and_a_signature_does_not_disappear() -> None:
    assert effect("evidence_source_gone", evidence_level=1) == RevocationEffect(
        NOW, "active", "review", grant_state="suspended"
    )
    assert effect("evidence_source_gone", evidence_level=0).grant_state == "suspended"
    assert effect("evidence_source_gone", evidence_level=2) == RevocationEffect(None)


def test_an_event_is_read_with_the_least_generous_defaults() -> None:
    read = read_event({"basis": "contract_notice", "requested_at": "2030-06-01T12:00:00+02:00"})
    assert read == RevocationEvent("contract_notice", NOW, "copyright", "no", 0, 0)
    slip = {"basis": "contract_notice", "requested_at": NOW.isoformat(), "notice_days": True, "evidence_level": True}
    assert read_event(slip) == read


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"basis": "legal_claim"},
        {"basis": 3, "requested_at": "2030-06-01T12:00:00Z"},
        {"basis": "legal_claim", "requested_at": "2030-06-01T12:00:00"},
        {"basis": "legal_claim", "requested_at": "tomorrow"},
        {"basis": "legal_claim", "requested_at": 5},
    ],
)
def test_an_event_without_basis_or_instant_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_event(plain)
