"""Handing in without an account: the page of a link, the form, its files. The token in the address is all it takes."""

from __future__ import annotations

from functools import partial
from typing import Any, BinaryIO, cast

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from storage.errors import StorageError
from ugc_hub import submissions
from ugc_hub.errors import Gone, HubError, Invalid, TooManyRequests, from_engine
from ugc_hub.submissions import FormView, Sender, Signed
from ugc_hub.web import readable
from ugc_hub.web.api.uploads import Body, announced_size
from ugc_hub.web.context import actor, allowed, the_hub
from ugc_hub.web.speech import speak, spoken
from workers.media.errors import MediaError

from .blueprint import blueprint

PLAIN = ("people", "of_age", "belongings", "music", "source", "compensation", "testimonial")
TEXTS = ("property_what", "music_title", "guardian_name", "guardian_email", "me_too")
DIFFERS = ("people", "music", "music_title", "source")
"""What may be another answer for one of the files."""
OTHERS = 4
"""Persons that the form has room for."""
FORM_BYTES = 1_000_000


WORDS_OF_SENDING = (
    "This is neither a photo nor a video.",
    "The file is empty.",
    "Larger than the {most} MB that are asked for.",
    "Videos are not asked for.",
    "Photos are not asked for.",
    "taller than wide",
    "wider than tall",
    "square",
    "It should be {shape}; it has {width} × {height} pixels.",
    "The shorter side should have {least} pixels or more; it has {short}.",
    "It should last at least {least} seconds.",
    "It should last at most {most} seconds.",
    "Progress of {file}",
    "Try again",
    "Try again: {file}",
    "Remove",
    "Remove {file}",
    "Sending, {percent} %",
    "Checking",
    "{file} is safe.",
    "This did not work. Try again.",
    "The connection broke. Try again.",
    "Looking at it",
    "Waiting",
)
"""What `handing.js` says while files are sent; it asks for them by their English words."""


def guarded(html: str, status: int = 200) -> Response:
    """Return a page whose address is a secret: no cache keeps it (and `security` lets no other site learn it)."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/s/<token>")
def submission_link(token: str) -> Response:
    """Show what is asked for, and ask who hands in."""
    return _start(token)


def _start(token: str, status: int = 200, **shown: Any) -> Response:
    page = submissions.look(the_hub(), token)
    values = {"sender": Sender("", page.handle, ""), "wrong": {}, "problem": ""} | shown
    html = render_template(
        "pages/submit.html",
        token=token,
        brief=page.brief,
        terms=page.terms,
        handle=page.handle,
        scope=partial(readable.lines, locale=page.locale),
        days=submissions.DAYS,
        **spoken(page.locale),
        **values,
    )
    return guarded(html, status)


@blueprint.post("/s/<token>")
def begin_submission(token: str) -> Response | BaseResponse:
    """Begin a submission and go to its form."""
    sender = Sender(*(request.form.get(name, "") for name in ("name", "handle", "email")))
    try:
        if not submissions.may_begin(the_hub(), token, request.remote_addr or "unknown"):
            raise TooManyRequests("There were many tries from your network. Try again in a quarter of an hour.")
        form = submissions.begin(the_hub(), token, sender)
    except (Invalid, TooManyRequests) as error:
        wrong = error.extra.get("fields") or {}
        return _start(token, error.status, sender=sender, wrong=wrong, problem=error.message)
    return redirect(url_for("pages.submission_form", token=form), 303)


@blueprint.get("/hand-in")
def hand_in_signed_in() -> str:
    """Let a creator who signed in choose what they hand in for."""
    allowed("asset.upload")
    return render_template("pages/hand-in.html", campaigns=submissions.open_campaigns(the_hub()), days=submissions.DAYS)


@blueprint.post("/hand-in")
def begin_signed_in() -> BaseResponse:
    """Begin a submission of the creator who signed in."""
    allowed("asset.upload")
    campaign = request.form.get("campaign") or None
    known = {one.campaign_id for one in submissions.open_campaigns(the_hub())}
    token = submissions.begin_signed_in(the_hub(), actor(), campaign if campaign in known else None)
    return redirect(url_for("pages.submission_form", token=token), 303)


@blueprint.get("/h/<token>")
def submission_form(token: str) -> Response:
    """Show the form: files, questions, terms."""
    return _form(token, submissions.see(the_hub(), token))


def _form(token: str, form: FormView, status: int = 200, **shown: Any) -> Response:
    values = {"wrong": {}, "problem": ""} | shown
    others = [*form.answers.get("others", []), *({} for _ in range(OTHERS))][:OTHERS]
    html = render_template(
        "pages/submission.html",
        form=form,
        token=token,
        files=submissions.files_of(the_hub(), token),
        others=others,
        files_differ=any(any(one.values()) for one in (form.answers.get("files") or {}).values()),
        scope=partial(readable.lines, locale=form.locale),
        sending={key: submissions.say(key, form.locale) for key in WORDS_OF_SENDING} if form.locale != "en" else {},
        largest=the_hub().settings.upload_max_bytes,
        code=submissions.handle_code(the_hub(), form.submission_id, form.sender.handle),
        **spoken(form.locale),
        **values,
    )
    return guarded(html, status)


@blueprint.post("/h/<token>")
def hand_in(token: str) -> Response | BaseResponse:
    """Hand in, or say what is missing; what was typed stays."""
    data = request.form
    answers: dict[str, Any] = {name: data.get(name, "")[:400] for name in (*PLAIN, *TEXTS)}
    answers["others"] = [
        {
            name: data.get(f"other-{number}-{name}", "")[:400]
            for name in ("name", "is_adult", "guardian_name", "guardian_email")
        }
        for number in range(OTHERS)
    ]
    answers["files"] = {
        file.id: {name: data.get(f"file-{file.id}-{name}", "")[:300] for name in DIFFERS}
        for file in submissions.files_of(the_hub(), token)
    }
    signed = Signed(
        name=data.get("signed_name", "")[:400],
        ticked=data.get("agree") == "1",
        terms_version_id=data.get("terms", "")[:60],
        address=request.remote_addr or "",
        browser=request.headers.get("User-Agent", ""),
    )
    try:
        submissions.hand_in(the_hub(), token, answers, signed)
    except submissions.NotHandedIn as error:
        form = submissions.see(the_hub(), token)
        return _form(token, form, error.status, wrong=error.extra["fields"], problem=error.message)
    except Gone as error:
        # Sent twice, by a second click or by reloading: the page says that it is handed in.
        if error.code != "handed_in":
            raise
    return redirect(url_for("pages.submission_form", token=token), 303)


@blueprint.get("/h/<token>/files")
def submission_files(token: str) -> Response:
    """Return the list of files again, while some are looked at."""
    return _files(token)


def _files(token: str) -> Response:
    form, files = submissions.see(the_hub(), token), submissions.files_of(the_hub(), token)
    shown = {"form": form, "token": token, "files": files, "wrong": {}, **spoken(form.locale)}
    return guarded(render_template("partials/submission-files.html", **shown))


@blueprint.post("/h/<token>/files")
def send_file(token: str) -> Response | BaseResponse:
    """Take one file as the body, or, from a browser without scripts, those of a form."""
    hub = the_hub()
    form = submissions.see(hub, token)  # nobody without a form sends us gigabytes to spool
    speak(form.locale)
    if request.mimetype != "multipart/form-data":
        size = announced_size()
        stream = cast(BinaryIO, request.environ["wsgi.input"])
        name = request.args.get("filename", "")[:1000]
        submissions.take_file(hub, token, Body(stream, size), file_name=name, size_bytes=size)
        return _files(token)
    request.max_content_length = hub.settings.upload_max_bytes + FORM_BYTES
    told = []
    for sent in request.files.getlist("files"):
        if sent.filename:
            try:
                submissions.take_file(hub, token, sent.stream, file_name=sent.filename, size_bytes=None)
            except (HubError, MediaError, StorageError) as error:
                told.append(f"{sent.filename[:100]}: {submissions.say(_words(error), form.locale)}")
    if told:
        return _form(token, submissions.see(hub, token), 422, problem=" ".join(told))
    return redirect(url_for("pages.submission_form", token=token, _anchor="files"), 303)


def _words(error: Exception) -> str:
    """Return the sentence of an error that a file may cause; anything else goes on."""
    known = error if isinstance(error, HubError) else from_engine(error)
    if known is None:
        raise error
    return known.message


@blueprint.post("/h/<token>/files/<asset_id>")
def change_file(token: str, asset_id: str) -> Response | BaseResponse:
    """Take a file out, or keep the reason why it goes in although it differs."""
    try:
        if request.form.get("action") == "take_out":
            submissions.take_out(the_hub(), token, asset_id)
        else:
            submissions.give_reason(the_hub(), token, asset_id, request.form.get("reason", ""))
    except Invalid as error:
        return _form(token, submissions.see(the_hub(), token), error.status, problem=error.message)
    except Gone as error:
        if error.code != "handed_in":
            raise
    return redirect(url_for("pages.submission_form", token=token, _anchor="files"), 303)
