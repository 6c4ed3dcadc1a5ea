"""The rights of an asset: what is known of it, its state, and answers to questions of use."""

from __future__ import annotations

from typing import Any

from ugc_hub import licensing
from ugc_hub.licensing import panel
from ugc_hub.licensing.missing import in_trash, trashed, with_trash
from ugc_hub.licensing.wording import words_for
from ugc_hub.rights import Decision, write_decision
from ugc_hub.web.context import allowed, changing, the_hub

from .blueprint import blueprint, body, described, gives
from .legal import AnswersAsk, DecisionAsk, DecisionOut, RightsOut, StatusAsk


def _rights(asset_id: str) -> dict[str, Any]:
    hub, actor = the_hub(), allowed("rights.view")
    with hub.database.read() as session:
        return panel.rights_of(hub, session, actor, asset_id)


@blueprint.get("/assets/<asset_id>/rights")
@gives(RightsOut)
@described("Rights", "What is known of an asset, and its grants")
def see_rights(asset_id: str) -> dict[str, Any]:
    """Return the state of an asset, the answers to the questions on it, and its grants."""
    return _rights(asset_id)


@blueprint.put("/assets/<asset_id>/rights")
@body(AnswersAsk)
@gives(RightsOut)
@described("Rights", "Answer questions on an asset")
def answer_rights(asset_id: str, body: AnswersAsk) -> dict[str, Any]:
    """Keep the answers that are given; the others stay."""
    with changing("rights.edit") as (hub, session, actor):
        panel.asset_of(session, actor, asset_id)
        licensing.answer(hub, session, actor, asset_id=asset_id, answers=body.given())
    return _rights(asset_id)


@blueprint.put("/assets/<asset_id>/rights/status")
@body(StatusAsk)
@gives(RightsOut)
@described("Rights", "Open an asset for use, or close it")
def set_rights_status(asset_id: str, body: StatusAsk) -> dict[str, Any]:
    """Approve an asset, put it on hold or take it down. A legal order is for those who deal with them."""
    with changing("rights.edit") as (hub, session, actor):
        panel.asset_of(session, actor, asset_id)
        licensing.set_status(hub, session, actor, asset_id=asset_id, **body.model_dump())
    return _rights(asset_id)


@blueprint.post("/assets/<asset_id>/decisions")
@body(DecisionAsk)
@gives(DecisionOut)
@described("Rights", "Ask whether a use is allowed")
def ask_decision(asset_id: str, body: DecisionAsk) -> dict[str, Any]:
    """Answer with all reasons or all duties, by territory; kept only where it is handed out."""
    hub, actor = the_hub(), allowed("rights.view")
    plain: dict[str, Any] = body.model_dump(exclude={"hand_out"})
    plain |= {name: frozenset(plain[name]) for name in ("edits", "products", "parties")}
    plain |= {name: tuple(plain[name]) for name in ("territories", "ingredients")}
    use = licensing.bounded(hub, actor, licensing.Use(**plain))
    if not body.hand_out:
        with hub.database.read() as session:
            panel.asset_of(session, actor, asset_id)
            return _told(use, with_trash(session, asset_id, licensing.ask(hub, session, asset_id, use)))
    with hub.database.write() as session:
        panel.asset_of(session, actor, asset_id)
        if gone := trashed(session, [asset_id]):
            raise in_trash(asset_id, gone[asset_id])
        kept = licensing.keep(hub, session, actor, asset_id=asset_id, use=use)
    return {**_told(use, kept.decision), "decision_id": kept.id}


def _told(use: licensing.Use, decision: Decision) -> dict[str, Any]:
    """Return an answer with its codes, and the names of the codes for people."""
    places = {*use.territories, *decision.territory_decisions}
    return {**write_decision(decision), "words": words_for(use.channel, use.edits, places)}
