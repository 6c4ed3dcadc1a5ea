"""Rows of `test_roles` about words, tags, edits and the trash."""

from __future__ import annotations

ACTIONS = {
    "pages.make_edit": "asset.edit",
    "pages.edits": "asset.edit",
    "pages.edit": "asset.edit",
    "pages.undo_edit": "asset.edit",
    "pages.trash": "asset.edit",
    "api.make_edit": "asset.edit",
    "api.see_edit": "asset.edit",
    "api.undo_edit": "asset.edit",
    "pages.tags": "tag.view",
    "pages.change_tag": "tag.edit",
    "pages.describe": "asset.edit",
    "pages.set_niche": "creator.edit",
    "api.list_tags": "tag.view",
    "api.suggest_tags": "tag.view",
    "api.change_tag": "tag.edit",
    "api.merge_tag": "tag.edit",
    "api.remove_tag": "tag.edit",
}
QUERIES = {"api.suggest_tags": "?text=a"}
BODIES: dict[str, dict[str, object]] = {
    "api.make_edit": {"asset_ids": ["ast_0"], "title": "a"},
    "api.change_tag": {"name": "a"},
    "api.merge_tag": {"into": "tag_0"},
}
