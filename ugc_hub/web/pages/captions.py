"""The editor of captions: one row a cue, what is wrong beside it; a plain form, so that it works without a script."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, renditions
from ugc_hub.accounts import Actor
from ugc_hub.catalog import CaptionView, Sidecar
from ugc_hub.catalog.deeds import clock, done, seconds
from ugc_hub.catalog.sidecars import TYPES
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.licensing import StatedUse
from ugc_hub.web import scopes, uses
from ugc_hub.web.context import allowed, the_hub
from workers.media.video.shapes import Cue

from .blueprint import blueprint
from .take import taken

ROWS = 100
"""Cues of one page."""
FROM = {
    "given": "Given as a file",
    "embedded": "Found in the video",
    "heard": "Heard by a program",
    "edited": "Edited here",
}


@blueprint.get("/assets/<asset_id>/captions")
def captions(asset_id: str) -> str:
    """Show the captions of a video in one language, to be edited."""
    return _page(asset_id)


def _page(asset_id: str, problem: str = "", typed: list[tuple[str, str, str]] | None = None) -> str:
    hub, actor = the_hub(), allowed("asset.view")
    tracks = catalog.list_captions(hub, actor, asset_id)
    view = _chosen(tracks, request.values.get("language", ""), request.values.get("source", ""))
    first = _first(len(view.cues) if view else 0)
    rows = view.cues[first : first + ROWS] if view else ()
    faults: dict[int, list[str]] = {}
    for fault in view.faults if view else ():
        faults.setdefault(fault.cue, []).append(fault.sentence)
    return render_template(
        "pages/captions.html",
        asset=catalog.get(hub, actor, asset_id),
        tracks=tracks,
        view=view,
        first=first,
        rows=typed or [(clock(cue.start_s), clock(cue.end_s), cue.text) for cue in rows],
        faults=faults if typed is None else {},
        wrong=[(number, view.cues[number].start_s) for number in sorted(faults)] if view else [],
        pages=range(0, len(view.cues), ROWS) if view and len(view.cues) > ROWS else (),
        problem=problem,
        editing=typed is not None or (view is not None and view.counts),
        # What was typed was made of that version, whatever somebody else has kept meanwhile.
        version=request.form.get("version", "") if typed is not None else view and view.version,
        sources=FROM,
        clock=clock,
        page_size=ROWS,
        listens=bool(hub.settings.speech_recogniser),
        **_transcription(actor, asset_id),
    )


def _transcription(actor: Actor, asset_id: str) -> dict[str, Any]:
    """Return how far the program is that was asked to hear the video, and how long it still takes."""
    found = catalog.transcription_of(the_hub(), actor, asset_id)
    waits = found is not None and found.under_way
    return {"transcription": found, "left": renditions.left_of(the_hub(), [found.job_id]) if found and waits else None}


def _chosen(tracks: list[CaptionView], language: str, source: str) -> CaptionView | None:
    """Return the track that the address names, else the first."""
    same = [one for one in tracks if one.language == language]
    exact = [one for one in same if one.source == source]
    return next(iter([*exact, *same, *tracks]), None)


def _first(count: int) -> int:
    """Return the number of the first cue of the page that the address names."""
    asked = request.values.get("from", "0")
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    return min(number, max(0, count - 1)) // ROWS * ROWS


@blueprint.post("/assets/<asset_id>/transcription")
def transcribe_captions(asset_id: str) -> BaseResponse | tuple[str, int]:
    """Have a program hear what is said, or stop it."""
    hub, actor = the_hub(), allowed("asset.edit")
    try:
        if request.form.get("do") == "stop":
            catalog.stop_transcription(hub, actor, asset_id)
        else:
            catalog.ask_transcription(hub, actor, asset_id, language=request.form.get("hint", ""))
    except (Conflict, Invalid) as error:
        return _page(asset_id, error.message), error.status
    return scopes.done("pages.captions", asset_id=asset_id, _anchor="transcription")


@blueprint.get("/assets/<asset_id>/transcription")
def transcription(asset_id: str) -> BaseResponse | str:
    """Return how far the transcription is; once it has ended, the whole page is loaded again."""
    hub, actor = the_hub(), allowed("asset.view")
    known = _transcription(actor, asset_id)
    shown = render_template("partials/transcription.html", asset=catalog.get(hub, actor, asset_id), **known)
    if known["transcription"] is not None and known["transcription"].under_way:
        return shown
    return BaseResponse(shown, headers={"HX-Refresh": "true"}, mimetype="text/html")


@blueprint.post("/assets/<asset_id>/captions")
def add_captions(asset_id: str) -> BaseResponse | tuple[str, int]:
    """Keep a file of captions, or begin an empty track."""
    scopes.large_form()
    hub, actor = the_hub(), allowed("asset.edit")
    language = request.form.get("new_language", "")
    data, _ = scopes.file_of("file")
    try:
        if data:
            view = catalog.add_captions(hub, actor, asset_id, data, language=language)
        else:
            view = catalog.edit_captions(hub, actor, asset_id, language, cues=done((), "add", -1), seen=("none", 0))
    except (Conflict, Invalid) as error:
        if error.code not in ("invalid", "captions_changed"):
            raise
        words = error.message
        if error.code == "captions_changed":
            words = "There are captions in this language. Choose a file that takes their place, or edit them."
        return _page(asset_id, words), error.status
    return scopes.done("pages.captions", asset_id=asset_id, language=view.language)


@blueprint.post("/assets/<asset_id>/captions/<language>")
def save_captions(asset_id: str, language: str) -> BaseResponse | tuple[str, int]:
    """Keep the rows of the form in the place of those that it showed, after what its button says."""
    hub, actor, form = the_hub(), allowed("asset.edit"), request.form
    source = form.get("source", "")
    view = catalog.get_captions(hub, actor, asset_id, language, source=source)
    typed = list(zip(form.getlist("start"), form.getlist("end"), form.getlist("text"), strict=False))[:ROWS]
    first = _first(len(view.cues))
    deed, _, number = form.get("do", "save").partition(":")
    try:
        rows = tuple(Cue(seconds(start), seconds(end), text) for start, end, text in typed)
        if deed != "save":
            rows = done(rows, deed, int(number) if number.isdecimal() else -1)
        cues = (*view.cues[:first], *rows, *view.cues[first + ROWS :])
        version = form.get("version", "")
        seen = (source, int(version) if version.isdecimal() else 0)
        catalog.edit_captions(hub, actor, asset_id, language, cues=cues, seen=seen)
    except (Conflict, Invalid) as error:
        return _page(asset_id, error.message, typed), error.status
    values = {"language": view.language, "from": first} if first else {"language": view.language}
    return scopes.done("pages.captions", asset_id=asset_id, **values, _anchor=f"cue-{number}" if number else None)


@blueprint.post("/assets/<asset_id>/captions/<language>/choose")
def choose_captions(asset_id: str, language: str) -> BaseResponse:
    """Let another track count for the language."""
    source = request.form.get("source", "")
    view = catalog.choose_captions(the_hub(), allowed("asset.edit"), asset_id, language, source=source)
    return scopes.done("pages.captions", asset_id=asset_id, language=view.language)


@blueprint.post("/assets/<asset_id>/captions/<language>/remove")
def remove_captions(asset_id: str, language: str) -> BaseResponse:
    """Remove one track."""
    catalog.remove_captions(the_hub(), allowed("asset.edit"), asset_id, language, source=request.form.get("source", ""))
    return scopes.done("pages.captions", asset_id=asset_id)


@blueprint.post("/assets/<asset_id>/captions/<language>/take")
def take_captions(asset_id: str, language: str) -> BaseResponse:
    """Download captions, for use inside the house unless a use is stated."""
    actor = allowed("rendition.download")
    stated = uses.read(request.form) if "use" in request.form else StatedUse()
    form = request.form.get("form", "")
    sidecar = Sidecar(language, form if form in TYPES else "srt", request.form.get("source", ""))
    given = {**uses.query(stated), "form": sidecar.form}
    if sidecar.source:
        given["source"] = sidecar.source
    return taken(
        lambda: catalog.take_captions(the_hub(), actor, asset_id, sidecar, stated=stated),
        url_for("api.download_captions", asset_id=asset_id, language=language),
        url_for("pages.captions", asset_id=asset_id, language=language),
        given,
    )
