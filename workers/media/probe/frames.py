"""Shows an original that was measured before: upright pictures in sRGB, of at most some size, as people see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, JpegImagePlugin

from workers.media import features
from workers.media.image import named
from workers.media.image.colour import converter
from workers.media.image.decode import TRANSPOSE, plain
from workers.media.limits import Limits
from workers.media.probe import container as containers
from workers.media.probe import poster, previews, videos
from workers.media.safe import decoding, open_image, orientation
from workers.media.sniff import HEAD_BYTES, sniff

_PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Of a video, as fractions of its length; titles stand at its beginning and end, words of a speaker anywhere."""


def shown(path: Path, limits: Limits, side: int) -> Iterator[Image.Image]:
    """Yield the first picture of a still or an animation, or some of a video, in RGB, at most `side` pixels long.

    Raises the errors of `workers.media.errors`.
    """
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
    if found.kind == "image":
        yield _still(path, found.format, side)
    else:
        yield from _moments(path, found.format, limits, side)


def _still(path: Path, format: str, side: int) -> Image.Image:  # noqa: A002 - the word of `shapes`
    with open_image(path, format) as picture, decoding():
        turn, icc = orientation(picture), picture.info.get("icc_profile")
        if isinstance(picture, JpegImagePlugin.JpegImageFile):
            picture.draft(None, (side, side))  # decoded at a half or less, never below what is asked for
        picture.load()
        small = previews.reduced(plain(picture), side)
        small = small.transpose(TRANSPOSE[turn]) if turn in TRANSPOSE else small
        return features.opaque(converter(small.mode, icc or named.profile(path, format))(small))


def _moments(path: Path, format: str, limits: Limits, side: int) -> Iterator[Image.Image]:  # noqa: A002
    with containers.opened(path, format) as container:
        stream, _ = containers.pick(container, limits)
        colours = containers.Colours.of(stream)
        stream.thread_type = "SLICE"  # threads by frame multiply the memory
        seen: set[int | None] = set()
        for place in _PLACES:
            if container.duration:
                container.seek(round((container.start_time or 0) + container.duration * place))
            frame = next(container.decode(stream), None)
            if frame is None or frame.pts in seen:
                continue  # the same key frame serves several places of a short clip
            seen.add(frame.pts)
            size = videos.square(frame.width, frame.height, stream)
            yield poster.picture(colours.name(frame), size, videos.turn_of(frame), side)
