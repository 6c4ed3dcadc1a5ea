"""The plug-in point for how pictures look: whatever makes a vector of a picture, so that near ones look alike.

A plug-in is named as `module:attribute`; the attribute is an `Embedder`, or a class whose instances are. It runs in the
child process that measures files, with the pixels that are decoded there anyway, and under the limits of that process.
"""

from __future__ import annotations

import base64
from typing import Any, Protocol

from workers.media.plugins import plugin
from workers.media.shapes import Look

SHIPPED = "workers.media.features.layout:Layout"
LAYOUT, LAYOUT_VERSION, LAYOUT_DIMENSIONS = "layout", 1, 128
"""What the shipped one says of itself, for processes that never load it: it brings OpenCV."""


class Embedder(Protocol):
    """Makes vectors of pictures. Other numbers for the same picture need another version."""

    name: str
    """A word without blanks or slashes, at most 60 letters."""
    version: int
    dimensions: int
    """Numbers of a vector: 8 to 1024. Each is kept as one byte."""

    def embed(self, picture: Any) -> list[float]:
        """Return the vector, of any length but 0, of an upright RGB Pillow picture of at most 640 pixels a side."""


def load(name: str) -> Embedder:
    """Return the embedder of a name; the shipped one for an empty one.

    Raises: as `plugin`; and ValueError where its vectors are too short or too long.
    """
    made: Embedder = plugin(name or SHIPPED)
    if not 8 <= made.dimensions <= 1024:
        raise ValueError("an embedder makes vectors of 8 to 1024 numbers")
    return made


def title(name: str) -> str:
    """Return name and version of an embedder as they stand beside its vectors: `layout/1`."""
    made = load(name) if name else None
    return f"{made.name}/{made.version}" if made else f"{LAYOUT}/{LAYOUT_VERSION}"


def dimensions(name: str) -> int:
    """Return how many numbers a vector of an embedder has."""
    return load(name).dimensions if name else LAYOUT_DIMENSIONS


def look(name: str, picture: Any) -> Look:
    """Return how a picture looks to an embedder: its vector in steps of a 127th of the largest number.

    The vector is empty where all numbers are the same nothing.

    Raises:
        ValueError: the vector has not as many numbers as the embedder says, or some are no numbers.
    """
    import numpy as np

    made = load(name)
    vector = np.asarray(made.embed(picture), dtype=np.float64)
    if vector.shape != (made.dimensions,) or not np.isfinite(vector).all():
        raise ValueError(f"{made.name} gave no {made.dimensions} finite numbers")
    most = float(np.abs(vector).max())
    steps = np.rint(vector / most * 127).astype(np.int8).tobytes() if most > 1e-9 else b""
    return Look(title(name), base64.b64encode(steps).decode("ascii"))
