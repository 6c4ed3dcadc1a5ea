"""The one way in which the engine opens a picture: the decoder is named by content, never guessed."""

from __future__ import annotations

import functools
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import pillow_heif
from PIL import GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin

from workers.media.errors import Damaged, MediaError, TooLarge, Unsupported
from workers.media.limits import MAX_PIXELS, MIB, Limits
from workers.media.structure import jpeg, tail

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_CHUNK = 4 * MIB
PngImagePlugin.MAX_TEXT_MEMORY = 16 * MIB
# Only the first picture is shown; those after it are decoded as a proof, which needs no full colour.
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY

DECODERS = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "avif": "AVIF",
    "heic": "HEIF",
    "heif": "HEIF",
}
"""Our name of a picture format and Pillow's name of the only decoder that may see it."""

_ORIENTATION, _LONG = 0x0112, 4
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@functools.cache
def _register_heif() -> None:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


@contextmanager
def decoding() -> Iterator[None]:
    """Translate whatever a decoder raises into this engine's errors.

    Raises `TooLarge` (`too_many_pixels`, `too_much_memory`) and `Damaged` (`truncated`, `corrupt`).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except MediaError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooLarge(
            f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels; send a smaller export of it.",
            code="too_many_pixels",
            detail=str(error),
        ) from error
    except MemoryError as error:
        raise TooLarge(
            "The picture needs more memory than one file may use; send a smaller export of it.",
            code="too_much_memory",
        ) from error
    except _DECODER_ERRORS as error:
        raise damaged(error) from error


def damaged(error: Exception) -> MediaError:
    """Return the refusal that fits a decoder's complaint: `truncated` for missing data, else `corrupt`."""
    text = f"{type(error).__name__}: {error}"[:500]
    if "Decompressed data too large" in text:
        return TooLarge(
            "The file carries too much information beside its picture. Export it again without metadata.",
            code="metadata_too_large",
            detail=text,
        )
    if any(word in text.lower() for word in ("truncated", "end of file", "eof", "incomplete")):
        return Damaged(
            "The file ends too early: a part of the picture is missing. Send the original file again.",
            code="truncated",
            detail=text,
        )
    return Damaged(
        "The picture is damaged and cannot be shown. Send the original file again.",
        code="corrupt",
        detail=text,
    )


def open_image(source: Path | IO[bytes], format: str) -> Image.Image:  # noqa: A002 - the word of `shapes`
    """Open the first (or primary) picture of a file with the one decoder of its format, without decoding yet.

    `format` comes from `sniff`, never from a name. A JPEG is opened as a plain JPEG even when it announces
    further pictures (MPO, gain maps): the first picture counts. Orientation and colour are left as stored.

    Raises `Unsupported` for a format without a decoder, `TooLarge` above 64 megapixels, `Damaged` for a
    broken header. Decode inside `decoding()`, so that later complaints become the same errors.
    """
    if format not in DECODERS:
        raise Unsupported(f"Pictures of type {format} are not accepted.")
    if format in ("heic", "heif"):
        _register_heif()
    with decoding():
        if format == "jpeg":
            return _open_jpeg(source)
        return Image.open(source, formats=[DECODERS[format]])


def _open_jpeg(source: Path | IO[bytes]) -> Image.Image:
    if isinstance(source, Path):
        source = _closed(source)
    return _plain_jpeg(source)


def _plain_jpeg(source: Path | IO[bytes]) -> Image.Image:
    picture = JpegImagePlugin.JpegImageFile(source)
    if picture.width * picture.height > MAX_PIXELS:
        raise Image.DecompressionBombError(f"{picture.width}x{picture.height}")
    return picture


def _closed(path: Path) -> Path | IO[bytes]:
    """Return the file, or its bytes with the end marker when nothing but that is missing."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        if file.read(2) == b"\xff\xd9":
            return path
    data = path.read_bytes()
    header, layout = jpeg.read(data, Limits())
    return path if header.complete else tail.close(data, layout, _decoded_jpeg)


def _decoded_jpeg(source: IO[bytes]) -> Image.Image:
    picture = _plain_jpeg(source)
    picture.load()
    return picture


def orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation (1..8) that turns the decoder's pixels upright; anything invalid is 1.

    The first entry counts where a file has several. HEIF decoders deliver upright pixels, so their answer is 1;
    for AVIF, Pillow states the container's rotation and mirroring in the same tag.
    """
    exif = picture.info.get("exif", b"")
    if picture.format == "HEIF" or not isinstance(exif, bytes):
        return 1
    exif = exif.removeprefix(b"Exif\x00\x00")
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    table = number(4, 4)
    for entry in range(table + 2, min(table + 2 + 12 * number(table, 2), len(exif) - 11), 12):
        if number(entry, 2) == _ORIENTATION:
            value = number(entry + 8, 4 if number(entry + 2, 2) == _LONG else 2)
            return value if 1 <= value <= 8 else 1
    return 1
