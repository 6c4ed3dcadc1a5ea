"""Turns presets into plans, and plans into renditions: each distinct plan of an asset is made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.catalog.view import ORDERED, load, ordered
from ugc_hub.errors import Conflict, Gone, HubError, Invalid, LegalOrder, NotFound
from ugc_hub.framing import AnyFraming, Choice, FilmChoice
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.missing import in_trash, trashed
from ugc_hub.models import Asset, Rendition, RenditionUse
from ugc_hub.presets import Preset, UnknownPreset
from workers.media.plans import AnyPlan, media_type_of, size_of
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .asking import Asked, ask
from .clips import ClipNotReady, ClipView
from .customs import all_presets
from .dressing import labelled
from .framings import Choices, clip_for, framings_of, refused, view_for
from .view import jobs_of, state_of

MOST_PRESETS = 200
FOR_GOOD = {"plan_impossible", "plan_malformed", "over_budget"}
"""Codes of failures that the same plan meets every time; another attempt would only cost time."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one preset: `ready` or `warned` with its renditions, or `refused` with the reasons."""

    preset_id: str
    outcome: str
    reasons: tuple[dict[str, Any], ...]
    renditions: tuple[str, ...]
    """Ids; they may be finished already."""
    channel: str | None = None
    """Where it may be used; what follows holds for that use."""
    valid_until: str | None = None
    duties: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def _presets(hub: Hub, preset_ids: Sequence[str]) -> list[Preset]:
    if not 1 <= len(preset_ids) <= MOST_PRESETS:
        raise Invalid(f"Choose 1 to {MOST_PRESETS} presets.", extra={"field": "presets"})
    known = all_presets(hub)
    if missing := [name for name in dict.fromkeys(preset_ids) if name not in known]:
        raise UnknownPreset(missing, known)
    return [known[name] for name in dict.fromkeys(preset_ids)]


def plan(
    hub: Hub,
    actor: Actor,
    asset_id: str,
    preset_ids: Sequence[str],
    *,
    choice: Choice | None = None,
    stated: StatedUse | None = None,
    film: FilmChoice | None = None,
    films: Mapping[str, FilmChoice] | None = None,
) -> list[AnyFraming]:
    """Say what each preset would make of the asset, or why not; no pixel is touched and nothing is kept.

    With `stated` the grants are asked as well, and what may not be used so is refused. `film` and `films` are as of
    `request`. A video whose clip is not there yet gets a refusal that says so (`clip_not_ready`), and so does what a
    legal order hides from the actor (`legal_order`): a crop would tell where the picture shows something.
    """
    require(actor, "rendition.view")
    presets = _presets(hub, preset_ids)
    with hub.database.read() as session:
        asset = load(session, actor, asset_id)
        if ordered(session, actor, [asset_id]):
            return [refused(preset, LegalOrder.code, ORDERED) for preset in presets]
        choices = Choices(choice or Choice(), film, films or {})
        clip = view_for(session, asset, presets)
        framings = framings_of(hub, session, asset, presets=presets, choices=choices, clip=clip)
        if stated is None:
            return framings
        pairs = list(zip(presets, framings, strict=True))
        asked = ask(hub, session, actor, asset=asset, pairs=pairs, stated=stated)
        return [one.framing for one in _labelled(hub, session, asked, presets, choices=choices)]


def request(
    hub: Hub,
    actor: Actor,
    asset_id: str,
    preset_ids: Sequence[str],
    *,
    choice: Choice | None = None,
    stated: StatedUse | None = None,
    film: FilmChoice | None = None,
    films: Mapping[str, FilmChoice] | None = None,
) -> list[Outcome]:
    """Ask for renditions: known plans are reused, all new plans of the asset become one job.

    `stated` says for which use, each preset for its own channel where it names none; what the grants do not allow is
    refused and never made. `film` says how videos are cut, and `films` how that of one preset is.

    Raises:
        ClipNotReady: a version of a video is wanted whose clip is only being made; the job that makes it is queued.
        Invalid: what was stated is no use.
        NotFound: the asset or a preset does not exist.
        Conflict: the asset was not measured yet.
        Forbidden: the actor may not ask for renditions.
    """
    require(actor, "rendition.request")
    choices = Choices(choice or Choice(), film, films or {})
    wish = Wish(_presets(hub, preset_ids), choices, stated or StatedUse())
    try:
        return _request(hub, actor, asset_id, wish)
    finally:
        hub.ring()


def request_each(
    hub: Hub,
    actor: Actor,
    asset_ids: Iterable[str],
    preset_ids: Sequence[str],
    *,
    choice: Choice | None = None,
    stated: StatedUse | None = None,
    film: FilmChoice | None = None,
    films: Mapping[str, FilmChoice] | None = None,
) -> dict[str, list[Outcome] | HubError]:
    """Ask for renditions of many assets; one that cannot have any gets the reason and does not hold up the others.

    Each asset is a short transaction of its own, so that a large request does not keep others from writing.

    Raises:
        NotFound: a preset does not exist.
        Forbidden: the actor may not ask for renditions.
    """
    require(actor, "rendition.request")
    choices = Choices(choice or Choice(), film, films or {})
    wish = Wish(_presets(hub, preset_ids), choices, stated or StatedUse())
    answers: dict[str, list[Outcome] | HubError] = {}
    for asset_id in asset_ids:
        try:
            answers[asset_id] = _request(hub, actor, asset_id, wish)
        except (NotFound, Gone, Conflict) as error:
            answers[asset_id] = error
    hub.ring()
    return answers


@dataclass(frozen=True)
class Wish:
    """What is asked of each asset."""

    presets: Sequence[Preset]
    choices: Choices
    stated: StatedUse


def _request(hub: Hub, actor: Actor, asset_id: str, wish: Wish) -> list[Outcome]:
    with hub.database.write() as session:
        asset = load(session, actor, asset_id)
        if gone := trashed(session, [asset.id]):
            raise in_trash(asset.id, gone[asset.id])
        clip = clip_for(hub, session, asset, wish.presets)
        if not isinstance(clip, ClipNotReady):
            return _asked(hub, session, actor, asset=asset, wish=wish, clip=clip)
        crash_point("before_commit")
    raise clip  # after the commit: the job that makes the clip outlives the refusal


def _asked(
    hub: Hub, session: Session, actor: Actor, *, asset: Asset, wish: Wish, clip: ClipView | None
) -> list[Outcome]:
    framings = framings_of(hub, session, asset, presets=wish.presets, choices=wish.choices, clip=clip)
    pairs = list(zip(wish.presets, framings, strict=True))
    answers = ask(hub, session, actor, asset=asset, pairs=pairs, stated=wish.stated)
    asked = _labelled(hub, session, answers, wish.presets, choices=wish.choices)
    framings = [one.framing for one in asked]
    plans = {item.digest(): item for framed in framings for item in framed.plans}
    rows = _rows(hub, session, asset, plans)
    _uses(hub, session, actor, framings=framings, rows=rows)
    names = [preset.id for preset in wish.presets]
    record(session, hub.now(), "renditions.requested", asset.id, actor=actor.user_id, presets=names)
    crash_point("before_commit")
    return [_outcome(one, rows) for one in asked]


def _labelled(
    hub: Hub, session: Session, answers: Sequence[Asked], presets: Sequence[Preset], *, choices: Choices
) -> list[Asked]:
    """Draw the label that the duties of a use ask for, in the kit that was chosen for each preset."""
    kits = {preset.id: choices.of(preset, choices.choice).framing.kit for preset in presets}
    pairs = zip(presets, answers, strict=True)
    return [labelled(hub, session, one, (preset, kits[preset.id])) for preset, one in pairs]


def _outcome(asked: Asked, rows: dict[str, Rendition]) -> Outcome:
    framed = asked.framing
    ids = tuple(rows[item.digest()].id for item in framed.plans)
    reasons = tuple(asdict(reason) for reason in framed.reasons)
    return Outcome(framed.preset_id, framed.outcome, reasons, ids, **asked.told)


def _rows(hub: Hub, session: Session, asset: Asset, plans: dict[str, AnyPlan]) -> dict[str, Rendition]:
    """Return the rendition of each plan; new ones, and those that may come out this time, are queued in one job."""
    hub.database.serialise(session, f"renditions:{asset.id}")
    known = select(Rendition).where(Rendition.asset_id == asset.id, Rendition.plan_digest.in_(list(plans)))
    rows = {row.plan_digest: row for row in session.scalars(known)}
    jobs = jobs_of(session, rows.values())
    failed = (row for row in rows.values() if state_of(row, jobs.get(row.job_id or 0))[0] == "failed")
    waiting = [row for row in failed if row.code not in FOR_GOOD]
    for digest, item in plans.items():
        if digest not in rows:
            rows[digest] = _row(hub, asset, digest, item)
            session.add(rows[digest])
            waiting.append(rows[digest])
    if waiting:
        session.flush()
        job_id = enqueue(
            session.connection(),
            "film" if asset.kind == "video" else "render",
            {"asset_id": asset.id, "rendition_ids": [row.id for row in waiting]},
            options=Options(group=asset.id, max_attempts=hub.settings.job_attempts),
        )
        for row in waiting:
            row.status, row.code, row.message, row.job_id = "queued", None, None, job_id
    return rows


def _row(hub: Hub, asset: Asset, digest: str, item: AnyPlan) -> Rendition:
    width, height = size_of(item)
    return Rendition(
        id=item.imprint.rendition_id,
        created_at=hub.now(),
        asset_id=asset.id,
        plan_digest=digest,
        plan=item.dump(),
        status="queued",
        media_type=media_type_of(item),
        width=width,
        height=height,
    )


def _uses(
    hub: Hub, session: Session, actor: Actor, *, framings: Sequence[AnyFraming], rows: dict[str, Rendition]
) -> None:
    session.flush()
    ids = [row.id for row in rows.values()]
    found = select(RenditionUse).where(RenditionUse.rendition_id.in_(ids))
    known = {(use.rendition_id, use.preset_id) for use in session.scalars(found)}
    for framed in framings:
        for item in framed.plans:
            pair = (rows[item.digest()].id, framed.preset_id)
            if pair not in known:
                known.add(pair)
                session.add(
                    RenditionUse(
                        rendition_id=pair[0],
                        preset_id=pair[1],
                        reasons=[asdict(reason) for reason in framed.reasons],
                        requested_by=actor.user_id,
                        requested_at=hub.now(),
                    )
                )
