"""HDR to SDR as a table of colours, by the same curve as the poster, so that clip and poster look alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workers.media.probe import poster

_SIDE = 65
"""Points along each axis: between them ffmpeg interpolates in tetrahedra."""


def write(hdr: str, path: Path) -> None:
    """Write a table in the form of Adobe Cube LUT 1.0: R'G'B' of BT.2020 in PQ or HLG to R'G'B' of BT.709."""
    axis = np.linspace(0, 1, _SIDE, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")  # red runs fastest
    signal = np.stack([one.reshape(1, -1) for one in (red, green, blue)])
    shown = poster.toned(signal, pq=hdr == "pq").reshape(3, -1).T
    with path.open("w", encoding="ascii") as file:
        file.write(f"LUT_3D_SIZE {_SIDE}\n")
        np.savetxt(file, shown, fmt="%.6f")
