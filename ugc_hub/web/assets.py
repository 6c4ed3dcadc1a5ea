"""Addresses of our own style sheets and scripts that change when the file does, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

FOLDER = Path(__file__).resolve().parent / "static"


@cache
def version(name: str) -> str:
    """Return eight hex digits of the content of a static file."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:8]


def static(name: str) -> str:
    """Return the address of a static file with its version."""
    return url_for("static", filename=name, v=version(name))


def register(app: Flask) -> None:
    """Make `static` known to the templates and let versioned files be kept for a year."""
    app.jinja_env.globals["static"] = static

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in {200, 304}:
            kept = "public, max-age=31536000, immutable" if "v" in request.args else "public, no-cache"
            response.headers["Cache-Control"] = kept
        return response
