"""The library: find assets, look at one, describe it, hand out its files."""

from .completing import Suggestion, complete
from .describing import Description, describe
from .edit import FocalPoint, edit
from .editing import Change, EditView, Selection, forget_edits, get_edit, list_edits, undo
from .editing import edit as edit_many
from .facets import FACETS, Count
from .files import FileOut, linked_preview, preview_file, take_original
from .find import KINDS, Page, Query, count, find
from .merging import merge, remove, rename, set_synonyms
from .search import SORTS, Found, FoundAsset, Search, search
from .similar import BY, Similar, similar
from .tags import TagView, get_tag, list_tags, suggest, tag, tag_named
from .view import AssetView, Link, get
from .words import tags_of

__all__ = [
    "BY",
    "FACETS",
    "KINDS",
    "SORTS",
    "AssetView",
    "Change",
    "Count",
    "Description",
    "EditView",
    "FileOut",
    "FocalPoint",
    "Found",
    "FoundAsset",
    "Link",
    "Page",
    "Query",
    "Search",
    "Selection",
    "Similar",
    "Suggestion",
    "TagView",
    "complete",
    "count",
    "describe",
    "edit",
    "edit_many",
    "find",
    "forget_edits",
    "get",
    "get_edit",
    "get_tag",
    "linked_preview",
    "list_edits",
    "list_tags",
    "merge",
    "preview_file",
    "remove",
    "rename",
    "search",
    "set_synonyms",
    "similar",
    "suggest",
    "tag",
    "tag_named",
    "tags_of",
    "take_original",
    "undo",
]
