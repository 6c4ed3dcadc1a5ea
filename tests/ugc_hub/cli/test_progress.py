"""Who waits at a terminal sees how far the work is; what is piped or read by programs stays clean."""

from __future__ import annotations

import time

import pytest

from tests.ugc_hub.test_waiting import job
from ugc_hub.cli import progress
from ugc_hub.hub import Hub

pytestmark = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


def test_the_line_tells_how_far_all_jobs_are_and_how_long_they_take(hub: Hub) -> None:
    one = job(hub, "film", state="running", started_at=25.0, progress=0.5, message="Part 1 of 2: Encoding.")
    assert progress.line(hub, [one]) == "50 %, about 30 seconds left  Part 1 of 2: Encoding."
    ended, unknown = job(hub, "film", state="dead", progress=0.2), job(hub, "verify")
    assert progress.line(hub, [one, ended, unknown]) == "50 %  Part 1 of 2: Encoding."


def test_it_is_written_again_and_again_and_gone_at_the_end(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    monkeypatch.setattr(progress, "EVERY_S", 0.01)
    monkeypatch.setenv("COLUMNS", "20")
    one = job(hub, "film", state="running", started_at=25.0, progress=0.5, message="\x1b]0;owned\x07" + "x" * 200)
    with progress.shown(hub, [one]):
        time.sleep(0.2)
    out, err = capsys.readouterr()
    parts = err.split("\r\x1b[K")
    assert (out, parts[0], parts[-1]) == ("", "", "")
    assert len(parts) > 3
    assert {len(part) for part in parts[1:-1]} == {19}
    assert all(part.startswith("50 %, about 30") for part in parts[1:-1])
    assert "\x1b" not in "".join(parts)


@pytest.mark.parametrize(("watched", "quiet"), [(False, False), (True, True)])
def test_nothing_is_written_where_nobody_watches_or_a_program_reads(
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    watched: bool,
    quiet: bool,
) -> None:
    monkeypatch.setattr(progress, "on_terminal", lambda: watched)
    with progress.shown(hub, [job(hub, "film")], quiet=quiet):
        time.sleep(0.02)
    assert capsys.readouterr() == ("", "")
