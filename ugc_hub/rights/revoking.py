"""Revoking: what somebody's "no longer" does to a grant, its asset and the copies that are out (section 2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ugc_hub.rights.questions import Malformed
from ugc_hub.rights.reading import read_instant

PUBLIC_REPLY = 1
"""Evidence level of a reply that can disappear."""


@dataclass(frozen=True)
class RevocationEvent:
    """Somebody's word, or a sign, that a grant should end."""

    basis: str
    """contract_notice, gdpr_withdrawal, platform_revoked, legal_claim, erasure_request or evidence_source_gone."""
    requested_at: datetime
    layer: str = "copyright"
    """The layer of the grant; `*` for all layers of the asset."""
    revocable: str = "no"
    """no, with_notice or any_time, as the agreement says."""
    notice_days: int = 0
    evidence_level: int = 0


@dataclass(frozen=True)
class RevocationEffect:
    """What follows. `effective_at` None ends nothing; `asset_status` is the asset's from now on."""

    effective_at: datetime | None
    asset_status: str = "active"
    exports: str = "none"
    """For copies that are out: none, review, notify_now_takedown_due_at_effective, takedown_now,
    takedown_now_this_channel_only."""
    grant_state: str = "active"
    """`suspended` until confirmed by click-wrap where the evidence disappeared."""
    then_erase: bool = False
    """Becomes `erased` once files, renditions and index entries are gone; minimal proof of consent stays."""


def effect_of(event: RevocationEvent) -> RevocationEffect:
    """Return what a revocation does; a basis that is not known puts the asset on hold, to be looked at."""
    return _EFFECTS.get(event.basis, _dispute)(event)


def _dispute(_event: RevocationEvent) -> RevocationEffect:
    """Nothing ends by itself, and nothing is allowed until somebody has looked at it."""
    return RevocationEffect(None, "hold", "review")


def _contract_notice(event: RevocationEvent) -> RevocationEffect:
    if event.revocable == "any_time":
        return RevocationEffect(event.requested_at, exports="takedown_now")
    if event.revocable != "with_notice":
        return _dispute(event)
    try:
        effective = event.requested_at + timedelta(days=max(event.notice_days, 0))
    except OverflowError:  # a notice longer than the calendar is a mistake, not a licence for ever
        effective = event.requested_at
    later = effective > event.requested_at
    return RevocationEffect(effective, exports="notify_now_takedown_due_at_effective" if later else "takedown_now")


def _withdrawal(event: RevocationEvent) -> RevocationEffect:
    """A consent under the GDPR is withdrawn at once; a licence of content rests on no consent."""
    if event.layer not in ("likeness", "*"):
        return _dispute(event)
    return RevocationEffect(event.requested_at, exports="takedown_now")


def _platform(event: RevocationEvent) -> RevocationEffect:
    return RevocationEffect(event.requested_at, exports="takedown_now_this_channel_only")


def _claim(event: RevocationEvent) -> RevocationEffect:
    return RevocationEffect(event.requested_at, "hold", "takedown_now")


def _erasure(event: RevocationEvent) -> RevocationEffect:
    return RevocationEffect(event.requested_at, "taken_down", "takedown_now", then_erase=True)


def _evidence_gone(event: RevocationEvent) -> RevocationEffect:
    """A reply that disappeared proves nothing any more; a signed agreement is not touched."""
    if event.evidence_level > PUBLIC_REPLY:
        return RevocationEffect(None)
    return RevocationEffect(event.requested_at, exports="review", grant_state="suspended")


_EFFECTS: dict[str, Callable[[RevocationEvent], RevocationEffect]] = {
    "contract_notice": _contract_notice,
    "gdpr_withdrawal": _withdrawal,
    "platform_revoked": _platform,
    "legal_claim": _claim,
    "erasure_request": _erasure,
    "evidence_source_gone": _evidence_gone,
}


def read_event(plain: Mapping[str, Any]) -> RevocationEvent:
    """Read a revocation from JSON values.

    Raises:
        Malformed: there is no basis, or no instant with an offset.
    """
    requested = read_instant(plain.get("requested_at"), "requested_at")
    if requested is None or requested.utcoffset() is None or not isinstance(plain.get("basis"), str):
        raise Malformed("requested_at")
    days, level = plain.get("notice_days"), plain.get("evidence_level")
    return RevocationEvent(
        basis=plain["basis"],
        requested_at=requested,
        layer=str(plain.get("layer", "copyright")),
        revocable=str(plain.get("revocable", "no")),
        notice_days=days if isinstance(days, int) and not isinstance(days, bool) else 0,
        evidence_level=level if isinstance(level, int) and not isinstance(level, bool) else 0,
    )
