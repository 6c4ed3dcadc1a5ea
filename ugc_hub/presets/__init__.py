"""The catalogue of presets: targets (what a platform accepts), outputs (what is made), recipes (how).

Facts live in TOML files beside this module, one file a platform, each with its source and the day it was read.
`catalogue()` reads them once. Nothing here imports an image library, so that the web and the commands start fast.
"""

from ugc_hub.presets.channels import channel_of, choices_of
from ugc_hub.presets.custom import NO_QUALITY, refuse_idle
from ugc_hub.presets.errors import CatalogueError, CustomPresetError, UnknownPreset
from ugc_hub.presets.lint import Finding, lint
from ugc_hub.presets.loading import Catalogue, Group, catalogue, read
from ugc_hub.presets.preset import Preset
from ugc_hub.presets.records import Output, Pack, Recipe, Region, Target

__all__ = [
    "NO_QUALITY",
    "Catalogue",
    "CatalogueError",
    "CustomPresetError",
    "Finding",
    "Group",
    "Output",
    "Pack",
    "Preset",
    "Recipe",
    "Region",
    "Target",
    "UnknownPreset",
    "catalogue",
    "channel_of",
    "choices_of",
    "lint",
    "read",
    "refuse_idle",
]
