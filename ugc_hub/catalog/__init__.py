"""The library: find assets, look at one, describe it, hand out its files."""

from .edit import FocalPoint, edit
from .files import FileOut, original_file, preview_file
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
    "original_file",
    "preview_file",
]
