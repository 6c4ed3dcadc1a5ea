"""Writes catalogue files that a person likes to read: one record a block, keys in a fixed order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from ugc_hub.presets.records import Output

ORDER = [
    "id",
    "channel",
    "platform",
    "placement",
    "kind",
    "ratio",
    "ratio_tolerance_pct",
    "size",
    "formats",
    "bytes",
    "duration",
    "video",
    "audio",
    "items",
    "text_limits",
    "disclosure",
    "make",
    "notes",
    "evidence",
    "deprecated",
    "replaced_by",
]
SHAREABLE = ("channel", "platform", "disclosure")
"""Values that a file may state once; everything else is repeated, so that each block can be read alone."""

HEAD = """\
# {names}: what is accepted there. One block a target.
# A key that is missing was not published; it is never filled with a guess. Lengths are pixels, times seconds,
# sizes bytes (decimal reading), bit rates kilobits a second. [every] holds for all targets of this file; `make` is
# what the house makes for the target (outputs.toml, recipes.toml), everything else is the platform's.
"""


def value(item: Any) -> str:
    """Return one TOML value; strings are literal where they can be, because those are read three times as fast.

    Raises `TypeError` for a type that the catalogue does not use."""
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, int):
        return f"{item:_}" if abs(item) >= 10_000 else str(item)
    if isinstance(item, float):
        return repr(item)
    if isinstance(item, str):
        if "'" not in item and item.isprintable():
            return f"'{item}'"
        return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in item.items()) + " }"
    if isinstance(item, Sequence):
        return "[" + ", ".join(value(inner) for inner in item) + "]"
    raise TypeError(f"{type(item).__name__} has no place in the catalogue")


def block(name: str, table: Mapping[str, Any]) -> str:
    """Return `[[name]]` with one line a key."""
    return "\n".join([f"[[{name}]]", *(f"{key} = {value(item)}" for key, item in table.items())]) + "\n"


def _shared(targets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if len(targets) < 2:
        return {}
    first = targets[0]
    shared = {key: first[key] for key in SHAREABLE if key in first}
    shared = {key: item for key, item in shared.items() if all(target.get(key) == item for target in targets)}
    evidence = first.get("evidence", {})
    common = {
        key: item
        for key, item in evidence.items()
        if all(target.get("evidence", {}).get(key) == item for target in targets)
    }
    return shared | ({"evidence": common} if common else {})


def _without(target: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: target[key] for key in ORDER if key in target and target[key] != shared.get(key)}
    if kept.get("make", {}).get("fit") == "cover":
        kept["make"] = {key: item for key, item in kept["make"].items() if key != "fit"}
        kept = {key: item for key, item in kept.items() if item != {}}
    if "evidence" in kept and "evidence" in shared:
        evidence = {key: item for key, item in kept["evidence"].items() if key not in shared["evidence"]}
        kept.pop("evidence")
        kept |= {"evidence": evidence} if evidence else {}
    return kept


def platform_file(targets: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """Return the file of one platform from plain targets; `names` maps its platform ids to names for people."""
    shared = _shared(targets)
    pieces = [HEAD.format(names=", ".join(names.values())), "schema = 1\n"]
    pieces.append("[platforms]\n" + "".join(f"{key} = {value(name)}\n" for key, name in names.items()))
    if shared:
        pieces.append("[every]\n" + "".join(f"{key} = {value(item)}\n" for key, item in shared.items()))
    for target in targets:
        text = block("target", _without(target, shared))
        text += "".join(block("target.region", region) for region in target.get("region", ()))
        text += "".join(block("target.dispute", dispute) for dispute in target.get("dispute", ()))
        pieces.append(text)
    return "\n".join(pieces)


def outputs_file(outputs: Iterable[Output]) -> str:
    """Return outputs.toml, sorted by id."""
    head = (
        "# What is made. Many targets share one output; its id says all of it, so two that look alike are the same.\n"
        "# `width` alone: the height follows the source. `every`: one file for each format.\n"
    )
    pieces = [head, "schema = 1\n"]
    for output in sorted({output.id: output for output in outputs}.values(), key=lambda output: output.id):
        table = {entry.name: getattr(output, entry.name) for entry in fields(output)}
        defaults = {entry.name: entry.default for entry in fields(output) if entry.default is not MISSING}
        pieces.append(block("output", {key: item for key, item in table.items() if item != defaults.get(key, MISSING)}))
    return "\n".join(pieces)
