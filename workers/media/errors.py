"""Errors of the media engine: one family, each with a stable code and a sentence for the person who sent the file."""

from __future__ import annotations


class MediaError(Exception):
    """A file could not be measured or rendered.

    `code` is stable and machine-readable (snake_case), `message` is one sentence that the sender of the file
    understands and that says what to do, `retry` tells whether trying the same bytes again can help.
    """

    code = "media_error"
    retry = False

    def __init__(self, message: str, *, code: str | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.detail = detail
        """What the decoder said; for the log, never for a page."""


class Unsupported(MediaError):
    """The content is of a type that the hub does not take (HTTP 415)."""

    code = "unsupported_type"


class Damaged(MediaError):
    """The file is of an accepted type but truncated, corrupt or empty (HTTP 422)."""

    code = "damaged"


class TooLarge(MediaError):
    """The file exceeds a documented limit: pixels, frames, seconds, streams, memory or time (HTTP 413)."""

    code = "too_large"


class ChildFailed(MediaError):
    """The child process died for a reason that is not the file's fault; trying again may help."""

    code = "child_failed"
    retry = True


class Cancelled(MediaError):
    """Somebody cancelled the work; nothing of it was kept."""

    code = "cancelled"


class PlanImpossible(MediaError):
    """A plan cannot be carried out, for instance because no quality meets its byte budget."""

    code = "plan_impossible"
