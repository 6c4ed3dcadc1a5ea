"""Grants read back in words: one sentence that says what a row of the database means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ugc_hub.hub import Hub
from ugc_hub.rights import ANY_EDIT, EVERY, WORLD, Grant, Window, standard, world_atlas

from .grants import looked_at

CHANNELS = {
    "internal": "internal use",
    "organic_social": "organic social",
    "paid_social": "paid social",
    "allowlisted_ads": "ads from the creator's handle",
    "display": "display ads",
    "email": "e-mail",
    "website": "website",
    "marketplace": "marketplaces",
    "press": "press",
    "print": "print",
    "in_store": "in store",
    "ooh": "out of home",
    "tv": "TV",
    "xr": "virtual reality",
}
"""Names of the channels for people; a child is named with its own word behind."""
CHILDREN = {
    "pdp": "product pages",
    "home": "home page",
    "blog": "blog",
    "ctv": "connected TV",
    "x": "X",
    "tiktok": "TikTok",
}
CHILDREN |= {"youtube": "YouTube", "linkedin": "LinkedIn", "instagram": "Instagram", "facebook": "Facebook"}
CHILDREN |= {"amazon": "Amazon", "retailer": "retailers", "linear": "broadcast"}
CHILDREN |= {"meta": "Meta", "pinterest": "Pinterest", "snapchat": "Snapchat", "threads": "Threads"}
EDITS = {
    ANY_EDIT: "any edit but by AI",
    "crop": "cropping",
    "trim": "trimming",
    "flip": "flipping",
    "color": "changing colours",
    "retouch": "retouching",
    "caption_overlay": "text on the picture",
    "logo_overlay": "logos on the picture",
    "subtitle": "subtitles",
    "translate": "translating",
    "still_frame": "still frames",
    "speed": "changing the speed",
    "composite": "composites",
    "stitch": "joining with others",
    "audio_replace": "replacing the sound",
    "audio_remove": "removing the sound",
    "voiceover": "voice-over",
    "blur_persons": "blurring persons",
    "ai_enhance": "enhancing by AI",
    "ai_generative_edit": "generative AI edits",
    "ai_synthetic_likeness": "synthetic likeness by AI",
    "ai_voice": "AI voices",
    "ai_training": "training AI",
    "ai_inference": "use by AI systems",
    "resize": "changing the size",
    "transcode": "changing the file format",
    "strip_metadata": "removing metadata",
}
"""Names of the edits for people."""
WITH_ARTICLE = ("European ", "Nordic ", "United ")
"""How names of places begin that have an article in a sentence."""
LAYERS = {
    "copyright": "the pictures and videos",
    "likeness": "the likeness of {subject}",
    "property": "the property {subject}",
    "music": "the music",
    "platform": "ads from the creator's handle on the platform",
}
TRIGGERS = {
    "signature": "the signature",
    "delivery": "the delivery",
    "first_publication": "the first publication",
}


@dataclass(frozen=True)
class Told:
    """Whom and what a sentence names; empty names are told in general words."""

    licensor: str = ""
    grantee: str = ""
    subject: str = ""
    assets: int | None = None
    """How many; None: all."""


def listed(words: Sequence[str], most: int = 8) -> str:
    """Join words as people do: `a`, `a and b`, `a, b and 3 more`."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{len(words) - most} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def channel_name(channel: str) -> str:
    """Return a channel's name for people: `paid_social.meta` -> `paid social (Meta)`."""
    if channel == EVERY:
        return "every channel"
    root, _, child = channel.partition(".")
    name = CHANNELS.get(root, root.replace("_", " "))
    return f"{name} ({CHILDREN.get(child, child)})" if child else name


def summarised(codes: Iterable[str]) -> list[str]:
    """Return countries with those that make up a group replaced by its name, the largest group first."""
    left, found = set(codes), []
    if WORLD in left:
        return [WORLD]
    atlas = world_atlas()
    groups = ((name, atlas.group(name)) for name in atlas.groups)
    for name, group in sorted(groups, key=lambda one: -len(one[1].members) if one[1] else 0):
        if group and group.members <= left:
            found.append(name)
            left -= group.members
    return [*found, *sorted(left)]


def channel_names(channels: Iterable[str]) -> str:
    """Return channels in words, in their order: `paid social (Meta), website`."""
    return ", ".join(channel_name(one) for one in channels)


def edit_name(edit: str) -> str:
    """Return an edit's name for people: `audio_remove` -> `removing the sound`."""
    return EDITS.get(edit, edit.replace("_", " "))


def place_name(code: str) -> str:
    """Return a place or a group of places as a sentence names it: `the European Union`, `Germany`."""
    name = world_atlas().name(code)
    return f"the {name}" if name.startswith(WITH_ARTICLE) else name


def place_names(codes: Iterable[str], most: int = 8) -> str:
    """Return places in words, in their order: `the European Union, Norway and 3 more`."""
    return listed([place_name(code) for code in codes], most)


def words_for(channel: str, edits: Iterable[str], places_: Iterable[str]) -> dict[str, Any]:
    """Return the names of the codes of a question and its answer: `channel`, and `edits` and `territories` by code."""
    return {
        "channel": channel_name(channel),
        "edits": {one: edit_name(one) for one in sorted(edits)},
        "territories": {one: place_name(one) for one in sorted(places_)},
    }


def located(codes: Iterable[str]) -> str:
    """Return territories in words: groups by their name, the world as such, many as a number."""
    return place_names(summarised(codes), 4)


def places(grant: Grant) -> str:
    """Return where a grant holds: `worldwide but Russia`, `in the European Union and the United States`."""
    named = summarised(grant.territories or ())
    if not named:
        return "nowhere" if grant.permits else "everywhere"
    words = "worldwide" if named == [WORLD] else f"in {place_names(named)}"
    excluded = summarised(grant.excluded_territories)
    return f"{words} but {place_names(excluded)}" if excluded else words


def day(instant: datetime, zone: str | None, *, ends: bool = False) -> str:
    """Return an instant as a day in a time zone (default UTC); the end of a term as its last day."""
    moved = instant - timedelta(microseconds=1) if ends else instant
    local = moved.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local.day} {local:%b %Y}"


def term(grant: Grant, window: Mapping[str, Any] | None = None) -> str:
    """Return when a grant holds: its dates, or the contract's words as long as they are no dates yet."""
    said, zone = window or {}, (window or {}).get("zone")
    trigger, length = said.get("trigger", "date"), ""
    if said.get("count") is not None:
        count, unit = int(said["count"]), str(said.get("unit", "months"))
        length = f"{count} {unit.removesuffix('s') if count == 1 else unit}"
    if trigger != "date" and (grant.starts_at is None or grant.ends_at is None) and not grant.perpetual:
        until = f"until {_plain_day(said.get('until'))}" if said.get("until") else ""
        return " ".join(filter(None, [f"from {TRIGGERS.get(trigger, trigger)}", length and f"for {length}", until]))
    starts = f"from {day(grant.starts_at, zone)}" if grant.starts_at else "from a day that is not known"
    if grant.ends_at is not None:
        return f"{starts} until {day(grant.ends_at, zone, ends=True)}"
    return f"{starts} without end" if grant.perpetual else f"{starts} until a day that is not known"


def _plain_day(text: Any) -> str:
    one = date.fromisoformat(text) if isinstance(text, str) else text
    return f"{one.day} {one:%b %Y}" if isinstance(one, date) else ""


def edits(grant: Grant) -> str:
    """Return which changes a grant allows or forbids."""
    named = [edit_name(one) for one in sorted(grant.edits or (), key=list(EDITS).index)]
    if not grant.permits:
        return f"as far as {listed(named)} is concerned" if named else ""
    return f"{listed(named)} allowed" if named else "no edits"


def grantee_words(hub: Hub, parties: Sequence[str]) -> str:
    """Return who may rely on a grant in words: the hub's own party by the name of the brand, where it has one."""
    own = hub.settings.credit or "the brand"
    return listed([own if one == hub.settings.party else one for one in parties])


def sentence(grant: Grant, told: Told, window: Mapping[str, Any] | Window | None = None) -> str:
    """Return a grant in one sentence, with what it leaves open."""
    said = window if isinstance(window, Mapping) else None
    licensor, grantee = told.licensor or "The creator", told.grantee or ("the brand" if grant.permits else "anybody")
    if "*" in grant.grantees if grant.grantees else False:
        grantee = "anybody"
    many = "every asset" if told.assets is None else "one asset" if told.assets == 1 else f"{told.assets} assets"
    about = "" if grant.layer == "copyright" else f" ({LAYERS.get(grant.layer, grant.layer)})"
    about = about.format(subject=told.subject or "the person")
    channels = listed([channel_name(one) for one in _ordered(grant.channels)]) if grant.channels else ""
    verb = "allows" if grant.permits else "forbids"
    where = f"in {channels}" if channels else "in no channel" if grant.permits else "in every channel"
    parts = [
        f"{licensor} {verb} {grantee} to use {many}{about} {where}",
        places(grant),
        term(grant, said) if grant.permits or grant.starts_at or grant.ends_at else "",
        edits(grant),
        _bounds(grant),
    ]
    return ", ".join(filter(None, parts)) + "."


def sentence_of(hub: Hub, plain: Mapping[str, Any], told: Told) -> str:
    """Return a plain grant that is not written yet in one sentence.

    Raises:
        Invalid: as `licensing.add`.
    """
    grant = looked_at(hub, plain)
    named = told if told.grantee else replace(told, grantee=grantee_words(hub, sorted(grant.grantees or ())))
    return sentence(grant, named, plain.get("window"))


def _bounds(grant: Grant) -> str:
    found = []
    if grant.products is not None and EVERY not in grant.products:
        found.append(f"only for {listed(sorted(grant.products))}")
    if grant.exclusive:
        found.append("exclusively")
    if grant.sublicensees:
        found.append(f"also for {listed(['anybody' if one == EVERY else one for one in sorted(grant.sublicensees)])}")
    found += [f"at most {cap:,} {name.replace('_micros', '').replace('_', ' ')}" for name, cap in grant.caps.items()]
    for duty in grant.duties:
        text = duty.details.get("text")
        found.append(f"with the duty: {duty.name.replace('_', ' ')}{f' “{text}”' if text else ''}")
    return ", ".join(found)


def _ordered(channels: Iterable[str]) -> list[str]:
    order = list(standard().channels)
    return sorted(channels, key=lambda one: order.index(one) if one in order else -1)
