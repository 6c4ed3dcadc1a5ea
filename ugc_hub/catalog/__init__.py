"""The library: find assets, look at one, describe it, hand out its files."""

from .captioned import cues_for
from .collected import CollectionPage, CollectionView, LiveQuery, asset_ids, look
from .collecting import (
    CollectionChange,
    change_collection,
    collection_named,
    collection_names,
    get_collection,
    list_collections,
    make_collection,
    remove_collection,
)
from .completing import Suggestion, complete
from .cueing import (
    CaptionView,
    add_captions,
    choose_captions,
    edit_captions,
    get_captions,
    list_captions,
    remove_captions,
)
from .describing import Description, describe
from .edit import FocalPoint, edit
from .editing import Change, EditView, forget_edits, get_edit, list_edits, undo
from .editing import edit as edit_many
from .facets import CUSTOM, FACETS, OFFERED, Count
from .fielding import (
    DefinedField,
    Definition,
    FieldChange,
    add_field,
    assets_of_fields,
    change_field,
    field_names,
    get_field,
    list_fields,
    remove_field,
)
from .fields import FieldView
from .files import SHEET, FileOut, SheetView, linked_preview, preview_file, sheet_of, shown_by_link, take_original
from .find import KINDS, Page, Query, count, find
from .merging import change as change_tag
from .merging import merge, remove, rename, set_synonyms
from .placing import Added, Move, collect, collect_as, move, take_out
from .questions import Question
from .remembering import forget_recent, recent, remember
from .saving import ALERTS, SavedView, SearchChange, get_search, list_searches, looked, news, save
from .saving import change as change_search
from .saving import remove as remove_search
from .search import Found, FoundAsset, search
from .selecting import Selection, hits, meant
from .sidecars import Sidecar, take_captions
from .similar import BY, Similar, similar
from .tags import TagView, assets_with, get_tag, list_tags, suggest, tag, tag_named
from .texts import TextView, set_text, texts
from .transcribing import TranscriptionView, ask_transcription, stop_transcription, transcription_of
from .using import channels_of
from .view import AssetView, Link, get
from .wanted import SORTS, Search

__all__ = [
    "ALERTS",
    "BY",
    "CUSTOM",
    "FACETS",
    "KINDS",
    "OFFERED",
    "SHEET",
    "SORTS",
    "Added",
    "AssetView",
    "CaptionView",
    "Change",
    "CollectionChange",
    "CollectionPage",
    "CollectionView",
    "Count",
    "DefinedField",
    "Definition",
    "Description",
    "EditView",
    "FieldChange",
    "FieldView",
    "FileOut",
    "FocalPoint",
    "Found",
    "FoundAsset",
    "Link",
    "LiveQuery",
    "Move",
    "Page",
    "Query",
    "Question",
    "SavedView",
    "Search",
    "SearchChange",
    "Selection",
    "SheetView",
    "Sidecar",
    "Similar",
    "Suggestion",
    "TagView",
    "TextView",
    "TranscriptionView",
    "add_captions",
    "add_field",
    "ask_transcription",
    "asset_ids",
    "assets_of_fields",
    "assets_with",
    "change_collection",
    "change_field",
    "change_search",
    "change_tag",
    "channels_of",
    "choose_captions",
    "collect",
    "collect_as",
    "collection_named",
    "collection_names",
    "complete",
    "count",
    "cues_for",
    "describe",
    "edit",
    "edit_captions",
    "edit_many",
    "field_names",
    "find",
    "forget_edits",
    "forget_recent",
    "get",
    "get_captions",
    "get_collection",
    "get_edit",
    "get_field",
    "get_search",
    "get_tag",
    "hits",
    "linked_preview",
    "list_captions",
    "list_collections",
    "list_edits",
    "list_fields",
    "list_searches",
    "list_tags",
    "look",
    "looked",
    "make_collection",
    "meant",
    "merge",
    "move",
    "news",
    "preview_file",
    "recent",
    "remember",
    "remove",
    "remove_captions",
    "remove_collection",
    "remove_field",
    "remove_search",
    "rename",
    "save",
    "search",
    "set_synonyms",
    "set_text",
    "sheet_of",
    "shown_by_link",
    "similar",
    "stop_transcription",
    "suggest",
    "tag",
    "tag_named",
    "take_captions",
    "take_original",
    "take_out",
    "texts",
    "transcription_of",
    "undo",
]
