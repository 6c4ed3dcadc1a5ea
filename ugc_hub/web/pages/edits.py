"""Edits of many assets at once, their results, and the trash."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import accounts, catalog
from ugc_hub.catalog import Change, Query
from ugc_hub.errors import Conflict
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done, words_of

from .blueprint import blueprint
from .choosing import selection

PAGE_SIZE = 48
FIELDS = {
    "tags": "Tags",
    "title": "Title",
    "description": "Description",
    "language": "Language",
    "campaign": "Campaign",
    "creator": "Creator",
    "fields": "Fields",
    "trash": "Trash",
}


def _change() -> Change:
    """Read what is to be changed: a text field counts where its box is ticked, so that it can be emptied as well."""
    form = request.form
    texts = {
        name: form.get(name, "")
        for name in FIELDS
        if name not in ("tags", "fields", "trash") and form.get(f"set-{name}")
    }
    return Change(
        add_tags=tuple(words_of(form.get("add_tags", ""))),
        remove_tags=tuple(words_of(form.get("remove_tags", ""))),
        trash={"in": True, "out": False}.get(form.get("trash", "")),
        fields={form.get("field", ""): form.get("value", "")} if form.get("set-value") else {},
        live_too=form.get("live_too") == "1",
        **texts,
    )


@blueprint.post("/edits")
def make_edit() -> str | BaseResponse:
    """Carry out an edit; where it would trash what is in use, ask first."""
    hub, actor = the_hub(), allowed("asset.edit")
    try:
        made = catalog.edit_many(hub, actor, selection(), _change())
    except Conflict as problem:
        if problem.code != "live_uses":
            raise
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf"]
        return render_template("pages/trash-live.html", live=problem.extra["live"], fields=fields)
    return done("pages.edit", edit_id=made.id)


@blueprint.get("/edits")
def edits() -> str:
    """List the latest edits."""
    hub, actor = the_hub(), allowed("asset.edit")
    rows = catalog.list_edits(hub, actor)
    return render_template("pages/edits.html", rows=rows, names=_names(), words=FIELDS)


def _names() -> dict[str, str]:
    return {user.id: user.name or user.email for user in accounts.list_users(the_hub())}


@blueprint.get("/edits/<edit_id>")
def edit(edit_id: str) -> str:
    """Show what an edit changed, and let it be undone."""
    one = catalog.get_edit(the_hub(), allowed("asset.edit"), edit_id)
    return render_template("pages/edit.html", one=one, names=_names(), words=FIELDS)


@blueprint.post("/edits/<edit_id>/undo")
def undo_edit(edit_id: str) -> BaseResponse:
    """Bring back what was there before."""
    catalog.undo(the_hub(), allowed("asset.edit"), edit_id)
    return done("pages.edit", edit_id=edit_id)


@blueprint.get("/trash")
def trash() -> str:
    """Show what lies in the trash, and when it is erased."""
    hub, actor = the_hub(), allowed("asset.edit")
    query = Query(cursor=request.args.get("cursor") or None, limit=PAGE_SIZE, trash=True)
    page = catalog.find(hub, actor, query)
    older = url_for("pages.trash", cursor=page.next_cursor) if page.next_cursor else ""
    total = catalog.count(hub, actor, query)
    return render_template("pages/trash.html", page=page, older=older, total=total, days=hub.settings.trash_days)
