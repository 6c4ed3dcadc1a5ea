"""Saved searches, what they found new, and the last searches of whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from ugc_hub import catalog
from ugc_hub.catalog import Question, SavedView, SearchChange
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .searches import SearchShape
from .shapes import Asked, Given

Alert = Literal["none", "hub", "mail"]
ALERT = "Whether its owner is told of new assets: in the list of searches, or by e-mail as well."
SHARED = "The house sees it too, but creators see none of others. Webhooks are told of shared searches only."


class SearchAsk(Asked):
    """A search to keep."""

    name: str = Field(max_length=200)
    question: SearchShape
    shared: bool = Field(default=False, description=SHARED)
    alert: Alert = Field(default="none", description=ALERT)


class SearchEdit(Asked):
    """What becomes of a saved search; what is left out stays. Another question begins its alert anew."""

    name: str | None = Field(default=None, max_length=200)
    question: SearchShape | None = None
    shared: bool | None = Field(default=None, description=SHARED)
    alert: Alert | None = None


class QuestionOut(Given):
    """What a search asks for."""

    q: str
    chosen: dict[str, list[str]]
    sort: str
    address: str = Field(description="The part behind `?` of `GET /api/v1/assets` and of the library.")


class SearchOut(Given):
    """A saved search."""

    id: str
    name: str
    question: QuestionOut
    shared: bool
    mine: bool
    owner: str
    created_at: datetime
    alert: Alert
    new: int | None = Field(description="Assets found since its owner looked; null where nobody is told.")
    problem: str = Field(description="Why its alert tells of nothing; empty where all is well.")


class SearchList(Given):
    """The caller's searches, then those that others share."""

    items: list[SearchOut]


class RecentList(Given):
    """The caller's last searches on the page of the library, each once, the latest first."""

    items: list[QuestionOut]


def _question(shape: SearchShape) -> Question:
    record = shape.record()
    return Question(record.text, record.chosen, record.sort)


def _asked(question: Question) -> dict[str, Any]:
    plain = {"q": question.text, "chosen": question.plain, "sort": question.sort}
    return {**plain, "address": question.address}


def _plain(view: SavedView) -> dict[str, Any]:
    return {**vars(view), "question": _asked(view.question)}


def _list() -> dict[str, Any]:
    return {"items": [_plain(one) for one in catalog.list_searches(the_hub(), allowed("asset.view"))]}


@blueprint.get("/searches")
@gives(SearchList)
@described("Searches", "List saved searches")
def list_searches() -> dict[str, Any]:
    """Return the caller's searches and those that are shared with the house."""
    return _list()


@blueprint.post("/searches")
@body(SearchAsk)
@gives(SearchOut, 201, "Saved")
@described("Searches", "Save a search")
def save_search(body: SearchAsk) -> dict[str, Any]:
    """Keep a search under a name that is new among the caller's."""
    hub, actor = the_hub(), allowed("asset.view")
    asked = _question(body.question)
    search_id = catalog.save(hub, actor, body.name, asked, shared=body.shared, alert=body.alert)
    return _plain(catalog.get_search(hub, actor, search_id))


@blueprint.get("/searches/recent")
@gives(RecentList)
@described("Searches", "List the last searches")
def list_recent_searches() -> dict[str, Any]:
    """Return up to 20 searches that the caller asked on the page of the library."""
    return {"items": [_asked(one) for one in catalog.recent(the_hub(), allowed("asset.view"))]}


@blueprint.delete("/searches/recent")
@gives(RecentList)
@described("Searches", "Forget the last searches")
def forget_recent_searches() -> dict[str, Any]:
    """Forget what the caller searched for; saved searches stay."""
    hub, actor = the_hub(), allowed("asset.view")
    catalog.forget_recent(hub, actor)
    return {"items": [_asked(one) for one in catalog.recent(hub, actor)]}


@blueprint.get("/searches/<search_id>")
@gives(SearchOut)
@described("Searches", "One saved search")
def see_search(search_id: str) -> dict[str, Any]:
    """Return what a saved search asks for, and how much it found since its owner looked."""
    return _plain(catalog.get_search(the_hub(), allowed("asset.view"), search_id))


@blueprint.patch("/searches/<search_id>")
@body(SearchEdit)
@gives(SearchOut)
@described("Searches", "Change a saved search")
def change_search(search_id: str, body: SearchEdit) -> dict[str, Any]:
    """Keep what is given; returns the search as it is now."""
    hub, actor = the_hub(), allowed("asset.view")
    asked = _question(body.question) if body.question is not None else None
    before = catalog.get_search(hub, actor, search_id)
    catalog.change_search(hub, actor, search_id, SearchChange(body.name, asked, body.shared, body.alert))
    # Whoever takes a search of others back from the house sees it no longer.
    seen = before.mine or body.shared is not False
    return _plain(catalog.get_search(hub, actor, search_id) if seen else replace(before, shared=False))


@blueprint.delete("/searches/<search_id>")
@gives(SearchList)
@described("Searches", "Remove a saved search")
def remove_search(search_id: str) -> dict[str, Any]:
    """Remove a search that the caller saved; returns those that are left."""
    catalog.remove_search(the_hub(), allowed("asset.view"), search_id)
    return _list()


@blueprint.post("/searches/<search_id>/looked")
@gives(SearchOut)
@described("Searches", "Say that what is new was looked at")
def looked_at_search(search_id: str) -> dict[str, Any]:
    """Count what is new from now on."""
    hub, actor = the_hub(), allowed("asset.view")
    catalog.looked(hub, actor, search_id)
    return _plain(catalog.get_search(hub, actor, search_id))
