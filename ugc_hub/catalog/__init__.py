"""The library: find assets, look at one, describe it, hand out its files."""

from .describing import Description, describe
from .edit import FocalPoint, edit
from .files import FileOut, linked_preview, preview_file, take_original
from .find import Page, Query, find
from .merging import merge, remove, rename, set_synonyms
from .tags import TagView, get_tag, list_tags, suggest, tag, tag_named
from .view import AssetView, Link, get
from .words import tags_of

__all__ = [
    "AssetView",
    "Description",
    "FileOut",
    "FocalPoint",
    "Link",
    "Page",
    "Query",
    "TagView",
    "describe",
    "edit",
    "find",
    "get",
    "get_tag",
    "linked_preview",
    "list_tags",
    "merge",
    "preview_file",
    "remove",
    "rename",
    "set_synonyms",
    "suggest",
    "tag",
    "tag_named",
    "tags_of",
    "take_original",
]
