"""Where the case files and the media corpus lie; used when tests are collected."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_MEMORY = Path("/dev/shm")
LEAST_MEMORY_BYTES = 4_000_000_000


def quick_folder() -> str | None:
    """Return a folder in memory, where there is much of it: thousands of tests write little files, and wait for a disk.

    None means the usual place. What a test makes is removed when it has passed.
    """
    roomy = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > LEAST_MEMORY_BYTES
    return str(_MEMORY) if roomy else None


def shared_folder(variable: str, default: str) -> Path | None:
    """Return the folder that `variable` names; its absence is an error only where the variable is set."""
    named = os.environ.get(variable)
    folder = Path(named) if named else (ROOT / default).resolve()
    if folder.is_dir():
        return folder
    if named:
        raise pytest.UsageError(f"{variable} names {named!r}, which is not a folder")
    return None


CASES = shared_folder("UGC_HUB_CASES", "../shared/specs")
CORPUS = shared_folder("UGC_HUB_CORPUS", "../shared/corpus")


def manifest(part: str) -> list[dict[str, str]]:
    """Rows of `MANIFEST.csv` in one part of the corpus, or nothing where the corpus is absent."""
    if CORPUS is None:
        return []
    with (CORPUS / part / "MANIFEST.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
