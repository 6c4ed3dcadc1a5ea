"""Keeps bytes and records in step while one process stores what another removes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset

DERIVED = "derived"
"""What transactions name that record or remove previews and renditions."""


def check_kept(hub: Hub, session: Session, keys: Iterable[str]) -> None:
    """Make sure that derived files are still there, in the transaction that is about to name them.

    Storing the same bytes again is no work where they exist, so a collection may remove an old orphan between the
    storing and this moment.

    Raises:
        Unavailable: one was removed meanwhile; the job is tried again and stores it anew.
    """
    hub.database.serialise(session, DERIVED)
    if not all(hub.storage.exists(key) for key in keys):
        raise Unavailable("A file was being removed at this moment.")


def remove_original(hub: Hub, sha256: str) -> bool:
    """Remove an original that no asset has; an upload of the same bytes at this moment wins.

    Both this and the upload look and act inside a writing transaction that names the hash, so that one of them
    sees what the other did.
    """
    with hub.database.write() as session:
        hub.database.serialise(session, sha256)
        if session.scalar(select(Asset.id).where(Asset.sha256 == sha256, Asset.status != "erased")) is not None:
            return False
        hub.storage.delete(original_key(sha256))
        return True
