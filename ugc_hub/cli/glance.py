"""Tells at a glance that there is nothing to set up, as at all starts of a hub but the first.

Looking thoroughly takes half a second, nearly all of it to load what opens a database in earnest, and the web server
loads the same again. So this looks with the bare driver, at a hub that keeps everything in its own folder. It decides
nothing: whatever is not as usual is left to the thorough way, which sets it right or says what it is.
"""

from __future__ import annotations

from contextlib import closing
from typing import NamedTuple

from storage import StorageError, open_storage
from ugc_hub.errors import HubError
from ugc_hub.revisions import known
from ugc_hub.settings import Settings, secret

THOROUGH = frozenset(
    {
        *("database_url", "storage_url", "index_url", "presets_dir", "rights_vocabulary"),
        *("audit_timestamp_url", "audit_timestamp_roots", "c2pa_chain", "c2pa_key"),
    }
)
"""Settings that `open_hub` holds to more than their form: where one of them is set it has to look itself."""
SAFE = (3, 51, 3)
"""The first release of the newest SQLite without the WAL-reset bug; older ones are judged when the database opens."""
PATIENCE_S = 5.0
_STATE = """
SELECT meta.value, users.email, EXISTS (SELECT 1 FROM events WHERE kind = 'session.started' AND object_id = users.id)
FROM alembic_version, meta, users
WHERE version_num = ? AND meta.name = 'identity' AND users.role = 'admin' AND users.disabled_at IS NULL
ORDER BY users.id LIMIT 1
"""
"""As `pending`, `prepare` and `first_administrator` ask; no row where one of them has something to do."""


class Usual(NamedTuple):
    """What a start says of a hub that has nothing to set up."""

    administrator: str
    """The address of the first one."""
    fresh: bool
    """Whether nobody has signed in as them yet."""


def glance(settings: Settings) -> Usual | None:
    """Return what is usual, or None where the start has to look thoroughly."""
    path = settings.data_dir / "hub.sqlite"
    if any(getattr(settings, name) for name in THOROUGH) or not path.is_file():
        return None
    from pysqlite3 import dbapi2 as sqlite

    if sqlite.sqlite_version_info < SAFE:
        return None
    address = f"{path.absolute().as_uri()}?mode=rw"  # for reading alone it could not begin a log; nothing is made
    try:
        with closing(sqlite.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema=0")
            connection.execute("PRAGMA synchronous=2")  # whoever closes last empties the log into the database
            row = connection.execute(_STATE, (known()[-1],)).fetchone()
        if row is None:
            return None
        identity, administrator, signed_in = row
        secret(settings)
        open_storage(settings.storage).check(identity)
    except (sqlite.Error, StorageError, HubError, OSError):
        return None
    return Usual(administrator, fresh=not signed_in)
