"""One shape for every error (RFC 9457): the cause in the log, a sentence for the person, nothing of the inside."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from apiflask.exceptions import HTTPError as ApiError
from flask import Flask, Response, g, make_response, render_template, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from storage.errors import StorageError
from ugc_hub.errors import HubError
from workers.media.errors import MediaError

from .hidden import holds_secret
from .logs import request_id
from .speech import of_answer, spoken

LOG = logging.getLogger("ugc_hub.web")
API = "/api/"
STORAGE_STATUS = {"not_found": 404, "out_of_space": 507, "unavailable": 503}
STORAGE_WORDS = {
    "not_found": "The bytes of this file are missing from the storage. An administrator has to look into it.",
    "out_of_space": "There is no room for more files. Nothing was kept; try again once an administrator made room.",
    "unavailable": "The storage does not answer at the moment. Try again in a minute.",
}
MEDIA_STATUS = {"unsupported_type": 415, "too_large": 413, "child_failed": 503}
HTTP_WORDS = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take this kind of request.",
    406: "There is nothing here in the form that was asked for.",
    408: "The request took too long to arrive.",
    411: "The request must say how long its body is.",
    413: "The request is larger than this address takes.",
    414: "The address is too long.",
    415: "This address does not take content of this type.",
    416: "The file does not have the part that was asked for.",
    429: "Too many requests. Wait a moment.",
    431: "The headers of the request are too long.",
}
HTTP_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_too_slow",
    411: "length_required",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_type",
    416: "no_such_range",
    429: "too_many_requests",
    431: "headers_too_long",
}
"""Codes of what was wrong with a request before the hub looked at what it asks for."""
HEADLINES = {
    403: "Not for this account",
    404: "Nothing here",
    410: "This file was not taken",
    429: "Too many tries",
    451: "Kept back by a legal order",
    503: "Back in a minute",
    507: "No room left",
}
BY_CODE = {
    "rights_denied": "Not allowed for this use",
    "duties_not_acknowledged": "One thing first",
    "link_ended": "This link has ended",
    "link_waits": "Not yet",
    "link_used_up": "No more files by this link",
    "form_expired": "This form has ended",
    "asset_erased": "This was erased",
    "handed_in": "This was handed in",
    "answered": "This was answered",
    "too_many_files": "No more files",
}
WRONG_HOST = (
    "The hub does not answer to this name. Open it at its own address, "
    "or let an administrator add the name to the setting trusted_hosts."
)
NO_JSON = "The body is not valid JSON."
UNEXPECTED = "Something went wrong inside the hub. It was written down; try again, or tell an administrator the id."


@dataclass(frozen=True)
class Problem:
    """What the outside learns of an error: `detail` is a sentence, `extra` further members, `headers` of HTTP."""

    status: int
    code: str
    detail: str
    retry: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The title of an error page, for people."""
        if self.code in BY_CODE:
            return BY_CODE[self.code]
        return HEADLINES.get(self.status, "This did not work" if self.status < 500 else "Something went wrong")

    @property
    def title(self) -> str:
        """The reason phrase of the status."""
        return "Insufficient storage" if self.status == 507 else HTTPStatus(self.status).phrase

    def document(self) -> dict[str, Any]:
        """Return the members of the problem document; `extra` cannot replace the fixed ones."""
        return {
            **self.extra,
            "type": f"urn:ugc-hub:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "retry": self.retry,
            "request_id": request_id(),
        }


def problem_of(error: BaseException) -> Problem:
    """Return what the outside may know of an error; what nobody foresaw says nothing of itself."""
    if isinstance(error, HubError):
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        return Problem(error.status, error.code, error.message, error.retry, _members(error), headers)
    if isinstance(error, MediaError):
        return Problem(MEDIA_STATUS.get(error.code, 422), error.code, error.message, error.retry)
    if isinstance(error, StorageError):
        status = STORAGE_STATUS.get(error.code, 500)
        return Problem(status, error.code, STORAGE_WORDS.get(error.code, UNEXPECTED), error.retry)
    if isinstance(error, ValidationError):
        return _invalid({".".join(map(str, e["loc"])): e["msg"] for e in error.errors()})
    if isinstance(error, ApiError):
        return _api(error)
    if isinstance(error, SecurityError):
        return Problem(400, "unknown_host", WRONG_HOST)
    if isinstance(error, HTTPException):
        return _http(error)
    return _unforeseen(error)


def _members(error: HubError) -> dict[str, Any]:
    """Return the further members of an error; the fields that are wrong are always listed under `errors`."""
    members = dict(error.extra)
    fields = members.pop("fields", None) or ({members["field"]: error.message} if "field" in members else {})
    return members | ({"errors": _listed(fields)} if fields else {})


def _listed(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"field": name, "message": message} for name, message in fields.items()]


def _unforeseen(error: BaseException) -> Problem:
    if isinstance(error, OperationalError):
        return Problem(503, "unavailable", "The database does not answer at the moment. Try again in a minute.", True)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Problem(507, "out_of_space", STORAGE_WORDS["out_of_space"], True)
    return Problem(500, "internal", UNEXPECTED, True)


def _invalid(fields: Mapping[str, str]) -> Problem:
    names = ", ".join(name for name in fields if name)
    detail = f"Some values are missing or wrong: {names}." if names else "Some values are missing or wrong."
    return Problem(422, "invalid", detail, extra={"errors": _listed(fields)})


def _api(error: ApiError) -> Problem:
    if error.status_code == 422 and isinstance(error.detail, dict):
        fields = {name: " ".join(said) for part in error.detail.values() for name, said in part.items()}
        return _invalid({"" if name == "_schema" else name: said for name, said in fields.items()})
    return Problem(error.status_code, _code(error.status_code), HTTP_WORDS.get(error.status_code, UNEXPECTED))


def _code(status: int) -> str:
    return HTTP_CODES.get(status) or ("internal" if status >= 500 else HTTP_CODES[400])


def _http(error: HTTPException) -> Problem:
    status = error.code or 500
    headers = {}
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "content-range"}:
            headers[name] = value
    unread = status == 400 and request.is_json
    words = NO_JSON if unread else HTTP_WORDS.get(status, UNEXPECTED)
    return Problem(status, _code(status), words, status >= 500, headers=headers)


def answer(error: BaseException) -> Response:
    """Turn an error into a response, in the form that the client reads, and log its cause."""
    problem = problem_of(error)
    fields = {"code": problem.code, "status": problem.status}
    if problem.status >= 500:
        LOG.error("failed", exc_info=error, extra={"fields": fields})
    else:
        LOG.info("refused", extra={"fields": fields | {"cause": str(error)[:300]}})
    response = _dressed(problem, plain=isinstance(error, SecurityError))
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _dressed(problem: Problem, *, plain: bool) -> Response:
    """Return the problem as JSON, as a part of a page or as a page; `plain` where no addresses can be built."""
    document = problem.document()
    if request.path.startswith(API):
        response = make_response(document, problem.status)
        response.mimetype = "application/problem+json"
        return response
    if plain:
        response = make_response(f"{problem.detail}\n", problem.status)
        response.mimetype = "text/plain"
        return response
    if problem.status >= 500:
        # Who asks may be what cannot be found out; the page does without.
        g.setdefault("identity", None)
    # Whoever has a link alone has no account, no library to go to, and a language that their form or browser tells.
    by_link = holds_secret(request.path)
    locale = of_answer() if by_link else "en"
    shown = {"problem": document, "headline": problem.headline, "by_link": by_link, **spoken(locale)}
    if request.headers.get("HX-Request") == "true":
        return make_response(render_template("partials/problem.html", **shown), problem.status)
    html = render_template("pages/problem.html", **shown)
    return make_response(html, problem.status)


def explain_errors(app: Flask) -> None:
    """Answer every error of the app in the one shape."""
    app.register_error_handler(Exception, answer)
    # APIFlask has a handler of its own for this class, which is nearer than that for all exceptions.
    app.register_error_handler(ApiError, answer)
