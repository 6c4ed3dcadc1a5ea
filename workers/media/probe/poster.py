"""Turns a video frame into a picture for people: upright, square pixels, sRGB, and SDR where the video is HDR."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

from workers.media.image.decode import TRANSPOSE
from workers.media.probe.previews import fitted

Plane = NDArray[np.float32]

PQ, HLG = 16, 18
"""Transfer characteristics of ITU-T H.273, table 3."""
_RANGE_FULL = 2
_WHITE_NITS = 203.0
"""Diffuse white of HDR programmes (ITU-R BT.2408, 2.1)."""
_PEAK = 1000.0 / _WHITE_NITS
"""What becomes white on the poster: the peak of an ordinary mastering display."""
_KNEE = 0.6
"""Below this light nothing changes; above it highlights are compressed."""

_WIDER = {
    9: [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    12: [[1.2249, -0.2249, 0.0], [-0.0420, 1.0420, 0.0], [-0.0196, -0.0786, 1.0983]],
}
"""BT.2020 and Display P3 (ITU-T H.273, table 2) to BT.709, linear light: SDR in the colours of phones and screens."""
_SHOWN = 2.4
"""Exponent of a display of SDR (ITU-R BT.1886)."""
_TO_709 = np.array(_WIDER[9], dtype=np.float32)
"""BT.2020 to BT.709 primaries, linear light (ITU-R BT.2087, 4)."""


def picture(frame: VideoFrame, shown: tuple[int, int], turn: int, side: int) -> Image.Image:
    """Return the frame as an RGB picture of at most `side`.

    `shown` is the size with square pixels, before it is turned; `turn` says how it stands, as EXIF orientation.
    """
    size = fitted(shown, side)
    hdr = frame.color_trc in (PQ, HLG)
    made = _tone_mapped(frame, size) if hdr else _plain(frame, size)
    return made.transpose(TRANSPOSE[turn]) if turn in TRANSPOSE else made


def _plain(frame: VideoFrame, size: tuple[int, int]) -> Image.Image:
    """SDR: the matrix that the frame names, else the one that goes with its size, as players do."""
    named = int(frame.colorspace)
    matrix = named if named in (1, 4, 5, 7, 9) else 5
    if named == 2 and frame.height >= 720:
        matrix = 1
    if named == 6:  # SMPTE 170M and BT.601 are the same
        matrix = 5
    converted = frame.reformat(
        width=size[0],
        height=size[1],
        format="rgb24",
        src_colorspace=Colorspace(matrix),
        interpolation=Interpolation.LANCZOS,
    )
    pixels = np.asarray(converted.to_ndarray(), dtype=np.uint8)
    wider = _WIDER.get(int(frame.color_primaries))
    return Image.fromarray(pixels if wider is None else _narrowed(pixels, np.array(wider, dtype=np.float32)))


def _narrowed(pixels: NDArray[np.uint8], matrix: Plane) -> NDArray[np.uint8]:
    """The same colours by the primaries of BT.709; what those cannot show becomes the nearest that they can."""
    light = np.power(np.arange(256, dtype=np.float32) / 255, _SHOWN)[pixels] @ matrix.T
    return np.asarray(np.power(light.clip(0, 1), 1 / _SHOWN) * 255 + 0.5, dtype=np.uint8)


def _tone_mapped(frame: VideoFrame, size: tuple[int, int]) -> Image.Image:
    small = frame.reformat(width=size[0], height=size[1], format="yuv444p16le", interpolation=Interpolation.LANCZOS)
    planes = np.moveaxis(small.to_ndarray().astype(np.float32), -1, 0) * np.float32(1 / 64)  # to 10 bits
    signal = _rgb(planes, full=int(frame.color_range) == _RANGE_FULL)
    encoded = toned(signal, pq=frame.color_trc == PQ)
    pixels = np.moveaxis((encoded * 255 + 0.5).astype(np.uint8), 0, -1)
    return Image.fromarray(np.ascontiguousarray(pixels))


def toned(signal: Plane, *, pq: bool) -> Plane:
    """Return SDR (R'G'B' of 0..1, three planes) of an HDR signal in BT.2020: PQ, or else HLG."""
    light = _from_pq(signal) if pq else _from_hlg(signal)
    light = np.einsum("ij,jhw->ihw", _TO_709, _compressed(light)).clip(0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return np.asarray(encoded, dtype=np.float32)


def _rgb(planes: Plane, *, full: bool) -> Plane:
    """BT.2020 non-constant luminance, 10 bits, to R'G'B' of 0..1 (ITU-R BT.2100, table 6 and 9)."""
    if full:
        luma, blue, red = planes[0] / 1023, (planes[1] - 512) / 1023, (planes[2] - 512) / 1023
    else:
        luma, blue, red = (planes[0] - 64) / 876, (planes[1] - 512) / 896, (planes[2] - 512) / 896
    return np.stack((luma + 1.4746 * red, luma - 0.16455 * blue - 0.57135 * red, luma + 1.8814 * blue)).clip(0, 1)


def _from_pq(signal: Plane) -> Plane:
    """SMPTE ST 2084 to light, 1.0 being diffuse white (ITU-R BT.2100, table 4)."""
    root = np.power(signal, 1 / 78.84375)
    light = np.power(np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125)
    return np.asarray(light * (10_000 / _WHITE_NITS), dtype=np.float32)


def _from_hlg(signal: Plane) -> Plane:
    """Hybrid log-gamma to light on a display of 1000 nits, 1.0 being diffuse white (ITU-R BT.2100, table 5)."""
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    luminance = np.einsum("i,ihw->hw", np.array([0.2627, 0.6780, 0.0593], dtype=np.float32), scene)
    return np.asarray(scene * np.power(luminance, 0.2) * (1000 / _WHITE_NITS), dtype=np.float32)


def _compressed(light: Plane) -> Plane:
    """Bend what is above the knee, so that the peak becomes white; the ratio of the colours is kept."""
    brightest = light.max(axis=0)
    above = np.maximum(brightest - _KNEE, 0) / (1 - _KNEE)
    peak = (_PEAK - _KNEE) / (1 - _KNEE)
    bent = _KNEE + (1 - _KNEE) * above * (1 + above / peak**2) / (1 + above)
    target = np.where(brightest > _KNEE, bent, brightest)
    return np.asarray(light * (target / np.maximum(brightest, 1e-6)), dtype=np.float32)
