"""What the command that makes renditions says of each preset."""

from __future__ import annotations

from typing import Any

import pytest

from ugc_hub.cli import rendering

MADE = {
    "width": 64,
    "height": 48,
    "size_bytes": 1200,
    "file": "out/one.jpg",
    "status": "ready",
    "message": None,
    "measured": None,
}
FAILED = {**MADE, "size_bytes": None, "file": None, "status": "failed", "message": "It does not fit."}


@pytest.mark.parametrize(
    ("outcome", "files", "first", "rest"),
    [
        ("warned", [MADE], "warned", ["64x48 1,200 bytes  out/one.jpg"]),
        ("ready", [FAILED], "failed", ["64x48 failed: It does not fit."]),
        ("ready", [MADE, FAILED], "partly", ["64x48 1,200 bytes  out/one.jpg", "64x48 failed: It does not fit."]),
        ("refused", [], "refused", []),
    ],
)
def test_the_first_word_of_a_preset_tells_what_came_of_its_files(
    outcome: str, files: list[dict[str, Any]], first: str, rest: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    views = [{**one, "usage": None} for one in files]
    rendering._report([{"outcome": outcome, "preset_id": "a.b", "reasons": [], "renditions": views}], False)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == [first, "a.b"]
    assert [line.strip() for line in lines] == rest
