"""Renditions: planned without pixels, requested once per plan, listed, handed out; and the custom presets."""

from .customs import all_presets, find_preset, preset_history, save_preset, withdraw_preset
from .imprints import imprint_for, rendition_id
from .request import Outcome, plan, request, request_each
from .view import RenditionView, file, get, get_many, of_asset

__all__ = [
    "Outcome",
    "RenditionView",
    "all_presets",
    "file",
    "find_preset",
    "get",
    "get_many",
    "imprint_for",
    "of_asset",
    "plan",
    "preset_history",
    "rendition_id",
    "request",
    "request_each",
    "save_preset",
    "withdraw_preset",
]
