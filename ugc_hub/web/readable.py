"""What terms permit, in words for the pages."""

from __future__ import annotations

from collections.abc import Collection

from ugc_hub.licensing.documents import Scope
from ugc_hub.licensing.wording import CHANNELS, EDITS, channel_names, edit_name, place_names
from ugc_hub.permissions import wording
from ugc_hub.submissions import say

REVOCABLE = {"no": "not before the term is over", "with_notice": "with notice", "any_time": "at any time"}


def lines(
    scope: Scope, *, handle: str = "", layers: Collection[str] = ("copyright",), locale: str = "en"
) -> list[tuple[str, str]]:
    """Return label and words of everything that a scope says to a creator.

    With a `handle` it is said to a guardian, who is asked about `layers` of what the creator of that name made: being
    shown in it names nobody.
    """
    channels, places, edits = _english(scope) if locale == "en" else _translated(scope, locale)
    ends = REVOCABLE[scope.revocable]
    if scope.revocable == "with_notice":
        ends = f"with {scope.notice_days} days' notice"
    found = [
        ("Where it may be used", channels),
        ("In which countries", places),
        ("For how long", f"{scope.months} months from today" if scope.months else "without end"),
        ("What may be changed", edits),
        *([("Credit" if handle else "Your name", _named(scope, handle))] if "copyright" in layers else []),
        ("Ending it", f"{ends}; being shown in it, at any time"),
    ]
    return [(say(label, locale), say(words, locale)) for label, words in found]


def _english(scope: Scope) -> tuple[str, str, str]:
    places = "everywhere" if "WORLD" in scope.territories else place_names(scope.territories)
    if scope.exclude_territories:
        places += f", but not {place_names(scope.exclude_territories)}"
    edits = ", ".join(map(edit_name, scope.edits)) or "nothing"
    return channel_names(scope.channels), places, edits


def _translated(scope: Scope, locale: str) -> tuple[str, str, str]:
    """Return channels, places and edits as a mail of that language says them."""
    places = ", ".join(wording.place(one, locale) for one in scope.territories)
    spared = ", ".join(wording.place(one, locale) for one in scope.exclude_territories)
    return (
        "; ".join(wording.channel(one, locale) for one in scope.channels),
        wording.phrase("phrases", "but_not", locale, places=places, spared=spared) if spared else places,
        "; ".join(wording.edit(one, locale) for one in scope.edits) or wording.phrase("phrases", "no_edits", locale),
    )


def _named(scope: Scope, handle: str) -> str:
    if handle:
        return f"@{handle} is named as the creator" if scope.credit else "the creator may not be named"
    return "you are named as the creator" if scope.credit else "you may not be named"


def channel_words() -> dict[str, str]:
    """Return the channels that a form offers."""
    return dict(CHANNELS)


def edit_words() -> dict[str, str]:
    """Return the changes that a form offers."""
    return dict(EDITS)
