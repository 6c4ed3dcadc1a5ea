"""Opens an index by its setting; the libraries of an engine are loaded with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ugc_hub.errors import Invalid
from ugc_hub.loading import LOADING

if TYPE_CHECKING:
    from .engine import Aside, Engine


def open_index(url: str, folder: Path) -> Engine:
    """Open the index of a folder, or make an empty one: `tantivy:` (also if empty) or `whoosh:`.

    Raises:
        Corrupt: files are missing or cut off, or it has another layout; see `begin_anew`.
        Invalid: there is no such engine.
    """
    kind = kind_of(url)
    if kind == "whoosh":
        with LOADING:
            from .whoosh import Whoosh

        return Whoosh(folder)
    with LOADING:
        from .tantivy import Tantivy

    return Tantivy(folder)


def begin_anew(url: str, folder: Path) -> Aside:
    """Begin a new index beside the one in use, which may be damaged; nobody else may be building one.

    Raises:
        Invalid: there is no such engine.
    """
    kind = kind_of(url)
    if kind == "whoosh":
        with LOADING:
            from . import whoosh

        return whoosh.aside(folder)
    with LOADING:
        from . import writing

    return writing.aside(folder)


def kind_of(url: str) -> str:
    """Return which engine a setting names.

    Raises:
        Invalid: there is no such engine.
    """
    kind = url.partition(":")[0] or "tantivy"
    if kind not in ("tantivy", "whoosh"):
        raise Invalid(f"There is no index {url!r}; there are tantivy: and whoosh:.")
    return kind
