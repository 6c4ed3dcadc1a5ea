"""The files of tracks: music that can be laid under videos, where its licence allows it.

Bytes first, durably; then the record with the job that measures them, in one transaction; then the answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import Staging
from storage.errors import NotFound as NoBlob
from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import NotFound, OutOfSpace, TooLarge, Truncated, Unavailable, UnsupportedType
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import Track, TrackFile
from workers.media.errors import MediaError
from workers.media.layers import MATERIALS
from workers.media.video.tunes import Kind, kind_of
from workers.queue.jobs import enqueue, get
from workers.queue.shapes import NORMAL, Options

from .people import clean

FOLDER = "tracks/"
JOB = "hear"
MOST_BYTES = 200 << 20
"""Of one piece of music: twenty minutes of it without loss."""
_CHUNK_BYTES = 1 << 20
REFUSED = "refused"


class Stream(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Music:
    """What is known of a piece of music before its bytes come."""

    track_id: str
    file_name: str
    size_bytes: int | None = None
    """As announced; where it is known, fewer or more bytes are an error."""


def track_key(sha256: str) -> str:
    """Return where the file of a track lies in the storage."""
    return f"{FOLDER}{sha256}"


def send_music(hub: Hub, actor: Actor, stream: Stream, music: Music) -> TrackFile:
    """Keep the file of a track, in the place of one that it has, and answer when it is safe; measuring it is a job.

    Raises:
        UnsupportedType: it is no MP3, AAC, WAV, FLAC or Ogg; known after the first bytes.
        Truncated: fewer (or more) bytes came than were announced.
        TooLarge: more than `MOST_BYTES`.
        OutOfSpace: no room; nothing was kept.
        NotFound: there is no such track.
        Forbidden: the actor may not ask for rights.
    """
    require(actor, "rights.request")
    with hub.database.read() as session:
        if session.get(Track, music.track_id) is None:
            raise NotFound("There is no such track.")
    if (music.size_bytes or 0) > MOST_BYTES:
        raise _too_large()
    if shutil.disk_usage(hub.settings.data_dir).free < hub.settings.min_free_bytes + (music.size_bytes or 0):
        raise OutOfSpace("There is no room left for more files. Nothing was kept; tell an administrator.")
    with hub.storage.stage() as staged:
        kind = _receive(stream, staged)
        if music.size_bytes is not None and staged.size_bytes != music.size_bytes:
            words = f"{staged.size_bytes:,} of {music.size_bytes:,} announced bytes arrived. Send the file again."
            raise Truncated(words)
        sha256, size = staged.sha256, staged.size_bytes
        staged.commit(track_key(sha256), content_type=kind.media_type)
    crash_point("after_put")
    with hub.database.write() as session:
        row = _kept(hub, session, actor, music, file=(sha256, size, kind.media_type))
        crash_point("before_commit")
    crash_point("after_commit")
    hub.ring()
    return row


def _too_large() -> TooLarge:
    return TooLarge(f"A piece of music may have up to {MOST_BYTES >> 20} MB. Send it as MP3 or AAC.")


def _receive(stream: Stream, staged: Staging) -> Kind:
    kind: Kind | None = None
    head = b""
    while chunk := stream.read(_CHUNK_BYTES):
        if staged.size_bytes + len(chunk) > MOST_BYTES:
            raise _too_large()
        staged.write(chunk)
        if kind is None:
            head += chunk[:64]
            kind = _kind(head) if len(head) >= 64 else None
    return kind or _kind(head)


def _kind(head: bytes) -> Kind:
    try:
        return kind_of(head)
    except MediaError as error:
        raise UnsupportedType(error.message, code=error.code) from error


def _kept(hub: Hub, session: Session, actor: Actor, music: Music, *, file: tuple[str, int, str]) -> TrackFile:
    sha256, size_bytes, media_type = file
    hub.database.serialise(session, track_key(sha256))
    if not hub.storage.exists(track_key(sha256)):
        # The same bytes were no longer named, and collected, between our put and now.
        raise Unavailable("The same file was being removed at this moment. Send it again.")
    hub.database.serialise(session, f"track:{music.track_id}")
    row = session.get(TrackFile, music.track_id, populate_existing=True)
    if row is None:
        row = TrackFile(track_id=music.track_id)
        session.add(row)
    row.sha256, row.size_bytes, row.media_type = sha256, size_bytes, media_type
    row.file_name = clean(music.file_name, 300).replace("\n", " ") or "music"
    row.status, row.code, row.message = "received", None, ""
    row.seconds = row.loudness_lufs = row.true_peak_dbtp = None
    row.added_at, row.added_by = hub.now(), actor.user_id
    attempts = hub.settings.job_attempts
    options = Options(key=f"{JOB}:{music.track_id}:{sha256}", priority=NORMAL, max_attempts=attempts)
    order = {"track_id": music.track_id, "sha256": sha256}
    row.job_id = enqueue(session.connection(), JOB, order, options=options)
    session.flush()
    record(session, hub.now(), "track.file_sent", row.track_id, actor=actor.user_id, sha256=sha256)
    return row


def drop_music(hub: Hub, actor: Actor, track_id: str) -> None:
    """Take the file of a track away, at once; what was made with it stays, and its licence decides about that.

    Raises:
        NotFound: there is no such track, or it has no file.
        Forbidden: the actor may not ask for rights.
    """
    require(actor, "rights.request")
    with hub.database.write() as session:
        row = session.get(TrackFile, track_id)
        if row is None:
            raise NotFound("This track has no file.")
        sha256 = row.sha256
        session.delete(row)
        record(session, hub.now(), "track.file_removed", track_id, actor=actor.user_id, sha256=sha256)
    crash_point("after_commit")
    discard(hub, sha256)


def discard(hub: Hub, sha256: str) -> bool:
    """Remove a file that no track names; one that is sent at this moment wins."""
    with hub.database.write() as session:
        hub.database.serialise(session, track_key(sha256))
        if sha256 in named_music(session, sha256):
            return False
        hub.storage.delete(track_key(sha256))
        return True


def named_music(session: Session, *only: str) -> set[str]:
    """Return the SHA-256 of the files that tracks have: of all, or which of some; of refused ones nothing is kept."""
    wanted = select(TrackFile.sha256).where(TrackFile.status != REFUSED)
    return set(session.scalars(wanted.where(TrackFile.sha256.in_(only)) if only else wanted))


def files_of(hub: Hub, actor: Actor) -> dict[str, TrackFile]:
    """Return the files of tracks, by the id of the track; one whose job ended without an answer says so."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        rows = session.scalars(select(TrackFile)).all()
        lost = [row.track_id for row in rows if row.status == "received" and _ended(session, row)]
    for row in rows:
        if row.track_id in lost:
            row.message = "It was not measured. Send it again."
    return {row.track_id: row for row in rows}


def _ended(session: Session, row: TrackFile) -> bool:
    job = get(session.connection(), row.job_id) if row.job_id is not None else None
    return job is None or job.state not in ("queued", "running")


def file_view(row: TrackFile | None) -> dict[str, Any] | None:
    """Return plain JSON of what is known of a file; None for a track without one."""
    if row is None:
        return None
    names = ("sha256", "file_name", "media_type", "size_bytes", "status", "code", "message", "seconds")
    return {name: getattr(row, name) for name in (*names, "loudness_lufs", "true_peak_dbtp")}


def lay_out_music(hub: Hub, names: Iterable[str], folder: Path) -> None:
    """Put files of tracks, by SHA-256, into a work folder, where the engine looks for them; none where one is gone."""
    for sha256 in dict.fromkeys(names):
        with suppress(NoBlob), hub.storage.local(track_key(sha256)) as path:
            (folder / MATERIALS).mkdir(exist_ok=True)
            shutil.copyfile(path, folder / MATERIALS / sha256)
