"""Captions as files beside a video: what is said in it leaves as its pictures do, only where the grants allow it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, Left, StatedUse, hand_over
from workers.media.video import cues as writing
from workers.media.video.excerpts import cut
from workers.media.video.shapes import Cue, Span

from .captioned import shown
from .cueing import get_captions
from .files import INSIDE, FileOut
from .view import load

DOOR = "captions"
"""The exit that the ledger names."""
TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}


@dataclass(frozen=True)
class Sidecar:
    """Which captions, and how: `form` is `srt` or `vtt`; of a part, times count from where it begins."""

    language: str
    form: str = "srt"
    source: str = ""
    """Empty: the one that counts."""
    part: Span | None = None


def written(cues: tuple[Cue, ...], form: str, part: Span | None = None) -> bytes:
    """Return cues as SubRip or WebVTT in UTF-8.

    Raises:
        Invalid: there is no such form, or the part ends before it begins.
    """
    if form not in TYPES:
        raise Invalid("Captions are written as srt or vtt.", extra={"field": "form"})
    if part is not None and not 0 <= part.start_s < part.end_s:
        raise Invalid("The part ends before it begins.", extra={"field": "end_s"})
    kept = shown(cut(cues, part) if part is not None else cues)
    return (writing.srt(kept) if form == "srt" else writing.vtt(kept)).encode()


def take_captions(
    hub: Hub, actor: Actor, asset_id: str, sidecar: Sidecar, *, stated: StatedUse, acknowledged: str = ""
) -> tuple[FileOut, Left]:
    """Hand over captions as a file, for a use (default: inside the house).

    Raises:
        Forbidden: the actor may not have files.
        RightsDenied, Conflict: as `licensing.hand_over`.
        NotFound, Invalid: there are no such captions, or no such form of them.
    """
    with hub.database.read() as session:
        asset = load(session, actor, asset_id)
    require(actor, "rendition.download", asset)
    found = get_captions(hub, actor, asset_id, sidecar.language, source=sidecar.source)
    data = written(found.cues, sidecar.form, sidecar.part)
    sha256 = hashlib.sha256(data).hexdigest()
    copy = Copy(asset.id, DOOR, stated.use(hub, stated.channel or INSIDE), sha256=sha256)
    left = hand_over(hub, actor, copy, acknowledged=acknowledged)
    name = f"{PurePosixPath(asset.file_name).stem or asset.id}.{found.language}.{sidecar.form}"
    return FileOut("", f"{TYPES[sidecar.form]}; charset=utf-8", len(data), name, sha256, data), left
