"""Requests, codes, releases and partnerships as plain JSON: never a token, a code or an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ugc_hub.models import Grant, Partnership, PlatformCode, Property, RequestTemplate, RightsRequest, Track

REQUEST = (
    "id",
    "kind",
    "state",
    "creator_id",
    "person_id",
    "role",
    "locale",
    "subject",
    "asked",
    "answer",
    "words",
    "reply",
    "confirms_id",
    "partnership_id",
    "version_id",
    "delivery",
    "sent_at",
    "seen_at",
    "expires_at",
    "answered_at",
    "reminders",
    "created_at",
)
CODE = (
    "id",
    "grant_id",
    "asset_id",
    "creator_id",
    "platform",
    "post_id",
    "duration_days",
    "starts_at",
    "ends_at",
    "remote_state",
    "last_checked_at",
    "created_at",
)
PARTNERSHIP = (
    "id",
    "creator_id",
    "kind",
    "campaign_id",
    "starts_on",
    "ends_on",
    "zone",
    "fee_micros",
    "product_value_micros",
    "currency",
    "affiliate_code",
    "agreement_id",
    "arrival",
    "note",
    "ended_at",
    "created_at",
)
RELEASE = ("id", "layer", "subject", "state", "reach", "starts_at", "ends_at", "perpetual", "evidence_ok", "version_id")
TEMPLATE = ("id", "name", "locale", "number", "subject", "message", "terms")
_KNOWN: dict[type[Any], tuple[str, ...]] = {
    RightsRequest: REQUEST,
    PlatformCode: CODE,
    Partnership: PARTNERSHIP,
    Grant: RELEASE,
    RequestTemplate: TEMPLATE,
    Track: ("id", "title", "artist", "owner", "source"),
    Property: ("id", "name", "owner"),
}


def plain(row: Any) -> dict[str, Any]:
    """Return what may be shown of a row."""
    return {name: getattr(row, name) for name in _KNOWN[type(row)]}


def plains(rows: Iterable[Any]) -> dict[str, list[dict[str, Any]]]:
    """Return rows as the items of a list."""
    return {"items": [plain(row) for row in rows]}
