"""Tags for those who keep them in order, and the words about one asset."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub.accounts import may
from ugc_hub.catalog import Description
from ugc_hub.errors import HubError, Invalid
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done, words_of

from .blueprint import blueprint

PAGE_SIZE = 100


def _list(status: int = 200, problem: str = "", said: str = "") -> Response:
    hub, actor = the_hub(), allowed("tag.view")
    text, after = request.args.get("text", "").strip()[:100], request.args.get("after", "")[:100]
    found = catalog.list_tags(hub, actor, text=text, after=after, limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    older = url_for("pages.tags", text=text, after=rows[-1].name) if len(found) > PAGE_SIZE else ""
    # Removing a tag takes it from what lies in the trash as well: its button says of how many.
    losing = catalog.assets_with(hub, actor, [one.id for one in rows]) if may(actor, "tag.edit") else {}
    shown = {"losing": losing, "text": text, "after": after, "problem": problem, "said": said}
    return make_response(render_template("pages/tags.html", rows=rows, older=older, **shown), status)


@blueprint.get("/tags")
def tags() -> Response:
    """List tags with how often each is used."""
    return _list()


@blueprint.post("/tags/<tag_id>")
def change_tag(tag_id: str) -> BaseResponse:
    """Do what a button of the page says."""
    hub, actor, form = the_hub(), allowed("tag.edit"), request.form
    act, text = form.get("act", ""), form.get("name", "")
    try:
        if act == "rename":
            catalog.rename(hub, actor, tag_id, text)
        elif act == "synonyms":
            catalog.set_synonyms(hub, actor, tag_id, words_of(text))
        elif act == "merge":
            _merge(tag_id, text)
        elif act == "remove":
            catalog.remove(hub, actor, tag_id)
        else:
            raise Invalid("Choose what to do with the tag.")
    except HubError as error:
        if error.status in (401, 403, 404):
            raise
        return _list(error.status, error.message, tag_id)
    return done("pages.tags", text=request.args.get("text") or None)


def _merge(tag_id: str, name: str) -> None:
    hub, actor = the_hub(), allowed("tag.edit")
    into = catalog.tag_named(hub, actor, name)
    catalog.merge(hub, actor, tag_id, into=into.id)


@blueprint.post("/assets/<asset_id>/words")
def describe(asset_id: str) -> BaseResponse:
    """Keep title, description, language and tags of an asset."""
    form = request.form
    words = Description(
        form.get("title"), form.get("description"), form.get("language", ""), words_of(form.get("tags", ""))
    )
    catalog.describe(the_hub(), allowed("asset.edit"), asset_id, words)
    return done("pages.asset", asset_id=asset_id, _anchor="words")
