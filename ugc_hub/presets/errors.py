"""Errors of the catalogue, members of the family that use cases raise."""

from __future__ import annotations

from collections.abc import Mapping

from ugc_hub.errors import HubError, Invalid, NotFound


class CatalogueError(HubError):
    """A file of the catalogue cannot be read; the message names the file and the record."""

    code = "catalogue_broken"


class UnknownPreset(NotFound):
    """No preset has this id."""

    code = "unknown_preset"

    def __init__(self, preset_id: str) -> None:
        super().__init__(
            f"There is no preset {preset_id!r}. `ugc-hub presets list` shows the ids.", extra={"preset": preset_id}
        )
        self.preset_id = preset_id


class CustomPresetError(Invalid):
    """A custom preset is not valid; `problems` maps each field to a sentence that says what to do."""

    code = "invalid_preset"

    def __init__(self, problems: Mapping[str, str]) -> None:
        sentences = " ".join(f"{field}: {sentence}" for field, sentence in problems.items())
        super().__init__(sentences, extra={"problems": dict(problems)})
        self.problems = dict(problems)
