"""The small pictures of a video: how they lie in the one file that is looked at while scrubbing."""

from __future__ import annotations

from typing import Any

from flask import url_for
from pydantic import Field

from ugc_hub import catalog
from ugc_hub.web.context import allowed, the_hub
from workers.media.video.shapes import Sheet

from .blueprint import blueprint, described, gives
from .shapes import Given


class SheetOut(Given):
    """Small pictures of a video at even distances, row by row in one file."""

    url: str | None = Field(description="Path of the file, a preview: marked, and at most 1280 pixels a side.")
    columns: int
    count: int = Field(description="0 as long as there are none, and of everything that is no video.")
    width: int = Field(description="Of one picture, in pixels.")
    height: int
    every_s: float = Field(description="Seconds from one picture to the next; the first shows the beginning.")
    duration_s: float = Field(description="Of the video.")


@blueprint.get("/assets/<asset_id>/sheet")
@gives(SheetOut)
@described("Assets", "How the small pictures of a video lie in their file")
def see_sheet(asset_id: str) -> dict[str, Any]:
    """Return where each picture lies, so that a page can scrub through the video; `count` is 0 while there are none."""
    found = catalog.sheet_of(the_hub(), allowed("asset.view"), asset_id)
    if found is None:
        return {**Sheet("", 0, 0, 0, 0, 0.0).dump(), "duration_s": 0.0, "url": None}
    plain = {**found.sheet.dump(), "duration_s": found.duration_s}
    return {**plain, "url": url_for("api.see_preview", asset_id=asset_id, name=catalog.SHEET)}
