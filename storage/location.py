"""What the URL of a bucket says."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.errors import InvalidKey, Misconfigured
from storage.keys import check_key

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", re.ASCII)


@dataclass(frozen=True)
class Location:
    """Where a bucket is: what a storage URL says."""

    bucket: str
    prefix: str = ""
    """Empty, or ends with a slash."""
    endpoint: str | None = None
    region: str | None = None
    spool: Path = Path(tempfile.gettempdir())
    """Folder for bytes on their way; needs room for the largest objects that are up- or downloaded at once."""


def parse(url: str) -> Location:
    """Read `s3://bucket/prefix?endpoint=...&region=...&spool=...`; `Misconfigured` when it is something else."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not _BUCKET.fullmatch(parts.netloc):
        raise Misconfigured("An S3 URL begins with s3:// and the name of a bucket, without credentials.")
    if unknown := set(options) - {"endpoint", "region", "spool"}:
        raise Misconfigured(f"An S3 URL does not know {', '.join(sorted(unknown))}.")
    prefix = unquote(parts.path).strip("/")
    try:
        prefix = f"{check_key(prefix)}/" if prefix else ""
    except InvalidKey as error:
        raise Misconfigured(f"The prefix of the S3 URL cannot be used: {error}") from None
    endpoint = options.get("endpoint")
    if endpoint is not None and not re.match(r"https?://[^/]", endpoint):
        raise Misconfigured("The endpoint of an S3 URL begins with http:// or https://.")
    spool = Path(options["spool"]) if "spool" in options else Location.spool
    return Location(parts.netloc, prefix, endpoint, options.get("region"), spool)
