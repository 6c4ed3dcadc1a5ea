"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.dialects import remembered
from tests.handles import count
from tests.postgres import database_of, migrated_database
from tests.sandboxes import close_all, lent_for
from tests.support import CASES, CORPUS, quick_folder

# How long an example takes says something of the machine that is shared, not of the code.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

# A process of tests holds two million objects; looking through them for garbage took a quarter of collecting the tests.
gc.set_threshold(20_000, *gc.get_threshold()[1:])

if (quick := quick_folder()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", quick)


TESTS = Path(__file__).parent
MOST_HANDLES = 250
"""A process of tests holds some twenty files of its own, those of the browser, and some connections."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give processes whole files: marks that keep tests together do nothing where pytest is newer than pytest-xdist."""
    from tests.scheduling import Files

    return Files(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at branches once: tracing takes a quarter of the time, where much is computed half of it.

    On PostgreSQL the same tests take the same branches but for a few lines, slow ones those of the quick, and what
    looks at whole processes or at the corpus those of everything else.
    """
    names = {item.nodeid for item in items}
    for item in items:
        twin = item.nodeid.replace("postgresql", "sqlite")
        from_outside = item.path.relative_to(TESTS).parts[0] in ("acceptance", "browser", "faults", "house")
        if from_outside or item.get_closest_marker("slow") or (twin != item.nodeid and twin in names):
            item.add_marker(pytest.mark.no_cover)
    # What goes by the clock comes last: the other process of the tests is at its end by then.
    items.sort(key=lambda item: item.get_closest_marker("quiet") is not None)


def pytest_collection_finish() -> None:
    """Leave what has been loaded and collected out of every later search for garbage: it stays until the end."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _handles() -> Iterator[None]:
    """Fail where tests leave files open: thousands of tests share one process, and the last of them would find none."""
    yield
    if count() > MOST_HANDLES:
        gc.collect()  # what is only waiting for that is not left open
        assert count() <= MOST_HANDLES, f"the tests of this module, or those before it, left {count()} files open"


@pytest.fixture(autouse=True, scope="session")
def _sandboxes() -> Iterator[None]:
    """Let jobs that a test waits for run in media processes that are there already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ugc_hub.jobs.local.media_sandbox", lent_for)
        yield
    close_all()


@pytest.fixture(autouse=True, scope="session")
def _statements() -> Iterator[None]:
    """Let hubs know the SQL of statements that others have sent."""
    with remembered():
        yield


@pytest.fixture(scope="session")
def cases() -> Path:
    """Folder of the specification's case files."""
    if CASES is None:
        pytest.skip("no case folder; set UGC_HUB_CASES")
    return CASES


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of real and hostile media."""
    if CORPUS is None:
        pytest.skip("no media corpus; set UGC_HUB_CORPUS")
    return CORPUS


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting for an empty database; every test that takes it runs on SQLite and on PostgreSQL."""
    with database_of(request.param) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """As `database_url`, with all tables and no rows, for `make_hub`: those of PostgreSQL take a second to migrate."""
    with migrated_database() if request.param == "postgresql" else nullcontext("") as url:
        yield url
