"""Reads the settings from the environment and the TOML file it names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ugc_hub.errors import BadSettings

from .typed import WrongValues, declared
from .values import Settings

PREFIX = "UGC_HUB_"
NOT_SETTINGS = frozenset({"UGC_HUB_CASES", "UGC_HUB_CORPUS", "UGC_HUB_CRASH_AT", "UGC_HUB_CONFIG", "UGC_HUB_S3_URL"})
"""Names with the prefix that belong to tests, or say where the settings file lies."""
DEFAULT_FILE = "ugc-hub.toml"
LISTS = frozenset({"trusted_hosts", "territories", "text_languages"})
"""Settings that an environment variable gives as words between commas."""


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and the TOML file it names; the environment wins.

    An empty variable means the default, as containers hand on variables that nobody set.
    The file is `UGC_HUB_CONFIG`, else `ugc-hub.toml` in the working folder if there is one.

    Raises:
        BadSettings: a name is unknown or a value wrong; the message names it.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("UGC_HUB_CONFIG")
    known = declared(Settings)
    values: dict[str, Any] = _read_file(Path(named or DEFAULT_FILE), must_exist=named is not None)
    for name, text in environ.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            key = name.removeprefix(PREFIX).lower()
            if not text and key in known:
                values.pop(key, None)
            else:
                values[key] = [part.strip() for part in text.split(",")] if key in LISTS else text
    problems = [(name, "there is no setting of this name") for name in values if name not in known]
    try:
        settings = Settings(**{name: value for name, value in values.items() if name in known})
    except WrongValues as error:
        problems = error.problems + problems
    if problems:
        told = "; ".join(f"{name}: {words}" for name, words in problems)
        raise BadSettings(f"Wrong settings: {told}. See docs/reference/settings.md.")
    return settings


def _read_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    if not path.is_file():
        if must_exist:
            raise BadSettings(f"UGC_HUB_CONFIG names {path}, which is not a file.")
        return {}
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}.") from error
