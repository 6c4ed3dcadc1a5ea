"""Which requirements of the reliability page the suite shows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house import marks
from tests.house.marks import PREFIX
from tests.house.source import expect_none
from tests.support import ROOT

LAST = 96
SHOWN = [*range(3, 7), 8, 9, 11, 21, 22, *range(24, 28), *range(29, 32), 34, 41, 45, *range(47, 55), 56]
SHOWN += [58, 59, 77, 82, 86, 87]
"""Numbers of the requirements that this version promises; a new capability adds its own."""


@pytest.fixture(scope="module")
def marked(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Requirement and test, for every mark of the whole suite, as pytest itself collects it."""
    chosen = any(getattr(request.config.option, name, None) for name in ("keyword", "markexpr", "deselect", "lf"))
    if not chosen and {item.path for item in request.session.items} == set((ROOT / "tests").rglob("test_*.py")):
        return marks.marked(request.session.items)  # this very run is one of the whole suite
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "tests.house.marks", "tests"]
    done = subprocess.run([*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    lines = [line.removeprefix(PREFIX) for line in done.stdout.splitlines() if line.startswith(PREFIX)]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_every_mark_names_a_requirement(marked: list[tuple[str, str]]) -> None:
    known = {f"R{number}" for number in range(1, LAST + 1)}
    assert marked
    expect_none([f"{test} {name}" for name, test in marked if name not in known])


def test_every_promised_requirement_is_shown_by_a_test(marked: list[tuple[str, str]]) -> None:
    named = {name for name, _ in marked}
    expect_none([f"R{number}" for number in SHOWN if f"R{number}" not in named])
