"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import CASES, CORPUS

# How long an example takes says something of the machine that is shared, not of the code.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")


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
