"""Takes in the grants of a campaign's sheets: agreements, proofs, grants of each layer, what is known of assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import AgreementVersion, Asset, Creator, Evidence, Grant
from ugc_hub.rights import day_begins

from .agreements import Agreed, agree, keep_text
from .canonical import canonical, digest
from .evidence import Proof, attach
from .facts import row_of, set_status
from .grants import Draft, add
from .known import Known, make_known
from .matching import match
from .revoking import Withdrawal, revoke
from .sheets import Line, Sheet, Sheets

STATEMENTS = ("reviewed", "no-property", "platform-authorised")


@dataclass(frozen=True)
class Stated:
    """What the sheets do not say, and whoever imports them states instead; nothing of it is assumed."""

    reviewed: bool = False
    """The assets were looked at and may be opened for use."""
    no_property: bool = False
    """No private property or work of art can be recognised in any of them."""
    platform_authorised: bool = False
    """Where the contract allows ads from the creator's handle, the creator has allowed them on the platform too."""
    evidence_level: int = 2
    """How firmly the creators agreed, where the sheet names a signature and an evidence; see the vocabulary."""


@dataclass
class Imported:
    """What an import did."""

    agreements: int = 0
    grants: int = 0
    revoked: int = 0
    unchanged: int = 0
    """Rows that were imported before, as they are."""
    assets: dict[str, str] = field(default_factory=dict)
    """Id in the sheet to id in the hub."""


def import_sheets(hub: Hub, actor: Actor, sheets: Sheets, stated: Stated | None = None) -> Imported:
    """Write all of the sheets, or nothing of them; rows that were imported before change nothing.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: an asset is not found in the hub, or found twice.
        Conflict: a grant of this id was imported with other terms.
    """
    require(actor, "rights.edit")
    said = stated or Stated()
    for line in sheets.grants:
        keep_text(hub, _text(line))
    done = Imported()
    with hub.database.write() as session:
        hub.database.serialise(session, "import:sheets")
        done.assets = match(session, sheets)
        assets = {one.id: one for one in session.scalars(select(Asset).where(Asset.id.in_(done.assets.values())))}
        before = _imported(session, sheets)
        written: dict[str, list[str]] = {}
        for line in _ordered(sheets.grants):
            asset = assets[done.assets[line.asset]]
            sheet = sheets.assets[line.asset]
            known = make_known(hub, session, actor, asset=asset, told=(sheet, line, sheets), property_=said.no_property)
            if said.reviewed:
                _open(hub, session, actor, asset.id)
            older = before.get(line.id)
            if older is not None:
                written[line.id] = older.grants
                _again(hub, session, actor, line=line, older=older, done=done)
                continue
            task = _Task(hub, session, actor, said, line, sheet, asset, known, tuple(written.get(line.supersedes, ())))
            written[line.id] = _written(task)
            done.agreements += 1
            done.grants += len(written[line.id])
            done.revoked += line.revoked_on is not None
        details = {"agreements": done.agreements, "grants": done.grants, "revoked": done.revoked}
        record(session, hub.now(), "sheets.imported", "rights", actor=actor.user_id, **details)
    return done


_COLUMNS = {"window": "valid_until", "channels": "channels", "territories": "territories", "edits": "edits_allowed"}
"""Members of a grant with the column that they come from."""


def _written(task: _Task) -> list[str]:
    try:
        return task.write()
    except Invalid as error:
        column = _COLUMNS.get(str(error.extra.get("field")), "-")
        problem = f"{task.line.place}, column {column}: {error.message}"
        raise Invalid(problem, code="sheet_refused", extra={"problems": [problem]}) from error


@dataclass(frozen=True)
class _Before:
    """A row that was imported earlier."""

    cells: Mapping[str, str]
    grants: list[str]


def source_of(grant_id: str) -> str:
    """Return what the proof of an imported grant names as its source."""
    return f"urn:sheet:grant:{grant_id}"


def _text(line: Line) -> str:
    """The row in words, as the text of the agreement: column by column."""
    return "\n".join(f"{column}: {value}" for column, value in line.raw.items())


def _imported(session: Session, sheets: Sheets) -> dict[str, _Before]:
    sources = {source_of(line.id): line.id for line in sheets.grants}
    rows = session.scalars(select(Evidence).where(Evidence.source_url.in_(sources)).order_by(Evidence.id))
    found: dict[str, _Before] = {}
    hashes = {digest(dict(line.raw)): line.raw for line in sheets.grants}
    for row in rows:
        one = found.setdefault(sources[row.source_url], _Before(hashes.get(row.sha256, {}), []))
        one.grants.append(row.grant_id)
    return found


def _ordered(lines: tuple[Line, ...]) -> list[Line]:
    """Older versions before those that take their place."""
    by_id = {line.id: line for line in lines}
    order = TopologicalSorter({line.id: {line.supersedes} - {""} for line in lines}).static_order()
    return [by_id[one] for one in order]


def _open(hub: Hub, session: Session, actor: Actor, asset_id: str) -> None:
    if row_of(hub, session, asset_id).status == "pending_review":
        set_status(hub, session, actor, asset_id=asset_id, status="active", note="Reviewed, as the import states.")


def _again(hub: Hub, session: Session, actor: Actor, *, line: Line, older: _Before, done: Imported) -> None:
    """What an import does with a row whose grant is there already: nothing, or end it where the sheet now says so."""
    if older.cells:
        done.unchanged += 1
        return
    rows = session.scalars(select(Grant).where(Grant.id.in_(older.grants))).all()
    if line.revoked_on is None or any(row.revoked for row in rows):
        raise Conflict(
            f"{line.place}, column grant_id: {line.id} was imported with other terms. "
            "Give the new terms as a new grant that supersedes it.",
            extra={"grant": line.id},
        )
    for row in rows:
        _end(hub, session, actor, line=line, grant_id=row.id)
    done.revoked += 1


def _end(hub: Hub, session: Session, actor: Actor, *, line: Line, grant_id: str) -> None:
    at = day_begins(line.revoked_on, line.zone) if line.revoked_on else None
    note = f"As the sheet says of {line.id}."
    revoke(hub, session, actor, grant_id=grant_id, withdrawal=Withdrawal("contract_notice", requested_at=at, note=note))


@dataclass(frozen=True)
class _Task:
    """One row on its way into the database."""

    hub: Hub
    session: Session
    actor: Actor
    said: Stated
    line: Line
    sheet: Sheet
    asset: Asset
    known: Known
    older: tuple[str, ...]

    def write(self) -> list[str]:
        """Write agreement, grants of all layers, proofs and revocation; return the ids of the grants."""
        version = self._agreement()
        proof = Proof(
            "imported_row", canonical(dict(self.line.raw)), "application/json", source_of(self.line.id), by_hub=True
        )
        ids = []
        for plain in self._layers():
            row = add(self.hub, self.session, self.actor, Draft(plain, (self.asset.id,), version.id))
            attach(self.hub, self.session, self.actor, grant_id=row.id, proof=proof)
            if self.line.revoked_on is not None:
                _end(self.hub, self.session, self.actor, line=self.line, grant_id=row.id)
            ids.append(row.id)
        return ids

    def _agreement(self) -> AgreementVersion:
        creator = self.session.scalars(select(Creator.id).where(Creator.handle == self.line.creator)).first()
        agreed = Agreed(
            "licence",
            f"{self.line.id}, imported",
            creator_id=creator,
            licensor=f"@{self.line.creator}",
            zone=self.line.zone,
            revocable="any_time",
            text_sha256=keep_text(self.hub, _text(self.line)),
            signed_at=self._signed(),
            signed_by_role="creator",
        )
        return agree(self.hub, self.session, self.actor, agreed)

    def _signed(self) -> datetime | None:
        return day_begins(self.line.signed_on, self.line.zone) if self.line.signed_on else None

    def _layers(self) -> list[dict[str, Any]]:
        line = self.line
        channels = [*line.channels, *(["allowlisted_ads"] if line.partnership_ads else [])]
        shared = self._shared()
        duties = [{"duty": "credit", "text": line.credit}] if line.credit else []
        layers = [{**shared, "layer": "copyright", "channels": channels, "duties": duties}]
        for subject in self.known.released(line.release):
            layers.append({**shared, "layer": "likeness", "subject": subject, "channels": channels, "supersedes": []})
        if self.known.track and line.music_cleared != "no":
            reach = channels if line.music_cleared == "yes" else [one for one in channels if one == "organic_social"]
            music = {**shared, "layer": "music", "subject": self.known.track, "channels": reach, "supersedes": []}
            layers += [music] if reach else []
        if line.partnership_ads and self.said.platform_authorised:
            layers.append({**shared, "layer": "platform", "channels": ["allowlisted_ads"], "supersedes": []})
        return layers

    def _shared(self) -> dict[str, Any]:
        line = self.line
        window: dict[str, Any] = {"trigger": "date", "start": line.starts_on.isoformat(), "zone": line.zone}
        window |= {"until": line.until.isoformat()} if line.until else {"perpetual": True}
        signed = self._signed()
        return {
            "effect": "permit",
            "state": line.state,
            "territories": list(line.territories),
            "edits": list(line.edits),
            "products": ["*"],
            "window": window,
            "evidence_level": self.said.evidence_level if line.proven else 0,
            "signed_at": signed and signed.isoformat(),
            "signed_by_role": "creator",
            "supersedes": list(self.older),
        }
