"""Only whether a use is allowed: the rule asks the same of the same rows, and ends at what first stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ugc_hub.rights.deciding import Case
from ugc_hub.rights.facts import AssetFacts
from ugc_hub.rights.grants import Grant
from ugc_hub.rights.questions import Malformed, about, ask, assets_of
from ugc_hub.rights.requests import Request
from ugc_hub.rights.vocabulary import Vocabulary, standard

_ANY = AssetFacts("")


def allowed_of(
    request: Request,
    rows: Mapping[str, Iterable[Grant]],
    facts: Mapping[str, AssetFacts],
    vocabulary: Vocabulary | None = None,
) -> frozenset[str]:
    """Return those of some assets of which `decide` allows a use, whichever asset the request names.

    `rows` holds by asset the grants that may bear on it, and `facts` the assets and their ingredients. Why not, until
    when and with which duties is not found out, and what the request says beside its asset is made exact once.
    """
    words = vocabulary or standard()
    try:
        question = ask(replace(request, asset=_ANY.id), {**facts, _ANY.id: _ANY}, words)
    except Malformed:
        return frozenset()
    allowed = set()
    for one, grants in rows.items():
        try:
            assets = assets_of(request, facts, one)
        except Malformed:
            continue
        if Case(about(question, assets, words), list(grants)).allows(words):
            allowed.add(one)
    return frozenset(allowed)
