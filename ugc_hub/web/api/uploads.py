"""Uploads: the body is the file, streamed through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import request

from ugc_hub import ingest
from ugc_hub.errors import LengthRequired
from ugc_hub.ingest import Upload
from ugc_hub.web.context import allowed, identity, the_hub
from ugc_hub.web.progress import UploadState, upload_state

from .blueprint import blueprint, described, gives, query
from .shapes import UploadOut, UploadQuery


class Body:
    """The body of the request, read to its announced end and never further; it is not held in memory."""

    def __init__(self, stream: BinaryIO, size_bytes: int) -> None:
        self._stream = stream
        self._left = size_bytes

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end, and none where the client went away."""
        try:
            piece = self._stream.read(min(size, self._left))
        except OSError:
            # A connection that breaks ends the body early; `accept` sees that bytes are missing.
            piece = b""
        self._left -= len(piece)
        return piece


def announced_size() -> int:
    """Return the announced length of the body.

    Raises:
        LengthRequired: none was announced, so a cut connection could not be told from the end.
    """
    if request.headers.get("Transfer-Encoding") or request.content_length is None:
        raise LengthRequired("Send the size of the file as Content-Length, without Transfer-Encoding.")
    return request.content_length


@blueprint.post("/uploads")
@query(UploadQuery)
@gives(UploadOut, 201, "The file is safe; it is being looked at")
@described("Uploads", "Send one original")
def send_original(query: UploadQuery) -> tuple[UploadState, int]:
    """Take in the bytes of the body and answer when they are safe.

    The type is told by content. 201: new; 200: exactly these bytes were there before. Poll the upload until its
    status is `ready` or `refused`. An asset of which required fields say nothing arrives all the same; `missing` names
    them.
    """
    actor = allowed("asset.upload")
    size = announced_size()
    who = identity()
    door = "web" if who is not None and who.how == "session" else "api"
    known = Upload(query.filename, door, query.creator or None, query.campaign or None, query.own, size)
    upload = replace(known, fields=query.fields)
    # The WSGI stream itself: Flask's limit for forms does not hold for originals, `ingest` has its own.
    stream = cast(BinaryIO, request.environ["wsgi.input"])
    accepted = ingest.accept(the_hub(), actor, Body(stream, size), upload)
    state = UploadState(
        accepted.asset_id,
        accepted.status,
        accepted.message,
        accepted.code,
        ingest.clean_name(query.filename),
        duplicate=accepted.duplicate,
        warning=accepted.warning,
        missing=accepted.missing,
    )
    return state, 200 if accepted.duplicate else 201


@blueprint.get("/uploads/<asset_id>")
@gives(UploadOut)
@described("Uploads", "How far an upload is")
def see_upload(asset_id: str) -> Any:
    """Tell whether the file is ready, or why it was refused."""
    return upload_state(the_hub(), allowed("asset.view"), asset_id)
