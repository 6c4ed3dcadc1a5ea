"""Grants from plain form to table: checked when they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import AgreementVersion, GrantAsset, GrantSupersession
from ugc_hub.models import Grant as GrantRow
from ugc_hub.rights import (
    DateRefused,
    Grant,
    Malformed,
    Milestones,
    Term,
    read_grant,
    standard,
    write_grant,
)

from .canonical import digest
from .changes import grants_changed
from .checking import check
from .form import REFERENCE
from .terms import term_of
from .tracking import said_of

BESIDE = frozenset({"id", "assets", "state", "starts_at", "ends_at", "perpetual", "evidence_ok", "revocations"})
"""Members of a grant's plain form that columns and tables keep, because they change or are looked up."""
STATES = ("draft", "pending", "active", "rejected", "suspended")
LAYERS = ("copyright", "likeness", "property", "music", "platform")
MEMBERS = frozenset(write_grant(Grant("", "permit"))) | {"window", "note"}
SEE = f"The form and its words are in {REFERENCE}."
CAPS = ("max_uses", "max_impressions", "max_spend_micros", "max_placements")
COUNTERS = frozenset(name.removeprefix("max_") for name in CAPS)


@dataclass(frozen=True)
class Draft:
    """A grant to be written.

    `plain` is the form of `rights.write_grant`; instead of `starts_at`, `ends_at` and `perpetual` it may hold `window`,
    a term in the contract's words (`trigger`, `start`, `count`, `unit`, `until`, `perpetual`, `zone`). `grantee` is the
    hub's own party where it is absent. `assets` `None` means every asset.
    """

    plain: Mapping[str, Any]
    assets: tuple[str, ...] | None = ()
    version_id: str | None = None
    milestones: Milestones = field(default_factory=Milestones)


def add(hub: Hub, session: Session, actor: Actor, draft: Draft) -> GrantRow:
    """Write one grant with its assets in the caller's transaction, and bring what depends on it up to date.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: a member has another type, a word is not in the vocabulary, the term cannot be told, or there is no
            such version of an agreement.
    """
    require(actor, "rights.edit")
    plain = {"grantee": [hub.settings.party], "state": "draft", **draft.plain}
    grant, term = _check(hub, plain, draft)
    if draft.version_id is not None and session.get(AgreementVersion, draft.version_id) is None:
        raise Invalid("There is no such version of an agreement.", extra={"field": "version_id"})
    row = _row(hub, actor, grant=grant, plain=plain)
    row.version_id, row.reach = draft.version_id, "all" if draft.assets is None else "assets"
    row.starts_at, row.ends_at, row.perpetual = term.starts_at, term.ends_at, term.perpetual
    session.add(row)
    session.flush()
    session.add_all(GrantAsset(grant_id=row.id, asset_id=asset) for asset in dict.fromkeys(draft.assets or ()))
    session.add_all(GrantSupersession(newer_id=row.id, older_id=older) for older in sorted(grant.supersedes))
    session.flush()
    record(session, hub.now(), "grant.added", row.id, actor=actor.user_id, **said_of(session, row))
    grants_changed(hub, session, [row.id])
    return row


def looked_at(hub: Hub, plain: Mapping[str, Any]) -> Grant:
    """Return the grant that a plain form describes, as `add` would read it, without writing anything.

    Raises:
        Invalid: as `add`.
    """
    grant, term = _check(hub, {"grantee": [hub.settings.party], "state": "draft", **plain}, Draft(plain))
    return replace(grant, starts_at=term.starts_at, ends_at=term.ends_at, perpetual=term.perpetual)


def _row(hub: Hub, actor: Actor, *, grant: Grant, plain: Mapping[str, Any]) -> GrantRow:
    body = _body(grant, plain)
    return GrantRow(
        id=hub.new_id("grt"),
        created_at=hub.now(),
        effect=grant.effect,
        layer=grant.layer,
        subject=grant.subject,
        state=grant.state,
        body=body,
        content_hash=digest(body),
        evidence_ok=grant.evidence_ok,
        revoked=False,
        counters={name: count for name, count in grant.counters.items() if count is not None},
        created_by=actor.user_id,
        note=str(plain.get("note") or ""),
    )


def _check(hub: Hub, plain: dict[str, Any], draft: Draft) -> tuple[Grant, Term]:
    unknown = sorted(set(plain) - MEMBERS - set(CAPS) - COUNTERS)
    if unknown:
        raise Invalid(f"A grant has no member {', '.join(unknown)}. {SEE}", extra={"field": unknown[0]})
    check(plain)
    try:
        grant = read_grant({**plain, "id": "new", "assets": list(draft.assets or ()) or None})
        term = term_of(plain, replace(draft.milestones, signed_at=grant.signed_at), hub.now())
    except Malformed as error:
        raise Invalid(f"The grant's {error.field} cannot be read. {SEE}", extra={"field": error.field}) from error
    except DateRefused as error:
        raise Invalid(str(error), extra={"field": "window"}) from error
    _known("effect", grant.effect, ("permit", "prohibit"))
    _known("layer", grant.layer, LAYERS)
    _known("state", grant.state, STATES)
    _words(plain)
    if not 0 <= grant.evidence_level <= 4:
        raise Invalid("An evidence level is a number from 0 to 4.", extra={"field": "evidence_level"})
    if term.starts_at and term.ends_at and term.ends_at <= term.starts_at:
        raise Invalid("The grant would end before it starts.", extra={"field": "ends_at"})
    if grant.permits and grant.layer in ("likeness", "property") and not grant.subject:
        raise Invalid("Say which person or property the release is about.", extra={"field": "subject"})
    return grant, term


def _words(plain: Mapping[str, Any]) -> None:
    """Refuse what the vocabulary does not know, as it was written: `UK` must not look like a place."""
    for member in ("channels", "edits", "territories", "exclude_territories"):
        dimension = "territories" if member == "exclude_territories" else member
        given = plain.get(member) or ()
        wrong = standard().unknown(dimension, frozenset([given] if isinstance(given, str) else given))
        if wrong:
            words = f"The vocabulary does not know {', '.join(wrong)} ({member}). {SEE}"
            raise Invalid(words, extra={"field": member})


def _known(member: str, value: str, words: Sequence[str]) -> None:
    if value not in words:
        raise Invalid(f"The {member} of a grant is one of {', '.join(words)}.", extra={"field": member})


def _body(grant: Grant, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was agreed; the dates as they were written, because a window is not yet an instant."""
    kept = {name: value for name, value in write_grant(grant).items() if name not in BESIDE | COUNTERS}
    dates = {name: plain.get(name) for name in ("starts_at", "ends_at", "perpetual")}
    said = {"window": dict(plain["window"])} if plain.get("window") else {"term": dates}
    places = {"territories_as_written": sorted(plain.get("territories") or ())}
    return {**kept, **said, **places}


def plain_of(row: GrantRow) -> dict[str, Any]:
    """Return what was agreed in the form that `Draft.plain` takes, so that a new version can be made of it."""
    kept = {name: value for name, value in row.body.items() if name not in ("term", "territories_as_written")}
    dates = row.body.get("term") or {}
    counted = {name: row.counters.get(name) for name in COUNTERS if f"max_{name}" in kept}
    return {
        **kept,
        **{name: value for name, value in dates.items() if value is not None},
        "territories": row.body.get("territories_as_written") or kept.get("territories"),
        "state": row.state,
        "evidence_ok": row.evidence_ok,
        **counted,
    }


def limits_of(row: GrantRow) -> list[dict[str, Any]]:
    """Return each cap of a grant with what was used of it; None where nobody knows."""
    return [
        {"name": name.removeprefix("max_"), "cap": row.body[name], "used": row.counters.get(name.removeprefix("max_"))}
        for name in CAPS
        if row.body.get(name) is not None
    ]
