"""An indexing process that is killed anywhere: what was found before is found, and what comes after is complete."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.support import ROOT
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower
from ugc_hub.models import Asset
from ugc_hub.search.documents import FACETS
from ugc_hub.search.engine import Request, Result, Sight
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.holding import Holder
from ugc_hub.search.tree import Word

MOST = 16
"""Kills at most before a thing that Python does with files."""
AT_RANDOM = 10
"""Kills after a random part of the time that the whole takes: those that hit a library in the middle of its files."""
EVERYTHING = Sight(everything=True)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, after how long, and how many points it passed."""

    word: str
    took_s: float
    points: int


class Killer:
    """Lets another process index and kills it; see `tests.faults.killed`."""

    def __init__(self, process: subprocess.Popen[str], deed: str) -> None:
        self._process = process
        self._deed = deed

    def __call__(self, point: str) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self._deed} {point}\n")
        self._process.stdin.flush()
        word, took_s, points = self._process.stdout.readline().split()
        return Ended(word, float(took_s), int(points))


@contextmanager
def killing(hub: Hub, deed: str) -> Iterator[Killer]:
    command = [sys.executable, "-m", "tests.faults.killed", str(hub.settings.data_dir), hub.settings.index_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Killer(process, deed)


class Library:
    """Assets that change before every kill."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.ids = [asset_row(hub, f"beach {number}.jpg", creator="ana") for number in range(12)]
        self.turns = 0

    def change(self) -> None:
        """Add an asset, rename one and erase one."""
        self.turns += 1
        self.ids.append(asset_row(self.hub, f"beach turn{self.turns}x.jpg"))
        gone, renamed = self.ids.pop(0), self.ids[0]
        with self.hub.database.write() as session:
            session.execute(update(Asset).where(Asset.id == gone).values(status="erased"))
            session.execute(update(Asset).where(Asset.id == renamed).values(file_name=f"lake {self.turns}.jpg"))


def answers(holder: Holder) -> list[Result]:
    """What an index says of everything and of some words, without how far it knows the records."""
    engine = holder.engine()
    asked = [Request(EVERYTHING, facets=FACETS), *(Request(EVERYTHING, Word(word)) for word in ("beach", "lake"))]
    return [replace(engine.search(one), stamp=0) for one in asked]


def built(hub: Hub, folder: Path) -> list[Result]:
    """What an index says that is made of the same records and was never killed."""
    other = replace(hub)
    other.index = Holder(hub.settings.index_url, folder)
    rebuild(other)
    try:
        return answers(other.index)
    finally:
        other.index.close()


def survive(library: Library, before: list[Result], folder: Path, *, may_break: bool) -> list[Result]:
    """See that a search answers as before or as after, that following goes on, and that nothing is missing then."""
    hub, after = library.hub, built(library.hub, folder)
    found = None
    try:
        hub.index.look(whole=True)
        found = answers(hub.index)
        assert found in (before, after)
    except Corrupt:
        assert may_break
    follower = Follower(hub)
    while follower.step():
        pass
    assert answers(hub.index) == after
    assert found != before or hub.index.erased_since() is not None, "its files hold what was erased"
    hub.index.close()  # the next process can write only when nobody else does
    hub.index.look(whole=True)
    return after


@pytest.fixture(params=["tantivy:", "whoosh:"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    hub = make_hub(tmp_path / "var", index_url=request.param)
    made = Library(hub)
    yield made
    hub.close()


def points_of(whole: Ended, chance: random.Random) -> list[str]:
    """Points spread evenly over what Python does with files, and instants in what a library does."""
    between = -(-whole.points // MOST)
    systematic = [f"file {number}" for number in range(1, whole.points + 1, between)]
    return systematic + [f"after {chance.uniform(0, whole.took_s):.4f}" for _ in range(AT_RANDOM)]


@pytest.mark.req("R33")
@pytest.mark.parametrize("deed", ["follow", "reindex"])
def test_an_index_survives_a_kill_at_any_point(
    library: Library, deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ugc_hub.search.whoosh.ATTEMPTS", 1)  # nobody is left whose commit could be waited for
    hub = library.hub
    # Whoosh has no commit of one step: an index broken off there is known to be, and is built anew.
    may_break = deed == "follow" and hub.settings.index_url == "whoosh:"
    rebuild(hub)
    before = answers(hub.index)
    hub.index.close()
    with killing(hub, deed) as kill:
        for _ in range(2):  # what was erased is noted once
            library.change()
            whole = kill("never")
            assert whole.word == "done"
            before = survive(library, before, tmp_path / "other", may_break=False)
        ends = []
        for point in points_of(whole, random.Random(deed)):
            library.change()
            ends.append((point, kill(point).word))
            before = survive(library, before, tmp_path / "other", may_break=may_break)
    assert {word for _, word in ends} <= {"done", "killed"}, ends
    at_files = [word for point, word in ends if point.startswith("file")]
    # How many are left to pass depends on what was written before; instants go by the speed of the machine.
    assert at_files.count("killed") > 0.75 * len(at_files) > 3, ends
    assert len([one for one in (hub.index.folder / hub.settings.index_url[:-1]).iterdir() if one.is_dir()]) <= 3
