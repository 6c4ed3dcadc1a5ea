"""What the address of the library asks for, and which assets a form of it means."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from ugc_hub import catalog
from ugc_hub.catalog import CUSTOM, FACETS, SORTS, Query, Search, Selection
from ugc_hub.search import colours
from ugc_hub.search.language import LONGEST
from ugc_hub.web import finding

PLAIN = frozenset({"kind", "creator", "campaign"})
"""Those that a plain list can be filtered by, with one value each."""
_DISTANCE = re.compile(r"(?<!\S)colou?r:#[0-9a-f]{3,6}(?:~\d+)?(?!\S)", re.IGNORECASE)


def given_by(args: MultiDict[str, str]) -> dict[str, Any]:
    """Return what is asked for, by names and values as an address says it: choices, query, order."""
    text = (args.get("q") or finding.as_words(args.get("text", "")))[: LONGEST + 1].strip()
    sort = args.get("sort", "")
    text = near(text, args.get("near", ""), args.get("far", ""))
    given: dict[str, Any] = {name: sorted(values) for name, values in finding.chosen(args).items()}
    given |= {name: value for name, value in (("q", text), ("sort", sort if sort in SORTS else "")) if value}
    if text and args.get("typing"):
        given["typing"] = "1"
    return given


def near(text: str, colour: str, far: str) -> str:
    """Return a query that asks for a colour and those within a distance of it, instead of another such question.

    A colour that is none, or a distance that cannot be, changes nothing.
    """
    clause = f"{colour}~{far}" if far else colour
    if not colour.startswith("#") or colours.asked(clause) is None:
        return text
    rest = " ".join(_DISTANCE.sub(" ", text).split()) if _DISTANCE.search(text) else text
    return f"{rest} colour:{clause}".strip()


def nearness(text: str) -> tuple[str, int] | None:
    """Return the colour and the distance that a query asks for; None where it asks for none."""
    found = _DISTANCE.search(text)
    return colours.asked(found[0].partition(":")[2]) if found else None


def search_of(given: dict[str, Any]) -> Search:
    """Return the search for what is asked."""
    text = given.get("q", "")
    return Search(
        text=text,
        chosen={name: frozenset(values) for name, values in given.items() if name in FACETS or name.startswith(CUSTOM)},
        sort=given.get("sort") or ("relevance" if text else "newest"),
        typing="typing" in given,
    )


def is_plain(given: dict[str, Any]) -> bool:
    """Tell whether it is a list that the records answer by themselves."""
    if given.keys() - PLAIN or any(len(values) > 1 for values in given.values()):
        return False
    return all(kind in catalog.KINDS for kind in given.get("kind", ()))


def query_of(given: dict[str, Any]) -> Query:
    """Return the plain list for what is asked."""
    return Query(**{name: values[0] for name, values in given.items()})


def selection() -> Selection:
    """Return which assets a form of the library means: those with their ids, or all that its filters find."""
    form = request.form
    if form.get("all") != "1":
        return Selection(tuple(form.getlist("asset")))
    fields = [(name[2:], value) for name, value in form.items(multi=True) if name.startswith("q-")]
    if ("trash", "1") in fields:
        return Selection(query=Query(trash=True))
    given = given_by(MultiDict(fields))
    if is_plain(given):
        return Selection(query=query_of(given))
    return Selection(search=search_of(given), as_read=True)  # the page said how it was read
