"""Renditions: planned without pixels, requested once per plan, listed, handed over; and the custom presets."""

from .boards import Board, prepare, storyboard
from .brands import KitVersion, UnknownKit, all_kits, find_kit, kit_history, save_kit, withdraw_kit
from .clips import ClipNotReady, ClipView, clip_of
from .customs import all_presets, find_custom, find_preset, preset_history, save_preset, withdraw_preset
from .imprints import rendition_id
from .kitfiles import KitFile, keep_file, read_file
from .request import FOR_GOOD, Outcome, plan, request, request_each
from .sidecars import Beside, beside_each, spoken, take_sidecar
from .stopping import again, stop
from .taking import Wanted, look_each, stated_for, take, take_each
from .view import RenditionView, get, get_many, of_asset
from .waiting import Left, left, left_for, left_of

__all__ = [
    "FOR_GOOD",
    "Beside",
    "Board",
    "ClipNotReady",
    "ClipView",
    "KitFile",
    "KitVersion",
    "Left",
    "Outcome",
    "RenditionView",
    "UnknownKit",
    "Wanted",
    "again",
    "all_kits",
    "all_presets",
    "beside_each",
    "clip_of",
    "find_custom",
    "find_kit",
    "find_preset",
    "get",
    "get_many",
    "keep_file",
    "kit_history",
    "left",
    "left_for",
    "left_of",
    "look_each",
    "of_asset",
    "plan",
    "prepare",
    "preset_history",
    "read_file",
    "rendition_id",
    "request",
    "request_each",
    "save_kit",
    "save_preset",
    "spoken",
    "stated_for",
    "stop",
    "storyboard",
    "take",
    "take_each",
    "take_sidecar",
    "withdraw_kit",
    "withdraw_preset",
]
