"""The library: find assets, look at one, describe it, hand out its files."""

from .edit import FocalPoint, edit
from .files import FileOut, linked_preview, preview_file, take_original
from .find import Page, Query, find
from .view import AssetView, Link, get

__all__ = [
    "AssetView",
    "FileOut",
    "FocalPoint",
    "Link",
    "Page",
    "Query",
    "edit",
    "find",
    "get",
    "linked_preview",
    "preview_file",
    "take_original",
]
