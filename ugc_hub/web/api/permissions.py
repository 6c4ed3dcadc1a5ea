"""Getting permission: rights requests, answers on platforms, codes of platforms, partnerships."""

from __future__ import annotations

import json
from typing import Any, BinaryIO, cast

from flask import request

from ugc_hub import permissions
from ugc_hub.errors import Invalid, TooLarge, Truncated
from ugc_hub.permissions import Ask, Authorisation, Filter, Reply, Signed, Terms
from ugc_hub.permissions.partnering import of_creator
from ugc_hub.permissions.views import plain, plains
from ugc_hub.web.context import allowed, the_hub

from .asking import (
    CodeAsk,
    CodeOut,
    CodeQuery,
    ContractQuery,
    InviteAsk,
    NoteAsk,
    PartnershipAsk,
    PartnershipQuery,
    ReplyQuery,
    RequestAsk,
    RequestOut,
    RequestQuery,
    Row,
    Rows,
    SendAsk,
)
from .blueprint import blueprint, body, described, gives, query
from .uploads import Body, announced_size

LARGEST_FILE_BYTES = 25_000_000


def whole_body() -> bytes:
    """Return the bytes of the body, all that were announced.

    Raises:
        TooLarge: more than 25 MB.
        Truncated: fewer came than were announced.
    """
    size = announced_size()
    if size > LARGEST_FILE_BYTES:
        raise TooLarge("A file has at most 25 MB here.")
    stream, pieces = Body(cast(BinaryIO, request.environ["wsgi.input"]), size), []
    while piece := stream.read(1 << 20):
        pieces.append(piece)
    data = b"".join(pieces)
    if len(data) != size:
        raise Truncated("Fewer bytes arrived than were announced; nothing was kept. Send the file again.")
    return data


def _request(row: Any, link: str = "") -> dict[str, Any]:
    return {**plain(row), "link": link}


@blueprint.get("/rights-requests")
@query(RequestQuery)
@gives(Rows)
@described("Permission", "List rights requests, newest first")
def list_requests(query: RequestQuery) -> dict[str, Any]:
    """Return one page of the requests."""
    found, cursor = permissions.find(the_hub(), allowed("rights.view"), Filter(**query.model_dump()))
    return {**plains(found), "next_cursor": cursor}


@blueprint.post("/rights-requests")
@body(RequestAsk)
@gives(RequestOut, 201, "The request is kept, and sent where that was asked")
@described("Permission", "Ask for permission")
def make_request(body: RequestAsk) -> dict[str, Any]:
    """Draft a request, and send it where `send` says so."""
    hub, actor = the_hub(), allowed("rights.request")
    row = permissions.draft(hub, actor, Ask(**body.model_dump(exclude={"send"})))
    if not body.send:
        return _request(row)
    return _request(*permissions.send(hub, actor, row.id, copied=body.send == "link"))


@blueprint.get("/rights-requests/<request_id>")
@gives(RequestOut)
@described("Permission", "One rights request")
def see_request(request_id: str) -> dict[str, Any]:
    """Return what was asked, what was answered, and where it stands."""
    return _request(permissions.get(the_hub(), allowed("rights.view"), request_id))


@blueprint.post("/rights-requests/<request_id>/send")
@body(SendAsk)
@gives(RequestOut)
@described("Permission", "Send a request, or make a new link")
def send_request(request_id: str, body: SendAsk) -> dict[str, Any]:
    """Mail a new link, or return one to hand on; older links end."""
    hub, actor = the_hub(), allowed("rights.request")
    return _request(*permissions.send(hub, actor, request_id, copied=body.by == "link"))


@blueprint.post("/rights-requests/<request_id>/withdraw")
@gives(RequestOut)
@described("Permission", "Take a request back")
def take_request_back(request_id: str) -> dict[str, Any]:
    """End a request that was not granted."""
    return _request(permissions.take_back(the_hub(), allowed("rights.request"), request_id))


@blueprint.post("/rights-replies")
@query(ReplyQuery)
@gives(RequestOut, 201, "The answer is kept")
@described("Permission", "Keep an answer given on a platform")
def keep_reply(query: ReplyQuery) -> dict[str, Any]:
    """Keep a public yes as evidence of level 1: posts on that platform, and nothing else."""
    hub, actor = the_hub(), allowed("rights.request")
    values: dict[str, Any] = query.model_dump()
    if query.replied_at is None:
        raise Invalid("Say when the answer was given.", extra={"field": "replied_at"})
    ids = [one.strip() for one in values.pop("assets").split(",") if one.strip()]
    data, kind = whole_body(), request.mimetype
    proof: dict[str, Any] = {"screenshot": data, "media_type": kind}
    if kind == "text/plain":
        proof = {"text": data.decode("utf-8", "replace")}
    return _request(permissions.capture(hub, actor, Reply(ids, **values, **proof)))


@blueprint.post("/rights-requests/<request_id>/invite")
@body(InviteAsk)
@gives(RequestOut, 201, "The invitation is sent")
@described("Permission", "Invite to confirm an answer given on a platform")
def invite_to_confirm(request_id: str, body: InviteAsk) -> dict[str, Any]:
    """Ask for the same, or more, on our page, by mail."""
    hub, actor = the_hub(), allowed("rights.request")
    ask = None if body.scope is None else Ask(body.scope, locale=body.locale)
    row = permissions.invite(hub, actor, request_id, email=body.email, ask=ask)
    return _request(*permissions.send(hub, actor, row.id))


@blueprint.post("/rights-requests/<request_id>/gone")
@body(NoteAsk)
@gives(RequestOut)
@described("Permission", "Say that an answer disappeared from its platform")
def reply_gone(request_id: str, body: NoteAsk) -> dict[str, Any]:
    """Suspend what the answer allowed until it is confirmed."""
    return _request(permissions.gone(the_hub(), allowed("rights.request"), request_id, note=body.note))


@blueprint.get("/platform-codes")
@query(CodeQuery)
@gives(Rows)
@described("Permission", "List authorisations of platforms, the next to end first")
def list_platform_codes(query: CodeQuery) -> dict[str, Any]:
    """Return authorisations without their codes."""
    return plains(permissions.list_codes(the_hub(), allowed("rights.view"), **query.model_dump()))


@blueprint.post("/platform-codes")
@body(CodeAsk)
@gives(Row, 201, "The authorisation is kept")
@described("Permission", "Keep an authorisation of a platform")
def make_platform_code(body: CodeAsk) -> dict[str, Any]:
    """Seal the code and allow ads from the creator's account for its days."""
    given = Authorisation(**body.model_dump())
    return plain(permissions.add_code(the_hub(), allowed("rights.request"), given))


@blueprint.post("/platform-codes/<code_id>/reveal")
@gives(CodeOut)
@described("Permission", "Read the code of an authorisation")
def reveal_platform_code(code_id: str) -> dict[str, Any]:
    """Return the code; that it was read is written down."""
    return {"code": permissions.reveal(the_hub(), allowed("rights.request"), code_id)}


@blueprint.post("/platform-codes/<code_id>/revoked")
@gives(Row)
@described("Permission", "Say that a creator took an authorisation back on the platform")
def platform_code_revoked(code_id: str) -> dict[str, Any]:
    """End it at once, for that platform's ads."""
    return plain(permissions.revoked_remotely(the_hub(), allowed("rights.request"), code_id))


@blueprint.get("/partnerships")
@query(PartnershipQuery)
@gives(Rows)
@described("Permission", "List the partnerships of a creator")
def list_partnerships(query: PartnershipQuery) -> dict[str, Any]:
    """Return partnerships, newest first."""
    return plains(of_creator(the_hub(), allowed("rights.view"), query.creator_id))


@blueprint.post("/partnerships")
@body(PartnershipAsk)
@gives(Row, 201, "The partnership is kept")
@described("Permission", "Keep a partnership")
def make_partnership(body: PartnershipAsk) -> dict[str, Any]:
    """Keep what a creator and the brand do together; sign or ask for its agreement next."""
    return plain(permissions.add_partnership(the_hub(), allowed("rights.request"), Terms(**body.model_dump())))


@blueprint.post("/partnerships/<partnership_id>/contract")
@query(ContractQuery)
@gives(Row, 201, "The contract is kept")
@described("Permission", "Keep the signed contract of a partnership")
def sign_partnership(partnership_id: str, query: ContractQuery) -> dict[str, Any]:
    """Keep the file of the body as the agreement that covers what arrives; returns its wording's id."""
    actor = allowed("rights.request")
    try:
        scope = json.loads(query.scope)
    except ValueError as error:
        raise Invalid("The scope is not JSON.", extra={"field": "scope"}) from error
    if not isinstance(scope, dict):
        raise Invalid("The scope is a JSON object.", extra={"field": "scope"})
    signed = Signed(scope, whole_body(), request.mimetype, person_id=query.person_id)
    version = permissions.sign(the_hub(), actor, partnership_id, signed=signed)
    return {"id": version.id, "agreement_id": version.agreement_id}


@blueprint.post("/partnerships/<partnership_id>/end")
@gives(Row)
@described("Permission", "End a partnership")
def end_partnership(partnership_id: str) -> dict[str, Any]:
    """End what is to come; what came before stays."""
    return plain(permissions.end(the_hub(), allowed("rights.request"), partnership_id))
