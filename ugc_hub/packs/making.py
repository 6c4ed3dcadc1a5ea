"""Asks for what a pack holds; a video that is still being prepared is waited for and holds up none of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM, Actor, Bounds, actor_of, require
from ugc_hub.audit import record
from ugc_hub.catalog.tongues import tags_of
from ugc_hub.errors import Conflict, Forbidden, HubError, Invalid
from ugc_hub.framing import Choice
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Pack, User
from ugc_hub.renditions import ClipNotReady, ClipView, Outcome
from ugc_hub.renditions.clips import GOES_ON, view_of
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .view import WAITING, PackView, get

MOST_ASSETS = 500
MOST_ITEMS = 10_000
LOOK_AGAIN_S = 60.0
"""After so long a job looks whether its video is ready, should nobody have told it."""
Settle = Callable[[Connection, Mapping[str, Any]], None]
"""Records what a job did, in the transaction that does it."""


def make(
    hub: Hub,
    actor: Actor,
    *,
    name: str,
    asset_ids: Sequence[str],
    preset_ids: Sequence[str],
    choice: Choice | None = None,
    stated: StatedUse | None = None,
    captions: Sequence[str] = (),
) -> PackView:
    """Ask for every rendition of the pack; a combination that is refused stays in the list with its reasons.

    A video that is still being prepared is hurried, and asked for by a job as soon as it is ready. `stated` says for
    which use; without a channel each file is for that of its preset. `captions` names the languages in which what is
    said goes along where a placement wants that in a file of its own (BCP 47); without any it is that of the asset.

    Raises:
        Invalid: no or too many assets, presets or combinations of both, or something is no language.
        NotFound: a preset does not exist.
    """
    require(actor, "pack.make")
    chosen = list(dict.fromkeys(asset_ids))
    if not 1 <= len(chosen) <= MOST_ASSETS:
        raise Invalid(f"Choose 1 to {MOST_ASSETS} assets.", extra={"field": "assets"})
    if len(chosen) * len(set(preset_ids)) > MOST_ITEMS:
        raise Invalid(f"A pack holds at most {MOST_ITEMS:,} combinations; make several.", extra={"field": "presets"})
    wish = Wish(choice or Choice(), stated or StatedUse(), actor.bounds, tags_of(captions))
    answers = renditions.request_each(hub, actor, chosen, preset_ids, choice=wish.choice, stated=wish.stated)
    items = [item for asset_id, answer in answers.items() for item in _items(asset_id, answer, preset_ids, wish)]
    title = "".join(c for c in name if c.isprintable()).strip()[:200] or "Pack"
    pack = Pack(id=hub.new_id("pck"), created_at=hub.now(), name=title, user_id=actor.user_id, items=items)
    with hub.database.write() as session:
        for asset_id, answer in answers.items():
            if isinstance(answer, ClipNotReady):
                _wait(hub, session, pack, asset_id=asset_id, wish=wish)
        session.add(pack)
        record(session, hub.now(), "pack.made", pack.id, actor=actor.user_id, assets=len(chosen))
    hub.ring()
    return get(hub, actor, pack.id)


@dataclass(frozen=True)
class Wish:
    """What is asked of each asset of a pack, as the job that waits for one keeps it."""

    choice: Choice
    stated: StatedUse
    bounds: Bounds | None
    """Of the token through which the pack was asked for."""
    captions: tuple[str, ...] = ()
    """Languages in which what is said goes along."""

    def dump(self) -> dict[str, Any]:
        """Return plain JSON."""
        bounds = self.bounds.dump() if self.bounds is not None else None
        plain = {"choice": self.choice.dump(), "stated": self.stated.dump(), "bounds": bounds}
        return {**plain, "captions": list(self.captions)}

    @classmethod
    def load(cls, plain: Mapping[str, Any]) -> Wish:
        """Return what `dump` made."""
        bounds, captions = Bounds.load(plain["bounds"]), tuple(plain.get("captions", ()))
        return cls(Choice.load(plain["choice"]), StatedUse.load(plain["stated"]), bounds, captions)


def _items(
    asset_id: str, answer: list[Outcome] | HubError, preset_ids: Sequence[str], wish: Wish
) -> list[dict[str, Any]]:
    if not isinstance(answer, HubError):
        found = [{"asset_id": asset_id, **_plain(outcome.as_dict())} for outcome in answer]
    else:
        waits = isinstance(answer, ClipNotReady)
        reason = {"code": answer.code, "sentence": answer.message, "severity": "refusal"}
        told = {"outcome": WAITING if waits else "refused", "reasons": [] if waits else [reason], "renditions": []}
        clip = {"job_id": None, "clip_job_id": answer.extra["job_id"]} if waits else {}
        found = [{"asset_id": asset_id, "preset_id": preset, **told, **clip} for preset in dict.fromkeys(preset_ids)]
    spoken = {"captions": list(wish.captions)} if wish.captions else {}
    return [{**item, "use": replace(wish.stated, channel=item.get("channel")).dump(), **spoken} for item in found]


def _plain(outcome: dict[str, Any]) -> dict[str, Any]:
    lists = {name: list(outcome[name]) for name in ("reasons", "renditions", "duties")}
    return {**outcome, **lists}


def _wait(hub: Hub, session: Session, pack: Pack, *, asset_id: str, wish: Wish) -> None:
    """Let a job go on with an asset of a pack when its clip has ended, and name both jobs in what waits."""
    hub.database.serialise(session, f"clip:{asset_id}")  # whoever ends the clip after this finds the job and wakes it
    clip = view_of(session, asset_id)
    options = Options(
        key=f"pack:{pack.id}:{asset_id}",
        group=asset_id,
        delay_s=LOOK_AGAIN_S if clip.status in ("queued", "running") else 0.0,
        max_attempts=hub.settings.job_attempts,
    )
    payload = {"pack_id": pack.id, "asset_id": asset_id, **wish.dump()}
    job_id = enqueue(session.connection(), GOES_ON, payload, options=options)
    jobs = {"job_id": job_id, "clip_job_id": clip.job_id}
    pack.items = [{**item, **jobs} if _is(item, asset_id) else item for item in pack.items]


def _is(item: Mapping[str, Any], asset_id: str) -> bool:
    return bool(item["asset_id"] == asset_id and item["outcome"] == WAITING)


def go_on(hub: Hub, plain: Mapping[str, Any], settle: Settle) -> None:
    """Ask for what a pack waits for of one asset, or wait on; `plain` is what the job holds.

    What cannot be made is refused in words. Done twice, it asks for the same files.
    """
    pack_id, asset_id, wish = str(plain["pack_id"]), str(plain["asset_id"]), Wish.load(plain)
    with hub.database.read() as session:
        pack, clip = session.get(Pack, pack_id), view_of(session, asset_id)
        user = session.get(User, pack.user_id) if pack is not None and pack.user_id is not None else None
    presets = [item["preset_id"] for item in pack.items if _is(item, asset_id)] if pack is not None else []
    answer = _answer(hub, user, asset_id, presets, wish=wish, clip=clip) if presets else []
    crash_point("after_asked")
    with hub.database.write() as session:
        hub.database.serialise(session, f"pack:{pack_id}")
        pack = session.get(Pack, pack_id)
        if pack is None or not presets:
            settle(session.connection(), {"outcome": "nothing to do"})
            return
        waits = answer is None or isinstance(answer, ClipNotReady)
        settle(session.connection(), {"pack_id": pack_id, "outcome": "waits" if waits else "went on"})
        if answer is None or isinstance(answer, ClipNotReady):
            _wait(hub, session, pack, asset_id=asset_id, wish=wish)
            return
        new = {item["preset_id"]: item for item in _items(asset_id, answer, presets, wish)}
        pack.items = [new.get(item["preset_id"], item) if _is(item, asset_id) else item for item in pack.items]


def _answer(
    hub: Hub, user: User | None, asset_id: str, presets: Sequence[str], *, wish: Wish, clip: ClipView
) -> list[Outcome] | HubError | None:
    """Return what becomes of one asset; None while its clip is being made."""
    if clip.status in ("queued", "running"):
        return None
    if clip.status == "failed":
        return Conflict(clip.message or "The video could not be prepared.", code=clip.code or "clip_failed")
    if user is not None and user.disabled_at is not None:
        return Forbidden("Whoever asked for this pack has no access any more.")
    actor = replace(actor_of(user), bounds=wish.bounds) if user is not None else SYSTEM
    try:
        answers = renditions.request_each(hub, actor, [asset_id], presets, choice=wish.choice, stated=wish.stated)
    except HubError as error:
        if error.retry:
            raise
        return error
    return answers[asset_id]
