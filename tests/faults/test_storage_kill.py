"""A process that dies while it writes: every key is absent or exact, for every reader, at every moment."""

from __future__ import annotations

import hashlib
import inspect
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from storage import NotFound
from storage.local import Local
from tests.support import ROOT

PUTS = 200
AHEAD = 3
"""Puts that a writer may be ahead of what was read of it, so that a slow reader does not kill it too late."""


def content(number: int) -> bytes:
    """Bytes that follow from the number: 16 bytes to half a mebibyte, each block different."""
    block = hashlib.sha512(str(number).encode()).digest()
    return b"".join(index.to_bytes(4, "big") + block for index in range(1 + number * 7919 % 7000))


def key(number: int) -> str:
    return f"originals/{hashlib.sha256(content(number)).hexdigest()}"


WRITER = f"""
import hashlib, sys
from pathlib import Path
from storage.local import Local
{inspect.getsource(content)}{inspect.getsource(key)}store = Local(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    sys.stdin.read(1)
    with store.stage() as staged:
        data = content(number)
        for start in range(0, len(data), 65536):
            staged.write(data[start:start + 65536])
        staged.commit(key(number))
    print(number, flush=True)
"""


def permit(writer: subprocess.Popen[str], puts: int) -> None:
    """Let the writer go on with so many more."""
    assert writer.stdin is not None
    with suppress(BrokenPipeError):  # it has nothing more to write
        writer.stdin.write("x" * puts)
        writer.stdin.flush()


class Readers:
    """Threads that read all keys over and over and note what was neither absent nor exact."""

    def __init__(self, root: Path, expected: dict[str, bytes]) -> None:
        self.wrong: list[str] = []
        self.exact: set[str] = set()
        self._store = Local(root)
        self._expected = expected
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(seed,)) for seed in range(2)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self, seed: int) -> None:
        order = random.Random(seed)
        names = list(self._expected)
        while not self._stop.wait(0.001):
            name = order.choice(names)
            try:
                with self._store.open(name) as stream:
                    found = stream.read()
            except NotFound:
                if name in self.exact:
                    self.wrong.append(f"{name} vanished")
                continue
            if found != self._expected[name]:
                self.wrong.append(f"{name} has {len(found)} of {len(self._expected[name])} bytes")
            self.exact.add(name)


@pytest.mark.req("R5")
def test_killed_writers_leave_each_key_absent_or_exact(tmp_path: Path) -> None:
    root = tmp_path / "store"
    store = Local(root)
    store.ensure_marker("hub")
    expected = {key(number): content(number) for number in range(PUTS)}
    dice = random.Random(5)
    acknowledged: set[int] = set()
    kills = 0
    with Readers(root, expected) as readers:
        while len(acknowledged) < PUTS:
            first = max(acknowledged, default=-1) + 1
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, root, str(first), str(PUTS)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert writer.stdin is not None
            assert writer.stdout is not None
            permit(writer, AHEAD)
            for line in writer.stdout:
                acknowledged.add(int(line))
                permit(writer, 1)
                if len(acknowledged) >= (kills + 1) * 18 and kills < 10:
                    time.sleep(dice.uniform(0, 0.02))  # into the middle of one of the next puts
                    writer.kill()
                    kills += 1
                    break
            acknowledged.update(map(int, writer.stdout.read().split()))
            writer.stdout.close()
            with suppress(BrokenPipeError):
                writer.stdin.close()
            assert writer.wait() in {0, -9}
            for number in acknowledged:
                with store.open(key(number)) as stream:
                    assert stream.read() == content(number)
    assert kills == 10
    assert readers.wrong == []
    assert readers.exact
    assert [found.key for found in store.list()] == sorted(expected)
    store.sweep(-60)
    assert list((root / "staging").iterdir()) == []
