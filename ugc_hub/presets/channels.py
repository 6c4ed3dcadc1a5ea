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
"""Ads, by platform."""
_PLACES = {
    ("amazon", "sponsored_brands_video"): "marketplace.amazon",
    ("amazon", "amazon_video_ads"): "marketplace.amazon",
    ("amazon", "streaming_tv_prime_video"): "tv.ctv",
}
"""Ads of platforms that run in several kinds of places, where one placement belongs to one of them."""
_SEVERAL = {
    "amazon": ("display", "marketplace.amazon"),
    "google_demand_gen": ("display", "paid_social.youtube"),
    "google_pmax": ("display", "paid_social.youtube"),
    "cross_platform": ("paid_social.meta", "paid_social.tiktok", "paid_social.youtube", "paid_social.snapchat"),
}
"""Where the other ads of such platforms may run; somebody has to say which."""
_ANY = ("display", "paid_social", "marketplace")
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
    if target.channel == "print":
        return "print"
    if target.channel == "organic":
        return f"organic_social.{target.platform}" if target.platform in _ORGANIC else None
    return _PAID.get(target.platform) or _PLACES.get((target.platform, target.placement))


def choices_of(target: Target) -> tuple[str, ...]:
    """Return the channels of which somebody states one, the likeliest first; none where the target has its own."""
    if channel_of(target) is not None:
        return ()
    return _SEVERAL.get(target.platform, _ANY)
