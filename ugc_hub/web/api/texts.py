"""The words in an asset: what can be read in a picture, and what is said in a video."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from ugc_hub import catalog
from ugc_hub.catalog import TextView
from ugc_hub.catalog.texts import LONGEST_TRACK
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .shapes import Asked, Given


class TextOut(Given):
    """The words of one kind."""

    kind: Literal["ocr", "transcript"]
    words: str
    language: str = Field(description="ISO 639-1; empty where it is not known.")
    confidence: float | None = Field(description="Of the reader in the words that were kept, in the mean: 0 to 1.")
    reader: str = Field(description="Name, version and languages of what read them; empty by hand.")
    by_hand: bool = Field(description="Written by a person; no reader changes them.")
    changed_at: datetime


class TextList(Given):
    """All words in one asset; a kind that nobody has looked for is not there."""

    items: list[TextOut]


class TextWritten(Asked):
    """Words as somebody wrote them down; empty: there are none."""

    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_TRACK)
    words: str = Field(
        max_length=LONGEST_TRACK,
        description="At most 100,000 characters. As a transcript also a caption track (SubRip or WebVTT), "
        "of which the words are kept.",
    )
    language: str = Field(default="", max_length=2, description="ISO 639-1.")


@blueprint.get("/assets/<asset_id>/texts")
@gives(TextList)
@described("Assets", "The words in an asset")
def see_texts(asset_id: str) -> dict[str, Any]:
    """Return the words that can be seen (`ocr`) and heard (`transcript`) in an asset, as far as they are known."""
    return {"items": catalog.texts(the_hub(), allowed("asset.view"), asset_id)}


@blueprint.put("/assets/<asset_id>/texts/<kind>")
@body(TextWritten)
@gives(TextOut)
@described("Assets", "Write down the words in an asset")
def write_text(asset_id: str, kind: str, body: TextWritten) -> TextView:
    """Keep words of the kind `ocr` or `transcript` by hand; from then on no reader changes them."""
    hub, actor = the_hub(), allowed("asset.edit")
    return catalog.set_text(hub, actor, asset_id, kind, words=body.words, language=body.language)
