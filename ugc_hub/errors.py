"""The one family of errors that use cases raise; the web turns each into the same problem shape (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage import errors as stored
from workers.media import errors as media


class HubError(Exception):
    """Something was asked that cannot be done; the message says what to do instead.

    `code` is stable and machine-readable, `status` the HTTP status, `message` a sentence for the person who asked
    (never a path, a query or a trace), `retry` whether the same request may succeed later, `extra` further members
    of the problem document.
    """

    code = "error"
    status = 500
    retry = False

    def __init__(self, message: str, *, code: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.extra = dict(extra or {})


class Invalid(HubError):
    """A value is missing, malformed or out of range."""

    code = "invalid"
    status = 422


class NotFound(HubError):
    """There is no such thing, or the person who asks may not know of it."""

    code = "not_found"
    status = 404


class Gone(HubError):
    """The thing existed and was refused or removed; the message says why."""

    code = "gone"
    status = 410


class LegalOrder(HubError):
    """A legal order keeps it from being shown."""

    code = "legal_order"
    status = 451


class Conflict(HubError):
    """The state of the thing forbids the action."""

    code = "conflict"
    status = 409


class SignInNeeded(HubError):
    """Nobody is signed in, or the credentials are wrong or expired."""

    code = "sign_in_needed"
    status = 401


class Forbidden(HubError):
    """The person who asks is known and may not do this."""

    code = "forbidden"
    status = 403


class RightsDenied(HubError):
    """The grants do not allow this use; the reasons say why and what to do next."""

    code = "rights_denied"
    status = 403


class TooLarge(HubError):
    """The body or the file exceeds a limit."""

    code = "too_large"
    status = 413


class UnsupportedType(HubError):
    """The content is of a type that the hub does not take."""

    code = "unsupported_type"
    status = 415


class Refused(HubError):
    """The file was looked at and refused; nothing of it was kept."""

    code = "refused"
    status = 422


class Truncated(HubError):
    """Fewer bytes arrived than were announced; nothing of them was kept."""

    code = "upload_truncated"
    status = 400
    retry = True


class LengthRequired(HubError):
    """An upload must announce its size, or a cut connection could not be told from the end of the file."""

    code = "length_required"
    status = 411


class TooManyRequests(HubError):
    """Too many attempts; wait before trying again."""

    code = "too_many_requests"
    status = 429
    retry = True


class Unavailable(HubError):
    """A part the hub needs (database, storage, mail) does not answer."""

    code = "unavailable"
    status = 503
    retry = True


class OutOfSpace(HubError):
    """There is no room for more bytes; nothing was kept."""

    code = "out_of_space"
    status = 507
    retry = True


class BadSettings(HubError):
    """A setting is unknown or has a wrong value; the hub does not start."""

    code = "bad_settings"
    status = 500


_FROM_ENGINE: tuple[tuple[type[Exception], type[HubError]], ...] = (
    (media.Unsupported, UnsupportedType),
    (media.TooLarge, TooLarge),
    (media.ChildFailed, Unavailable),
    (media.MediaError, Refused),
    (stored.OutOfSpace, OutOfSpace),
    (stored.NotFound, NotFound),
)


def from_engine(error: Exception) -> HubError | None:
    """Return the hub's error for one of an engine's, or None where it is neither.

    The sentence of a media error is for the sender of the file and is kept. Those of the storage are for the
    operator and may name folders: a person gets a general one, and the log the cause.
    """
    for kind, mapped in _FROM_ENGINE:
        if isinstance(error, kind):
            if isinstance(error, media.MediaError):
                return mapped(error.message, code=error.code)
            words = {
                OutOfSpace: "There is no room left for more files. Nothing was kept; tell an administrator.",
                NotFound: "The bytes of this file are missing. Tell an administrator to run: ugc-hub doctor.",
            }
            return mapped(words[mapped], code="bytes_missing" if mapped is NotFound else None)
    if isinstance(error, stored.StorageError):
        return Unavailable("The storage does not answer properly. Try again later, or tell an administrator.")
    return None
