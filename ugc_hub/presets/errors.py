"""Errors of the catalogue, members of the family that use cases raise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ugc_hub.errors import HubError, Invalid, NotFound

MOST_NEAR = 3
"""Ids that look like an unknown one and are offered instead."""
LONGEST = 120
"""Characters of an unknown id that are repeated."""


class CatalogueError(HubError):
    """A file of the catalogue cannot be read; the message names the file and the record."""

    code = "catalogue_broken"


class UnknownPreset(NotFound):
    """No preset has one of these ids; `known` are those that there are, and `extra["near"]` names the most alike."""

    code = "unknown_preset"

    def __init__(self, preset_ids: Iterable[str], known: Iterable[str], what: str = "preset") -> None:
        missing = [name[:LONGEST] for name in preset_ids]
        ids = list(known)
        near = list(dict.fromkeys(one for name in missing for one in get_close_matches(name, ids, MOST_NEAR)))
        hint = f" Did you mean {' or '.join(near[:MOST_NEAR])}?" if near else ""
        words = f"There is no {what} {', '.join(missing)}.{hint} List them with: ugc-hub presets list."
        super().__init__(words, extra={"presets": missing, "near": near})


class CustomPresetError(Invalid):
    """A custom preset is not valid; `problems` maps each field to a sentence that says what to do."""

    code = "invalid_preset"

    def __init__(self, problems: Mapping[str, str]) -> None:
        sentences = " ".join(f"{field}: {sentence}" for field, sentence in problems.items())
        super().__init__(sentences, extra={"problems": dict(problems)})
        self.problems = dict(problems)
