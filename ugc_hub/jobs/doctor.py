"""Looks for what should not be: records without bytes, bytes without records, stuck jobs, weak foundations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import func, select, text

from storage.errors import NotFound, StorageError
from ugc_hub.catalog.condition import AGAIN, condition
from ugc_hub.database import pending
from ugc_hub.hub import Hub
from ugc_hub.licensing.evidence import broken_now
from ugc_hub.models import Asset, Rendition
from ugc_hub.search.errors import Corrupt
from ugc_hub.settings import OFF, Settings
from workers.media.composition.finding import find as find_compositions
from workers.media.reading import title
from workers.media.sandbox import Sandbox
from workers.queue.jobs import find
from workers.queue.shapes import Query

from .collect import FOLDERS, live_keys, wanted_keys
from .handlers import media_limits
from .read import languages

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (`error`), worth knowing (`warning`) or well (`ok`)."""

    level: str
    code: str
    message: str
    subject: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def examine(hub: Hub, *, deep: bool = False) -> Iterator[Finding]:
    """Yield findings, the foundations first; `deep` reads originals, proofs and texts and compares them."""
    if pending(hub.database):
        yield Finding("error", "migration_pending", "The database is older than the code. Run: ugc-hub migrate.")
        return
    yield from _foundations(hub)
    yield from _index(hub, deep=deep)
    yield from _bytes(hub)
    yield from _jobs(hub)
    if deep:
        yield from _contents(hub)
        yield from _proofs(hub)


def media_findings(settings: Settings) -> Iterator[Finding]:
    """Say how untrusted files are confined, and which releases decode them."""
    with Sandbox(media_limits(settings), recogniser=settings.speech_recogniser) as sandbox:
        heard_by = sandbox.heard_by() if settings.speech_recogniser else None
        yield Finding("ok", "sandbox", f"Files of strangers are read in a child process; in force: {sandbox.level()}.")
    release = version("pillow")
    level = "ok" if int(release.split(".")[0]) >= 13 else "warning"
    yield Finding(level, "pillow", f"Pillow {release}; security fixes go to the newest release only (13 or newer).")
    yield _reader(settings)
    yield _recogniser(settings, heard_by)
    yield from _compositions(settings)


def _compositions(settings: Settings) -> Iterator[Finding]:
    """Say which MoviePy makes compositions, and which of those cannot be read; that there is none is no fault."""
    code = "compositions"
    try:
        words = f"Compositions are made with MoviePy {version('moviepy')}."
    except PackageNotFoundError:
        words = "Compositions are not made: MoviePy is not installed. In a checkout: make compose."
    yield Finding("ok", code, words)
    for one in find_compositions(settings.compositions_dir):
        if one.fault:
            yield Finding("error", code, f"The composition {one.name} is broken. {one.fault}", one.name)


def _reader(settings: Settings) -> Finding:
    """Say who reads words in pictures; that nobody does is no fault."""
    code = "text_reader"
    if settings.text_reader == OFF:
        return Finding("ok", code, "Words in pictures are not read: text_reader is off.")
    try:
        found = languages(settings)
        name = title(settings.text_reader, found)
    except Exception as error:  # noqa: BLE001 - a plug-in may fail in any way; what it says is what is wrong
        return Finding("error", code, f"The text reader cannot be loaded: {error}", settings.text_reader)
    lacking = ", ".join(language for language in settings.text_languages if language not in found)
    if found and not lacking:
        return Finding("ok", code, f"Words in pictures are read by {name}.")
    if found:
        return Finding("warning", code, f"Words in pictures are read by {name}; not installed: {lacking}.")
    if settings.text_reader:
        return Finding("warning", code, f"Words in pictures are not read: the reader knows none of {lacking}.")
    install = "On Debian: apt-get install tesseract-ocr, and tesseract-ocr-deu and so on for languages."
    return Finding("ok", code, f"Words in pictures are not read: tesseract is not installed for {lacking}. {install}")


def _recogniser(settings: Settings, heard_by: tuple[str, str] | None) -> Finding:
    """Say who hears what is said in videos, as a child process tells; that nobody does is no fault."""
    code, name = "speech_recogniser", settings.speech_recogniser
    if heard_by is None:
        return Finding("ok", code, "What is said in videos is not heard: no speech_recogniser is set.")
    who, fault = heard_by
    if fault:
        return Finding("error", code, f"The speech recogniser cannot be loaded: {fault}", name)
    if settings.speech_files is not None and not settings.speech_files.exists():
        return Finding("error", code, f"There is no {settings.speech_files}, with which {who} works.", name)
    return Finding("ok", code, f"What is said in videos is heard by {who}, where somebody asks for it.")


def _foundations(hub: Hub) -> Iterator[Finding]:
    with hub.database.read() as session:
        if hub.database.sqlite:
            release = session.scalar(text("SELECT sqlite_version()"))
            verdict = session.scalar(text("PRAGMA quick_check"))
            level = "ok" if verdict == "ok" else "error"
            yield Finding(level, "database", f"SQLite {release}, quick check: {verdict}.")
        else:
            release = session.scalar(text("SHOW server_version"))
            yield Finding("ok", "database", f"PostgreSQL {release}.")
        assets = session.scalar(select(func.count()).select_from(Asset))
        yield Finding("ok", "assets", f"{assets} assets.")
    try:
        hub.storage.check()
    except StorageError as error:
        yield Finding("error", "storage", error.message)


LEVELS = {"ready": "ok", "building": "ok", "missing": "warning", "damaged": "error", "behind": "warning"}
"""How bad the states of the index are: all but damage are mended by a worker that runs as it should."""


def _index(hub: Hub, *, deep: bool) -> Iterator[Finding]:
    """Say in what state the index of this machine is; `deep` reads all of it."""
    found = condition(hub)
    if deep and found.state in ("ready", "behind") and found.searched:
        try:
            hub.index.engine().check()
        except Corrupt as error:
            yield Finding("error", "index", f"The index of the search is damaged ({error}). {AGAIN}", _folder(hub))
            return
    reason = f" ({found.reason})" if found.reason else ""
    waits = f" {found.waiting} changes wait." if found.state == "ready" and found.searched else ""
    yield Finding(LEVELS[found.state], "index", f"{found.message}{waits}{reason}", _folder(hub))


def _folder(hub: Hub) -> str:
    return str(hub.index.folder)


def _bytes(hub: Hub) -> Iterator[Finding]:
    """Compare both sides in one pass over the storage's listing, not with one question per record."""
    sizes: dict[str, int | None] = {}
    with hub.database.read() as session:
        wanted = wanted_keys(hub, session)
        sizes |= dict.fromkeys(live_keys(session))
        kept = Asset.status != "erased"
        for sha256, size_bytes in session.execute(select(Asset.sha256, Asset.size_bytes).where(kept)):
            sizes[f"originals/{sha256}"] = size_bytes
        for key, known in session.execute(select(Rendition.storage_key, Rendition.size_bytes)):
            if key:
                sizes[key] = known
    for folder in FOLDERS:
        for stat in hub.storage.list(folder):
            if stat.key in wanted:
                continue
            if stat.key not in sizes:
                yield Finding("warning", "orphan", "Bytes without a record; ugc-hub gc removes them.", stat.key)
                continue
            size = sizes.pop(stat.key)
            if size is not None and size != stat.size_bytes:
                words = f"The stored file has {stat.size_bytes} bytes, its record says {size}."
                yield Finding("error", "wrong_size", words, stat.key)
    for key in sorted(sizes):
        yield Finding("error", "missing_blob", "A record names bytes that are not there.", key)


def _jobs(hub: Hub) -> Iterator[Finding]:
    with hub.database.read() as session:
        for job in find(session.connection(), Query(state="dead", limit=100)):
            words = f"Job {job.id} ({job.kind}) gave up: {job.error or 'no reason'}"
            yield Finding("warning", "dead_job", words, str(job.id))


def _proofs(hub: Hub) -> Iterator[Finding]:
    with hub.database.read() as session:
        for one in broken_now(hub, session):
            yield Finding("error", "broken_proof", one.words, one.id)


def _contents(hub: Hub) -> Iterator[Finding]:
    with hub.database.read() as session:
        kept = select(Asset.sha256).where(Asset.status != "erased").order_by(Asset.id)
        hashes = list(session.scalars(kept))
    for sha256 in hashes:
        key, digest = f"originals/{sha256}", hashlib.sha256()
        try:
            with hub.storage.open(key) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
        except NotFound:
            continue  # named above as missing
        except StorageError as error:
            yield Finding("error", "unreadable", error.message, key)
            continue
        if digest.hexdigest() != sha256:
            yield Finding("error", "corrupt", "The bytes are not those that were stored.", key)
