"""Bytes out of the storage: streamed, in ranges, never interpreted by the browser as anything but their type."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import BinaryIO

from flask import Response, request
from werkzeug.datastructures import ETags, Range
from werkzeug.http import parse_etags, parse_range_header

from ugc_hub.catalog import FileOut
from ugc_hub.licensing import Left, Watch

from .context import the_hub
from .names import content_disposition
from .security import FILE_POLICY

CHUNK_BYTES = 256 * 1024


def send(file: FileOut, *, attachment: bool, max_age_s: int = 0, watch: Watch | None = None) -> Response:
    """Answer a GET or HEAD of one stored file, whole or in one range (206), or not at all if unchanged (304).

    The type comes from the database, never from the name or the browser's guess. The browser of the person, and no
    cache in between, may show it again for `max_age_s` seconds without asking. `watch` cuts the connection where the
    permission ends meanwhile.
    """
    response = _answer(file, attachment=attachment, watch=watch)
    response.headers["Cache-Control"] = f"private, max-age={max_age_s}, must-revalidate"
    return response


def send_shown(file: FileOut) -> Response:
    """Answer with a preview for somebody with a link: looking ends with what the link is for, so nothing keeps it."""
    response = send(file, attachment=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def send_copy(taken: tuple[FileOut, Left], *, attachment: bool = True) -> Response:
    """Answer with a file that was handed over, and with what holds for that use; no cache keeps it."""
    file, left = taken
    watch = Watch(the_hub(), {left.usage_id: left.valid_until})
    response = send(file, attachment=attachment, watch=watch)
    response.headers["Rights-Usage"] = left.usage_id
    response.headers["Rights-Decision"] = left.decision_id
    response.headers["Rights-Status"] = left.status_url
    if left.valid_until is not None:
        response.headers["Rights-Valid-Until"] = left.valid_until.isoformat()
    if left.duties:
        response.headers["Rights-Duties"] = json.dumps(left.as_dict()["duties"])
    return response


def _answer(file: FileOut, *, attachment: bool, watch: Watch | None) -> Response:
    total = _size(file)
    tag = hashlib.sha256(file.etag.encode()).hexdigest()[:32] if "/" in file.etag else file.etag
    if parse_etags(request.headers.get("If-None-Match")).contains_weak(tag):
        return _dress(Response(status=304), file, tag, attachment=attachment)
    wanted = _wanted(parse_range_header(request.headers.get("Range")), tag)
    span = wanted.range_for_length(total) if wanted else None
    if wanted and span is None:
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{total}"
        return _dress(response, file, tag, attachment=attachment)
    start, end = span or (0, total)
    body: Iterator[bytes] = iter(())
    if request.method != "HEAD":
        body = _read(file, start, end)
        body = watch.pieces(body) if watch else body
    response = Response(body, status=206 if span else 200)
    response.content_length = end - start
    if span:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{total}"
    return _dress(response, file, tag, attachment=attachment)


def _size(file: FileOut) -> int:
    if file.data is not None:
        return len(file.data)
    return file.size_bytes if file.size_bytes is not None else the_hub().storage.stat(file.storage_key).size_bytes


def _read(file: FileOut, start: int, end: int) -> Iterator[bytes]:
    if file.data is not None:
        return _chunks(BytesIO(file.data[start:end]))
    head = _size(file) - len(file.tail)
    tail = file.tail[max(0, start - head) : max(0, end - head)]
    if start >= head:
        return iter([tail])
    stored = the_hub().storage.open(file.storage_key, start=file.start + start, end=file.start + min(end, head))
    return _chunks(stored, tail)


def _wanted(asked: Range | None, tag: str) -> Range | None:
    """Return the range to serve: a single one of the same version; everything else gets the whole file (RFC 9110)."""
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and not _names(parse_etags(condition), tag):
        return None
    return asked


def _names(tags: ETags, tag: str) -> bool:
    return tags.contains(tag) and not tags.star_tag


def _chunks(stream: BinaryIO, tail: bytes = b"") -> Iterator[bytes]:
    with closing(stream):
        while piece := stream.read(CHUNK_BYTES):
            yield piece
    if tail:
        yield tail


def _dress(response: Response, file: FileOut, tag: str, *, attachment: bool) -> Response:
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = content_disposition(file.download_name, attachment=attachment)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(tag)
    return response


def send_stream(body: Iterator[bytes], media_type: str, name: str) -> Response:
    """Answer with bytes that are made while they are sent, as a download; their number is not known before."""
    response = Response(body)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = content_disposition(name, attachment=True)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
