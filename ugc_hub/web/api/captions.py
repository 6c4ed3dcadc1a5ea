"""Captions of videos: kept, edited, checked, taken away as files."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Response
from pydantic import ConfigDict, Field

from ugc_hub import catalog
from ugc_hub.catalog import CaptionView, Sidecar, TranscriptionView
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send_copy
from workers.media.video.cues import MOST_CUES, MOST_SIGNS
from workers.media.video.shapes import Cue, Span

from .blueprint import blueprint, body, described, gives, gives_file, query
from .shapes import Asked, Given, TakeQuery

Source = Literal["given", "embedded", "heard", "edited"]


class CueShape(Asked):
    """What is said from one instant to another, in seconds from the beginning of the video."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, str_max_length=2000)
    start_s: float = Field(ge=0, lt=360_000)
    end_s: float = Field(ge=0, lt=360_000)
    text: str = Field(max_length=2000, description="Lines are parted by a newline.")


class FaultOut(Given):
    """What makes a cue hard to read, or wrong."""

    cue: int = Field(description="Counts from 0.")
    code: str
    sentence: str


class CaptionOut(Given):
    """One track: of a language, from one source."""

    asset_id: str
    language: str = Field(description="BCP 47; `und` where nobody knows.")
    source: Source
    counts: bool = Field(description="Whether it is the one that is used for its language.")
    version: int
    reader: str = Field(description="What heard it; empty otherwise.")
    changed_at: datetime
    cues: list[CueShape]
    faults: list[FaultOut]


class CaptionList(Given):
    """All tracks of a video; of each language the one that counts comes first."""

    items: list[CaptionOut]


class CaptionsWritten(Asked):
    """A file in words, or cues; one of them."""

    model_config = ConfigDict(extra="forbid", str_max_length=MOST_SIGNS)
    track: str | None = Field(default=None, max_length=MOST_SIGNS, description="SubRip or WebVTT: kept as `given`.")
    cues: list[CueShape] | None = Field(default=None, max_length=MOST_CUES, description="Kept as `edited`.")
    seen_source: Source | None = Field(default=None, description="Of the track that the cues were made of.")
    seen_version: int | None = Field(default=None, description="Of it; where it has changed since, nothing is kept.")


class CaptionsChosen(Asked):
    """Which track counts."""

    source: Source


class TranscriptionAsked(Asked):
    """What is known of what is said."""

    language: str | None = Field(
        default=None, max_length=35, description="BCP 47, as a hint. Default: that of the asset."
    )


class TranscriptionOut(Given):
    """How far the transcription of a video is; its captions are those of the source `heard`."""

    asset_id: str
    language: str = Field(description="The hint; empty where nobody knew.")
    job_id: int
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float
    code: str | None
    message: str | None
    cues: int | None = Field(description="How many captions came of it, where it is done.")


class CaptionQuery(Asked):
    """Which track of a language."""

    source: Source | None = Field(default=None, description="Default: the one that counts; to remove: all.")


class SidecarQuery(TakeQuery):
    """The form of the file, and the use that it is taken for."""

    form: Literal["srt", "vtt"] = "srt"
    source: Source | None = None
    start_s: float | None = Field(default=None, ge=0, description="Only what is said from here on; times count anew.")
    end_s: float | None = Field(default=None, gt=0)


@blueprint.get("/assets/<asset_id>/captions")
@gives(CaptionList)
@described("Captions", "List the captions of a video")
def list_captions(asset_id: str) -> dict[str, Any]:
    """Return all tracks with their cues, and what is wrong with each."""
    return {"items": catalog.list_captions(the_hub(), allowed("asset.view"), asset_id)}


@blueprint.post("/assets/<asset_id>/transcription")
@body(TranscriptionAsked)
@gives(TranscriptionOut, 202, "It is asked for")
@described("Captions", "Have a program hear what is said in a video")
def ask_transcription(asset_id: str, body: TranscriptionAsked) -> TranscriptionView:
    """Ask for captions by the recogniser that is set up; one that is under way already is returned."""
    return catalog.ask_transcription(the_hub(), allowed("asset.edit"), asset_id, language=body.language)


@blueprint.get("/assets/<asset_id>/transcription")
@gives(TranscriptionOut)
@described("Captions", "How far the transcription of a video is")
def see_transcription(asset_id: str) -> TranscriptionView:
    """Return that which was asked for last, with why nothing came of it where that is so."""
    return _asked(catalog.transcription_of(the_hub(), allowed("asset.view"), asset_id))


@blueprint.delete("/assets/<asset_id>/transcription")
@gives(TranscriptionOut)
@described("Captions", "Stop the transcription of a video")
def stop_transcription(asset_id: str) -> TranscriptionView:
    """Stop it; nothing comes of it. What has ended stays as it is."""
    return _asked(catalog.stop_transcription(the_hub(), allowed("asset.edit"), asset_id))


def _asked(found: TranscriptionView | None) -> TranscriptionView:
    if found is None:
        raise NotFound("Nobody has asked to have this video heard.")
    return found


@blueprint.get("/assets/<asset_id>/captions/<language>")
@query(CaptionQuery)
@gives(CaptionOut)
@described("Captions", "The captions of a video in one language")
def see_captions(asset_id: str, language: str, query: CaptionQuery) -> CaptionView:
    """Return one track with its cues, and what is wrong with them."""
    return catalog.get_captions(the_hub(), allowed("asset.view"), asset_id, language, source=query.source or "")


@blueprint.put("/assets/<asset_id>/captions/<language>")
@body(CaptionsWritten)
@gives(CaptionOut)
@described("Captions", "Keep captions of a video in one language")
def write_captions(asset_id: str, language: str, body: CaptionsWritten) -> CaptionView:
    """Keep a file as it was given, or cues as they were edited; from then on they count for the language."""
    hub, actor = the_hub(), allowed("asset.edit")
    if (body.track is None) == (body.cues is None):
        raise Invalid("Send either a track or cues.", extra={"field": "track"})
    if (body.seen_source is None) != (body.seen_version is None):
        raise Invalid("Send both seen_source and seen_version, or neither.", extra={"field": "seen_version"})
    if body.track is not None:
        return catalog.add_captions(hub, actor, asset_id, body.track, language=language)
    cues = [Cue(one.start_s, one.end_s, one.text) for one in body.cues or ()]
    seen = (body.seen_source, body.seen_version or 0) if body.seen_source else None
    return catalog.edit_captions(hub, actor, asset_id, language, cues=cues, seen=seen)


@blueprint.post("/assets/<asset_id>/captions/<language>/choose")
@body(CaptionsChosen)
@gives(CaptionOut)
@described("Captions", "Let another track count for a language")
def choose_captions(asset_id: str, language: str, body: CaptionsChosen) -> CaptionView:
    """Let the captions of one source be the ones that are burned in and go along."""
    return catalog.choose_captions(the_hub(), allowed("asset.edit"), asset_id, language, source=body.source)


@blueprint.delete("/assets/<asset_id>/captions/<language>")
@query(CaptionQuery)
@described("Captions", "Remove captions of a video", responses={204: {"description": "They are removed"}})
def remove_captions(asset_id: str, language: str, query: CaptionQuery) -> Response:
    """Remove the track of one source, or all of the language."""
    catalog.remove_captions(the_hub(), allowed("asset.edit"), asset_id, language, source=query.source or "")
    return Response(status=204)


@blueprint.get("/assets/<asset_id>/captions/<language>/file")
@query(SidecarQuery)
@gives_file("Captions", "Download captions as SubRip or WebVTT")
def download_captions(asset_id: str, language: str, query: SidecarQuery) -> Response:
    """Return captions as a file beside the video; default use: inside the house."""
    actor = allowed("rendition.download")
    part = None
    if query.start_s is not None or query.end_s is not None:
        part = Span(query.start_s or 0.0, query.end_s if query.end_s is not None else 360_000.0)
    sidecar = Sidecar(language, query.form, query.source or "", part)
    taken = catalog.take_captions(
        the_hub(), actor, asset_id, sidecar, stated=query.record(), acknowledged=query.duties_ack
    )
    return send_copy(taken)
