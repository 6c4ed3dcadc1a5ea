"""Files in a folder that somebody named: what lies there is never replaced by something else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ugc_hub.hub import Hub
from ugc_hub.licensing import Stamped
from ugc_hub.packs import unique_name


@dataclass(frozen=True)
class Written:
    """A file in the folder: size and hash are its own, not those of the rendition before its use was written in."""

    path: Path
    size_bytes: int
    sha256: str
    beside: Path | None = None
    """What bears the name that it would have had: another file, which stays as it is."""


def write(hub: Hub, copy: Stamped, path: Path, taken: set[str]) -> Written:
    """Write a file under this name, or under the next that is free: no file of other bytes is ever replaced.

    `taken` holds the names that are given already, casefolded.
    """
    free, file = path, None
    while file is None:
        try:
            file = free.open("xb")
        except FileExistsError:
            if _same(free, copy):
                return Written(free, copy.size_bytes, copy.sha256)
            free = path.with_name(unique_name(path.name, taken))
    try:
        with file:
            file.writelines(copy.pieces(hub))
    except BaseException:
        free.unlink()
        raise
    return Written(free, copy.size_bytes, copy.sha256, None if free == path else path)


def _same(path: Path, copy: Stamped) -> bool:
    if not path.is_file() or path.stat().st_size != copy.size_bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == copy.sha256
