"""A small descriptor of how a picture looks: which colours lie where, and how its edges run there.

It knows nothing of things: a red ball on grass is near to a red car on grass, and far from the same ball on snow.
Turned and mirrored copies and other cuts of a scene are far, too. In exchange it needs no model.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workers.media.embedding import LAYOUT, LAYOUT_DIMENSIONS, LAYOUT_VERSION

_SIDE = 64
_CELLS = 4
_TURNS = 5
"""Directions of edges in each cell; which side is the lighter one makes no difference."""
_EDGES = 0.7
"""How much edges count beside colours."""
_LEAST_CHANGE = 4.0
"""Added to the changes of brightness in a cell (grey values a pixel): noise in a plain wall has no direction."""


class Layout:
    """The embedder that the hub comes with; see `workers.media.embedding`."""

    name = LAYOUT
    version = LAYOUT_VERSION
    dimensions = LAYOUT_DIMENSIONS

    def embed(self, picture: Image.Image) -> list[float]:
        """Return 128 numbers of an upright RGB picture: 48 of colours (CIE 1976 L*a*b*), 80 of edges.

        Edges are histograms of gradients after Dalal and Triggs ("Histograms of Oriented Gradients for Human
        Detection", 2005), without overlapping blocks; roots keep a few strong edges from outweighing the rest.
        """
        small = picture.resize((_SIDE, _SIDE), Image.Resampling.BOX)
        lab: Any = cv2.cvtColor(np.asarray(small, dtype=np.float32) / 255, cv2.COLOR_RGB2LAB)
        colours = lab.reshape(_CELLS, _SIDE // _CELLS, _CELLS, _SIDE // _CELLS, 3).mean(axis=(1, 3))
        colours = (colours - np.array([50, 0, 0])) / np.array([50, 60, 60])
        both = np.concatenate([colours.ravel() / _CELLS, _EDGES * _edges(lab[..., 0]).ravel() / _CELLS])
        return [float(value) for value in both]


def _edges(light: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the roots of the shares of each direction in each cell."""
    light = light * 2.55
    across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(light, cv2.CV_32F, 0, 1) / 8
    strength = np.hypot(across, down)
    turn = np.mod(np.arctan2(down, across) / np.pi * _TURNS, _TURNS)
    side = _SIDE // _CELLS
    shares = np.zeros((_CELLS, _CELLS, _TURNS))
    for number in range(_TURNS):
        # Each edge counts for the two directions that it lies between.
        apart = np.abs(np.mod(turn - number + _TURNS / 2, _TURNS) - _TURNS / 2)
        part = strength * np.clip(1 - apart, 0, 1)
        shares[..., number] = part.reshape(_CELLS, side, _CELLS, side).mean(axis=(1, 3))
    shares /= shares.sum(axis=2, keepdims=True) + _LEAST_CHANGE
    return np.sqrt(shares)
