"""Where a preset is shown, in the words of rights: a file made for an Instagram post is asked for as one."""

from __future__ import annotations

from ugc_hub.presets.records import Target

_PAID = {
    "meta": "paid_social.meta",
    "tiktok": "paid_social.tiktok",
    "youtube": "paid_social.youtube",
    "pinterest": "paid_social.pinterest",
    "linkedin": "paid_social.linkedin",
    "x": "paid_social.x",
    "snapchat": "paid_social.snapchat",
    "google_display": "display",
    "iab": "display",
}
"""Ads; Performance Max, Demand Gen and Amazon run in several kinds of places, so there somebody has to say which."""
_ORGANIC = frozenset(
    {"instagram", "facebook", "threads", "tiktok", "youtube", "pinterest", "linkedin", "x", "snapchat"},
)


def channel_of(target: Target) -> str | None:
    """Return the channel that a target is shown on, or None where that must be said by whoever asks.

    A card or preview that other sites show of one's own page belongs to that page.
    """
    if target.channel == "email":
        return "email"
    if target.channel == "web":
        return "website"
    if target.channel == "organic":
        return f"organic_social.{target.platform}" if target.platform in _ORGANIC else None
    return _PAID.get(target.platform)
