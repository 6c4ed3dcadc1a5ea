"""What a search found in the words of pictures and videos: nobody sees these words in a list otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, String, func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.database.among import among
from ugc_hub.models import AssetText
from ugc_hub.search.highlighting import Highlighter, Spans, excerpt

from .view import ordered

LENGTH = 90
"""Characters of an excerpt: a few lines below a small picture."""
OF_A_TEXT = 10_000
"""Characters at the beginning of a text that are looked through: of speech, some ten minutes."""
OF_A_PAGE = 20_000
"""And of all texts of a page, which takes some 40 ms; what does not fit is shown without, and found all the same."""


@dataclass(frozen=True)
class Excerpt:
    """Some of the words in an asset, and which of their characters were found: from where to before where."""

    words: str
    found: Spans


def excerpts(
    session: Session, actor: Actor, query: Highlighter, ids: Sequence[str]
) -> Mapping[str, Mapping[str, Excerpt]]:
    """Return by asset and kind of words where a query found something in them; nothing of what an order hides."""
    found: dict[str, dict[str, Excerpt]] = defaultdict(dict)
    if not ids:
        return found
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for asset_id, kind, words in session.connection().execute(_texts(), {"ids": list(ids)}).all():
        texts[asset_id].append((kind, words))
    hidden = ordered(session, actor, list(texts)) if texts else set()
    left = OF_A_PAGE
    for asset_id in (one for one in ids if one not in hidden):
        for kind, words in texts.get(asset_id, ()):
            if len(words) > left:
                continue
            left -= len(words)
            part, spans = excerpt(query, words.replace("\n", " "), LENGTH)
            if spans:
                found[asset_id][kind] = Excerpt(part, spans)
    return found


@cache
def _texts() -> Select[str, str, str]:
    some = func.substr(AssetText.words, 1, OF_A_TEXT, type_=String)
    wanted = select(AssetText.asset_id, AssetText.kind, some).where(AssetText.words != "")
    return wanted.where(among(AssetText.asset_id)).order_by(AssetText.kind)
