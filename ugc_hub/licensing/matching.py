"""Matches the assets of a sheet to those of the hub: by id, or by file name and creator; never by guessing."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.models import Asset, Creator

from .cells import Problems
from .sheets import Sheet, Sheets


def match(session: Session, sheets: Sheets) -> dict[str, str]:
    """Return the hub's id for each asset that a grant of the sheets names.

    An asset matches whose id is the one of the sheet; else whose file name is the sheet's `file_name`, or the sheet's
    id with any ending (`AS0001.jpg`). Where the hub knows its creator, that is the sheet's.

    Raises:
        Invalid: an asset is not there, there twice, or by somebody else; all such are named.
    """
    wanted = {line.asset: sheets.assets[line.asset] for line in sheets.grants}
    places = {line.asset: line.place for line in reversed(sheets.grants)}
    found: dict[str, list[str]] = {}
    problems = Problems()
    names = {name: one.id for one in wanted.values() for name in _names(one)}
    for asset_id, file_name, handle in session.execute(_candidates(list(wanted), list(names))):
        for one in {asset_id, names.get(file_name.lower(), ""), names.get(_stem(file_name), "")} & wanted.keys():
            if handle is not None and handle != wanted[one].creator:
                words = f"{one} is by @{wanted[one].creator} in the sheet and by @{handle} in the hub."
                problems.add(places[one], "creator_handle", words)
            found.setdefault(one, []).append(asset_id)
    for one in sorted(wanted):
        ids = sorted(set(found.get(one, ())))
        if one in ids:
            found[one] = [one]
        elif len(ids) > 1:
            words = f"{one} could be {' or '.join(ids)}: give the id of the hub in the sheet."
            problems.add(places[one], "asset_id", words)
        elif not ids:
            words = f"{one} is not in the hub: take its file in first, as {one} with any ending."
            problems.add(places[one], "asset_id", words)
    problems.refuse()
    return {one: ids[0] for one, ids in found.items()}


def _candidates(ids: list[str], names: list[str]) -> Select[str, str, str]:
    stems = [Asset.file_name.ilike(f"{_escaped(name)}.%", escape="\\") for name in names if "." not in name]
    return (
        select(Asset.id, Asset.file_name, Creator.handle)
        .outerjoin(Creator, Creator.id == Asset.creator_id)
        .where(or_(Asset.id.in_(ids), func.lower(Asset.file_name).in_(names), *stems))
    )


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _names(sheet: Sheet) -> list[str]:
    given = [sheet.file_name] if sheet.file_name else [sheet.id]
    return [unicodedata.normalize("NFC", name).lower() for name in given]


def _stem(name: str) -> str:
    return PurePosixPath(name.lower()).stem
