"""What the hub keeps in its data folder of itself: where it listens, the secret that signs, what is left to say."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ugc_hub.errors import BadSettings

from .loading import PREFIX
from .values import Settings

ADDRESS = "address"
"""Name of the file in the data folder that says where the hub listens."""
GREETING = "greeting"
"""Name of the file in the data folder whose presence asks the web server to say how to sign in."""
PRIVATE = 0o750
"""Mode of a data folder that the hub makes: database and mails are not for every user of the machine."""


def keep_address(settings: Settings) -> None:
    """Write down where the hub listens, for the commands that run beside it.

    Raises:
        BadSettings: the data folder cannot be used.
    """
    path = settings.data_dir / ADDRESS
    try:
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        draft = path.with_name(f"{ADDRESS}.{os.getpid()}")
        draft.write_text(settings.address + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise BadSettings(f"data_dir {settings.data_dir} cannot be used: {error.strerror}.") from error


def leave_greeting(settings: Settings) -> None:
    """Let the next web server say how to sign in.

    Raises:
        OSError: the data folder cannot be used.
    """
    (settings.data_dir / GREETING).touch()


def take_greeting(settings: Settings) -> bool:
    """Tell whether the caller is the one who has to say how to sign in; nobody else is after this."""
    try:
        (settings.data_dir / GREETING).unlink()
    except OSError:
        return False
    return True


def at_kept_address(settings: Settings, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings with the address where the hub was last started, unless somebody names one beside it.

    `serve --port` is known to that process alone. Without this, every other command would write another port into the
    links it prints and into the copies it hands out, where nothing can correct it. Host and port of the TOML file are
    those that the option was stronger than; those of the environment are meant for this command.
    """
    environ = os.environ if environ is None else environ
    path = settings.data_dir / ADDRESS
    named = any(environ.get(f"{PREFIX}{name}") for name in ("HOST", "PORT"))
    if named or settings.base_url or not path.is_file():
        return settings
    try:
        return replace(settings, base_url=path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return settings  # what somebody else wrote there is no address; the default is as good as before


def make_data_dir(settings: Settings) -> None:
    """Make the data folder, closed to other users of the machine, where there is none yet.

    Where it cannot be made nothing happens: whoever needs it says so, and a hub whose records, bytes and secret are
    elsewhere may do without.
    """
    with contextlib.suppress(OSError):
        settings.data_dir.mkdir(mode=PRIVATE, parents=True, exist_ok=True)


def secret(settings: Settings) -> bytes:
    """Return the signing secret, making and keeping one (owner-readable only) where none is set.

    Raises:
        BadSettings: the data folder cannot be used, or the file of the secret is empty.
    """
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret"
    try:
        if not path.exists():
            _keep_secret(path)
        kept = path.read_bytes()
    except OSError as error:
        raise BadSettings(f"data_dir {settings.data_dir} cannot be used: {error.strerror}.") from error
    if not kept:
        raise BadSettings(f"{path} is empty. Bring it back from a backup, or remove it: a new one will be made.")
    return kept


def _keep_secret(path: Path) -> None:
    """Write a secret whole and durable before it gets its name, so that nobody ever reads a part of one."""
    path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists():
            return  # another process was quicker
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        os.fsync(folder)
    finally:
        os.close(folder)
