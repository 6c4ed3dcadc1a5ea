"""Setting up: only when a lock changed, from any folder, with or without uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from tools import environment, packages


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an empty lock, in a folder with a blank in its name."""
    root = tmp_path / "my hub"
    (root / "ugc_hub").mkdir(parents=True)
    (root / "ugc_hub" / "__init__.py").touch()
    (root / "ugc_hub" / "__main__.py").write_text("import sys; print('started', *sys.argv[1:])")
    (root / "requirements.lock").touch()
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr("shutil.which", lambda name: None)
    return root


def test_an_environment_is_made_without_uv_and_runs_the_checkout_from_anywhere(checkout: Path) -> None:
    venv = checkout / ".venv"
    environment.prepare("runtime", venv)
    done = subprocess.run([venv / "bin" / "ugc-hub", "a b"], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == "started a b\n"


def test_packages_are_installed_again_only_when_the_lock_changes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = []
    monkeypatch.setattr(environment, "install", lambda python, lock: installed.append(lock.name))
    environment.prepare("runtime", checkout / ".venv")
    environment.prepare("runtime", checkout / ".venv")
    assert len(installed) == 1
    (checkout / "requirements.lock").write_text("# changed\n")
    environment.prepare("runtime", checkout / ".venv")
    assert len(installed) == 2


def test_an_environment_knows_the_version_of_its_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "install", lambda python, lock: None)
    question = "import importlib.metadata as m; print(m.version('ugc-hub'))"
    for version in ("1.2.3", "1.3.0"):
        (checkout / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
        environment.prepare("runtime", checkout / ".venv")
        python = checkout / ".venv" / "bin" / "python"
        done = subprocess.run([python, "-c", question], cwd="/", capture_output=True, text=True, check=True)
        assert done.stdout == version + "\n"


def test_an_environment_may_move_with_its_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "install", lambda python, lock: None)
    environment.prepare("runtime", checkout / ".venv")
    moved = checkout.rename(checkout.with_name("elsewhere"))
    done = subprocess.run([moved / ".venv" / "bin" / "ugc-hub"], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == "started\n"


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "install", lambda python, lock: None)
    venv = checkout / ".venv"
    environment.prepare("runtime", venv)
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(checkout / "gone")
    environment.prepare("runtime", venv)
    assert environment.works(venv / "bin" / "python")


def test_a_machine_without_a_new_enough_python_is_told_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    script = str(ROOT / "tools" / "python.sh")
    done = subprocess.run(["/bin/sh", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "3.11" in done.stderr


def test_the_python_named_goes_first() -> None:
    script = str(ROOT / "tools" / "python.sh")
    environ = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(["/bin/sh", script], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == sys.executable + "\n"


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_missing_package_stops_ci_only(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(packages, "WANTED", {"libexample": "a-command-that-is-nowhere"})
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert packages.main() == status
    assert "apt-get install --no-install-recommends libexample" in capsys.readouterr().out


def test_a_second_start_spends_next_to_nothing_in_make(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "environment.py", tmp_path / "tools")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "runtime.stamp").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    # The make that may have started this test must not have a say in the one that is tried.
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    words = [make, "serve", "ARGS=--port 1"]
    done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert done.stdout == "-m ugc_hub serve --port 1\n"
