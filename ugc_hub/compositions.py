"""Compositions: what there are, and clips made by them of assets of the hub; what comes out is an asset of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.media.composition.finding import Found, find
from workers.media.composition.shapes import PHOTO, About, Parameter, Wrong
from workers.queue.jobs import enqueue
from workers.queue.jobs import get as job_of
from workers.queue.shapes import Options

from .accounts import Actor, may, require
from .audit import record
from .catalog.view import load
from .creators import clean_name
from .errors import Conflict, Invalid, NotFound
from .hub import Hub, crash_point
from .licensing import closed_among
from .models import Asset, Piece
from .renditions.clips import queue_clip, view_of
from .rights.questions import RELIEF
from .rights.vocabulary import Vocabulary

JOB = "compose"
MOST_LISTED = 50
KINDS = ("video", "image")
"""Of assets that may be parts."""
NOT_THERE = (
    "Compositions need MoviePy, which is not installed on this machine. In a checkout: make compose. With the wheel: "
    "pip install --require-hashes --no-deps -r requirements-compose.lock."
)
_GAVE_UP = "It was not made: the job that makes it ended. Ask again."


@dataclass(frozen=True)
class Kind:
    """One composition that there is: what it says of itself, or what is wrong with it."""

    name: str
    title: str
    sentence: str
    clips: tuple[int, int]
    parameters: tuple[dict[str, Any], ...]
    shipped: bool
    fault: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


@dataclass(frozen=True)
class PieceView:
    """One clip that was asked for, and how far it is. `status` is queued, running, ready or failed."""

    id: str
    composition: str
    title: str
    parts: tuple[str, ...]
    values: Mapping[str, Any]
    status: str
    progress: float
    created_at: datetime
    job_id: int | None
    code: str | None = None
    message: str | None = None
    asset_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**asdict(self), "created_at": self.created_at.isoformat()}


@dataclass(frozen=True)
class Wish:
    """What is to be composed: the name of a composition, assets in order, and what is said of its parameters."""

    composition: str
    asset_ids: Sequence[str]
    values: Mapping[str, object]
    title: str = ""
    """What the asset that comes out is called; empty: as the composition is."""


def installed() -> bool:
    """Whether MoviePy is there; without it compositions are listed and not made."""
    return find_spec("moviepy") is not None


def kinds(hub: Hub, actor: Actor) -> list[Kind]:
    """Return the compositions that there are, broken ones with their fault; nothing of them is run."""
    require(actor, "rendition.view")
    return [_kind(one) for one in find(hub.settings.compositions_dir)]


def _kind(found: Found) -> Kind:
    about = found.about
    if about is None:
        return Kind(found.name, found.name, "", (0, 0), (), found.shipped, found.fault)
    parameters = tuple(one.dump() for one in parameters_of(about))
    return Kind(found.name, about.title, about.sentence, about.clips, parameters, found.shipped)


def parameters_of(about: About) -> tuple[Parameter, ...]:
    """Return what may be said of a composition: its own parameters, and how long a photo is shown."""
    own = any(one.name == PHOTO.name for one in about.parameters)
    return about.parameters if own else (*about.parameters, PHOTO)


def found_as(hub: Hub, name: str) -> Found:
    """Return the composition of a name.

    Raises:
        NotFound: there is none.
        Conflict: it is broken; the message says why.
    """
    known = {one.name: one for one in find(hub.settings.compositions_dir)}
    if name not in known:
        there = ", ".join(one for one in known if not known[one].fault)
        raise NotFound(f"There is no composition {name[:60]}. There are {there}.", code="no_composition")
    if known[name].about is None:
        raise Conflict(f"The composition {name} is broken. {known[name].fault}", code="composition_broken")
    return known[name]


def ask(hub: Hub, actor: Actor, wish: Wish) -> PieceView:
    """Ask for a clip composed of assets; it is made by a job, and what comes of it is a new asset.

    Raises:
        NotFound: there is no such composition, or no such asset.
        Conflict: the composition is broken, MoviePy is not installed, or an asset is closed, erased, not measured.
        Invalid: a parameter does not take its value; an asset is no video; it takes another number of clips.
        Forbidden: the actor may not ask for renditions.
    """
    require(actor, "rendition.request")
    found = found_as(hub, wish.composition)
    assert found.about is not None  # noqa: S101 - `found_as` refuses others
    edits = _edits(hub.words, found)
    try:
        values = replace(found.about, parameters=parameters_of(found.about)).read(wish.values)
    except Wrong as error:
        raise Invalid(str(error), extra={"field": "values"}) from error
    least, most = found.about.clips
    if not least <= len(wish.asset_ids) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise Invalid(f"“{found.about.title}” takes {wanted} videos or photos.", extra={"field": "asset_ids"})
    if not installed():
        raise Conflict(NOT_THERE, code="compose_missing")
    title = clean_name(wish.title) if wish.title.strip() else found.about.title
    with hub.database.write() as session:
        videos = _check_parts(session, actor, wish.asset_ids)
        piece = Piece(
            id=hub.new_id("pce"),
            created_at=hub.now(),
            composition=found.name,
            title=title,
            parts=list(wish.asset_ids),
            values=values,
            edits=sorted(edits),
            requested_by=actor.user_id,
            status="queued",
        )
        session.add(piece)
        session.flush()
        for asset_id in videos:
            if view_of(session, asset_id).status not in ("ready", "running", "queued"):
                queue_clip(hub, session, asset_id)
        options = Options(key=f"{JOB}:{piece.id}", max_attempts=hub.settings.job_attempts)
        piece.job_id = enqueue(session.connection(), JOB, {"piece_id": piece.id}, options=options)
        said = {"composition": found.name, "parts": piece.parts}
        record(session, hub.now(), "piece.requested", piece.id, actor=actor.user_id, **said)
        crash_point("before_commit")
        view = _view(session, piece)
    hub.ring()
    return view


def _edits(words: Vocabulary, found: Found) -> frozenset[str]:
    """Return what the composition does to its clips; one that does not say may do anything."""
    said = found.about.edits if found.about else None
    if said is None:
        return words.editorial - RELIEF
    if strange := sorted(set(said) - words.editorial):
        raise Conflict(
            f"The composition {found.name} is broken. There is no edit {', '.join(strange)}.", code="composition_broken"
        )
    return frozenset(said)


def _check_parts(session: Session, actor: Actor, asset_ids: Sequence[str]) -> list[str]:
    """Refuse what cannot be a part; return those of which a clip is needed."""
    assets: list[Asset] = [load(session, actor, one) for one in dict.fromkeys(asset_ids)]
    for asset in assets:
        if asset.status != "ready":
            raise Conflict("One of them is still being looked at. Try again in a moment.", code="asset_not_ready")
        if asset.kind not in KINDS:
            words = f"Compositions are made of videos and photos; {asset.id} is an animation."
            raise Invalid(words, extra={"field": "asset_ids"})
    if gone := closed_among(session, [one.id for one in assets]):
        raise Conflict(f"On hold, taken down or in the trash: {', '.join(gone)}.", code="part_closed")
    return [one.id for one in assets if one.kind == "video"]


def get(hub: Hub, actor: Actor, piece_id: str) -> PieceView:
    """Return one clip that was asked for.

    Raises:
        NotFound: there is none.
    """
    require(actor, "rendition.view")
    with hub.database.read() as session:
        piece = session.get(Piece, piece_id)
        if piece is None or not _may_see(session, actor, piece):
            raise NotFound("There is no such piece.")
        return _view(session, piece)


def recent(hub: Hub, actor: Actor, *, limit: int = MOST_LISTED) -> list[PieceView]:
    """Return what was asked for last, the newest first."""
    require(actor, "rendition.view")
    with hub.database.read() as session:
        rows = session.scalars(select(Piece).order_by(Piece.created_at.desc(), Piece.id.desc()).limit(limit)).all()
        return [_view(session, row) for row in rows if _may_see(session, actor, row)]


def _may_see(session: Session, actor: Actor, piece: Piece) -> bool:
    parts = session.scalars(select(Asset).where(Asset.id.in_(piece.parts))).all()
    return all(may(actor, "asset.view", part) for part in parts)


def _view(session: Session, row: Piece) -> PieceView:
    job = job_of(session.connection(), row.job_id) if row.status == "queued" and row.job_id is not None else None
    status, code, message, progress = row.status, row.code, row.message, 1.0 if row.status == "ready" else 0.0
    if row.status == "queued" and job is not None:
        status, message, progress = "running" if job.state == "running" else "queued", job.message, job.progress
        if job.state in ("failed", "dead", "cancelled", "done"):
            status, code, progress = "failed", job.error_code or job.state, 0.0
            message = "It was stopped." if job.state == "cancelled" else _GAVE_UP
    return PieceView(
        id=row.id,
        composition=row.composition,
        title=row.title,
        parts=tuple(row.parts),
        values=row.values,
        status=status,
        progress=progress,
        created_at=row.created_at,
        job_id=row.job_id,
        code=code,
        message=message or None,
        asset_id=row.asset_id,
    )
