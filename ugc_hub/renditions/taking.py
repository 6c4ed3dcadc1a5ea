"""Hands finished renditions over, each for a use that the grants allow at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ugc_hub.accounts import Actor, require
from ugc_hub.catalog import FileOut
from ugc_hub.errors import Conflict, HubError, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, Left, StatedUse, ask_each, bounded, hand_over_each, stamp
from ugc_hub.models import Asset
from ugc_hub.presets import Preset
from ugc_hub.rights import Decision
from workers.media.plans import load_plan

from .asking import only_channel, use_of
from .customs import all_presets
from .view import RenditionView, batches, get


@dataclass(frozen=True)
class Wanted:
    """A finished rendition that somebody wants, and for which use."""

    view: RenditionView
    stated: StatedUse
    beside: str | None = None
    """SHA-256 of what is said in it, where that leaves as a file of its own."""


def take(
    hub: Hub, actor: Actor, rendition_id: str, *, stated: StatedUse, door: str = "download", acknowledged: str = ""
) -> tuple[FileOut, Left]:
    """Hand over one finished rendition, stamped for its use; `door` is the exit that the ledger names.

    Without a channel the use is that of the presets that asked for it.

    Raises:
        Conflict: it is not ready; or as `licensing.hand_over`.
        Forbidden: the actor may not download renditions.
        Invalid: the use is not stated, and the presets belong to no single channel.
        RightsDenied: the grants do not allow the use now.
    """
    require(actor, "rendition.download")
    found = get(hub, actor, rendition_id)
    wanted = Wanted(found, stated)
    (answer,) = take_each(hub, actor, [wanted], door=door, acknowledged=acknowledged)
    if isinstance(answer, HubError):
        raise answer
    made = stamp(hub, answer.usage_id)
    file = file_of(found)
    out = replace(file, size_bytes=made.size_bytes, etag=made.sha256)
    if made.stored_key is not None:
        return replace(out, storage_key=made.stored_key, tail=made.data), answer
    return replace(out, data=made.data), answer


def take_each(
    hub: Hub, actor: Actor, wanted: Sequence[Wanted], *, door: str, acknowledged: str = ""
) -> list[Left | HubError]:
    """Ask for each whether it may leave, and write what may into the ledger; send nothing before this returns.

    What is sent then is what `licensing.stamp_each` makes of each.

    Raises:
        Conflict: one is not ready, or duties were not acknowledged.
        Forbidden: the actor may not download renditions.
        Invalid: a use is not stated.
    """
    require(actor, "rendition.download")
    presets = all_presets(hub)
    assets = _assets(hub, [one.view.asset_id for one in wanted])
    copies = [_copy(hub, one, assets[one.view.asset_id], presets, door=door) for one in wanted]
    return hand_over_each(hub, actor, copies, acknowledged=acknowledged)


def stated_for(hub: Hub, view: RenditionView, stated: StatedUse) -> StatedUse:
    """Return the use with its channel: the stated one, else that of the presets that asked for the rendition.

    Raises:
        Invalid: neither is there.
    """
    presets = all_presets(hub)
    known = [presets[name] for name in view.presets if name in presets]
    return replace(stated, channel=stated.channel or only_channel(known, stated))


def look_each(hub: Hub, actor: Actor, wanted: Sequence[Wanted]) -> list[Decision | HubError]:
    """Answer for each whether it might leave now; nothing is kept. Where no use can be told, its error stands."""
    require(actor, "rendition.view")
    presets = all_presets(hub)
    assets = _assets(hub, [one.view.asset_id for one in wanted])
    found: list[Copy | HubError] = []
    for one in wanted:
        try:
            found.append(_copy(hub, one, assets[one.view.asset_id], presets, door="download"))
        except (Conflict, Invalid) as error:
            found.append(error)
    asked = [(one.asset_id, bounded(hub, actor, one.use)) for one in found if isinstance(one, Copy)]
    if not asked:
        return [one for one in found if isinstance(one, HubError)]
    with hub.database.read() as session:
        answers = iter(ask_each(hub, session, asked).pairs)
    return [next(answers)[1] if isinstance(one, Copy) else one for one in found]


def _assets(hub: Hub, asset_ids: Iterable[str]) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    with hub.database.read() as session:
        for some in batches(sorted(set(asset_ids))):
            found |= {row.id: row for row in session.scalars(select(Asset).where(Asset.id.in_(some)))}
    return found


def _copy(hub: Hub, wanted: Wanted, asset: Asset, presets: Mapping[str, Preset], *, door: str) -> Copy:
    view, stated = wanted.view, wanted.stated
    file_of(view)
    known = [presets[name] for name in view.presets if name in presets]
    channel = stated.channel or only_channel(known, stated)
    use = use_of(hub, stated, channel, plans=[load_plan(view.plan)], asset=asset)
    # What is whole looks the same in every size; of a part the hash of the whole would find nothing.
    similar = None if use.edits else asset.perceptual_hash
    if wanted.beside is not None:
        return Copy(asset.id, door, use, view.id, wanted.beside)
    return Copy(asset.id, door, use, view.id, view.sha256, similar)


def file_of(view: RenditionView) -> FileOut:
    """Return where the bytes of a finished rendition lie.

    Raises:
        Conflict: it is not ready.
    """
    if view.status != "ready" or view.storage_key is None or view.sha256 is None:
        raise Conflict(view.message or "The rendition is not ready yet.", code=f"rendition_{view.status}")
    return FileOut(view.storage_key, view.media_type, view.size_bytes, view.file_name, view.sha256)
