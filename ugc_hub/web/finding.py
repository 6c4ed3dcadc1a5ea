"""A search as an address says it, for the pages and the API, and what was found as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from werkzeug.datastructures import MultiDict

from ugc_hub.catalog import CUSTOM, FACETS, Found, FoundAsset
from ugc_hub.catalog.condition import condition
from ugc_hub.catalog.facets import facet, meant, unknown
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.search.tree import plain

MOST_VALUES = 50
LONGEST = 400
ONCE = ("q", "text", "sort", "seed", "limit", "cursor", "trash")
"""What an address says once of a list or a search."""


def chosen(args: MultiDict[str, str]) -> dict[str, frozenset[str]]:
    """Return what an address chooses of the facets; a name may come several times.

    Raises:
        Invalid: a field of a campaign is named that cannot be one, or without a value.
    """
    found = {}
    for name in FACETS:
        if values := meant(name, (value[:LONGEST] for value in args.getlist(name)[:MOST_VALUES])):
            found[name] = values
    return found | _options(args)


def require_values(args: MultiDict[str, str]) -> None:
    """Do nothing where each choice of an address has a value that there is, and what is said once is not said twice.

    A choice without a value would pass for no choice, and of two texts the second one would not be searched for.

    Raises:
        Invalid: a choice is empty or unknown, or a word, an order, a place or a number comes several times.
    """
    for name in ONCE:
        if len(args.getlist(name)) > 1:
            raise Invalid(f"{name}= is given several times; only one can count.", extra={"field": name})
    for name, value in args.items(multi=True):
        if name in (*FACETS, "custom") and not value.strip():
            words = f"{name}= names no value; leave it out to mean assets with any."
            raise Invalid(words, extra={"field": name})
    if strange := unknown({name: args.getlist(name) for name in FACETS}):
        raise Invalid(strange[1], extra={"field": strange[0]})


def _options(args: MultiDict[str, str]) -> dict[str, frozenset[str]]:
    """What is chosen in fields of campaigns: `custom=colour=red`, or `custom:colour=red`."""
    pairs = [value.partition("=") for value in args.getlist("custom") if value.strip()]
    if unclear := [name for name, equal, _ in pairs if not equal]:
        words = f"custom={unclear[0][:40]} names no value; write custom=name=value."
        raise Invalid(words, extra={"field": "custom"})
    given = [(CUSTOM + name, value) for name, _, value in pairs]
    given += [(name, value) for name in args if name.startswith(CUSTOM) for value in args.getlist(name)]
    found: dict[str, frozenset[str]] = {}
    for name, value in given[:MOST_VALUES]:
        if value.strip():
            known = facet(name, "custom")
            found[known] = found.get(known, frozenset()) | {value.strip()[:LONGEST]}
    return found


def as_words(text: str) -> str:
    """Return words of names as a query for them: no sign before or within one says anything, as in the plain list."""
    return " ".join(map(plain, text.split()))


def why(one: FoundAsset) -> dict[str, Any]:
    """Return for what a hit may be used, and where the words were found that make it one."""
    return {"uses": one.uses, "highlights": one.highlights, "excerpts": one.excerpts}


STAYS = "A worker builds it anew; if this stays, tell an administrator to run: ugc-hub doctor"
NAMES = "Until it is there, names of files, creators and campaigns are searched."


def without_index(hub: Hub) -> tuple[str, str]:
    """Return the tone and the words of a page whose search was answered without the index."""
    found = condition(hub)
    if found.state == "building":
        share = int((found.share or 0) * 100)
        return "", f"The index of the search is being built, {share} % are done. {NAMES}"
    if found.state == "damaged":
        return "warn", f"The index of the search cannot be opened. {NAMES} {STAYS}"
    if found.state == "missing":
        return "", f"There is no index of the search yet. {NAMES} {STAYS}"
    return "", "These are names that fit: this search began without its index. Search again to find more."


def plain_found(found: Found) -> dict[str, Any]:
    """Return what was found, without its items, as plain values."""
    return {
        "next_cursor": found.next_cursor,
        "total": found.total,
        "indexed": found.indexed,
        "read_as": found.read_as,
        "facets": {
            name: [{"value": one.value, "count": one.count, "chosen": one.chosen} for one in counts]
            for name, counts in found.facets.items()
        },
        "titles": dict(found.titles),
        "more": list(found.more),
        "problems": [asdict(one) for one in found.problems],
        "corrected": dict(found.corrected),
        "excluded": [
            {"clause": one.clause, "facet": one.facet, "count": one.count, "query": one.text} for one in found.excluded
        ],
    }
