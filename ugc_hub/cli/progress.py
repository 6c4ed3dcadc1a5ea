"""One line that tells how far the jobs are that a command waits for: on a terminal, and gone when they have ended."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import click

from ugc_hub import renditions
from ugc_hub.cli.output import printable
from ugc_hub.hub import Hub
from workers.queue.jobs import several
from workers.queue.table import FINISHED

EVERY_S = 0.5
_ERASED = "\r\x1b[K"
"""Back to the beginning of the line, and nothing from there to its end (ECMA-48, EL)."""


def on_terminal() -> bool:
    """Tell whether somebody watches what is written to standard error."""
    return sys.stderr.isatty()


@contextmanager
def shown(hub: Hub, job_ids: Iterable[int], *, quiet: bool = False) -> Iterator[None]:
    """Show how far these jobs are while the body runs; nothing where `quiet`, or where nobody watches."""
    ids = sorted(set(job_ids))
    if quiet or not ids or not on_terminal():
        yield
        return
    ended = Event()
    teller = Thread(target=_tell, args=(hub, ids, ended), name="progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def wait(hub: Hub, job_ids: Iterable[int], *, quiet: bool = False) -> None:
    """Wait until these jobs have ended, running here what no worker has claimed; show how far they are meanwhile."""
    from ugc_hub.jobs.local import finish

    ids = sorted(set(job_ids))
    with shown(hub, ids, quiet=quiet):
        finish(hub, ids)


def _tell(hub: Hub, ids: list[int], ended: Event) -> None:
    while True:
        # One sign less than a row has, so that none begins below it.
        text = printable(line(hub, ids))[: shutil.get_terminal_size().columns - 1]
        _write(text)
        if ended.wait(EVERY_S):
            break
    _write("")


def _write(text: str) -> None:
    """Put a text in the place of the line, in the encoding of the terminal."""
    encoding = sys.stderr.encoding or "utf-8"
    known = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(f"{_ERASED}{known}", err=True, nl=False, color=True)


def line(hub: Hub, job_ids: Iterable[int]) -> str:
    """Return how far jobs are, how long they still take where that is known, and what is done just now."""
    with hub.database.read() as session:
        found = list(several(session.connection(), job_ids).values())
    share = sum(1.0 if job.state in FINISHED else job.progress for job in found) / max(1, len(found))
    left = renditions.left_of(hub, [job.id for job in found])
    now = next((job.message for job in found if job.state == "running" and job.message), "")
    told = ", ".join([f"{share * 100:.0f} %", *([left.in_words()] if left is not None else [])])
    return f"{told}  {now}".rstrip()
