"""Pages of Ogg (RFC 3533, 6): whether a file of sound has its end, which its length stands nowhere to tell."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_MAGIC, _FLAGS, _LAST, _NONE_ENDS = b"OggS", 5, 4, -1
_COUNT = 26
"""Where the number of the parts of a page stands, whose lengths come next."""


@dataclass(frozen=True)
class _Page:
    stream: bytes
    number: int
    position: int
    """Samples up to the end of the last packet that ends in it; -1 where none does."""
    last: bool
    whole: bool


def complete(path: Path) -> bool:
    """Tell whether an Ogg file ends where its writer ended it.

    It does where its last page is whole and says so. Some writers never say so: then every page has to be there, and
    the last one has to hold less time than any other, because a page is closed early only where the sound ends. Of
    what has pages of one length to its last byte nobody can tell whether more of them came.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pages = list(_pages(data))
    if not pages or not pages[-1].whole:
        return False
    if pages[-1].last:
        return True
    own = [page for page in pages if page.stream == pages[-1].stream]
    if [page.number for page in own] != list(range(own[0].number, own[0].number + len(own))):
        return False
    ends = [page.position for page in own if page.position != _NONE_ENDS]
    lasts = [after - before for before, after in pairwise(ends) if after > 0]
    return own[-1].position != _NONE_ENDS and len(lasts) > 1 and 0 < lasts[-1] < min(lasts[:-1])


def _pages(data: mmap.mmap) -> Iterator[_Page]:
    """Yield one page after the other; after one that is not whole nothing can be told."""
    at = 0
    while at < len(data):
        head = data[at : at + _COUNT + 1]
        if not head.startswith(_MAGIC[: len(head)]):
            at = data.find(_MAGIC, at + 1)  # what lies between pages belongs to none: players leave it out
            if at < 0:
                return
            continue
        if len(head) <= _COUNT:
            yield _Page(head[14:18], 0, _NONE_ENDS, last=False, whole=False)
            return
        begin = at + _COUNT + 1 + head[_COUNT]
        end = begin + sum(data[at + _COUNT + 1 : begin])
        position, number = int.from_bytes(head[6:14], "little", signed=True), int.from_bytes(head[18:22], "little")
        whole = end <= len(data) and begin <= len(data)
        yield _Page(head[14:18], number, position, bool(head[_FLAGS] & _LAST), whole)
        at = end
