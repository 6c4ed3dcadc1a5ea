"""The storyboard of a video: what each version will show and be, before anything is encoded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, renditions
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import AssetView
from ugc_hub.catalog.tongues import tag_of
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.framing.filming import MOST_AIMS, FilmChoice
from ugc_hub.licensing import StatedUse
from ugc_hub.presets import Group, Preset
from ugc_hub.renditions import Board, Left, all_presets, beds
from ugc_hub.web import boards, canvases, films, sketches, uses
from ugc_hub.web.choices import clip_groups
from ugc_hub.web.context import allowed, the_hub
from workers.media.video.shapes import Aim, Sheet

from .asset import choice, made_of, shown_renditions
from .blueprint import blueprint

FIRST = ("tiktok.infeed.video.9x16", "meta.ig_feed.video.4x5", "youtube.infeed.video.16x9")
"""Placements that are chosen when somebody opens a storyboard."""
_LOOPS = {"0": 0, "1": 1, "2": 2, "3": 3}
_BUTTONS = {"yes": True, "no": False}
PATH = "path."
"""Fields of the form by preset: the places that a window was moved to by hand, as JSON."""


@dataclass(frozen=True)
class Asked:
    """What the form says: which placements, and what becomes of the video in each."""

    presets: tuple[str, ...]
    film: FilmChoice
    paths: dict[str, tuple[Aim, ...]]
    moves_s: float | None = None
    """How long an animation moves; a length for films would be too long for one."""

    def films(self, known: Mapping[str, Preset]) -> dict[str, FilmChoice]:
        """Return the choice for each placement that is known."""
        return {name: self._film(known[name]) for name in self.presets if name in known}

    def _film(self, preset: Preset) -> FilmChoice:
        film = replace(self.film, path=self.paths.get(preset.id, ()))
        return replace(film, seconds=self.moves_s) if preset.target.kind == "animation" else film


def _asked() -> Asked:
    """Read the form, or the address of the page.

    Raises:
        Invalid: something of it is no time, no place or no language.
    """
    values = request.values
    begun = "storyboard" in values
    film = FilmChoice(
        framing=choice(),
        start_s=_seconds("start", 0.0),
        seconds=_seconds("seconds", 0.1),
        captions=bool(language := values.get("captions", "")),
        language=tag_of(language) if language else None,
        mute=values.get("sound") == "mute",
        loops=_LOOPS.get(values.get("loops", "")),
        still_s=_seconds("still", 0.0),
        play_button=_BUTTONS.get(values.get("button", "")),
        **beds.chosen(track := values.get("bed", ""), keep_voice=bool(track and values.get("keep_voice"))),
    )
    presets = tuple(dict.fromkeys(values.getlist("preset")))
    paths = {name.removeprefix(PATH): _path(values[name]) for name in values if name.startswith(PATH) and values[name]}
    return Asked(presets if begun or presets else FIRST, film, paths, _seconds("moves", 0.1))


def _seconds(name: str, least: float) -> float | None:
    text = request.values.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value < 100_000:
        raise Invalid("Give a time in seconds, such as 6.5.", extra={"field": name})
    return value


def _path(text: str) -> tuple[Aim, ...]:
    try:
        plain = json.loads(text)
        aims = [Aim(float(one["at_s"]), float(one["x"]), float(one["y"]), one.get("jump") is True) for one in plain]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Invalid("The places of the window cannot be read. Set them again.", extra={"field": "path"}) from error
    fine = all(0 <= aim.at_s < 100_000 and 0 <= aim.x <= 1 and 0 <= aim.y <= 1 for aim in aims)
    if not fine or len(aims) > MOST_AIMS:
        words = f"At most {MOST_AIMS} places of the window, each inside the video."
        raise Invalid(words, extra={"field": "path"})
    return tuple(aims)


def _video(actor: Actor, asset_id: str) -> AssetView:
    found = catalog.get(the_hub(), actor, asset_id)
    if found.kind != "video":
        raise NotFound("Only videos have a storyboard.")
    return found


def _sheet(board: Board) -> Sheet:
    return Sheet.load(board.view.sheet) if board.view.sheet else Sheet("", 1, 1, 16, 9, 1.0)


def _versions(actor: Actor, board: Board, asked: Asked, stated: StatedUse) -> dict[str, Any]:
    """Return what each chosen placement would get."""
    hub, clip = the_hub(), board.view.clip
    known = all_presets(hub)
    made = {one.id: one for one in renditions.of_asset(hub, actor, board.view.asset_id)}
    films_of = asked.films(known)
    if clip is None or not films_of:
        return {"versions": [], "possible": 0, "lines_of": sketches.lines_of}
    planned = renditions.plan(hub, actor, board.view.asset_id, list(films_of), films=films_of, stated=stated)
    versions = [
        boards.version(board, _sheet(board), (known[one.preset_id], one), films_of[one.preset_id]) for one in planned
    ]
    for one in versions:
        plans = one["framing"].plans
        one["lines"] = films.lines(plans, clip) if one["plan"] else []
        # The same plan is the same file: what is there already is told, and not made again.
        one["made"] = [found for plan in plans if (found := made.get(plan.imprint.rendition_id or "")) is not None]
    versions.sort(key=lambda one: (one["plan"] is None, one["plan"] and canvases.ORDER.index(one["plan"].kind)))
    possible = sum(one["plan"] is not None for one in versions)
    return {"versions": versions, "possible": possible, "lines_of": sketches.lines_of}


def _unchosen(group: Group, asked: Asked) -> bool:
    return {preset.id for preset in group.presets}.isdisjoint(asked.presets)


def _drawn(board: Board) -> dict[str, Any]:
    """Return what every part of the page needs to draw small pictures."""
    sheet = _sheet(board)
    rows = -(-sheet.count // max(1, sheet.columns))
    return {
        "board": board,
        "clip": board.view.clip,
        "sheet": sheet,
        "sheet_url": url_for("api.see_preview", asset_id=board.view.asset_id, name=catalog.SHEET),
        "sheet_size": (sheet.columns * sheet.width, rows * sheet.height),
    }


@blueprint.get("/assets/<asset_id>/storyboard")
def storyboard(asset_id: str) -> BaseResponse:
    """Show a video as it is planned with; what was chosen stands in the address, so that it works without a script."""
    hub, actor = the_hub(), allowed("rendition.view")
    found = _video(actor, asset_id)
    if found.status != "ready":
        return redirect(url_for("pages.asset", asset_id=asset_id), 303)
    stated, problem = uses.asked()
    asked = _asked()
    board = renditions.storyboard(hub, actor, asset_id, asked.film.language)
    values: dict[str, Any] = {
        "asset": found,
        "asked": asked,
        "outcomes": [],
        "clip_left": _left(board),
        **_drawn(board),
    }
    if board.view.clip is not None:
        values |= {
            "brand_kits": renditions.all_kits(hub, actor) if may(actor, "brand.view") else [],
            "music": beds.offers(hub, actor, asset_id, asked.presets, stated=stated),
            "groups": sorted(clip_groups(hub), key=lambda group: _unchosen(group, asked)),
            "line": boards.line(board, _sheet(board)),
            "proposals": boards.proposals(board),
            **_versions(actor, board, asked, stated),
        }
    values |= {**uses.shown(stated, problem), **made_of(actor, asset_id, stated)}
    response = make_response(render_template("pages/storyboard.html", **values))
    if "use" in request.args and not problem:
        uses.remember(response, stated)
    return response


def _left(board: Board) -> Left | None:
    """Return how long it takes until the video is ready for its versions."""
    return renditions.left_of(the_hub(), [board.view.job_id]) if board.view.clip is None else None


@blueprint.get("/assets/<asset_id>/storyboard/wait")
def storyboard_wait(asset_id: str) -> BaseResponse | str:
    """Return how far the video is with being made ready; then the whole page is loaded again."""
    actor = allowed("rendition.view")
    found = _video(actor, asset_id)
    board = renditions.storyboard(the_hub(), actor, asset_id)
    shown = render_template("partials/board-wait.html", asset=found, board=board, clip_left=_left(board))
    if board.view.clip is None:
        return shown
    return BaseResponse(shown, headers={"HX-Refresh": "true"}, mimetype="text/html")


@blueprint.post("/assets/<asset_id>/storyboard/plans")
def storyboard_plans(asset_id: str) -> str:
    """Return what each chosen placement would get, as the form says now; nothing is kept."""
    hub, actor = the_hub(), allowed("rendition.view")
    found = _video(actor, asset_id)
    asked, stated = _asked(), uses.current()
    board = renditions.storyboard(hub, actor, asset_id, asked.film.language)
    drawn = {**_drawn(board), **_versions(actor, board, asked, stated)}
    return render_template("partials/board-versions.html", asset=found, asked=asked, **drawn)


@blueprint.post("/assets/<asset_id>/storyboard")
def make_versions(asset_id: str) -> str | BaseResponse:
    """Ask for all chosen versions in one go, and show how they come along."""
    hub, actor = the_hub(), allowed("rendition.request")
    stated, asked = uses.current(), _asked()
    if not asked.presets:
        raise Invalid("Choose at least one placement.", extra={"field": "preset"})
    films_of = asked.films(all_presets(hub))
    outcomes = renditions.request(hub, actor, asset_id, asked.presets, films=films_of, stated=stated)
    if request.headers.get("HX-Request") != "true":
        return redirect(url_for("pages.storyboard", asset_id=asset_id, _anchor="renditions"), 303)
    return shown_renditions(actor, asset_id, outcomes)


@blueprint.post("/assets/<asset_id>/clip")
def prepare_clip(asset_id: str) -> BaseResponse:
    """Ask for the clip of a video that has none, or whose clip failed."""
    renditions.prepare(the_hub(), allowed("rendition.request"), asset_id)
    return redirect(url_for("pages.storyboard", asset_id=asset_id), 303)
