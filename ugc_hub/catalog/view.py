"""What a page, the API and the command line show of an asset."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require, sees
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import Gone, LegalOrder, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetLink, AssetRights, Campaign, Creator, Refusal, Submission
from workers.media.shapes import MediaFacts, Point

from .fields import FieldView
from .sayings import NOTHING, Sayings, sayings

ORDERED = "A legal order keeps this file from being shown."
_SHOWING = frozenset(
    {"thumbhash", "perceptual_hash", "pixel_sha256", "palette", "faces", "focal_point", "embedded", "provenance"}
)
"""What was measured that tells what a picture shows; the words that a file brings do so as well."""


@dataclass(frozen=True)
class Link:
    """Another asset that shows the same."""

    asset_id: str
    kind: str
    """`same_pixels` or `near_duplicate`."""
    distance: int
    file_name: str


@dataclass(frozen=True)
class AssetView:
    """One asset with the names of its creator and campaign."""

    id: str
    status: str
    kind: str
    media_type: str
    extension: str
    file_name: str
    size_bytes: int
    sha256: str
    created_at: datetime
    creator_id: str | None
    creator: str | None
    campaign: str | None
    width: int | None
    height: int | None
    duration_s: float | None
    measured: dict[str, Any] | None
    """`facts` as they are kept: a page of tiles shows few of them."""
    previews: dict[str, dict[str, Any]]
    focal_point: Point | None
    """In force: set by a person, else measured."""
    focal_point_by_hand: bool
    job_id: int | None
    links: tuple[Link, ...] = field(default=())
    title: str = ""
    description: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    trashed_at: datetime | None = None
    fields: tuple[FieldView, ...] = ()
    """Those of its campaign."""

    @cached_property
    def facts(self) -> MediaFacts | None:
        """What was measured of the original; None until it was."""
        return MediaFacts.load(self.measured) if self.measured else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields that are required and say nothing."""
        return tuple(one.name for one in self.fields if one.missing)

    def as_dict(self, *, private: bool = True) -> dict[str, Any]:
        """Return plain JSON; without `private`, the place where the picture was taken is left out."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in shown()}
        plain["created_at"] = self.created_at.isoformat()
        plain["trashed_at"] = self.trashed_at and self.trashed_at.isoformat()
        plain["focal_point"] = self.focal_point and self.focal_point.dump()
        plain["links"] = [asdict(one) for one in self.links]
        plain["fields"] = [one.as_dict() for one in self.fields]
        plain["missing"] = list(self.missing)
        plain["facts"] = facts = MediaFacts.completed(self.measured) if self.measured else None
        plain["previews"] = {
            name: {key: value for key, value in preview.items() if key not in ("key", "mark")}
            for name, preview in self.previews.items()
        }
        if facts and not private:
            facts["embedded"] = {**facts["embedded"], "gps": None}
        return plain


@cache
def shown() -> tuple[str, ...]:
    """Return the names of what an asset shows besides what was measured of it."""
    return tuple(one.name for one in fields(AssetView) if one.name != "measured")


def ordered(session: Session, actor: Actor, ids: Collection[str]) -> set[str]:
    """Return which of these assets a legal order hides from the actor.

    Their record stays and is found by its names. Neither they nor what tells what they show is shown, searched or
    changed: pictures, copies, measured looks, and what people say of them in descriptions, tags and fields.
    """
    if may(actor, "rights.legal"):
        return set()
    return set(session.scalars(under_order().where(AssetRights.asset_id.in_(list(ids)))))


def under_order() -> Select[str]:
    """Return a select of the ids of all assets that a legal order hides from most people."""
    return select(AssetRights.asset_id).where(AssetRights.legal_order.is_(True))


COLUMNS = (
    *("id", "status", "kind", "media_type", "extension", "file_name", "size_bytes", "sha256", "created_at"),
    *("creator_id", "width", "height", "duration_s", "facts", "previews", "focal_x", "focal_y", "job_id"),
    *("title", "description", "language", "trashed_at"),
)
"""What a view takes of an asset."""


def view(
    asset: Asset,
    creator: str | None,
    campaign: str | None,
    links: tuple[Link, ...] = (),
    *,
    hidden: bool = False,
    said: Sayings = NOTHING,
) -> AssetView:
    """Build the view of a loaded row; what is hidden has nothing that tells what it shows."""
    members = {name: getattr(asset, name) for name in COLUMNS}
    return viewed({**members, "creator": creator, "campaign": campaign, "links": links}, hidden=hidden, said=said)


def viewed(members: dict[str, Any], *, hidden: bool = False, said: Sayings = NOTHING) -> AssetView:
    """Build a view of `COLUMNS` by name, with `creator`, `campaign` and `links`, of which it makes its own members."""
    measured = members.pop("facts") or None
    x, y = members.pop("focal_x"), members.pop("focal_y")
    if hidden:
        measured = measured and {name: value for name, value in measured.items() if name not in _SHOWING}
        members |= {"previews": {}, "description": ""}
        x, y, said = None, None, NOTHING
    by_hand = x is not None and y is not None
    members |= {
        "measured": measured,
        "focal_point": Point(x, y) if by_hand else None if hidden else _measured_point(measured),
        "focal_point_by_hand": by_hand,
        "tags": said.tags,
        "fields": said.fields,
    }
    made = object.__new__(AssetView)
    object.__setattr__(made, "__dict__", members)  # a frozen class sets its members one by one, each by a call
    return made


def _measured_point(measured: dict[str, Any] | None) -> Point | None:
    if measured is None:
        return None
    known = measured.get("focal_point")
    return Point.load(known) if known else MediaFacts.load(measured).focal_point


def rows() -> Select[Asset, str, str]:
    """Return the query of assets with the names of creator and campaign, in one go."""
    named = select(Asset, Creator.handle, Campaign.name)
    return named.outerjoin(Creator, Asset.creator_id == Creator.id).outerjoin(
        Campaign, Asset.campaign_id == Campaign.id
    )


def load(session: Session, actor: Actor, asset_id: str) -> Asset:
    """Return the row of an asset that the actor may see.

    Raises:
        NotFound: there is none, or the actor may not know of it: not theirs, or in the trash; see `accounts.sees`.
        Gone: the file was refused; the message says why.
    """
    require(actor, "asset.view")
    asset = session.get(Asset, asset_id)
    if asset is not None and sees(actor, asset):
        if asset.status == "erased":
            raise Gone("This asset was erased; nothing of it was kept.", code="asset_erased")
        return asset
    refusal = session.get(Refusal, asset_id) if asset is None else None
    if refusal is not None and may(actor, "asset.view", _sender(session, refusal)):
        raise Gone(refusal.message, code=refusal.code, extra={"status_of_file": "refused"})
    raise NotFound("There is no such asset.")


def _sender(session: Session, refusal: Refusal) -> Submission:
    """Return who handed a refused file in; nobody's is no creator's own."""
    found = session.get(Submission, refusal.submission_id) if refusal.submission_id else None
    return found or Submission(creator_id=None)


def load_shown(session: Session, actor: Actor, asset_id: str) -> Asset:
    """Return the row of an asset of which the actor may see what it shows, or change what is said of that.

    Raises:
        LegalOrder: only legal and administrators may look at it.
        NotFound, Gone: as for `load`.
    """
    asset = load(session, actor, asset_id)
    if ordered(session, actor, [asset_id]):
        raise LegalOrder(ORDERED)
    return asset


def get(hub: Hub, actor: Actor, asset_id: str) -> AssetView:
    """Return one asset with the links to others that show the same.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Gone: the file was refused; code and message say why.
    """
    with hub.database.read() as session:
        load(session, actor, asset_id)
        asset, creator, campaign = session.execute(rows().where(Asset.id == asset_id)).one()
        hidden = ordered(session, actor, [asset_id])
        shown = view(asset, creator, campaign, visible_links(session, actor, asset_id), hidden=bool(hidden))
        return said(session, [shown], hidden)[0]


def said(session: Session, views: Sequence[AssetView], hidden: Collection[str] = ()) -> list[AssetView]:
    """Return views with their tags and fields, in one statement for all; those of what is hidden stay without."""
    found = sayings(session, [one.id for one in views if one.id not in hidden])
    return [replace(one, **found.get(one.id, NOTHING)._asdict()) for one in views]


def visible_links(session: Session, actor: Actor, asset_id: str) -> tuple[Link, ...]:
    """Return the assets that show the same and that the actor may see, nearest first.

    What a legal order hides names none and is named by none: its copy would show it. What lies in the trash is named to
    those who may look into it.
    """
    if ordered(session, actor, [asset_id]):
        return ()
    found = select(AssetLink, Asset).where(
        or_(
            (AssetLink.asset_id == asset_id) & (Asset.id == AssetLink.other_id),
            (AssetLink.other_id == asset_id) & (Asset.id == AssetLink.asset_id),
        )
    )
    if (owner := only_own(actor, "asset.view")) is not None:
        found = found.where(Asset.creator_id == owner)
    if not may(actor, "rights.legal"):
        found = found.where(Asset.id.not_in(under_order()))
    if not may(actor, "asset.edit"):
        found = found.where(Asset.trashed_at.is_(None))
    pairs = session.execute(found.order_by(AssetLink.distance, Asset.id).limit(50)).all()
    return tuple(Link(other.id, link.kind, link.distance, other.file_name) for link, other in pairs)
