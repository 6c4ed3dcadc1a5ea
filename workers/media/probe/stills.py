"""Measures a picture or animation: limits, one decode, and everything else from that decode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from workers.media import embedding, features, metadata, structure
from workers.media.image import named
from workers.media.image.colour import converter
from workers.media.image.decode import TRANSPOSE, plain
from workers.media.limits import Limits
from workers.media.probe import previews, profile
from workers.media.safe import decoding, open_image, orientation
from workers.media.shapes import Box, Inspection, MediaFacts
from workers.media.sniff import Sniffed
from workers.media.structure.header import Header, check

_BAND_ROWS = 64
"""Rows that are hashed at a time, so that a large picture is not copied whole and what is copied stays at hand."""


@dataclass(frozen=True)
class _Decoded:
    """The first picture, decoded once."""

    pixels: Image.Image
    """Upright, 8 bits, in one of L, LA, RGB, RGBA, CMYK."""
    header: Header
    """As the structure says, with what only the decoder knows."""
    icc: bytes | None
    """The embedded profile."""
    named: bytes | None
    """The profile of a colour space that the file only names by numbers."""
    has_alpha: bool
    turn: int
    duration_s: float | None


def inspect(path: Path, found: Sniffed, workdir: Path, limits: Limits, *, embedder: str = "") -> Inspection:
    """Return the facts and previews of a picture; see `probe.inspect`."""
    header = structure.read(path, found.format, limits)
    decoded = _decode(path, found, header, limits)
    pixels = decoded.pixels
    small = previews.reduced(pixels, previews.PREVIEW_SIDE)
    shown = converter(small.mode, decoded.icc or decoded.named)(small)
    shown = shown if shown is not pixels else shown.copy()
    middle = previews.reduced(shown, previews.MIDDLE_SIDE)
    facts = replace(_facts(path, found, decoded), **seen(middle, pixels.size))
    saved = (
        previews.save(middle, workdir, "thumb", previews.THUMB_SIDE),
        previews.save(shown, workdir, "preview", previews.PREVIEW_SIDE),
    )
    return looked(Inspection(facts, saved), middle, embedder)


def _decode(path: Path, found: Sniffed, header: Header, limits: Limits) -> _Decoded:
    with open_image(path, found.format) as picture, decoding():
        frames = int(getattr(picture, "n_frames", 1)) if found.format not in ("heic", "heif", "jpeg") else 1
        check(replace(header, frames=max(frames, header.frames)), limits)
        picture.load()
        # Read before the other frames are decoded: formats keep it per frame.
        icc, alpha, turn = picture.info.get("icc_profile"), picture.has_transparency_data, orientation(picture)
        pixels = plain(picture)
        pixels = pixels.copy() if pixels is picture and frames > 1 else pixels
        duration_s = _play(picture, frames) if frames > 1 else None
        if turn in TRANSPOSE:
            pixels = pixels.transpose(TRANSPOSE[turn])
    known = replace(header, frames=frames)
    shown_turn = header.orientation if header.orientation and found.format != "avif" else turn
    profiled = None if icc else named.profile(path, found.format)
    return _Decoded(pixels, known, icc, profiled, alpha, shown_turn, duration_s)


def _play(picture: Image.Image, frames: int) -> float | None:
    """Decode the frames after the first as a proof; returns the seconds of one round, or None where none is stated."""
    total_ms = float(picture.info.get("duration") or 0)
    for number in range(1, frames):
        picture.seek(number)
        picture.load()
        total_ms += float(picture.info.get("duration") or 0)
    return total_ms / 1000 or None


def _facts(path: Path, found: Sniffed, decoded: _Decoded) -> MediaFacts:
    header, pixels = decoded.header, decoded.pixels
    embedded, doubts = metadata.read(path, found.format)
    name, ignored = profile.describe(decoded.icc, pixels.mode)
    warnings = header.warnings if header.complete else (*header.warnings, "missing_end_marker")
    animated = header.frames > 1
    return MediaFacts(
        kind="animation" if animated else "image",
        format=found.format,
        media_type=found.media_type,
        extension=found.extension,
        width=pixels.width,
        height=pixels.height,
        stored_width=header.width,
        stored_height=header.height,
        orientation=decoded.turn,
        frames=header.frames,
        duration_s=decoded.duration_s,
        frame_rate=header.frames / decoded.duration_s if decoded.duration_s else None,
        colour_profile=name,
        bit_depth=header.bit_depth,
        components=header.components,
        has_alpha=decoded.has_alpha,
        embedded=embedded,
        pixel_sha256=_digest(pixels, header.frames, None if ignored else decoded.icc or decoded.named),
        warnings=tuple(dict.fromkeys((*warnings, *ignored, *doubts))),
    )


def _digest(pixels: Image.Image, frames: int, colours: bytes | None) -> str:
    """SHA-256 over mode, size, number of frames, obeyed profile and the rows of the first upright picture."""
    profiled = hashlib.sha256(colours).hexdigest() if colours else "sRGB"
    digest = hashlib.sha256(f"{pixels.mode} {pixels.width}x{pixels.height} {frames} {profiled}\n".encode())
    for top in range(0, pixels.height, _BAND_ROWS):
        band = (0, top, pixels.width, min(top + _BAND_ROWS, pixels.height))
        digest.update(pixels.crop(band).tobytes())
    return digest.hexdigest()


def seen(small: Image.Image, size: tuple[int, int]) -> dict[str, Any]:
    """Return the features of the reduced picture, faces in pixels of the full one, which has this `size`."""
    seen = features.describe(small)
    across, down = size[0] / small.width, size[1] / small.height
    return {
        "palette": seen.palette,
        "thumbhash": seen.thumbhash,
        "perceptual_hash": seen.perceptual_hash,
        "faces": tuple(_scaled(face, across, down, size) for face in seen.faces),
        "focal_point": seen.focal_point,
    }


def looked(inspection: Inspection, small: Image.Image, embedder: str) -> Inspection:
    """Return the inspection with how the reduced picture looks; an embedder that fails is named in the warnings."""
    try:
        return replace(inspection, look=embedding.look(embedder, features.opaque(small)))
    except Exception:  # noqa: BLE001 - a plug-in may fail in any way, and the file is as good as before
        warnings = (*inspection.facts.warnings, "embedding_failed")
        return replace(inspection, facts=replace(inspection.facts, warnings=warnings))


def _scaled(face: Box, across: float, down: float, size: tuple[int, int]) -> Box:
    left, top = min(round(face.x * across), size[0] - 1), min(round(face.y * down), size[1] - 1)
    width, height = round(face.width * across), round(face.height * down)
    return Box(left, top, max(1, min(width, size[0] - left)), max(1, min(height, size[1] - top)))
