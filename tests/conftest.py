"""Fixtures that every part of the suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import CASES, CORPUS


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
