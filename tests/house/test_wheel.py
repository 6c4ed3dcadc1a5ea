"""The wheel carries everything and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import expect_none
from tests.support import ROOT

DATA = {".toml", ".html", ".txt", ".css", ".js", ".svg", ".json", ".mako"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel built from the checkout, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist"), "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_the_code_its_data_and_the_licence(unpacked: Path) -> None:
    expected = {
        path.relative_to(ROOT)
        for folder in ("ugc_hub", "storage", "workers")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in DATA | {".py"}
    }
    templates = ROOT / "templates"
    expected |= {
        Path("ugc_hub/templates") / path.relative_to(templates) for path in templates.rglob("*") if path.is_file()
    }
    expect_none(sorted(str(name) for name in expected if not (unpacked / name).is_file()))
    assert len(list(unpacked.glob("*.dist-info/licenses/LICENSE"))) == 1


def test_the_wheel_holds_nothing_else(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}
    assert names == {"ugc_hub", "storage", "workers"}


def test_the_unpacked_wheel_is_imported_away_from_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    code = "import storage, ugc_hub, workers.media.shapes as s; print(storage.__file__, ugc_hub.__file__, s.__file__)"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(str(unpacked)) == 3
