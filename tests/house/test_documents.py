"""The documentation says what is true: its links lead somewhere, its commands exist, it knows no machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import expect_none, own_files, place
from tests.support import ROOT
from tools.reference import PAGES

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users)/\w", re.ASCII)
REGISTRY = re.compile(r"pypi\.(?:org|python)|python" r"hosted|npmjs\.(?:org|com)|index-url[ =]+\S*://", re.I)
MODES = ("tutorials", "how-to", "reference", "explanation")


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def anchor(heading: str) -> str:
    """The fragment under which a heading is reached."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """Fragments of all headings of a page."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {anchor(found) for found in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        goal = (page.parent / name).resolve() if name else page
        if not goal.exists() or (fragment and fragment not in anchors(goal)):
            broken.append(target)
    expect_none(broken)


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(index.read_text("utf-8"))}
    written = {page for mode in MODES for page in (ROOT / "docs" / mode).rglob("*.md")}
    assert written
    expect_none(sorted(str(page.relative_to(ROOT)) for page in written - linked))


def test_make_commands_in_the_documentation_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = re.compile(r"`make ([a-z]+)|^\s*(?:\$ )?make ([a-z]+)", re.MULTILINE)
    named = {(page, "".join(found)) for page in pages() for found in code.findall(page.read_text("utf-8"))}
    assert {"serve", "test"} <= {name for _, name in named}
    expect_none([f"{page.relative_to(ROOT)}: make {name}" for page, name in named if name not in targets])


def test_no_file_names_a_folder_of_one_machine_or_a_package_registry() -> None:
    found = []
    for path in own_files():
        if "vendor" in path.parts or path == Path(__file__).resolve():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            place(path, number) for number, line in enumerate(lines, 1) if MACHINE.search(line) or REGISTRY.search(line)
        ]
    expect_none(found)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_says_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "out of date: run `make docs`"
