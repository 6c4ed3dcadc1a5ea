"""What a sheet says of an asset itself: who is in it, what can be heard, how it was made, what the creator got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.creators import creator_by_handle
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetPerson, AssetRights, Person, Track

from .facts import answer, row_of
from .persons import PersonData, add_person, set_adult
from .sheets import Line, Sheet, Sheets

Told = tuple[Sheet, Line, Sheets]


@dataclass(frozen=True)
class Known:
    """The persons and the music of one asset, by their ids in the hub."""

    creator: str | None
    """The creator, where they can be recognised themselves."""
    others: tuple[str, ...]
    track: str | None

    def released(self, release: str) -> tuple[str, ...]:
        """Whom a release lets be shown; where none is needed, the creator's own licence is theirs."""
        creator = (self.creator,) if self.creator and release != "missing" else ()
        return (*creator, *(self.others if release == "on_file" else ()))


def make_known(hub: Hub, session: Session, actor: Actor, *, asset: Asset, told: Told, property_: bool) -> Known:
    """Answer the questions on an asset that nobody has answered yet; answers of people stay as they are."""
    sheet, line, _ = told
    row = row_of(hub, session, asset.id)
    answers: dict[str, Any] = {}
    if row.digital_source_type is None and sheet.source_type:
        answers["digital_source_type"] = sheet.source_type
    if row.compensation == "unknown":
        answers["compensation"] = line.compensation
    if row.property_state == "unknown" and property_:
        answers["properties"] = []
    answers |= _music(hub, session, row, sheet)
    if row.people_state == "unknown":
        answers["people"] = _people(hub, session, actor, told)
    if answers:
        answer(hub, session, actor, asset_id=asset.id, answers=answers)
    shown = select(Person.id, Person.creator_id).join(AssetPerson, AssetPerson.person_id == Person.id)
    people = session.execute(shown.where(AssetPerson.asset_id == asset.id).order_by(Person.id)).all()
    by = creator_by_handle(hub, session, sheet.creator).id
    return Known(
        creator=next((one.id for one in people if one.creator_id == by), None),
        others=tuple(one.id for one in people if one.creator_id != by),
        track=row.tracks[0] if row.music == "present" and row.tracks else None,
    )


def _music(hub: Hub, session: Session, row: AssetRights, sheet: Sheet) -> dict[str, Any]:
    if row.music != "unknown":
        return {}
    if sheet.music != "present":
        return {"music": sheet.music}
    track = Track(id=hub.new_id("trk"), created_at=hub.now(), title=f"Music in {sheet.id}", source=sheet.music_source)
    session.add(track)
    session.flush()
    return {"music": "present", "tracks": [track.id]}


def _people(hub: Hub, session: Session, actor: Actor, told: Told) -> list[str]:
    """Return the persons in an asset. "No minors" says that everybody is of age; "minors" does not say who is not."""
    sheet = told[0]
    found = []
    if "creator" in sheet.people:
        alone = "others" not in sheet.people
        adult = True if not sheet.minors else False if alone else None
        found.append(_creator(hub, session, actor, told, adult=adult))
    if "others" in sheet.people:
        data = PersonData(name=f"Others in {sheet.id}")
        found.append(add_person(hub, session, actor, data, is_adult=not sheet.minors).id)
    return found


def _creator(hub: Hub, session: Session, actor: Actor, told: Told, *, adult: bool | None) -> str:
    sheet, _, sheets = told
    creator = creator_by_handle(hub, session, sheet.creator)
    cells = sheets.creators.get(sheet.creator, {})
    name = (cells.get("name") or "").strip() or f"@{sheet.creator}"
    creator.display_name = creator.display_name or name[:200]
    person = session.scalars(select(Person).where(Person.creator_id == creator.id).order_by(Person.id)).first()
    if person is None:
        data = PersonData(name=name, email=cells.get("email") or "", country=cells.get("country") or "")
        return add_person(hub, session, actor, data, is_adult=adult, creator_id=creator.id).id
    if person.is_adult is None and adult is not None:
        set_adult(hub, session, actor, person_id=person.id, is_adult=adult)
    return person.id
