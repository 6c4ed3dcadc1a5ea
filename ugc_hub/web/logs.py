"""One line of JSON for each message, so that nobody can forge a line; the request id ties them together."""

from __future__ import annotations

import json
import logging
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from .hidden import holds_secret, masked

LOG = logging.getLogger("ugc_hub.web")


class JsonLines(logging.Formatter):
    """Format a record as one JSON object: time, level, logger, message, request id, further fields, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without line breaks, whatever the message holds."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = request_id()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def request_id() -> str:
    """Return the id of the request in hand, made here: an id from outside is not trusted."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    return str(g.request_id)


def log_to_stderr(level: str) -> None:
    """Send all messages of the process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def shown_path() -> str:
    """Return the path of the request in hand for the log, without secrets, whether or not a route knows it."""
    if request.url_rule is None:
        return masked(request.path)
    return request.url_rule.rule if holds_secret(request.path) else request.path


def watch_requests(app: Flask) -> None:
    """Log each request once it is answered, and tell the client its id."""

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def note(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        quiet = request.path.startswith("/static/") or request.path == "/healthz"
        fields = {
            "method": request.method,
            "path": shown_path(),
            "status": response.status_code,
            "ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000, 1),
        }
        LOG.log(logging.DEBUG if quiet else logging.INFO, "answered", extra={"fields": fields})
        return response
