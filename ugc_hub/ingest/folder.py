"""Takes in files and folders of this machine, one after the other, with an outcome in words for each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ugc_hub.accounts import Actor
from ugc_hub.errors import HubError, NotFound, from_engine
from ugc_hub.hub import Hub

from .accept import Upload, accept


@dataclass(frozen=True)
class Outcome:
    """What became of one path."""

    path: str
    asset_id: str | None
    status: str
    """`received`, `ready`, `duplicate` or `refused`."""
    code: str | None
    message: str


def expand(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files named and those in the folders named, sorted; hidden files and links are left out of folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, names, files in os.walk(path):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                found = Path(folder, name)
                if not name.startswith(".") and found.is_file() and not found.is_symlink():
                    yield found


def ingest_paths(
    hub: Hub, actor: Actor, paths: Iterable[Path], *, creator: str | None = None, campaign: str | None = None
) -> Iterator[Outcome]:
    """Take in each file; a file that is refused does not hold up the others."""
    for path in expand(paths):
        upload = Upload(file_name=path.name, door="cli", creator=creator, campaign=campaign)
        try:
            yield _one(hub, actor, path, upload)
        except Exception as error:
            known = error if isinstance(error, HubError) else from_engine(error)
            if known is None:
                raise
            yield Outcome(str(path), None, "refused", known.code, known.message)


def _one(hub: Hub, actor: Actor, path: Path, upload: Upload) -> Outcome:
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound(f"The file cannot be read: {error.strerror}.", code="unreadable") from error
    with file:
        accepted = accept(hub, actor, file, upload)
    status = "duplicate" if accepted.duplicate else accepted.status
    return Outcome(str(path), accepted.asset_id, status, None, accepted.message)
