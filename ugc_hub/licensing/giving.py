"""Grants as doors give them: with the words that were signed, and the proof that puts them into force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Grant
from ugc_hub.rights import Malformed, read_instant

from .agreements import Agreed, agree, keep_text
from .changes import grants_changed
from .evidence import Proof, attach, keep_proof
from .grants import Draft
from .halving import common
from .panel import shown_grants
from .versions import Change, set_state, supersede, write

_MEMBERS = {"grant", "assets", "agreement", "text", "version_id"}
_SET_BY_HUB = ("evidence_ok", "supersedes", "revocations", "id")


@dataclass(frozen=True)
class Given:
    """A grant to be given: its plain form, its assets (None: all), and the agreement with its text."""

    plain: Mapping[str, Any]
    assets: tuple[str, ...] | None = ()
    agreed: Agreed | None = None
    text: str = ""
    version_id: str | None = None

    @staticmethod
    def of(plain: Mapping[str, Any]) -> Given:
        """Read the JSON form: `grant`, `assets`, and `agreement` with `text` or the id of a version.

        Raises:
            Invalid: there are other members, or one has another type.
        """
        unknown = sorted(set(plain) - _MEMBERS)
        if unknown:
            raise Invalid(f"There is no member {', '.join(unknown)} here.", extra={"field": unknown[0]})
        grant, assets, agreement = plain.get("grant"), plain.get("assets"), plain.get("agreement")
        if not isinstance(grant, Mapping):
            raise Invalid("Say in `grant` what is granted.", extra={"field": "grant"})
        if assets is not None and not (isinstance(assets, list) and all(isinstance(one, str) for one in assets)):
            raise Invalid("`assets` is a list of ids, or null for all assets.", extra={"field": "assets"})
        if "assets" not in plain or (isinstance(assets, list) and not assets and not agreement):
            raise Invalid("Name the assets.", extra={"field": "assets"})
        for name in ("text", "version_id"):
            if not isinstance(plain.get(name), str | None):
                raise Invalid(f"`{name}` is a text.", extra={"field": name})
        return Given(
            grant,
            None if assets is None else tuple(assets),
            agreed_of(agreement) if agreement else None,
            str(plain.get("text") or ""),
            plain.get("version_id"),
        )


def agreed_of(plain: Any) -> Agreed:
    """Read an agreement of its JSON form: the members of `Agreed`, instants as text.

    Raises:
        Invalid: there are other members, or one has another type.
    """
    known = set(Agreed.__dataclass_fields__) - {"text_sha256"}
    if not isinstance(plain, Mapping) or set(plain) - known or not isinstance(plain.get("kind"), str):
        raise Invalid(f"An agreement has {', '.join(sorted(known))}.", extra={"field": "agreement"})
    try:
        return Agreed(**{**plain, "signed_at": read_instant(plain.get("signed_at"), "signed_at")})
    except Malformed as error:
        raise Invalid("The agreement's signed_at is no instant.", extra={"field": "agreement"}) from error


def checked(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain form without what only the hub says of a grant.

    Raises:
        Invalid: it says so itself that it is proven, or what it replaces.
    """
    said = [name for name in _SET_BY_HUB if plain.get(name)]
    if said:
        raise Invalid(f"{', '.join(said)} follow from proofs and versions; leave them out.", extra={"field": said[0]})
    return {name: value for name, value in plain.items() if name not in _SET_BY_HUB}


def _state(plain: Mapping[str, Any], proof: Proof | None) -> str:
    """The state in which a grant is written: a permission waits for its proof, a prohibition needs none."""
    asked = str(plain.get("state") or "active")
    needs = plain.get("effect") == "permit" and asked == "active"
    return "pending" if needs and proof is None else asked


def give(hub: Hub, actor: Actor, given: Given, proof: Proof | None = None) -> list[dict[str, Any]]:
    """Write a grant with its agreement and its proof; a permission without a proof is `pending` until it has one.

    Returns the grants as `panel` shows them; several where the term begins with something that happens to an asset.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: as `licensing.add`.
    """
    require(actor, "rights.edit")
    plain = checked(given.plain)
    text = keep_text(hub, given.text) if given.text else None
    if proof is not None:
        keep_proof(hub, proof)
    plain["state"] = _state(plain, proof)
    with hub.database.write() as session:
        version = given.version_id
        if given.agreed is not None:
            version = agree(hub, session, actor, replace(given.agreed, text_sha256=text)).id
        rows = write(hub, session, actor, Draft(plain, given.assets, version))
        for row in rows if proof else ():
            attach(hub, session, actor, grant_id=row.id, proof=proof)  # type: ignore[arg-type]
            if row.effect == "permit" and not row.evidence_ok and row.state == "active":
                row.state = "pending"
                record(session, hub.now(), "grant.pending", row.id, actor=actor.user_id)
        session.flush()
        if proof is not None:
            grants_changed(hub, session, [row.id for row in rows])
        return shown_grants(hub, session, [row.id for row in rows])


def renew(
    hub: Hub, actor: Actor, *, grant_id: str, change: Mapping[str, Any], proof: Proof | None = None
) -> list[dict[str, Any]]:
    """Write a new version of a grant; where it allows more and nothing proves it, it is `pending`.

    `change` holds the members that differ, and `text` where there is a new wording.

    Raises:
        Forbidden, Invalid, NotFound, Conflict: as `licensing.supersede`.
    """
    require(actor, "rights.edit")
    text = str(change.get("text") or "")
    plain = checked({name: value for name, value in change.items() if name not in ("text", "signed_at")})
    sha256 = keep_text(hub, text) if text else None
    if proof is not None:
        keep_proof(hub, proof)
    with hub.database.write() as session:
        wanted = Change(plain, sha256, read_instant(change.get("signed_at"), "signed_at"))
        return shown_grants(hub, session, _renew(hub, session, actor, change=(grant_id, wanted), proof=proof))


def _renew(
    hub: Hub, session: Session, actor: Actor, *, change: tuple[str, Change], proof: Proof | None = None
) -> list[str]:
    first = [change[0]] if proof is not None else _narrowed(hub, session, actor, change=change)
    rows = [row for one in first for row in supersede(hub, session, actor, grant_id=one, change=change[1])]
    for row in rows:
        if proof is not None:
            attach(hub, session, actor, grant_id=row.id, proof=proof)
        if row.effect == "permit" and not row.evidence_ok and row.state == "active":
            row.state = "pending"
            record(session, hub.now(), "grant.pending", row.id, actor=actor.user_id)
    session.flush()
    grants_changed(hub, session, [row.id for row in rows])
    return [row.id for row in rows]


def _narrowed(hub: Hub, session: Session, actor: Actor, *, change: tuple[str, Change]) -> list[str]:
    """Take away at once what a change takes away, where it also adds something that has to be proven first.

    Returns the grants that the whole change is a version of: those with what is left, or the old one.
    """
    hub.database.serialise(session, f"grant:{change[0]}")
    old = session.get(Grant, change[0], populate_existing=True)
    if old is None or old.effect != "permit" or old.state != "active" or not old.evidence_ok or old.revoked:
        return [change[0]]
    left = common(hub, session, old, change[1].plain)
    if left is None:
        return [old.id]
    rows = supersede(hub, session, actor, grant_id=old.id, change=Change(left))
    return [row.id for row in rows]


def renew_all(hub: Hub, actor: Actor, *, grant_ids: Sequence[str], change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the same change as a new version of several grants, of all of them or of none; see `renew`.

    Raises:
        Forbidden, Invalid, NotFound, Conflict: as `licensing.supersede`.
    """
    require(actor, "rights.edit")
    wanted = Change(checked(change))
    with hub.database.write() as session:
        ids = [_renew(hub, session, actor, change=(one, wanted)) for one in grant_ids]
        return shown_grants(hub, session, [one for some in ids for one in some])


def prove(hub: Hub, actor: Actor, *, grant_id: str, proof: Proof, activate: bool = False) -> str:
    """Keep a proof of a grant and return its id; with `activate` the grant is put into force once its proofs suffice.

    Raises:
        Forbidden, Invalid, NotFound, Conflict: as `licensing.attach` and `licensing.set_state`.
    """
    require(actor, "rights.edit")
    keep_proof(hub, proof)
    with hub.database.write() as session:
        row = attach(hub, session, actor, grant_id=grant_id, proof=proof)
        session.flush()
        # A level may take two files; the first of them is kept, and the second puts the grant into force.
        if activate and session.get_one(Grant, grant_id).evidence_ok:
            set_state(hub, session, actor, grant_id=grant_id, state="active")
        return row.id
