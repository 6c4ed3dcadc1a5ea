"""Damage is found before it gives wrong answers, and crashes lose nothing that was committed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import ROOT
from ugc_hub.search import footers
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import Request, Sight, Sort
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.holding import Holder
from ugc_hub.search.opening import begin_anew, open_index
from ugc_hub.search.places import Place
from ugc_hub.search.tantivy import Tantivy
from ugc_hub.search.tree import Prefix, Word

ALL = Sight(everything=True)
DOCUMENTS = [Document(f"a{number}", (), number, title=f"beach {number}") for number in range(50)]


def filled(url: str, folder: Path) -> list[Path]:
    """Make an index and return its files."""
    engine = open_index(url, folder)
    engine.update(DOCUMENTS)
    engine.commit(3)
    engine.update([], ["a0"])
    engine.commit(4)
    engine.close()
    kept = (path for path in folder.rglob("*") if path.is_file() and "lock" not in path.name.lower())
    return sorted(path for path in kept if path.stat().st_size)


@pytest.mark.req("R34")
def test_a_file_that_was_cut_off_is_found_when_the_index_is_opened(url: str, tmp_path: Path) -> None:
    for number, path in enumerate(filled(url, tmp_path / "first")):
        content = path.read_bytes()
        for kept in sorted({0, len(content) // 2, len(content.rstrip()) - 1}):
            path.write_bytes(content[:kept])
            with pytest.raises(Corrupt):
                open_index(url, tmp_path / "first").close()
        path.unlink()
        if path.name != "current":
            with pytest.raises(Corrupt):
                open_index(url, tmp_path / "first").close()
        path.write_bytes(content)
        assert number < 40
    assert open_index(url, tmp_path / "first").search(Request(ALL, Word("beach"))).total == 49


@pytest.mark.req("R34")
@pytest.mark.parametrize("whole", [False, True])
def test_files_that_are_taken_away_while_somebody_looks_at_them_are_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    filled("tantivy:", tmp_path)
    holder, named, files = Holder("tantivy:", tmp_path), footers._files, []

    def taken_away(folder: Path) -> list[Path]:
        files.append(found := named(folder))
        if len(files) == 1:
            aside = begin_anew("tantivy:", tmp_path)
            aside.update(DOCUMENTS)
            aside.commit(5)
            Place(tmp_path / "tantivy", "tantivy").use(folder.with_name("2"))
            assert holder.sweep()
        return found

    monkeypatch.setattr(footers, "_files", taken_away)
    holder.look(whole=whole)
    assert [path.exists() for found in files for path in found[:1]] == [False, True]
    files[1][0].unlink()
    with pytest.raises(Corrupt):
        holder.look(whole=whole)


@pytest.mark.req("R34")
def test_a_search_that_fails_looks_whether_files_were_cut_off_meanwhile(tmp_path: Path) -> None:
    class Broken:
        num_docs = 50

        def __getattr__(self, name: str) -> object:
            raise ValueError("Schema error: a column is not there")

    files = filled("tantivy:", tmp_path)
    engine = Tantivy(tmp_path)
    engine._view = replace(engine._view, searcher=Broken())  # type: ignore[arg-type]  # as it fails over cut files
    with pytest.raises(ValueError, match="not there"):
        engine.search(Request(ALL, Word("beach")))
    cut = next(path for path in files if path.suffix == ".term")
    cut.write_bytes(cut.read_bytes()[:-1])
    for ask in (lambda: engine.search(Request(ALL, Word("beach"))), lambda: engine.suggest(ALL, "tag", "", 5)):
        with pytest.raises(Corrupt):
            ask()
    engine.close()


@pytest.mark.req("R34")
def test_a_bit_that_changed_is_found_by_reading_all_files(url: str, tmp_path: Path) -> None:
    files = [path for path in filled(url, tmp_path) if path.suffix in (".idx", ".term", ".fast", ".store", ".seg")]
    engine = open_index(url, tmp_path)
    engine.check()
    assert files
    for path in files:
        content = path.read_bytes()
        place = len(content) // 3
        path.chmod(0o644)
        put(path, place, content[place] ^ 1)
        with pytest.raises(Corrupt):
            engine.check()
        put(path, place, content[place])
    engine.check()


@pytest.mark.req("R34")
@pytest.mark.parametrize("when", ["before it is opened", "while it is open"])
def test_a_bit_that_changed_is_damage_or_nothing_and_never_breaks_the_process(
    url: str, tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ugc_hub.search.whoosh.ATTEMPTS", 1)
    chance = random.Random(when)
    asked = [Request(ALL, Word("beach"), facets=("kind",)), Request(ALL, Prefix("bea"), sort=Sort("newest"))]
    found = 0
    for path in filled(url, tmp_path):
        content = path.read_bytes()
        path.chmod(0o644)
        for _ in range(4):
            place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
            try:
                engine = open_index(url, tmp_path) if when.startswith("while") else None
                put(path, place, content[place] ^ bit)
                engine = engine or open_index(url, tmp_path)
                for request in asked:
                    engine.search(request)
                engine.close()
            except Corrupt:
                found += 1
            put(path, place, content[place])
    assert found > 3


def put(path: Path, place: int, value: int) -> None:
    """Change one byte where it lies: whoever empties a file that is mapped into memory ends those who read it."""
    with path.open("r+b") as file:
        file.seek(place)
        file.write(bytes([value]))


@pytest.mark.req("R34")
def test_a_stamp_whose_number_changed_is_not_believed(url: str, tmp_path: Path) -> None:
    [path] = [path for path in filled(url, tmp_path) if path.name == "stamp.json"]
    path.write_text(path.read_text().replace('"stamp": 4', '"stamp": 5'))
    with pytest.raises(Corrupt):
        open_index(url, tmp_path)


@pytest.mark.req("R34")
def test_a_damaged_index_is_built_anew_and_used_again(url: str, tmp_path: Path) -> None:
    for path in filled(url, tmp_path):
        path.write_bytes(b"")
    with pytest.raises(Corrupt):
        open_index(url, tmp_path)
    aside = begin_anew(url, tmp_path)
    aside.update(DOCUMENTS)
    aside.commit(9)
    aside.swap()
    engine = open_index(url, tmp_path)
    assert (engine.search(Request(ALL, Word("beach"))).total, engine.stamp()) == (50, 9)


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from ugc_hub.search.documents import Document
from ugc_hub.search.opening import begin_anew, open_index
url, folder, aside = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "aside"
made = begin_anew(url, folder) if aside else open_index(url, folder)
number = 0
while True:
    number += 1
    made.update([Document(f"n{number}", (), number, title=f"beach {number}")], [f"n{number - 7}"])
    made.commit(number)
    print(number, flush=True)
"""


@pytest.mark.req("R33")
@pytest.mark.parametrize("way", ["index", "aside"])
def test_a_writer_that_is_killed_leaves_what_it_committed_or_an_index_that_is_known_to_be_damaged(
    url: str, tmp_path: Path, way: str
) -> None:
    filled(url, tmp_path)
    for wait in (1, 2, 5):
        command = [sys.executable, "-c", WRITER, url, str(tmp_path), way]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            committed = [int(writer.stdout.readline()) for _ in range(wait)]
            writer.send_signal(signal.SIGKILL)
        try:
            engine = open_index(url, tmp_path)
        except Corrupt:
            assert (url, way) == ("whoosh:", "index"), "Tantivy commits by one rename"
            aside = begin_anew(url, tmp_path)
            aside.update(DOCUMENTS)
            aside.commit(4)
            aside.swap()
            continue
        assert engine.stamp() == 4 if way == "aside" else engine.stamp() >= committed[-1]
        assert engine.search(Request(ALL, Word("beach"))).total >= 49
        engine.check()
        engine.update([Document("after", (), 1)])
        engine.commit(4)
        engine.close()
