"""Agreements and assets as ODRL policies, for systems that read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Agreement, AgreementVersion, Asset, Grant
from ugc_hub.rights import Parties, policy

from .loading import grants_of, situation

UNKNOWN = "unknown"


def policy_of_asset(hub: Hub, actor: Actor, asset_id: str) -> dict[str, Any]:
    """Return everything that holds for one asset as an ODRL Agreement in JSON-LD.

    Raises:
        NotFound: there is no such asset.
    """
    require(actor, "rights.view")
    with hub.database.read() as session:
        asset = session.get(Asset, asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        rows = situation(session, [asset_id])
    about = [grant for grant in rows.grants if grant.assets is None or grant.assets & {asset_id, "*"}]
    address = hub.settings.address
    parties = Parties(address, f"{address}/assets/{asset_id}", asset.creator_id or UNKNOWN)
    return policy(about, parties, hub.now())


def policy_of_agreement(hub: Hub, actor: Actor, agreement_id: str) -> dict[str, Any]:
    """Return what the newest wording of an agreement allows and forbids as an ODRL Agreement in JSON-LD.

    Raises:
        NotFound: there is no such agreement.
    """
    require(actor, "rights.view")
    with hub.database.read() as session:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None:
            raise NotFound("There is no such agreement.")
        number = session.scalar(
            select(func.max(AgreementVersion.number)).where(AgreementVersion.agreement_id == agreement_id)
        )
        ids = session.scalars(
            select(Grant.id)
            .join(AgreementVersion, AgreementVersion.id == Grant.version_id)
            .where(AgreementVersion.agreement_id == agreement_id, AgreementVersion.number == number)
        ).all()
        found = grants_of(session, ids)
    address = hub.settings.address
    giver = agreement.creator_id or agreement.person_id or UNKNOWN
    parties = Parties(address, f"{address}/agreements/{agreement_id}/v{number or 0}", giver)
    return policy(found, parties, hub.now())
