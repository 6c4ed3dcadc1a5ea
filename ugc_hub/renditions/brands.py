"""Brand kits: kept in the database, each change a new version, none ever overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub import templating
from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.framing.kits import CARDS, TEMPLATES, CardWords, Kit, Logo
from ugc_hub.hub import Hub
from ugc_hub.models import BrandKit
from workers.media.contrast import TEXT, contrast, told
from workers.media.fonts import FAMILIES
from workers.media.layers import is_file

from .kitfiles import misnamed

DERIVED = "derived"
"""What transactions name that record or remove files that are not originals."""
_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?\Z")
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_MOST_SIGNS = {"name": 80, "call_to_action": 60, "title": 120, "line": 160}
_SECONDS = (0.5, 10.0)
PAIRS = (
    ("words", "ground"),
    ("accent_words", "accent"),
    ("label_words", "label_ground"),
    ("captions_words", "captions_ground"),
)
"""Words and the ground that they stand on."""


class UnknownKit(NotFound):
    """There is no brand kit of this id."""

    code = "unknown_kit"


@dataclass(frozen=True)
class KitVersion:
    """One version of a kit; `body` is None where it was withdrawn."""

    id: str
    version: int
    body: dict[str, Any] | None
    created_at: datetime
    created_by: str | None

    @property
    def kit(self) -> Kit:
        """The kit as it was in this version."""
        return Kit.load({**(self.body or {}), "id": self.id})


_LAST = select(BrandKit.id, func.max(BrandKit.version).label("version")).group_by(BrandKit.id).subquery()
_IN_FORCE = (
    select(BrandKit)
    .join(_LAST, (BrandKit.id == _LAST.c.id) & (BrandKit.version == _LAST.c.version))
    .order_by(BrandKit.id)
)


def all_kits(hub: Hub, actor: Actor) -> list[KitVersion]:
    """Return the kits in force, by id."""
    require(actor, "brand.view")
    with hub.database.read() as session:
        return [_view(row) for row in session.scalars(_IN_FORCE) if row.body is not None]


def find_kit(hub: Hub, actor: Actor, kit_id: str) -> KitVersion:
    """Return one kit in force.

    Raises:
        UnknownKit: there is none of this id.
    """
    require(actor, "brand.view")
    with hub.database.read() as session:
        return kit_in(session, kit_id)


def kit_in(session: Session, kit_id: str) -> KitVersion:
    """Return one kit in force; raises as `find_kit`."""
    row = session.scalar(_IN_FORCE.where(BrandKit.id == kit_id))
    if row is None or row.body is None:
        known = ", ".join(one.id for one in session.scalars(_IN_FORCE) if one.body is not None)
        hint = f"There are: {known}." if known else "Make one first."
        raise UnknownKit(f"There is no brand kit {kit_id[:60]}. {hint}")
    return _view(row)


def kit_history(hub: Hub, actor: Actor, kit_id: str) -> list[KitVersion]:
    """Return all versions of a kit, newest first.

    Raises:
        UnknownKit: there never was one of this id.
    """
    require(actor, "brand.view")
    with hub.database.read() as session:
        rows = session.scalars(select(BrandKit).where(BrandKit.id == kit_id).order_by(BrandKit.version.desc())).all()
    if not rows:
        raise UnknownKit(f"There is no brand kit {kit_id[:60]}.")
    return [_view(row) for row in rows]


def _view(row: BrandKit) -> KitVersion:
    return KitVersion(row.id, row.version, row.body, row.created_at, row.created_by)


def save_kit(hub: Hub, actor: Actor, body: Mapping[str, Any]) -> KitVersion:
    """Keep a new kit, or a new version of one.

    Raises:
        Invalid: fields are wrong; `extra["fields"]` says for each what to do.
    """
    require(actor, "brand.edit")
    kit = checked(hub, body)
    with hub.database.write() as session:
        hub.database.serialise(session, DERIVED)
        if wrong := misnamed(hub, kit):
            raise Invalid(" ".join(wrong.values()), code="invalid_kit", extra={"fields": wrong})
        plain = {name: value for name, value in kit.dump().items() if name != "id"}
        return _append(hub, session, actor, kit.id, body=plain)


def withdraw_kit(hub: Hub, actor: Actor, kit_id: str) -> None:
    """Take a kit out of use; its history, its files and what was made with it stay.

    Raises:
        UnknownKit: there is no such kit in force.
    """
    require(actor, "brand.edit")
    with hub.database.write() as session:
        kit_in(session, kit_id)
        _append(hub, session, actor, kit_id, body=None)


def _append(hub: Hub, session: Session, actor: Actor, kit_id: str, *, body: dict[str, Any] | None) -> KitVersion:
    hub.database.serialise(session, f"brand:{kit_id}")
    last = session.scalar(select(func.max(BrandKit.version)).where(BrandKit.id == kit_id))
    row = BrandKit(id=kit_id, version=(last or 0) + 1, body=body, created_at=hub.now(), created_by=actor.user_id)
    session.add(row)
    said = {"actor": actor.user_id, "version": row.version}
    record(session, hub.now(), "brand.saved" if body is not None else "brand.withdrawn", kit_id, **said)
    return _view(row)


def named_files(session: Session) -> set[str]:
    """Return the SHA-256 of every file that any version of a kit names: what was made with it can be made again."""
    bodies = session.scalars(select(BrandKit.body).where(BrandKit.body.is_not(None)))
    return {name for body in bodies if body for name in Kit.load(body).materials}


def checked(hub: Hub, body: Mapping[str, Any]) -> Kit:
    """Return the kit that a body states.

    Raises:
        Invalid: fields are wrong; `extra["fields"]` says for each what to do.
    """
    wrong = dict(_problems(hub, body))
    if wrong:
        sentences = " ".join(f"{name}: {sentence}" for name, sentence in wrong.items())
        raise Invalid(sentences, code="invalid_kit", extra={"fields": wrong})
    known = {name: value for name, value in body.items() if value is not None}
    logo, cards = known.get("logo"), {name: known.get(name) for name in CARDS}
    made = {name: CardWords(**card) if card else None for name, card in cards.items()}
    kit = Kit(**{**known, "logo": Logo(**logo) if logo else None, **made})
    wrong = {words: _pale(kit, words, ground) for words, ground in PAIRS if _contrast(kit, words, ground) < TEXT}
    if wrong:
        raise Invalid(" ".join(wrong.values()), code="invalid_kit", extra={"fields": wrong})
    return replace(kit, templates=dict(kit.templates))


def _contrast(kit: Kit, words: str, ground: str) -> float:
    return contrast(getattr(kit, words), getattr(kit, ground))


def _pale(kit: Kit, words: str, ground: str) -> str:
    return (
        f"{getattr(kit, words)} on {getattr(kit, ground)} cannot be read well: the contrast is "
        f"{told(_contrast(kit, words, ground))}, and 4.5 is needed."
    )


def _problems(hub: Hub, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = {one.name for one in fields(Kit)}
    yield from ((name, "A kit has no such field.") for name in body if name not in known)
    if not isinstance(body.get("id"), str) or not _ID.match(body["id"]):
        yield "id", "Give an id of small letters, digits and dashes, such as oat-and-co."
    if not str(body.get("name") or "").strip():
        yield "name", "Give the kit a name."
    for name in ("name", "call_to_action"):
        yield from _text(name, body.get(name, ""))
    for name in (name for pair in PAIRS for name in pair):
        value = body.get(name)
        if value is not None and not (isinstance(value, str) and _COLOUR.match(value)):
            yield name, "Write a colour as #rrggbb, in small letters."
    for name in ("font", "bold_font"):
        value = body.get(name) or "DejaVu Sans"
        if not isinstance(value, str) or not (value in FAMILIES or is_file(value)):
            yield name, f"Choose {', '.join(FAMILIES)}, or upload a font."
    yield from _logo(body.get("logo"))
    for name in CARDS:
        yield from _card(name, body.get(name))
    yield from _templates(hub, body.get("templates"))


def _text(name: str, value: object) -> Iterator[tuple[str, str]]:
    most = _MOST_SIGNS[name.rpartition(".")[2]]
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        yield name, f"Write at most {most} signs in one line, none of them invisible."


def _logo(value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    right = isinstance(value, Mapping) and set(value) == {"sha256", "width", "height"}
    if not right or not isinstance(value, Mapping) or not is_file(str(value["sha256"])):
        yield "logo", "Upload a PNG file, and name it by what the upload answered: sha256, width, height."
    elif not all(isinstance(value[side], int) and 0 < value[side] <= 4096 for side in ("width", "height")):
        yield "logo", "Its width and height are pixels, up to 4096."


def _card(name: str, value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, Mapping) or not set(value) <= {"title", "line", "seconds"}:
        yield name, "A card has a title, a line and seconds."
        return
    for part in ("title", "line"):
        yield from _text(f"{name}.{part}", value.get(part, ""))
    seconds = value.get("seconds", 2.0)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not _SECONDS[0] <= seconds <= _SECONDS[1]:
        yield f"{name}.seconds", f"A card lasts {_SECONDS[0]:g} to {_SECONDS[1]:g} seconds."


def _templates(hub: Hub, value: object) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, Mapping) or not set(value) <= set(TEMPLATES):
        yield "templates", f"Name a template for any of {', '.join(TEMPLATES)}."
        return
    names = templating.overlay_names(hub.settings.overlays_dir)
    for name in value.values():
        if name not in names:
            yield "templates", f"There is no template {str(name)[:60]}; there are {', '.join(names)}."
