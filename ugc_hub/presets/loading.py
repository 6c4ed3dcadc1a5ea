"""The catalogue in memory: read once from the TOML files of this package."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ugc_hub.presets import records
from ugc_hub.presets.errors import CatalogueError, UnknownPreset
from ugc_hub.presets.preset import Preset
from ugc_hub.presets.records import Dispute, Output, Pack, Recipe, Region, Target

PARTS: dict[str, type] = {
    "size": records.Size,
    "bytes": records.Weight,
    "duration": records.Duration,
    "video": records.Video,
    "audio": records.Audio,
    "items": records.Items,
    "evidence": records.Evidence,
    "make": records.Make,
}
SCHEMA = 1
"""Version of the files' shape; a file of another version is refused."""


@dataclass(frozen=True)
class Group:
    """The presets of one platform in one channel, for a picker."""

    channel: str
    platform: str
    platform_name: str
    presets: tuple[Preset, ...]


@dataclass(frozen=True)
class Catalogue:
    """All targets, outputs, recipes and packs, in the order of their files; immutable.

    The raw records are kept as they were read (a broken catalogue can be loaded and judged by `lint`); `get` and
    `find` join them to presets.
    """

    targets: tuple[Target, ...]
    outputs: tuple[Output, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    packs: tuple[Pack, ...] = ()
    platforms: Mapping[str, str] = field(default_factory=dict)
    """Platform id to the name for people."""

    @property
    def presets(self) -> tuple[Preset, ...]:
        """Every preset, in catalogue order."""
        return tuple(self._by_id.values())

    @property
    def published(self) -> tuple[Target, ...]:
        """The targets that somebody else published: all but the house's own."""
        return tuple(target for target in self.targets if not target.of_house)

    @functools.cached_property
    def _by_id(self) -> Mapping[str, Preset]:
        outputs = {output.id: output for output in self.outputs}
        recipes = {recipe.id: recipe for recipe in self.recipes}
        return {target.id: self._join(target, outputs, recipes) for target in self.targets}

    def _join(self, target: Target, outputs: Mapping[str, Output], recipes: Mapping[str, Recipe]) -> Preset:
        wanted = target.make.output
        if wanted is not None and wanted not in outputs:
            raise CatalogueError(f"{target.id}: outputs.toml has no output {wanted!r}.")
        unknown = [name for name in target.make.recipes if name not in recipes]
        if unknown:
            raise CatalogueError(f"{target.id}: recipes.toml has no recipe {unknown[0]!r}.")
        output = outputs[wanted] if wanted is not None else None
        joined = tuple(recipes[name] for name in target.make.recipes)
        return Preset(target, output, joined, self.platforms.get(target.platform, target.platform))

    def get(self, preset_id: str) -> Preset:
        """Return one preset; raises `UnknownPreset`."""
        try:
            return self._by_id[preset_id]
        except KeyError:
            raise UnknownPreset([preset_id], self._by_id) from None

    def find(
        self, *, channel: str | None = None, platform: str | None = None, kind: str | None = None
    ) -> tuple[Preset, ...]:
        """Return the presets that agree with every value given, in catalogue order."""
        wanted = {"channel": channel, "platform": platform, "kind": kind}
        given = {name: value for name, value in wanted.items() if value is not None}
        return tuple(
            preset
            for preset in self.presets
            if all(getattr(preset.target, name) == value for name, value in given.items())
        )

    def groups(self) -> tuple[Group, ...]:
        """Return every preset once, grouped by channel (ads, organic, email, web) and then by platform."""
        found: dict[tuple[str, str], list[Preset]] = {}
        for preset in self.presets:
            found.setdefault((preset.target.channel, preset.target.platform), []).append(preset)
        keys = sorted(found, key=lambda key: (records.CHANNELS.index(key[0]), self._name(key[1]).casefold()))
        return tuple(Group(*key, self._name(key[1]), tuple(found[key])) for key in keys)

    def _name(self, platform: str) -> str:
        return self.platforms.get(platform, platform)


def _freeze(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def target_from(table: Mapping[str, Any], shared: Mapping[str, Any] | None = None) -> Target:
    """Build a target from its TOML table and the values that its file states once for all its targets.

    Raises `TypeError` for an unknown or missing key.
    """
    merged: dict[str, Any] = {**shared, **table} if shared else dict(table)
    for name in PARTS.keys() & merged.keys():
        part = {**shared[name], **table.get(name, {})} if shared and name in shared else table[name]
        merged[name] = PARTS[name](**_freeze(part))
    if "region" in merged:
        merged["regions"] = tuple(Region(**_freeze(region)) for region in merged.pop("region"))
    if "dispute" in merged:
        merged["disputes"] = tuple(Dispute(**dispute) for dispute in merged.pop("dispute"))
    return Target(**_freeze(merged))


def _built(document: Mapping[str, Any], key: str, build: Callable[[Mapping[str, Any]], Any], name: str) -> Any:
    found = []
    for table in document.get(key, ()):
        try:
            found.append(build(table))
        except (TypeError, AttributeError) as error:
            shown = table.get("id", "?") if isinstance(table, dict) else table
            raise CatalogueError(f"{name}, {key} {shown}: {error}") from error
    return tuple(found)


def parse(text: str, name: str) -> Catalogue:
    """Read one file: platforms, targets, outputs, recipes, packs. Raises `CatalogueError`, naming file and record."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name} is not valid TOML: {error}") from error
    if document.get("schema") != SCHEMA:
        raise CatalogueError(f"{name}: schema must be {SCHEMA}.")
    shared = document.get("every", {})
    return Catalogue(
        _built(document, "target", lambda table: target_from(table, shared), name),
        _built(document, "output", lambda table: Output(**_freeze(table)), name),
        _built(document, "recipe", lambda table: Recipe(**table), name),
        _built(document, "pack", lambda table: Pack(**_freeze(table)), name),
        document.get("platforms", {}),
    )


def _files(folder: Traversable) -> list[Traversable]:
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return sorted(found, key=lambda entry: entry.name)


def read(*folders: Traversable) -> Catalogue:
    """Read all TOML files of some folders; raises `CatalogueError`."""
    read_files = [parse(file.read_text(encoding="utf-8"), file.name) for folder in folders for file in _files(folder)]
    return Catalogue(
        tuple(target for part in read_files for target in part.targets),
        tuple(output for part in read_files for output in part.outputs),
        tuple(recipe for part in read_files for recipe in part.recipes),
        tuple(pack for part in read_files for pack in part.packs),
        {key: name for part in read_files for key, name in part.platforms.items()},
    )


def _over(below: tuple[Any, ...], above: tuple[Any, ...]) -> tuple[Any, ...]:
    """Lay records over others: one with a known id takes its place, a new one comes last."""
    return tuple(({record.id: record for record in below} | {record.id: record for record in above}).values())


@functools.cache
def catalogue(further: Path | None = None) -> Catalogue:
    """Return the catalogue of this package, read once per process.

    `further` is a folder of files of the same form whose records are added, or replace those with the same id.
    Raises `CatalogueError`.
    """
    here = files("ugc_hub.presets")
    if further is None:
        return read(here, here.joinpath("catalogue"))
    if not further.is_dir():
        raise CatalogueError(f"{further} is not a folder of preset files.")
    base, more = catalogue(), read(further)
    return Catalogue(
        _over(base.targets, more.targets),
        _over(base.outputs, more.outputs),
        _over(base.recipes, more.recipes),
        _over(base.packs, more.packs),
        {**base.platforms, **more.platforms},
    )
