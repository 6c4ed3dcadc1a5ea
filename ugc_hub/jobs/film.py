"""Makes the versions of a video that a job names: group by group, each kept as soon as it is there.

Versions that show the same part come from one decode, and animations are made beside the first of them. A worker that
is restarted goes on with what it had not finished; a version that fails says why and holds up none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from ugc_hub.audit import record
from ugc_hub.framing.kits import materials_of
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset, AssetClip, Rendition
from ugc_hub.permissions.music import lay_out_music
from ugc_hub.renditions.beds import music_in
from ugc_hub.renditions.kitfiles import lay_out
from ugc_hub.renditions.view import EXTENSIONS
from workers.media import filming
from workers.media.answer import Progress
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Watching
from workers.media.plans import AnyPlan, clip_version_of, load_plan, shared
from workers.media.sandbox import Sandbox
from workers.media.shapes import ImagePlan, Rendered
from workers.media.video.rungs import Ladder, LadderPlan
from workers.media.video.shapes import Animated, AnimationPlan, Clip, Made, VideoPlan
from workers.queue.context import Halted, JobContext
from workers.queue.leases import held

from .collect import remove
from .keep import DERIVED, check_kept
from .normalise import keep_clip, make_clip
from .prepare import keep_ingredient

File = Made | Animated | Rendered | Ladder
PREPARING = 0.3
"""Of the whole work, where the clip has to be made again first."""


@dataclass(frozen=True)
class Order:
    """What a job is to make: the plans that wait, by rendition, of one clip."""

    asset: Asset
    clip: Clip
    key: str | None
    """Where the file of the clip lies, if it is there."""
    plans: dict[str, AnyPlan]


@dataclass(frozen=True)
class Work:
    """Where a group is made, who hears how far it is, and who keeps what is finished of it, by rendition."""

    folder: Path
    tell: Progress
    keep: Callable[[Mapping[str, File | MediaError]], None]


def film(hub: Hub, sandbox: Sandbox, context: JobContext) -> dict[str, Any] | None:
    """Make the versions of one video that are still waiting for this job."""
    order = _order(hub, context)
    if order is None:
        return {"outcome": "nothing to do"}
    done = {"ready": 0, "failed": 0}
    groups = _groups(order)
    begun = 0.0 if order.key is not None else PREPARING
    with _source(hub, sandbox, context, order, begun=begun) if groups else nullcontext(Path()) as source:
        share = (1 - begun) / max(len(groups), 1)
        for number, names in enumerate(groups):
            context.check()
            tell = _told(context, begun + number * share, share, f"Part {number + 1} of {len(groups)}")
            folder = context.workdir / f"part-{number}"
            folder.mkdir()
            lay_out(hub, _materials(order, names), folder)
            lay_out_music(hub, music_in([order.plans[name] for name in names]), folder)

            def keep(made: Mapping[str, File | MediaError], folder: Path = folder) -> None:
                _settle(hub, context, folder, made, done=done)
                crash_point("after_part")

            _make(sandbox, context, (source, order), names, work=Work(folder, tell, keep))
    with hub.database.write() as session:
        context.settle(session.connection(), done)
        crash_point("before_commit")
    return None


def _order(hub: Hub, context: JobContext) -> Order | None:
    """Return what is left to do. Plans of a clip that was made anew meanwhile are ended, with words."""
    wanted = list(context.job.payload["rendition_ids"])
    with hub.database.write() as session:
        asset = session.get(Asset, str(context.job.payload["asset_id"]))
        row = session.get(AssetClip, asset.id) if asset is not None else None
        queued = select(Rendition).where(Rendition.id.in_(wanted), Rendition.status == "queued").order_by(Rendition.id)
        rows = session.scalars(queued).all()
        if asset is None or asset.status != "ready" or row is None or row.clip is None or not rows:
            return None
        hub.database.serialise(session, DERIVED)  # so that no collection removes the clip between this and its use
        row.last_used_at = hub.now()
        plans: dict[str, AnyPlan] = {}
        for one in rows:
            plan = load_plan(one.plan)
            if clip_version_of(plan) == row.version:
                plans[one.id] = plan
            else:
                one.status, one.code = "failed", "clip_outdated"
                one.message = "The video was prepared anew meanwhile. Ask for this version again."
        key = row.storage_key if row.storage_key and hub.storage.exists(row.storage_key) else None
        return Order(asset, Clip.load(row.clip), key, plans)


def _groups(order: Order) -> list[list[str]]:
    """Return the renditions that are made together, by id: each stream alone, all stills at once.

    Animations are made beside the first films, else each alone: what they begin with is decoded anew anyway.
    """
    names = {plan.digest(): name for name, plan in order.plans.items()}
    films = [plan for plan in order.plans.values() if isinstance(plan, VideoPlan)]
    stills = [name for name, plan in order.plans.items() if isinstance(plan, ImagePlan)]
    moving = [name for name, plan in order.plans.items() if isinstance(plan, AnimationPlan)]
    streams = [[name] for name, plan in order.plans.items() if isinstance(plan, LadderPlan)]
    parts = [[names[plan.digest()] for plan in some] for some in shared(films)]
    beside = [[*parts[0], *moving], *parts[1:]] if parts else [[name] for name in moving]
    return [*([stills] if stills else []), *beside, *streams]


def _materials(order: Order, names: Sequence[str]) -> list[str]:
    """Name the files that a group is drawn with."""
    plans = [order.plans[name] for name in names]
    films = [plan for plan in plans if isinstance(plan, VideoPlan | LadderPlan)]
    cards = [card for plan in films for card in (plan.intro, plan.end) if card]
    drawn = [name for one in (*plans, *cards) for name in materials_of(one.overlays)]
    return [*drawn, *(name for plan in films for name in materials_of((), plan.captions))]


def _told(context: JobContext, before: float, share: float, where: str) -> Progress:
    return lambda fraction, words: context.progress(before + share * fraction, f"{where}: {words or 'Encoding.'}")


@contextmanager
def _source(hub: Hub, sandbox: Sandbox, context: JobContext, order: Order, *, begun: float) -> Iterator[Path]:
    """Yield the file of the clip, made again where it was removed; the original is prepared for credentials as well."""
    if hub.credentials is not None:
        with hub.storage.local(original_key(order.asset.sha256)) as original:
            keep_ingredient(hub, sandbox, context, asset=order.asset, path=original)
    if order.key is not None:
        with hub.storage.local(order.key) as path:
            yield path
        return
    stored = make_clip(hub, sandbox, context, order.asset, tell=_told(context, 0.0, begun, "Preparing the video"))
    with hub.database.write() as session:
        hub.database.serialise(session, f"clip:{order.asset.id}")
        keep_clip(hub, session, order.asset.id, stored)
    yield stored.path


def _make(
    sandbox: Sandbox, context: JobContext, given: tuple[Path, Order], names: Sequence[str], *, work: Work
) -> None:
    """Make the files of one group; what no version of it survives is told by each that is not there.

    What another attempt may help is raised; on the last one it is told as well, so that the groups behind are made.
    """
    left, watching = list(names), Watching(context.cancelled, work.tell)

    def keep(made: Mapping[str, File | MediaError]) -> None:
        work.keep(made)
        left[:] = [name for name in left if name not in made]

    try:
        _made(sandbox, given, names, work=replace(work, keep=keep), watching=watching)
    except Cancelled:
        context.check()
        raise
    except MediaError as error:
        if error.retry and context.job.attempts < context.job.max_attempts:
            raise
        keep(dict.fromkeys(left, error))


def _made(sandbox: Sandbox, given: tuple[Path, Order], names: Sequence[str], *, work: Work, watching: Watching) -> None:
    source, order = given
    plans = [order.plans[name] for name in names]
    films = [plan for plan in plans if isinstance(plan, VideoPlan)]
    moving = [plan for plan in plans if isinstance(plan, AnimationPlan)]
    made: Sequence[File | MediaError]
    if films and moving:
        digests = {plan.digest(): name for name, plan in zip(names, plans, strict=True)}

        def keep(found: Mapping[str, Made | Animated | MediaError]) -> None:
            work.keep({digests[digest]: one for digest, one in found.items()})

        both = (order.clip, films, moving)
        filming.together(sandbox, source, both, work.folder, keep=keep, watching=watching)
        return
    if films:
        made = filming.film(sandbox, source, (order.clip, films), work.folder, watching=watching)
    elif moving:
        made = filming.animate(sandbox, source, (order.clip, moving), work.folder, watching=watching)
    elif isinstance(plans[0], LadderPlan):
        streams = (order.clip, cast("list[LadderPlan]", plans))
        made = filming.ladder(sandbox, source, streams, work.folder, watching=watching)
    else:
        stills = (order.clip, cast("list[ImagePlan]", plans))
        made = filming.still(sandbox, source, stills, work.folder, watching=watching)
    work.keep(dict(zip(names, made, strict=True)))


def _settle(
    hub: Hub, context: JobContext, folder: Path, made: Mapping[str, File | MediaError], *, done: dict[str, int]
) -> None:
    """Store and record a group, so that nobody makes it again; nothing of it stays where the job was cancelled."""
    context.check()
    keys = {name: _key(item) for name, item in made.items() if not isinstance(item, MediaError)}
    for name, key in keys.items():
        item = cast("File", made[name])
        hub.storage.put(key, folder / item.path, content_type=item.media_type)
        (folder / item.path).unlink()
    crash_point("after_renditions")
    try:
        _record(hub, context, made, keys)
    except Halted:
        for key in keys.values():
            remove(hub, key)
        raise
    failed = sum(isinstance(item, MediaError) for item in made.values())
    done["failed"] += failed
    done["ready"] += len(made) - failed


def _key(item: File) -> str:
    return f"renditions/{item.sha256}{EXTENSIONS[item.media_type]}"


def _record(hub: Hub, context: JobContext, made: Mapping[str, File | MediaError], keys: dict[str, str]) -> None:
    with hub.database.write() as session:
        check_kept(hub, session, keys.values())
        if not held(session.connection(), context.job):
            raise Halted("lost")
        rows = session.scalars(select(Rendition).where(Rendition.id.in_(list(made)), Rendition.status == "queued"))
        for row in rows:
            item = made[row.id]
            if isinstance(item, MediaError):
                row.status, row.code, row.message = "failed", item.code, item.message
                record(session, hub.now(), "rendition.failed", row.id, code=item.code)
                continue
            _ready(row, item)
            row.ready_at, row.storage_key = hub.now(), keys[row.id]
            record(session, hub.now(), "rendition.ready", row.id, sha256=item.sha256)


def _ready(row: Rendition, item: File) -> None:
    row.status, row.media_type, row.sha256 = "ready", item.media_type, item.sha256
    if isinstance(item, Made):
        found = item.measured
        row.width, row.height, row.size_bytes = found.width, found.height, found.size_bytes
        loud = item.loudness.dump() if item.loudness is not None else None
        words = {"short_of_lufs": item.short_of_lufs, "lifted_db": item.lifted_db}
        row.measured = {**found.dump(), "loudness": loud, **words}
        return
    row.width, row.height, row.size_bytes = item.width, item.height, item.size_bytes
    if isinstance(item, Animated):
        row.measured = {"frames": item.frames, "duration_s": item.duration_s, "loops": item.loops}
    elif isinstance(item, Ladder):
        row.measured = {**item.dump(), "path": None}
    else:
        row.quality = item.quality
        row.measured = {"thumbhash": item.thumbhash}
