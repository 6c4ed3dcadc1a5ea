"""A change of a grant that takes something away and adds something else: what it takes away does not wait.

The part that both versions allow is found member by member, and each part is judged by the rule's own comparison
(`rights.narrower`); nothing is kept that it would not call narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import Grant

from .checking import check
from .comparing import allows_nothing_new, happened_to
from .grants import plain_of
from .versions import merged

Plain = Mapping[str, Any]
LISTS = ("channels", "territories", "products", "grantee", "sublicense_to", "edits")
NEEDED = ("channels", "territories", "products", "grantee")
"""Without a value in each of these a permission allows nothing."""
JOINED = ("exclude_territories", "duties")
"""More of these is less."""
TERM = ("window", "starts_at", "ends_at", "perpetual")
ASIDE = ("signed_at", "evidence_ok", "state", "supersedes", "note")


def common(hub: Hub, session: Session, old: Grant, change: Plain) -> dict[str, Any] | None:
    """Return the members of `old` that change where only what it and its new version allow is left.

    None where nothing is taken away, where nothing is added (the new version may be in force at once), or where they
    have nothing in common.

    Raises:
        Invalid: the new version has a member of a wrong form; nothing was compared.
    """
    before, wanted = plain_of(old), merged(old, change)
    check(wanted)
    so_far = happened_to(session, old.id)

    def narrower(new: Plain, than: Plain) -> bool:
        return allows_nothing_new(hub, than, {**new, "signed_at": than.get("signed_at"), "evidence_ok": True}, so_far)

    if narrower(wanted, before):
        return None
    found = dict(before)
    for trial in _trials(before, wanted, narrower):
        if narrower({**found, **trial}, before):
            found = {**found, **trial}
    if not all(found.get(name) for name in NEEDED) or narrower(before, found):
        return None
    changed = {name for name in found.keys() | before.keys() if found.get(name) != before.get(name)}
    return {name: found.get(name) for name in changed - set(ASIDE)} or None


def _trials(before: Plain, wanted: Plain, narrower: Callable[[Plain, Plain], bool]) -> list[dict[str, Any]]:
    """Return what could be taken over from the new version, most of it first."""
    found: list[dict[str, Any]] = []
    # An earlier end takes something away. A later beginning does not: who renews for next year keeps this year.
    if before.get("window") and wanted.get("window"):
        found += _windows(before["window"], wanted["window"])
    elif not before.get("window") and wanted.get("ends_at"):
        found.append({"ends_at": wanted["ends_at"], "perpetual": False})
    for name in sorted((before.keys() | wanted.keys()) - {*TERM, *ASIDE}):
        if before.get(name) == wanted.get(name):
            continue
        if name in LISTS:
            found.append({name: _shared(name, before, wanted, narrower)})
        elif name in JOINED:
            found.append({name: _joined(before.get(name), wanted.get(name))})
        else:
            found.append({name: wanted.get(name)})
    return found


def _windows(before: Plain, wanted: Plain) -> list[dict[str, Any]]:
    """Return terms in words that take over what ends the new one."""
    length = {name: wanted[name] for name in ("count", "unit") if wanted.get(name)}
    parts = [length, {"until": wanted["until"]} if wanted.get("until") else {}]
    return [{"window": {**before, "perpetual": False, **part}} for part in parts if part]


def _shared(name: str, before: Plain, wanted: Plain, narrower: Callable[[Plain, Plain], bool]) -> list[Any]:
    """Return the values of one dimension that both versions cover: `paid_social` and `paid_social.meta` share one."""
    old, new = _listed(before.get(name)), _listed(wanted.get(name))
    within = [one for one in new if narrower({**before, name: [one]}, before)]
    left = [one for one in old if one not in within]
    return [*within, *(one for one in left if narrower({**before, name: [one]}, {**before, name: new}))]


def _listed(value: Any) -> list[Any]:
    """A dimension with a single value may be stated as that value."""
    return [value] if isinstance(value, str) else list(value or ())


def _joined(old: Any, new: Any) -> list[Any]:
    first = _listed(old)
    return [*first, *(one for one in _listed(new) if one not in first)]
