"""What the project depends on: stated with a reason, locked with hashes, loaded only where it is used."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from tests.house.source import expect_none
from tests.support import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-compose.lock")
HEAVY = ("PIL", "pillow_heif", "cv2", "av", "numpy", "boto3", "botocore", "tantivy", "whoosh", "moviepy")


def project() -> dict[str, list[str]]:
    """Names of the declared packages, for run time and for development."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)
    runtime, extras = declared["project"]["dependencies"], declared["project"]["optional-dependencies"]
    groups = {"runtime": runtime, "dev": declared["dependency-groups"]["dev"]}
    groups["compose"] = [*runtime, *extras["compose"]]
    return {kind: [re.split(r"[\[<>=!~; ]", line)[0] for line in lines] for kind, lines in groups.items()}


def test_every_dependency_has_its_reason_and_no_reason_is_left_over() -> None:
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([^`]+)` \| \S", page, re.MULTILINE)
    declared = project()
    assert explained == [*sorted(declared["runtime"]), *sorted(declared["dev"])]


@pytest.mark.parametrize(("kind", "name"), list(zip(("runtime", "dev", "compose"), LOCKS, strict=True)))
def test_a_lock_names_every_dependency_with_hashes(kind: str, name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    locked = {found.group(1): found.group(0) for found in re.finditer(r"^([a-z0-9-]+)==.*(?:\n    .*)*", text, re.M)}
    assert locked
    expect_none([package for package in project()[kind] if package not in locked])
    expect_none([package for package, entry in locked.items() if "--hash=sha256:" not in entry])


def test_the_locks_agree_on_versions() -> None:
    pins = [set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / name).read_text("utf-8"), re.MULTILINE)) for name in LOCKS]
    runtime, dev, compose = pins
    expect_none(sorted(runtime - dev))
    expect_none(sorted(runtime - compose))
    expect_none(sorted(compose - dev))


SEARCH = "ugc_hub.search.finding, ugc_hub.search.highlighting, ugc_hub.search.language, ugc_hub.search.opening"
"""What a page or command imports to search; the libraries come with the first search."""


@pytest.mark.parametrize("module", ["ugc_hub.web", "ugc_hub.cli", SEARCH])
def test_what_starts_first_loads_no_heavy_library(module: str) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_worker_at_rest_holds_no_module_that_only_a_job_needs() -> None:
    code = "import sys, ugc_hub.jobs.handlers, ugc_hub.jobs.schedule, ugc_hub.cli.serving; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rooms = ("licensing", "permissions", "submissions", "renditions", "ingest", "packs", "webhooks", "search.engine")
    expect_none([name for name in done.stdout.split() if name.startswith(tuple(f"ugc_hub.{room}" for room in rooms))])
