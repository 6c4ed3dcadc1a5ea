"""Makes the pixels of one plan from a pyramid of the master."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageColor, ImageEnhance, ImageFilter

from workers.media.image import button
from workers.media.image.colour import Convert
from workers.media.image.decode import HEADROOM, TRANSPOSE, Master, power_below
from workers.media.image.resample import Area, Chroma, Component, Cut, joined
from workers.media.shapes import Box, ImagePlan

_BLUR_DETAIL = 24
"""The longer side, in pixels, of what is left of a picture that serves as a blurred backdrop."""
_BACKDROP_LIGHT = 0.8
"""A backdrop is darker than the picture, so that the picture stands before it."""

_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}
"""Modes in which transparent pixels have no say in the colour of their neighbours."""


class Pyramid:
    """The master and its halves, quarters and so on, each colour component by itself.

    Safe to use from several threads.
    """

    def __init__(self, master: Master) -> None:
        self.master = master
        self._mode = master.mode
        self._work = _PREMULTIPLIED.get(self._mode, self._mode)
        pixels = master.pixels
        if master.chroma is not None:
            coarse = [Chroma(master.chroma, number, pixels.size) for number in (1, 2)]
            self._components = [Component(pixels, 0), *coarse]
        else:
            pixels = pixels if self._work == self._mode else pixels.convert(self._work)
            self._components = [Component(pixels, number) for number in range(len(pixels.getbands()))]

    def cut(self, crop: Box, size: tuple[int, int]) -> Image.Image:
        """Return `crop` (of the picture as shown, at full size) scaled to `size`, upright, in source colours.

        A master in YCbCr gives RGB.
        """
        master = self.master
        target = size[::-1] if master.turned else size
        area = _stored_area(crop, master)
        shrinking = min((area[2] - area[0]) / target[0], (area[3] - area[1]) / target[1])
        fine = Cut(area, target, power_below(shrinking / HEADROOM))
        # Chroma of half the size holds no finer detail in full size.
        coarse = replace(fine, factor=power_below(shrinking))
        planes = [each.resized(coarse if isinstance(each, Chroma) else fine) for each in self._components]
        made = joined(planes, self._work)
        made = made if made.mode != self._work or self._work == self._mode else made.convert(self._mode)
        return made.transpose(TRANSPOSE[master.orientation]) if master.orientation in TRANSPOSE else made


def _stored_area(crop: Box, master: Master) -> Area:
    """Return where a box of the upright picture lies in the picture as stored (EXIF 2.32, tag 274)."""
    left, top, right, bottom = crop.x, crop.y, crop.x + crop.width, crop.y + crop.height
    from_right, from_bottom = master.width - right, master.height - bottom
    past_right, past_bottom = master.width - left, master.height - top
    areas: dict[int, Area] = {
        1: (left, top, right, bottom),
        2: (from_right, top, past_right, bottom),
        3: (from_right, from_bottom, past_right, past_bottom),
        4: (left, from_bottom, right, past_bottom),
        5: (top, left, bottom, right),
        6: (top, from_right, bottom, past_right),
        7: (from_bottom, from_right, past_bottom, past_right),
        8: (from_bottom, left, past_bottom, right),
    }
    return areas[master.orientation]


def compose(pyramid: Pyramid, convert: Convert, plan: ImagePlan) -> Image.Image:
    """Return the finished sRGB pixels: RGBA where the picture is transparent and fills the canvas, else RGB.

    Raises `PlanImpossible` as `button.draw`.
    """
    canvas = _canvas(pyramid, convert, plan)
    return canvas if plan.still is None or plan.still.button is None else button.draw(canvas, plan.still.button)


def _canvas(pyramid: Pyramid, convert: Convert, plan: ImagePlan) -> Image.Image:
    placed = convert(pyramid.cut(plan.crop, (plan.placed.width, plan.placed.height)))
    if plan.placed == Box(0, 0, plan.width, plan.height):
        return placed
    if plan.backdrop.kind == "blur":
        canvas = _blurred(pyramid, convert, plan)
    else:
        canvas = Image.new("RGB", (plan.width, plan.height), ImageColor.getrgb(plan.backdrop.colour)[:3])
    canvas.paste(placed, (plan.placed.x, plan.placed.y), placed if placed.mode == "RGBA" else None)
    return canvas


def flat(picture: Image.Image, colour: str) -> Image.Image:
    """Return the picture without alpha, laid on `colour` (a CSS colour)."""
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, ImageColor.getrgb(colour)[:3])
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _blurred(pyramid: Pyramid, convert: Convert, plan: ImagePlan) -> Image.Image:
    """Return a canvas that the picture covers, so blurred that only its light and colours are left."""
    shrink = _BLUR_DETAIL / max(plan.width, plan.height)
    size = (max(1, round(plan.width * shrink)), max(1, round(plan.height * shrink)))
    small = flat(convert(pyramid.cut(_covering(plan), size)), plan.flatten)
    soft = small.filter(ImageFilter.GaussianBlur(1))
    dark = ImageEnhance.Brightness(soft).enhance(_BACKDROP_LIGHT)
    return dark.resize((plan.width, plan.height), Image.Resampling.BICUBIC)


def _covering(plan: ImagePlan) -> Box:
    """Return the middle of the plan's crop that has the proportions of the canvas."""
    crop = plan.crop
    width = min(crop.width, max(1, round(crop.height * plan.width / plan.height)))
    height = min(crop.height, max(1, round(crop.width * plan.height / plan.width)))
    return Box(crop.x + (crop.width - width) // 2, crop.y + (crop.height - height) // 2, width, height)


def pixels_of(plan: ImagePlan) -> tuple[object, ...]:
    """Return what decides the pixels of a plan before encoding: plans that agree in it share their pixels."""
    return (plan.crop, plan.placed, plan.width, plan.height, plan.backdrop, plan.flatten, plan.still, plan.overlays)
