"""What is said in a version, as a file beside it: the captions of its own part, in its own time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from ugc_hub.accounts import Actor, require
from ugc_hub.catalog import FileOut, Sidecar
from ugc_hub.catalog.captioned import cues_for, track_for
from ugc_hub.catalog.sidecars import DOOR, TYPES, written
from ugc_hub.errors import HubError, NotFound
from ugc_hub.framing.saying import said_in
from ugc_hub.hub import Hub
from ugc_hub.licensing import Left, StatedUse
from ugc_hub.models import AssetClip
from ugc_hub.presets.films import sidecar_of
from workers.media.plans import load_plan
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import Clip, VideoPlan

from .customs import all_presets
from .taking import Wanted, file_of, take_each
from .view import RenditionView, get

E = TypeVar("E")


@dataclass(frozen=True)
class Beside:
    """The captions of one version as a file; `language` is that of the track they are from."""

    language: str
    form: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Of the file, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def name(self, file_name: str) -> str:
        """Return what it is called beside a file of this name."""
        return f"{PurePosixPath(file_name).stem}.{self.language}.{self.form}"


def spoken(hub: Hub, asset_id: str) -> bool:
    """Tell whether there are captions of an asset."""
    with hub.database.read() as session:
        return track_for(session, asset_id) is not None


def beside(hub: Hub, view: RenditionView, sidecar: Sidecar) -> Beside | None:
    """Return what is said in a version, if anything is; an empty language means that of the asset.

    Raises:
        Invalid: there is no such form of captions.
    """
    plan = load_plan(view.plan)
    if not isinstance(plan, VideoPlan | LadderPlan):
        return None
    with hub.database.read() as session:
        row = session.get(AssetClip, view.asset_id)
        track = track_for(session, view.asset_id, sidecar.language or None)
        cues = cues_for(session, view.asset_id, sidecar.language or None)
    if row is None or row.clip is None or track is None:
        return None
    said = said_in(plan, Clip.load(row.clip), cues)
    return Beside(track.language, sidecar.form, written(said, sidecar.form)) if said else None


def beside_each(
    hub: Hub, wanted: Mapping[E, tuple[Wanted, str]], languages: Sequence[str] = ()
) -> dict[E, tuple[Beside, ...]]:
    """Return what is said in finished versions whose placements, by the id of a preset, want it in a file of its own.

    One for each track that is found for the `languages`; without any that of the language of the asset. What was asked
    for in some language has an entry even where there is nothing in any of them. A version into which it is burned
    needs none.
    """
    presets, found = all_presets(hub), {}
    for entry, (one, preset_id) in wanted.items():
        form = sidecar_of(presets[preset_id].target) if preset_id in presets else ""
        if not form or one.view.plan.get("captions"):
            continue
        every = (beside(hub, one.view, Sidecar(language, form)) for language in languages or ("",))
        said = tuple({one.language: one for one in every if one is not None}.values())
        if said or languages:
            found[entry] = said
    return found


def take_sidecar(
    hub: Hub, actor: Actor, rendition_id: str, sidecar: Sidecar, *, stated: StatedUse, acknowledged: str = ""
) -> tuple[FileOut, Left]:
    """Hand over what is said in one finished version, for a use, as `take` hands over the version.

    Raises:
        NotFound: nothing is said in it, or not in this language.
        Invalid: there is no such form of captions; else as `take`.
    """
    require(actor, "rendition.download")
    view = get(hub, actor, rendition_id)
    file_of(view)
    found = beside(hub, view, sidecar)
    if found is None:
        words = f"Nothing is said in this version{f' in {sidecar.language}' if sidecar.language else ''}. Add captions."
        raise NotFound(words)
    wanted = Wanted(view, stated, found.sha256)
    (answer,) = take_each(hub, actor, [wanted], door=DOOR, acknowledged=acknowledged)
    if isinstance(answer, HubError):
        raise answer
    kind = f"{TYPES[found.form]}; charset=utf-8"
    return FileOut("", kind, len(found.data), found.name(view.file_name), found.sha256, found.data), answer
