"""The settings of one hub: read from `UGC_HUB_*` and a TOML file, with the unit in each name."""

from .folder import ADDRESS, at_kept_address, keep_address, leave_greeting, make_data_dir, secret, take_greeting
from .loading import DEFAULT_FILE, NOT_SETTINGS, PREFIX, load_settings
from .typed import Bounds, declared
from .values import OFF, Settings

__all__ = [
    "ADDRESS",
    "DEFAULT_FILE",
    "NOT_SETTINGS",
    "OFF",
    "PREFIX",
    "Bounds",
    "Settings",
    "at_kept_address",
    "declared",
    "keep_address",
    "leave_greeting",
    "load_settings",
    "make_data_dir",
    "secret",
    "take_greeting",
]
