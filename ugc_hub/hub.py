"""The running hub: opened once from settings and handed to every use case as its first argument.

Time, randomness and ids come from here, so that a test can fix them.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select

from storage import Storage, open_storage
from workers.media import provenance
from workers.media.provenance import Credentials
from workers.queue.wake import wake

from .audit import stamping
from .database import Database, Loads, open_database
from .errors import BadSettings
from .loading import LOADING
from .models import Meta
from .presets import CatalogueError, catalogue
from .rights import OverlayRefused, Vocabulary, overlaid, standard
from .search.holding import Holder
from .settings import Settings, make_data_dir, secret

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: sorts like the number it encodes, and has no letters that look alike."""


NEW_OBJECTS = 20_000
"""How many objects may come to be, beyond those that went, before Python looks for garbage: some 4 MB.

With its own 700 it looked during every eighth question about an asset that was new to the process, and in all three
times as long.
"""


def utc_now() -> datetime:
    """Return the present as an aware UTC time."""
    return datetime.now(UTC)


def encode(number: int, digits: int) -> str:
    """Return a number in base 32 with so many digits, so that texts sort as their numbers do."""
    letters = []
    for _ in range(digits):
        number, rest = divmod(number, 32)
        letters.append(ALPHABET[rest])
    return "".join(reversed(letters))


def sortable_id(prefix: str) -> str:
    """Return a new id such as `ast_01k…`: 11 digits of microseconds, 11 of randomness (55 bits)."""
    return f"{prefix}_{encode(time.time_ns() // 1000, 11)}{encode(secrets.randbits(55), 11)}"


@dataclass
class Hub:
    """Everything that a use case needs: settings, records, bytes, clock and ids."""

    settings: Settings
    database: Database
    storage: Storage
    secret: bytes
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[str], str] = sortable_id
    words: Vocabulary = field(default_factory=standard)
    """The words of rights, with those of the installation over them."""
    stamp_roots: tuple[bytes, ...] = ()
    """Certificates (DER) that time stamps of the audit must lead to; empty: none are asked for."""
    kept: dict[str, object] = field(default_factory=dict)
    """What is kept in memory between requests, by the name of whoever keeps it; all of it can be had again."""
    credentials: Credentials | None = None
    """What signs copies that leave; None: they are not signed."""
    token: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(32))
    """256 bits of randomness as URL-safe text."""

    index: Holder = field(init=False)
    """The index of this machine."""

    def __post_init__(self) -> None:
        self.index = Holder(self.settings.index_url, self.settings.index)

    @property
    def runs(self) -> Path:
        """Folder that the workers of this machine share for private files, locks and wake-up calls."""
        return self.settings.runs

    def ring(self) -> None:
        """Wake idle workers; call it after a commit that may have queued a job."""
        wake(self.runs)

    def close(self) -> None:
        """Give back the connections."""
        self.index.close()
        self.database.dispose()


def open_hub(settings: Settings, loads: Loads = json.loads) -> Hub:
    """Open database and storage; nothing is created in them (see `prepare`), but a data folder to hold them.

    `loads` reads the JSON in columns; see `ugc_hub.database.parsing`.

    Raises:
        BadSettings: the database cannot be used safely, `presets_dir` holds no valid preset files, or what `c2pa_chain`
            and `c2pa_key` name cannot sign.
        StorageError: the storage's URL cannot be understood.
    """
    make_data_dir(settings)  # before the first of those that make it in passing, open to everybody
    signing = secret(settings)
    if settings.presets_dir is not None:
        try:
            catalogue(settings.presets_dir)
        except CatalogueError as error:
            raise BadSettings(f"presets_dir: {error}") from error
    return Hub(
        settings=settings,
        database=open_database(settings.database, signing, loads),
        storage=open_storage(settings.storage),
        secret=signing,
        words=_words(settings.rights_vocabulary),
        stamp_roots=_stamp_roots(settings),
        credentials=_credentials(settings),
    )


def settle() -> None:
    """Take everything that is loaded by now out of the search for garbage; for a process that is ready to answer.

    It stays until the process ends, and whenever Python looked through all objects a request waited for it: there are
    170,000 in a web process. What comes later is looked through after every `NEW_OBJECTS`.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


def _words(path: Path | None) -> Vocabulary:
    """Read the words of the installation; what they cannot say is told at the start."""
    if path is None:
        return standard()
    try:
        with path.open("rb") as file:
            return overlaid(standard(), tomllib.load(file))
    except OSError as error:
        raise BadSettings(f"rights_vocabulary {path} cannot be read: {error.strerror}.") from error
    except OverlayRefused as error:
        raise BadSettings(f"rights_vocabulary {path}: {error}") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise BadSettings(f"rights_vocabulary {path} is not valid TOML: {error}.") from error


def _stamp_roots(settings: Settings) -> tuple[bytes, ...]:
    """Read whose time stamps are believed; an authority that nobody could check is told at the start."""
    path = settings.audit_timestamp_roots
    if not settings.audit_timestamp_url and path is None:
        return ()
    if not settings.audit_timestamp_url or path is None:
        raise BadSettings("audit_timestamp_url and audit_timestamp_roots belong together; set both or neither.")
    if not stamping.available():
        words = 'audit_timestamp_url is set, but the extra is not installed: pip install "ugc-hub[timestamp]".'
        raise BadSettings(words)
    try:
        return tuple(stamping.read_roots(path.read_bytes()))
    except OSError as error:
        raise BadSettings(f"audit_timestamp_roots {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadSettings(f"audit_timestamp_roots {path} holds no certificates in PEM.") from error


def _credentials(settings: Settings) -> Credentials | None:
    """Read what signs copies, and refuse what cannot: a wrong key is told at the start, not at the first download."""
    if settings.c2pa_chain is None and settings.c2pa_key is None:
        return None
    if settings.c2pa_chain is None or settings.c2pa_key is None:
        raise BadSettings("c2pa_chain and c2pa_key belong together; set both or neither.")
    if not provenance.available():
        raise BadSettings('c2pa_chain is set, but the extra is not installed: pip install "ugc-hub[c2pa]".')
    parts = []
    for name, path in (("c2pa_chain", settings.c2pa_chain), ("c2pa_key", settings.c2pa_key)):
        try:
            parts.append(path.read_bytes())
        except OSError as error:
            raise BadSettings(f"{name} {path} cannot be read: {error.strerror}.") from error
    with LOADING:
        from workers.media import signers  # loads x509, which a hub that does not sign need not

    chain, key = parts
    made = Credentials(chain, key, settings.c2pa_algorithm, settings.c2pa_timestamp_url or None)
    try:
        signers.check(made, utc_now())
    except ValueError as error:
        raise BadSettings(f"c2pa_chain {settings.c2pa_chain}: {error}") from error
    return made


def prepare(hub: Hub) -> None:
    """Tie database and storage together by one identity, so that an empty or foreign folder is noticed.

    Raises:
        StorageError: the storage is not the one that this database was used with, or does not answer.
    """
    with hub.database.read() as session:
        identity = session.scalar(select(Meta.value).where(Meta.name == "identity"))
    if identity is None:
        identity = _tie(hub)
    hub.storage.check(identity)


def _tie(hub: Hub) -> str:
    """Mark a new storage as this database's.

    The identity is committed as `identity.new` before the marker is written: after a crash in between the next start
    goes on with the same one, instead of taking its own marker for that of a stranger.
    """
    with hub.database.write() as session:
        hub.database.serialise(session, "identity")
        known = {row.name: row.value for row in session.scalars(select(Meta).where(Meta.name.startswith("identity")))}
        if "identity" in known:
            return known["identity"]
        identity = known.get("identity.new") or hub.token()
        session.merge(Meta(name="identity.new", value=identity))
    with hub.database.write() as session:
        hub.database.serialise(session, "identity")
        hub.storage.ensure_marker(identity)
        crash_point("after_marker")
        session.merge(Meta(name="identity", value=identity))
        session.execute(delete(Meta).where(Meta.name == "identity.new"))
    return identity


def crash_point(name: str) -> None:
    """Die here without any clean-up where a test asked for it (`UGC_HUB_CRASH_AT`)."""
    if os.environ.get("UGC_HUB_CRASH_AT") == name:
        os._exit(137)
