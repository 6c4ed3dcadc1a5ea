"""What has a name below the address of a version: the files of a stream, and the captions of what is said in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from ugc_hub.errors import NotFound
from ugc_hub.framing.saying import said_in
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClip, Rendition, Usage
from workers.media.errors import MediaError
from workers.media.plans import AnyPlan, load_plan
from workers.media.video import bundle, playlists
from workers.media.video.rungs import MASTER, LadderPlan
from workers.media.video.shapes import Clip, Cue, VideoPlan

from .captioned import cues_for
from .files import FileOut
from .sidecars import TYPES, written

WHOLE = "whole."
"""Before the name of a film of a stream: the bundle that it lies in, for players that ask for ranges of that."""
_CAPTIONS = re.compile(r"captions\.([A-Za-z0-9-]{2,40})\.vtt")


def captions_name(language: str) -> str:
    """Return the name of the captions of a version."""
    return f"captions.{language}.vtt"


def captions(session: Session, usage: Usage, name: str) -> FileOut | None:
    """Return what is said in the version of a use, in its own times; None where the name is none of captions.

    Raises:
        NotFound: nothing is said in it in that language, or its picture says it.
    """
    asked = _CAPTIONS.fullmatch(name)
    if asked is None:
        return None
    plan = load_plan(session.get_one(Rendition, usage.rendition_id).plan)
    clip = session.get(AssetClip, usage.asset_id)
    cues = said_beside(plan, clip, cues_for(session, usage.asset_id, asked[1]))
    if not cues:
        raise NotFound("This link leads to no such captions.")
    data = written(cues, "vtt")
    return FileOut("", f"{TYPES['vtt']}; charset=utf-8", len(data), name, hashlib.sha256(data).hexdigest(), data)


def said_beside(plan: AnyPlan, row: AssetClip | None, cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return which captions of a clip go beside a version, in its times: none where its picture bears them already."""
    if not isinstance(plan, VideoPlan | LadderPlan) or plan.captions is not None or row is None or row.clip is None:
        return ()
    return said_in(plan, Clip.load(row.clip), cues)


def part(hub: Hub, file: FileOut, name: str, *, bucket: bool) -> FileOut:
    """Return one of the files of a stream, which is a part of the stored one.

    Where a `bucket` can serve the stored one, playlists speak of ranges of that: each request for a piece is decided
    by the hub all the same, and then sent on, its range with it.

    Raises:
        NotFound: there is no such file.
    """
    found = _found(hub, file, name.removeprefix(WHOLE))
    if name.startswith(WHOLE):
        if not found.media_type.endswith("/mp4"):
            raise _missing()
        return replace(file, media_type=found.media_type, download_name=name, etag=f"{file.etag}/{WHOLE}")
    if not bucket or not name.endswith(".m3u8") or name == MASTER:
        return found
    film = _found(hub, file, f"{PurePosixPath(name).stem}.mp4")
    text = _slice(hub, file.storage_key, found.start, found.start + (found.size_bytes or 0)).decode("ascii")
    data = playlists.moved(text, film.start, WHOLE).encode("ascii")
    return replace(found, size_bytes=len(data), data=data, etag=f"{found.etag}/{WHOLE}")


def _found(hub: Hub, file: FileOut, name: str) -> FileOut:
    if file.media_type != bundle.MEDIA_TYPE or not bundle.media_type_of(name):
        raise _missing()
    try:
        found = bundle.find(file.size_bytes or 0, partial(_slice, hub, file.storage_key), name)
    except MediaError as error:
        raise _missing() from error
    if found is None:
        raise _missing()
    return replace(
        file,
        media_type=found.media_type,
        size_bytes=found.length,
        download_name=name,
        etag=f"{file.etag}/{name}",
        start=found.start,
    )


def _missing() -> NotFound:
    return NotFound("This link leads to no such file.")


def _slice(hub: Hub, key: str, start: int, end: int) -> bytes:
    with hub.storage.open(key, start=start, end=end) as stored:
        return stored.read()
