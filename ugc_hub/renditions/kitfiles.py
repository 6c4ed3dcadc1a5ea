"""The files of brand kits, logos and fonts: looked at without decoding, and kept by what they hold."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from storage.errors import NotFound as NoBlob
from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid
from ugc_hub.framing.dressing import house_faces
from ugc_hub.framing.kits import Kit, Logo
from ugc_hub.hub import Hub
from workers.media import fonts
from workers.media.errors import Damaged, MediaError, PlanImpossible, Unsupported
from workers.media.layers import MATERIALS, is_file

from .blank import SIGNATURE, is_blank

FOLDER = "brands/"
MOST_BYTES = fonts.MOST_BYTES
_MOST_SIDE = 4096
_FACES: dict[str, fonts.Face] = {}
"""Of files by their hash: reading the tables of a large font takes longer than laying out a page of words."""
_MOST_FACES = 8


@dataclass(frozen=True)
class KitFile:
    """A logo (`png`, with its size in pixels) or a font (`font`)."""

    sha256: str
    kind: str
    width: int = 0
    height: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def file_key(sha256: str) -> str:
    """Return where a file of a kit lies in the storage."""
    return f"{FOLDER}{sha256}"


def keep_file(hub: Hub, actor: Actor, data: bytes) -> KitFile:
    """Keep a logo (PNG) or a font (TTF, OTF); the same bytes are kept once.

    What no kit comes to name goes again with the next collection after the grace time.

    Raises:
        Invalid: it is neither, damaged or too large; or nothing of the logo is to be seen.
    """
    require(actor, "brand.edit")
    found = _looked_at(data)
    if found.kind == "png" and is_blank(data):
        words = "This logo is empty: all of it is transparent. Export it again with what is to be seen, and send that."
        raise Invalid(words, code="logo_not_seen")
    media_type = "image/png" if found.kind == "png" else "font/sfnt"
    hub.storage.put(file_key(found.sha256), io.BytesIO(data), content_type=media_type)
    return found


def misnamed(hub: Hub, kit: Kit) -> dict[str, str]:
    """Return what is wrong with the files that a kit names, by field: not there, of another kind, of another size."""
    wrong: dict[str, str] = {}
    for field, name in (
        ("logo", kit.logo.sha256 if kit.logo else ""),
        ("font", kit.font),
        ("bold_font", kit.bold_font),
    ):
        if not is_file(name):
            continue
        try:
            found = _looked_at(read_file(hub, name))
        except Invalid:
            wrong[field] = "This file is not there. Upload it again."
            continue
        if field == "logo" and kit.logo != Logo(found.sha256, found.width, found.height):
            wrong[field] = "Upload a PNG file, and name it by what the upload answered: sha256, width, height."
        if field != "logo" and found.kind != "font":
            wrong[field] = "This file is no font. Upload a TTF or OTF file."
    return wrong


def _looked_at(data: bytes) -> KitFile:
    if not 0 < len(data) <= MOST_BYTES:
        raise Invalid(f"Files of a kit may have up to {MOST_BYTES >> 20} MB.", code="too_large")
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return _logo(sha256, data) if data.startswith(SIGNATURE) else _font(sha256, data)
    except MediaError as error:
        raise Invalid(error.message, code=error.code) from error


def _logo(sha256: str, data: bytes) -> KitFile:
    if data[12:16] != b"IHDR" or b"IEND" not in data[-12:]:
        raise Damaged("The logo is damaged. Export it again as PNG and send that.", code="damaged_logo")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise Damaged(f"A logo may be up to {_MOST_SIDE} pixels wide and high.", code="too_many_pixels")
    return KitFile(sha256, "png", width, height)


def _font(sha256: str, data: bytes) -> KitFile:
    try:
        fonts.face(data)
    except Unsupported as error:
        words = "Send a logo as PNG (with a transparent ground), a font as TTF or OTF."
        raise Unsupported(words, code="unsupported_kit_file") from error
    return KitFile(sha256, "font")


def read_file(hub: Hub, sha256: str) -> bytes:
    """Return the bytes of a file of a kit.

    Raises:
        Invalid: it is not kept, or no longer.
    """
    try:
        with hub.storage.open(file_key(sha256)) as stream:
            return stream.read()
    except NoBlob as error:
        raise Invalid("A file of the brand kit is missing. Upload it again.", code="no_material") from error


def face_of(hub: Hub, font: str, bold: bool) -> fonts.Face:
    """Return the measures of a font, of the house or of a kit.

    Raises:
        MediaError: it is not there, or damaged.
    """
    if not is_file(font):
        return house_faces(font, bold)
    if font not in _FACES:
        try:
            found = fonts.face(read_file(hub, font))
        except Invalid as error:
            raise PlanImpossible(error.message, code="no_material") from error
        if len(_FACES) >= _MOST_FACES:
            _FACES.clear()
        _FACES[font] = found
    return _FACES[font]


def lay_out(hub: Hub, names: Iterable[str], folder: Path) -> None:
    """Put the files that overlays name into a work folder, where the engine looks for them.

    One that is missing is left out: the engine refuses what needs it, by name, and makes the rest.
    """
    for sha256 in dict.fromkeys(names):
        try:
            data = read_file(hub, sha256)
        except Invalid:
            continue
        (folder / MATERIALS).mkdir(exist_ok=True)
        (folder / MATERIALS / sha256).write_bytes(data)
