"""Presets: the catalogue, and custom ones with their history."""

from __future__ import annotations

from typing import Any

from ugc_hub import renditions
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives, query
from .more import PresetAsk, PresetHistory, PresetOut, PresetQuery, Presets


@blueprint.get("/presets")
@query(PresetQuery)
@gives(Presets)
@described("Presets", "List presets")
def list_presets(query: PresetQuery) -> dict[str, Any]:
    """Return all presets that agree with the filters."""
    allowed("preset.view")
    wanted = query.model_dump(exclude_none=True)
    found = renditions.all_presets(the_hub()).values()
    return {
        "items": [
            preset.describe()
            for preset in found
            if all(getattr(preset.target, name) == value for name, value in wanted.items())
        ]
    }


@blueprint.get("/presets/<preset_id>")
@gives(PresetOut)
@described("Presets", "One preset")
def see_preset(preset_id: str) -> dict[str, Any]:
    """Return everything that is known of a preset; null means not published."""
    allowed("preset.view")
    return renditions.find_preset(the_hub(), preset_id).describe()


@blueprint.post("/presets")
@body(PresetAsk)
@gives(PresetOut, 201, "The preset was made")
@described("Presets", "Make a custom preset")
def make_preset(body: PresetAsk) -> dict[str, Any]:
    """Keep a new custom preset."""
    actor = allowed("preset.edit")
    if body.id in renditions.all_presets(the_hub()):
        raise Conflict(f"There is already a preset {body.id}. Change it with PUT.", code="preset_exists")
    return renditions.save_preset(the_hub(), actor, body.fields()).describe()


@blueprint.put("/presets/<preset_id>")
@body(PresetAsk)
@gives(PresetOut)
@described("Presets", "Change a custom preset")
def change_preset(preset_id: str, body: PresetAsk) -> dict[str, Any]:
    """Keep a new version; what was made with older ones stays as it is."""
    actor = allowed("preset.edit")
    if preset_id != body.id:
        raise Invalid("The id in the body is not that of the address.", extra={"field": "id"})
    renditions.find_custom(the_hub(), preset_id)
    return renditions.save_preset(the_hub(), actor, body.fields()).describe()


@blueprint.delete("/presets/<preset_id>")
@blueprint.output({}, status_code=204)
@described("Presets", "Withdraw a custom preset")
def withdraw_preset(preset_id: str) -> str:
    """Take a custom preset out of use; its history stays."""
    renditions.withdraw_preset(the_hub(), allowed("preset.edit"), preset_id)
    return ""


@blueprint.get("/presets/<preset_id>/history")
@gives(PresetHistory)
@described("Presets", "All versions of a custom preset")
def preset_history(preset_id: str) -> dict[str, Any]:
    """Return the versions, newest first."""
    return {"items": renditions.preset_history(the_hub(), allowed("preset.view"), preset_id)}
