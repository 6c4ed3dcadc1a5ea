"""Fields of campaigns as facets: which a search offers, and how their names are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.models import Campaign, CampaignField
from ugc_hub.search.documents import spelled
from ugc_hub.search.tree import And, Node, Term

from .facets import CUSTOM, OFFERED

COUNTED = ("choice", "yes_no")
"""Kinds of fields whose values are few."""
Asked = tuple[Node, Mapping[str, frozenset[str]]]
"""What a search is about: its query, and what is chosen."""
MOST = 20
"""Fields that are offered at most, the first that were defined."""


def expanded(session: Session, actor: Actor, names: Iterable[str], asked: Asked) -> tuple[str, ...]:
    """Return facets with `custom` replaced by the fields that it stands for.

    They are those of the campaigns that a search is about, by what is chosen or asked for, and those that are chosen.
    """
    found: list[str] = []
    for name in names:
        found += _offered(session, actor, asked) if name == OFFERED else [name]
    return tuple(dict.fromkeys(found))


def titles(session: Session, actor: Actor, names: Collection[str]) -> dict[str, str]:
    """Return how the names of fields are written, by facet; the plain ones for who may not see definitions."""
    fields = {name: name.removeprefix(CUSTOM) for name in names if name.startswith(CUSTOM)}
    known: dict[str, str] = {}
    if fields and may(actor, "field.view"):
        wanted = select(CampaignField.name).where(CampaignField.kind.in_(COUNTED)).order_by(CampaignField.id.desc())
        known = {CUSTOM + spelled(one): one for one in session.scalars(wanted)}
    return {name: known.get(name, field.replace("_", " ").capitalize()) for name, field in fields.items()}


def _offered(session: Session, actor: Actor, asked: Asked) -> list[str]:
    tree, chosen = asked
    fields = [name for name in chosen if name.startswith(CUSTOM)]
    campaigns = {spelled(name) for name in _campaigns(tree, chosen)}
    if not campaigns or not may(actor, "field.view"):
        return fields
    wanted = select(CampaignField.name, Campaign.name).join(Campaign, Campaign.id == CampaignField.campaign_id)
    rows = session.execute(wanted.where(CampaignField.kind.in_(COUNTED)).order_by(CampaignField.id))
    offered = dict.fromkeys(CUSTOM + spelled(field) for field, campaign in rows if spelled(campaign) in campaigns)
    return list(dict.fromkeys([*list(offered)[:MOST], *fields]))


def _campaigns(tree: Node, chosen: Mapping[str, frozenset[str]]) -> list[str]:
    """Names of the campaigns, one of which every hit is of."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    return [
        *chosen.get("campaign", ()),
        *(part.value for part in parts if isinstance(part, Term) and part.field == "campaign"),
    ]
