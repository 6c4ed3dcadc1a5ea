"""Presets as people choose them: by channel and platform, pictures only, custom ones last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ugc_hub.errors import Invalid
from ugc_hub.framing import makes_of_clips
from ugc_hub.framing.laddering import RUNG
from ugc_hub.hub import Hub
from ugc_hub.presets import Group, Pack, Preset, catalogue
from ugc_hub.presets.films import recipe_for
from ugc_hub.renditions import all_presets

CHANNELS = ("ads", "email", "web", "organic", "print")


def groups(presets: Iterable[Preset]) -> list[Group]:
    """Return presets by channel (ads, e-mail, website, organic, print) and platform, in the order of the catalogue."""
    found: dict[tuple[str, str], list[Preset]] = {}
    for preset in presets:
        found.setdefault((preset.target.channel, preset.target.platform), []).append(preset)
    keys = sorted(found, key=lambda key: (CHANNELS.index(key[0]), key[1] == "custom"))
    return [Group(*key, found[key][0].platform_name or key[1], tuple(found[key])) for key in keys]


def picture_groups(hub: Hub) -> list[Group]:
    """Return the presets that the image engine makes, grouped for a picker."""
    return groups(preset for preset in all_presets(hub).values() if preset.renderable)


def clip_groups(hub: Hub) -> list[Group]:
    """Return the presets that something of a video is made for, grouped for a picker.

    Films, streams, animations and stills: within a group what moves comes first.
    """
    made = [preset for preset in all_presets(hub).values() if makes_of_clips(preset) and _made(preset)]
    return groups(sorted(made, key=lambda preset: _KINDS.index(preset.target.kind)))


_KINDS = ("video", "animation", "image")


def _made(preset: Preset) -> bool:
    target = preset.target
    return target.kind != "video" or target.placement == RUNG or recipe_for(target) is not None


def kits(hub: Hub) -> tuple[Pack, ...]:
    """Return the sets of presets for a purpose: the catalogue's, and those of the hub's own folder of presets."""
    return catalogue(hub.settings.presets_dir).packs


@dataclass(frozen=True)
class Chosen:
    """What a form of kits and single presets sent."""

    kits: tuple[str, ...]
    presets: tuple[str, ...]


def preset_ids(hub: Hub, chosen: Chosen) -> list[str]:
    """Return the ids of all presets of the kits and the single ones, each once; videos and documents left out.

    Raises:
        Invalid: nothing was chosen, or there is no such kit.
    """
    named = {kit.id: kit for kit in kits(hub)}
    if unknown := [name for name in chosen.kits if name not in named]:
        raise Invalid(f"There is no kit {unknown[0][:80]!r}.", extra={"field": "kit"})
    known = all_presets(hub)
    wanted = dict.fromkeys([*(name for kit in chosen.kits for name in named[kit].presets), *chosen.presets])
    ids = [name for name in wanted if name not in known or known[name].renderable]
    if not ids:
        raise Invalid("Choose at least one kit or preset.", extra={"field": "preset"})
    return ids
