"""Media processes that tests hand on: loading their libraries takes half a second, a task some hundredths.

A worker keeps one for all of its jobs in the same way. Each task still runs in a fresh child.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from ugc_hub.jobs.handlers import media_sandbox
from ugc_hub.settings import Settings
from workers.media.sandbox import Sandbox

_SEEN = ("PATH", "IMAGEIO_FFMPEG_EXE")
"""Variables that a media process takes over when it starts."""
_idle: dict[object, list[Sandbox]] = defaultdict(list)


@contextmanager
def lent(made: Sandbox) -> Iterator[Sandbox]:
    """One that is like `made`, which nothing has run in yet: what another test has brought back, or itself.

    Nobody else has it until the block ends. Where that ends with an error it is closed for good.
    """
    asked = tuple((name, value) for name, value in vars(made).items() if not name.startswith("_"))
    key = (*asked, tuple(sys.path), tuple(map(os.environ.get, _SEEN)))
    box = made
    with suppress(IndexError):  # threads ask as well
        box = _idle[key].pop()
    try:
        yield box
    except BaseException:
        box.close()
        raise
    _idle[key].append(box)


def lent_for(settings: Settings) -> AbstractContextManager[Sandbox]:
    """As `media_sandbox`, but lent."""
    return lent(media_sandbox(settings))


def close_all() -> None:
    """End the processes that nobody has."""
    for boxes in _idle.values():
        while boxes:
            boxes.pop().close()
