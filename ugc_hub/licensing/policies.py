"""Agreements and assets as ODRL policies, for systems that read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Agreement, AgreementVersion, Grant, Usage
from ugc_hub.rights import Parties, policy, superseded

from .copies import copy_page
from .following import replaced
from .loading import grants_of, load_facts, situation
from .panel import asset_of

UNKNOWN = "unknown"


def policy_of_asset(hub: Hub, actor: Actor, asset_id: str) -> dict[str, Any]:
    """Return everything that holds for one asset as an ODRL Agreement in JSON-LD.

    Raises:
        NotFound, Forbidden: as `panel.asset_of`.
    """
    with hub.database.read() as session:
        asset = asset_of(session, actor, asset_id)
        rows = situation(session, [asset_id])
    now, facts = hub.now(), rows.facts.get(asset_id)
    gone = superseded(rows.grants, now)
    about = [
        grant
        for grant in rows.grants
        if (grant.assets is None or grant.assets & {asset_id, "*"}) and not (grant.permits and grant.id in gone)
    ]
    status = facts.status if facts else "pending_review"
    closed = {} if status == "active" else {asset_id: status}
    address = hub.settings.address
    parties = Parties(address, f"{address}/assets/{asset_id}", asset.creator_id or UNKNOWN, closed)
    return policy(about, parties, now)


def policy_of_agreement(hub: Hub, actor: Actor, agreement_id: str) -> dict[str, Any]:
    """Return what an agreement allows and forbids in all of its versions as an ODRL Agreement in JSON-LD.

    A version that changed one grant left the others in force; what gave way to a newer one is left out.

    Raises:
        NotFound: there is no such agreement.
    """
    require(actor, "rights.view")
    with hub.database.read() as session:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None:
            raise NotFound("There is no such agreement.")
        versions = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement_id)
        number = max((one.number for one in session.scalars(versions)), default=0)
        ids = session.scalars(
            select(Grant.id)
            .join(AgreementVersion, AgreementVersion.id == Grant.version_id)
            .where(AgreementVersion.agreement_id == agreement_id)
        ).all()
        gone, found = replaced(session, ids, hub.now()), grants_of(session, ids)
        named = {asset for grant in found if grant.permits for asset in grant.assets or ()} - {"*"}
        facts = load_facts(session, named)
    closed = {one.id: one.status for one in facts.values() if one.status != "active"}
    address = hub.settings.address
    giver = agreement.creator_id or agreement.person_id or UNKNOWN
    parties = Parties(address, f"{address}/agreements/{agreement_id}/v{number}", giver, closed)
    return policy([one for one in found if not (one.permits and one.id in gone)], parties, hub.now())


def mining_policy(hub: Hub, usage_id: str) -> dict[str, Any]:
    """Return what a copy that is out says of text and data mining, as TDMRep wants it (W3C CG report of 10 May 2024).

    It tells nobody who agreed to what: mining is offered to whoever obtains consent.

    Raises:
        NotFound: the hub knows no such copy.
    """
    with hub.database.read() as session:
        if session.get(Usage, usage_id) is None:
            raise NotFound("There is no such copy.")
    page = copy_page(hub, usage_id)
    return {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", {"tdm": "http://www.w3.org/ns/tdmrep#"}],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": mining_page(hub, usage_id),
        "assigner": {"uid": hub.settings.address},
        "permission": [{"target": page, "action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}],
    }


def mining_page(hub: Hub, usage_id: str) -> str:
    """Return the public address of `mining_policy`; it is what files and links name where mining is reserved."""
    return f"{copy_page(hub, usage_id)}/mining.jsonld"
