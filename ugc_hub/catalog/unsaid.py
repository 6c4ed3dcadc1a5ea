"""What of a question about rights is still being typed: the beginning of a channel, a platform, an edit or a place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ugc_hub.hub import Hub
from ugc_hub.rights.atlas import WORLD
from ugc_hub.search import unsaid


def said(hub: Hub, text: str) -> str:
    """Return the beginning of a query without half a word at its end that says nothing of rights yet."""
    return unsaid.said(text, partial(_is_half, hub))


def _is_half(hub: Hub, field: str, value: str) -> bool:
    typed = value.lower()
    known = set(_known(hub, field))
    titles = {one.lower() for one in hub.words.atlas.countries.values()} if field == "territory" else set()
    return bool(typed) and typed not in known | titles and any(one.startswith(typed) for one in known | titles)


def _known(hub: Hub, field: str) -> Iterator[str]:
    """All words of a field about rights, in small letters."""
    channels = hub.words.channels
    if field == "usable":
        yield from (*channels, "any")
    elif field == "platform":
        yield from (name.rpartition(".")[2] for name in channels if "." in name)
    elif field == "edits":
        yield from hub.words.edits
    elif field == "territory":
        atlas = hub.words.atlas
        yield from (code.lower() for code in (*atlas.countries, *atlas.subdivisions, *atlas.groups, WORLD))
