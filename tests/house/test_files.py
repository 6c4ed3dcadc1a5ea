"""What lies in the house: text that somebody wrote, and what is vendored; no recordings, pictures or leftovers."""

from __future__ import annotations

from tests.house.source import expect_none, own_files
from tests.support import ROOT

LARGEST_BYTES = 100_000


def test_no_file_is_large_but_locks_and_what_is_vendored() -> None:
    expect_none(
        [
            f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes"
            for path in own_files()
            if path.stat().st_size > LARGEST_BYTES and "vendor" not in path.parts and path.suffix != ".lock"
        ]
    )


def test_no_work_of_the_media_engine_is_left_lying() -> None:
    leftovers = {".mov", ".mp4", ".webm", ".gray", ".rgb", ".yuv", ".log", ".jpg", ".gif", ".cube", ".ass"}
    expect_none([str(path.relative_to(ROOT)) for path in own_files() if path.suffix in leftovers])
