"""Renditions: planned without pixels, requested once per plan, listed, handed over; and the custom presets."""

from .clips import ClipNotReady, ClipView, clip_of
from .customs import all_presets, find_custom, find_preset, preset_history, save_preset, withdraw_preset
from .imprints import rendition_id
from .request import Outcome, plan, request, request_each
from .taking import Wanted, look_each, stated_for, take, take_each
from .view import RenditionView, get, get_many, of_asset

__all__ = [
    "ClipNotReady",
    "ClipView",
    "Outcome",
    "RenditionView",
    "Wanted",
    "all_presets",
    "clip_of",
    "find_custom",
    "find_preset",
    "get",
    "get_many",
    "look_each",
    "of_asset",
    "plan",
    "preset_history",
    "rendition_id",
    "request",
    "request_each",
    "save_preset",
    "stated_for",
    "take",
    "take_each",
    "withdraw_preset",
]
