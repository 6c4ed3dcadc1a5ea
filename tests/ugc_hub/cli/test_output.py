"""What commands print: names can neither steer the terminal, nor forge a line, nor break the JSON."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import jpeg
from tests.support import ROOT
from tests.ugc_hub.conftest import make_hub
from ugc_hub.cli.output import printable

NASTY = b"caf\xe9\n\x1b]0;owned\x07\xe2\x80\xaegpj.jpg"
"""Latin-1, a line end, a sequence that renames the terminal's window, and an override of the direction."""


def _without_privileges() -> None:
    """Let root be refused like anybody else: the two capabilities that pass over permissions are given up."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; fails where there is nothing to give up


def _command(folder: Path, *words: str | bytes, **environ: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UGC_HUB_", "LC_", "LANG"))}
    known = {
        "UGC_HUB_DATA_DIR": str(folder / "var"),
        "UGC_HUB_MIN_FREE_BYTES": "0",
        "UGC_HUB_TEXT_READER": "off",
        "LANG": "C.UTF-8",
    }
    known["PYTHONPATH"] = str(ROOT)  # this checkout, whichever the environment knows
    return subprocess.run(
        [sys.executable, "-m", "ugc_hub", *words],
        cwd=folder,
        env=kept | known | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=_without_privileges,
    )


Command = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def command(tmp_path: Path, migrated_url: str) -> Command:
    """A function that runs a command for an empty hub in the test's folder."""
    make_hub(tmp_path / "var", migrated_url).close()
    return partial(_command, tmp_path, UGC_HUB_DATABASE_URL=migrated_url)


def test_names_that_are_no_text_are_escaped_in_json_and_on_the_terminal(command: Command, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + NASTY)).write_bytes(jpeg())
    plain = command("ingest", "--no-wait", NASTY)
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.count(b"\n") == 1
    assert b"caf\\udce9\\n\\x1b]0;owned\\x07\\u202egpj.jpg" in plain.stdout
    (outcome,) = json.loads(command("ingest", "--no-wait", "--json", NASTY).stdout.decode())["results"]
    assert os.fsencode(outcome["path"]) == NASTY
    assert outcome["status"] == "duplicate"
    for words in (["assets", "list"], ["jobs", "list"], ["render", b"\xe9", b"--preset=\x1b", "--out", b"\xe9"]):
        shown = command(*words)
        shown.stdout.decode()
        assert b"\x1b" not in shown.stdout + shown.stderr
        assert b"Traceback" not in shown.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_name_is_printed_whatever_the_terminal_can_show(command: Command, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "naïve 写真.txt").write_bytes(b"no picture")
    plain = command("ingest", "naïve 写真.txt", PYTHONIOENCODING=encoding)
    assert plain.returncode == 1
    assert b"Traceback" not in plain.stderr
    assert "naïve 写真.txt".encode(encoding, "backslashreplace") in plain.stdout
    told = command("ingest", "--json", "naïve 写真.txt", PYTHONIOENCODING=encoding).stdout
    assert "naïve 写真.txt" in told.decode("utf-8")  # JSON is always UTF-8


def test_paths_that_cannot_be_read_do_not_stop_the_others(command: Command, tmp_path: Path) -> None:
    (tmp_path / "in" / "closed").mkdir(parents=True)
    (tmp_path / "in" / "closed" / "c.jpg").write_bytes(jpeg(seed=3))
    (tmp_path / "in" / "z.jpg").write_bytes(jpeg(seed=4))
    (tmp_path / "secret.jpg").write_bytes(jpeg(seed=5))
    for path in ("in/closed", "secret.jpg"):
        (tmp_path / path).chmod(0)
    words = ("ingest", "--no-wait", "--json", "secret.jpg", "in", "/proc/self/mem", "", "x" * 300, "in/z.jpg")
    shown = command(*words)
    assert shown.returncode == 1, shown.stderr
    told = [(row["path"][:20], row["status"], row["code"]) for row in json.loads(shown.stdout)["results"]]
    assert told == [
        ("secret.jpg", "refused", "unreadable"),
        ("in/z.jpg", "received", None),
        ("in/closed", "refused", "unreadable"),
        ("/proc/self/mem", "refused", "unreadable"),
        ("", "refused", "invalid"),
        ("x" * 20, "refused", "unreadable"),
        ("in/z.jpg", "duplicate", None),
    ]
    (tmp_path / "in" / "closed").chmod(0o700)


def test_an_empty_folder_is_no_mistake_and_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    plain = command("ingest", "empty")
    assert (plain.returncode, plain.stdout[:28]) == (0, b"There was nothing to take in")
    assert json.loads(command("ingest", "empty", "--json").stdout) == {"results": []}


@given(st.text())
def test_printable_text_stays_and_no_other_passes(text: str) -> None:
    shown = printable(text)
    shown.encode()
    assert not set(shown) & {"\n", "\r", "\x1b", "\x07", "\x9b", "\u202e", "\u2028", "\u2066", "\u200b"}
    assert printable(shown) == shown


@pytest.mark.parametrize("text", ["a b", "写真 naïve", "👩\u200d🚀", "back\\slash", ""])
def test_text_of_every_script_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text
