"""What a test may ask of the machine: skipped at home where it is missing, a failure where `CI=true`."""

from __future__ import annotations

import os
import shutil

import pytest


def unavailable(what: str) -> None:
    """Skip the running test for want of `what`, or fail it in CI, where nothing may be left untested."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI leaves nothing out; `make test` as root installs it")
    pytest.skip(f"{what} is missing; `make test` says how to install it")


def need(command: str) -> str:
    """Return the path of a command such as `exiftool`, `ffprobe`, `mediainfo`, `strace` or `chromium`."""
    path = shutil.which(command)
    if path is None:
        unavailable(command)
    return str(path)
