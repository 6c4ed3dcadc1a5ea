"""What tells that nothing is to be seen of a PNG, against pictures that Pillow reads the same way."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from ugc_hub.renditions.blank import is_blank

PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(picture: Image.Image, **how: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", **how)
    return target.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def interlaced(picture: Image.Image) -> bytes:
    """Write an RGBA picture in seven passes (PNG 3, section 8), which Pillow reads and does not write."""
    pixels = np.asarray(picture)
    lines = (row for x, y, right, down in PASSES for row in pixels[y::down, x::right] if row.size)
    head = struct.pack(">IIBBBBB", *picture.size, 8, 6, 0, 0, 1)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in lines))
    made = png(picture)[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made))), pixels)
    return made


def pairs() -> Iterator[tuple[str, bytes, bytes]]:
    """The same picture of which nothing, and of which one pixel is to be seen."""
    for size in ((61, 43), (1, 1), (3, 2), (300, 500)):
        noise = Image.effect_noise(size, 90)
        last, dot = (size[0] - 1, size[1] - 1), Image.new("L", size)
        dot.putpixel(last, 1)
        for mode in ("RGBA", "LA"):
            nothing = noise.convert(mode)
            nothing.putalpha(0)
            one = nothing.copy()
            one.putalpha(dot)
            yield f"{mode} {size}", png(nothing), png(one)
            if mode == "RGBA":
                yield f"interlaced {size}", interlaced(nothing), interlaced(one)
        for colours in (2, 3, 7, 200):
            nothing = noise.point([level % (colours - 1) for level in range(256)])
            nothing = Image.frombytes("P", size, nothing.tobytes())
            nothing.putpalette([value for index in range(colours) for value in (index, 0, 255 - index)])
            one = nothing.copy()
            one.putpixel(last, colours - 1)
            seen = bytes(colours - 1) + b"\x01"
            yield f"{colours} colours {size}", png(nothing, transparency=seen), png(one, transparency=seen)


def test_a_picture_is_blank_when_every_pixel_of_it_is_transparent() -> None:
    for name, nothing, one in pairs():
        assert (is_blank(nothing), is_blank(one)) == (True, False), name
        alphas = [Image.open(io.BytesIO(made)).convert("RGBA").getchannel("A") for made in (nothing, one)]
        assert [max(alpha.tobytes()) for alpha in alphas] == [0, 1], name


def test_what_is_no_longer_whole_is_not_called_blank() -> None:
    whole = png(Image.new("RGBA", (300, 200)))
    for cut in (0, 8, 20, 33, 45, len(whole) - 40):
        assert not is_blank(whole[:cut])
    assert not is_blank(whole.replace(b"IDAT", b"IDAX"))
    assert not is_blank(png(Image.new("RGB", (30, 20))))


@pytest.mark.timeout(10)
def test_a_large_palette_in_which_nothing_repeats_is_not_worked_out_to_the_end() -> None:
    """Filtered lines of noise: all of them would take half a minute."""
    line = bytes(range(1, 251)) * 16
    lines = b"".join(b"\x04" + line[row % 97 :] + line[: row % 97] for row in range(4000))
    head = struct.pack(">IIBBBBB", 4000, 4000, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", bytes(768)), (b"tRNS", bytes(256)), (b"IDAT", zlib.compress(lines, 1))]
    assert not is_blank(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in [*parts, (b"IEND", b"")]))
    plain = Image.frombytes("P", (4000, 40), bytes([3]) * 160_000)
    plain.putpalette(range(12))
    assert is_blank(png(plain, transparency=b"\1\1\1\0")), "two bits a pixel, which are filtered"


@pytest.mark.timeout(5)
def test_a_file_that_goes_on_for_ever_is_left_after_the_last_line() -> None:
    """Behind the end of the pixels: each piece would be put behind all that came before it, a minute in all."""
    whole = png(Image.new("RGBA", (3, 4000)))
    end = whole.index(b"IEND") - 4
    more = chunk(b"IDAT", b"x") * 600_000
    assert is_blank(whole[:end] + more + whole[end:])
    assert not is_blank(whole[:16] + struct.pack(">II", 3, 4001) + whole[24:end] + more + whole[end:])
