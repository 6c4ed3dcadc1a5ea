"""Takes in one file: counts and hashes while streaming, stores the bytes, then the record and its job together.

The order is the promise: bytes first, durably; then asset, submission and job in one transaction; then the answer.
A crash in between leaves at most bytes without a record, which the collector removes.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import Staging
from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import clean_handle, clean_name, submit
from ugc_hub.errors import Gone, OutOfSpace, TooLarge, Truncated, Unavailable
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import Whole, declare_composed, declare_known, declare_own, doubt
from ugc_hub.loading import LOADING
from ugc_hub.models import Asset, Submission
from ugc_hub.permissions import arrive
from workers.media.sniff import HEAD_BYTES, Sniffed, sniff
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .names import clean_name as clean_file_name
from .refusals import refused_before

CHUNK_BYTES = 1 << 20


class Stream(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


@dataclass(frozen=True)
class Upload:
    """What is known of a file before its bytes come."""

    file_name: str
    door: str
    """`web`, `api`, `cli`, `folder`, `link` or `compose`."""
    creator: str | None = None
    campaign: str | None = None
    own: bool = False
    """Whoever sends it declares that the company holds all rights in it (`licensing.STATEMENT`)."""
    size_bytes: int | None = None
    """As announced; where it is known, fewer or more bytes are an error."""
    submission_id: str | None = None
    """The submission that it is a part of; None: it is one of its own."""
    fields: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    """What fields of the campaign say of it, by name or id."""
    whole: Whole | None = None
    """Of which assets of the hub it was composed."""


@dataclass(frozen=True)
class Accepted:
    """A file that is safe now. A duplicate is what had these bytes before: an asset, or a refusal."""

    asset_id: str
    status: str
    duplicate: bool
    message: str
    job_id: int | None = None
    code: str | None = None
    """Why it was refused, where the same bytes were refused before."""
    warning: str | None = None
    """What speaks against the declaration that it is the company's own, where the file was measured before."""
    missing: tuple[str, ...] = ()
    """Names of required fields of its campaign that say nothing of it yet."""


def original_key(sha256: str) -> str:
    """Return the storage key of an original: its content decides it."""
    return f"originals/{sha256}"


def accept(hub: Hub, actor: Actor, stream: Stream, upload: Upload) -> Accepted:
    """Take in one file and answer when it is safe; measuring it is a job that follows.

    Raises:
        UnsupportedType: the content is of no accepted type; known after the first bytes.
        Truncated: fewer (or more) bytes came than were announced.
        TooLarge: more than `upload_max_bytes`.
        OutOfSpace: no room; nothing was kept.
        Invalid: the creator's handle or the campaign's name is malformed; or the campaign has no such field, or the
            field does not take the value.
        Gone: the same file was erased before.
        Forbidden: the actor may not upload, not declare it the company's own, or not know of fields.
    """
    require(actor, "asset.upload")
    if upload.own:
        require(actor, "rights.edit")
    limit = hub.settings.upload_max_bytes
    if upload.size_bytes is not None and upload.size_bytes > limit:
        raise TooLarge(f"The file is larger than the {limit / 1e6:,.0f} MB that the hub takes.")
    # Wrong names are told before a single byte is sent in vain.
    if upload.creator:
        clean_handle(upload.creator)
    if upload.campaign:
        clean_name(upload.campaign)
    if upload.fields:
        with LOADING:
            from . import fields

        fields.check(hub, actor, upload.campaign, upload.fields)
    _check_room(hub, upload.size_bytes or 0)
    with hub.storage.stage() as staged:
        sniffed = _receive(stream, staged, limit)
        if upload.size_bytes is not None and staged.size_bytes != upload.size_bytes:
            raise Truncated(
                f"{staged.size_bytes:,} of {upload.size_bytes:,} announced bytes arrived. Send the file again."
            )
        sha256, size_bytes = staged.sha256, staged.size_bytes
        known = _existing(hub, actor, upload, sha256)
        if known is None:
            staged.commit(original_key(sha256), content_type=sniffed.media_type)
            crash_point("after_put")
    accepted = known or _record(hub, actor, upload, sniffed, sha256=sha256, size_bytes=size_bytes)
    crash_point("after_commit")
    if accepted.duplicate and upload.own and accepted.status != "refused":
        accepted = _declare(hub, actor, accepted)
    hub.ring()
    return accepted


def _declare(hub: Hub, actor: Actor, known: Accepted) -> Accepted:
    """Keep the declaration for a file that was here before it, and say whether that changed anything."""
    with hub.database.write() as session:
        done = declare_known(hub, session, actor, asset_id=known.asset_id)
        warning = doubt(hub, session, known.asset_id)
    words = "It is declared your own now." if done else "What is known of its rights was left as it is."
    return replace(known, message=f"{known.message} {words}", warning=warning)


def _check_room(hub: Hub, size_bytes: int) -> None:
    """Refuse early while the disk is nearly full, so that the database can still write."""
    if shutil.disk_usage(hub.settings.data_dir).free < hub.settings.min_free_bytes + size_bytes:
        raise OutOfSpace("There is no room left for more files. Nothing was kept; tell an administrator.")


def _receive(stream: Stream, staged: Staging, limit: int) -> Sniffed:
    """Move the stream into the stage, and tell its type as soon as enough of it is there."""
    head, sniffed = b"", None
    while chunk := stream.read(CHUNK_BYTES):
        if staged.size_bytes + len(chunk) > limit:
            raise TooLarge(f"The file is larger than the {limit / 1e6:,.0f} MB that the hub takes.")
        if sniffed is None:
            head += chunk[: HEAD_BYTES - len(head)]
            if len(head) >= HEAD_BYTES:
                sniffed = sniff(head)
        staged.write(chunk)
    return sniffed or sniff(head)


def _duplicate(session: Session, actor: Actor, upload: Upload, asset: Asset) -> Accepted:
    if asset.status == "erased":
        raise Gone("This file was erased at somebody's request and is not taken again.", code="asset_erased")
    words = f"This exact file is already in the {'library' if asset.trashed_at is None else 'trash'}."
    with LOADING:
        from . import fields

    if upload.fields:
        words += " What its fields say was left as it was."
    missing = fields.missing(session, actor, asset)
    return Accepted(asset.id, asset.status, duplicate=True, message=words, job_id=asset.job_id, missing=missing)


def _existing(hub: Hub, actor: Actor, upload: Upload, sha256: str) -> Accepted | None:
    with hub.database.read() as session:
        return _known(hub, session, actor, upload, sha256=sha256)


def _known(hub: Hub, session: Session, actor: Actor, upload: Upload, *, sha256: str) -> Accepted | None:
    """Return what became of the same bytes before: the asset, or the refusal."""
    asset = session.scalar(select(Asset).where(Asset.sha256 == sha256))
    if asset is not None:
        return _duplicate(session, actor, upload, asset)
    row = refused_before(hub, session, actor, sha256=sha256, submission_id=upload.submission_id)
    if row is None:
        return None
    words = f"This exact file was refused before. {row.message}"
    return Accepted(row.id, "refused", duplicate=True, message=words, code=row.code)


def _record(hub: Hub, actor: Actor, upload: Upload, sniffed: Sniffed, *, sha256: str, size_bytes: int) -> Accepted:
    """Write asset, submission and job in one transaction, or find that somebody was quicker with the same bytes."""
    with LOADING:
        from . import fields

    with hub.database.write() as session:
        hub.database.serialise(session, sha256)
        known = _known(hub, session, actor, upload, sha256=sha256)
        if known is not None:
            return known
        if not hub.storage.exists(original_key(sha256)):
            # The same bytes were refused, and removed, between our put and now.
            raise Unavailable("The same file was being removed at this moment. Send it again.")
        submission = _submission(hub, session, actor, upload)
        asset = Asset(
            id=hub.new_id("ast"),
            created_at=hub.now(),
            sha256=sha256,
            status="received",
            file_name=clean_file_name(upload.file_name),
            size_bytes=size_bytes,
            kind=sniffed.kind,
            media_type=sniffed.media_type,
            extension=sniffed.extension,
            creator_id=submission.creator_id,
            campaign_id=submission.campaign_id,
            submission_id=submission.id,
            previews={},
        )
        session.add(asset)
        session.flush()
        asset.job_id = _enqueue_inspection(hub, session, asset)
        if upload.whole is not None:
            declare_composed(hub, session, actor, asset_id=asset.id, whole=upload.whole)
        elif upload.own:
            declare_own(hub, session, actor, asset_id=asset.id)
        elif upload.submission_id is None:  # else its agreements reach it once it is handed in
            arrive(hub, session, asset)
        missing = fields.keep(hub, session, actor, asset=asset, given=upload.fields)
        record(session, hub.now(), "asset.received", asset.id, actor=actor.user_id, sha256=sha256, door=upload.door)
        crash_point("before_commit")
    words = "Received; it is being looked at."
    return Accepted(asset.id, asset.status, duplicate=False, message=words, job_id=asset.job_id, missing=missing)


def _submission(hub: Hub, session: Session, actor: Actor, upload: Upload) -> Submission:
    if upload.submission_id is not None:
        return session.get_one(Submission, upload.submission_id)
    return submit(hub, session, actor, door=upload.door, creator=upload.creator, campaign=upload.campaign)


def _enqueue_inspection(hub: Hub, session: Session, asset: Asset) -> int:
    attempts = hub.settings.job_attempts
    options = Options(key=f"inspect:{asset.id}", group=asset.id, priority=10, max_attempts=attempts)
    return enqueue(session.connection(), "inspect", {"asset_id": asset.id}, options=options)
