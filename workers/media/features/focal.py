"""Where the eye goes: the point that a crop should keep."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image

from workers.media.shapes import Box, Point

_SIDE = 96
_LEAST_CONTRAST = 1.0
CENTRE = Point(0.5, 0.5)


def of_faces(faces: Sequence[Box], size: tuple[int, int]) -> Point:
    """Return the centre of the faces, weighted by their area, as fractions of `size` (width, height)."""
    areas = [face.width * face.height for face in faces]
    x = sum(area * (face.x + face.width / 2) for area, face in zip(areas, faces, strict=True)) / sum(areas)
    y = sum(area * (face.y + face.height / 2) for area, face in zip(areas, faces, strict=True)) / sum(areas)
    return _point(x / size[0], y / size[1])


def of_saliency(image: Image.Image) -> Point:
    """Return the most salient place of an RGB picture, or the centre where nothing stands out.

    Saliency is the distance of each blurred colour from the picture's mean colour in L*a*b* (Achanta and others,
    "Frequency-tuned Salient Region Detection", 2009) plus local contrast, weighted towards the middle, where people
    put what they photograph.
    """
    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    lab = cv2.cvtColor(np.asarray(small, dtype=np.float32) / 255, cv2.COLOR_RGB2LAB)
    blurred = cv2.GaussianBlur(lab, (0, 0), 1.5)
    saliency = np.linalg.norm(blurred - lab.mean(axis=(0, 1)), axis=2)
    detail = np.abs(blurred[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 6))
    saliency = saliency + detail
    if float(saliency.max() - saliency.min()) < _LEAST_CONTRAST:
        return CENTRE
    height, width = saliency.shape
    across, down = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    middle = np.exp(-(((across - 0.5) ** 2)[None, :] + ((down - 0.5) ** 2)[:, None]) / (2 * 0.35**2))
    # A wide blur prefers areas over specks; the centroid around its peak is stable under small changes.
    spread = max(height, width) / 16
    smooth = cv2.GaussianBlur((saliency * middle).astype(np.float32), (0, 0), spread)
    top = np.where(smooth >= 0.85 * smooth.max(), smooth, 0)
    total = float(top.sum())
    return _point(float((top.sum(axis=0) * across).sum()) / total, float((top.sum(axis=1) * down).sum()) / total)


def _point(x: float, y: float) -> Point:
    """Return a point inside the picture, in steps that a stored number keeps."""
    return Point(round(min(max(x, 0.0), 1.0), 4), round(min(max(y, 0.0), 1.0), 4))
