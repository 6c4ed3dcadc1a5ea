"""What people say of assets beyond their texts: tags, and the fields of their campaigns."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Integer, Select, Text, cast, null, select, union_all
from sqlalchemy.orm import Session

from ugc_hub.database import READS
from ugc_hub.database.among import among
from ugc_hub.models import Asset, AssetTag, CampaignField, FieldValue, Tag

from .fields import FieldView


class Sayings(NamedTuple):
    """Of one asset: names of its tags in alphabetical order, fields in the order of their definition."""

    tags: tuple[str, ...] = ()
    fields: tuple[FieldView, ...] = ()


NOTHING = Sayings()


def sayings(session: Session, asset_ids: Collection[str]) -> dict[str, Sayings]:
    """Return what is said of assets, by asset id, in one statement for all; assets of which nothing is said lack.

    Values of fields of other campaigns, where an asset was before, rest unseen.
    """
    ids = {"ids": list(asset_ids)}
    tags: dict[str, list[str]] = {}
    fields: dict[str, list[FieldView]] = {}
    if not session.info.get(READS):
        session.flush()
    rows = session.connection().execute(_both(), ids).all()
    for asset_id, _, field_id, name, kind, required, choices, value in rows:
        if field_id is None:
            tags.setdefault(asset_id, []).append(name)
        else:
            view = FieldView(field_id, name, kind, bool(required), tuple(json.loads(choices)), value)
            fields.setdefault(asset_id, []).append(view)
    return {one: Sayings(tuple(tags.get(one, ())), tuple(fields.get(one, ()))) for one in tags.keys() | fields.keys()}


@cache
def _both() -> CompoundSelect[Any]:
    """The statement, built once: that took longer than asking it."""
    both: CompoundSelect[Any] = union_all(_fields(), _tags())
    return both.order_by("place")


def _fields() -> Select[str, str, str, str, str, int, str, str]:
    field = CampaignField
    place = field.id.label("place")
    # Most rows are tags, of which these two say nothing: what they say is read where there is something.
    required, choices = cast(field.required, Integer), cast(field.choices, Text)
    found = select(Asset.id, place, field.id, field.name, field.kind, required, choices, FieldValue.value)
    found = found.join(field, field.campaign_id == Asset.campaign_id).where(among(Asset.id))
    return found.outerjoin(FieldValue, (FieldValue.asset_id == Asset.id) & (FieldValue.field_id == field.id))


def _tags() -> Select[str, str, None, str, None, None, None, None]:
    found = select(AssetTag.asset_id, Tag.folded.label("place"), null(), Tag.name, null(), null(), null(), null()).join(
        Tag, Tag.id == AssetTag.tag_id
    )
    return found.where(among(AssetTag.asset_id))
