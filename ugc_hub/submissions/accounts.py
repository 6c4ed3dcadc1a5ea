"""Who is behind a handle: whoever hands in is shown a code, and the account of that handle sends or shows it.

The page with the code is known to whoever fills it in alone, and what comes from an account only its owner can write.
So both together tie the form to the account, also where the address was never confirmed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import PersonAccount, SubmissionForm
from ugc_hub.permissions.replies import platforms

from .proving import raise_evidence

METHODS = {"dm_code": "in a message from that account", "bio_code": "on the profile of that account"}
"""Where the code was read."""
LETTERS = 8


def handle_code(hub: Hub, submission_id: str, handle: str) -> str:
    """Return the code of a form and its handle, such as `K7QF-2MXD`: 40 bits that nobody can work out.

    Only the page of the form shows it, not those who compare it.
    """
    words = f"handle\n{submission_id}\n{handle}".encode()
    made = base64.b32encode(hmac.new(hub.secret, words, hashlib.sha256).digest()).decode()[:LETTERS]
    return f"{made[:4]}-{made[4:]}"


def prove_handle(hub: Hub, actor: Actor, submission_id: str, *, platform: str, method: str, code: str) -> None:
    """Keep that the account of a form's handle sent or showed the code; what was agreed to counts more from now on.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is no such submission.
        Invalid: the platform or the method is none, or the code is another one.
        Conflict: it was never handed in, or the person was erased.
    """
    require(actor, "rights.edit")
    if platform not in platforms():
        raise Invalid(f"The platform is one of {', '.join(platforms())}.", extra={"field": "platform"})
    if method not in METHODS:
        raise Invalid(f"Say where you read it: {', '.join(METHODS)}.", extra={"field": "method"})
    with hub.database.write() as session:
        hub.database.serialise(session, f"form:{submission_id}")
        form = session.get(SubmissionForm, submission_id, populate_existing=True)
        if form is None:
            raise NotFound("There is no such submission.")
        if form.state == "draft" or not form.handle:
            raise Conflict("This was not handed in, or whoever did was erased.")
        if not hmac.compare_digest(_plain(code), _plain(handle_code(hub, form.submission_id, form.handle))):
            words = "This is not the code of this submission. It stands on the page at which it was handed in."
            raise Invalid(words, extra={"field": "code"})
        if _known(session, form) is None:
            account = PersonAccount(
                id=hub.new_id("acc"),
                created_at=hub.now(),
                person_id=form.person_id,
                platform=platform,
                handle=form.handle,
                method=method,
                verified_by=actor.user_id,
            )
            session.add(account)
            session.flush()
            # Without the handle: what names a person must be erasable, and the audit is not.
            details = {"submission": submission_id, "platform": platform, "method": method}
            record(session, hub.now(), "person.account_proven", form.person_id, actor=actor.user_id, **details)
        raise_evidence(hub, session, form, method="account")
    hub.ring()


def _known(session: Session, form: SubmissionForm) -> PersonAccount | None:
    found = select(PersonAccount).where(PersonAccount.person_id == form.person_id, PersonAccount.handle == form.handle)
    return session.scalars(found.limit(1)).first()


def _plain(code: str) -> bytes:
    """Return a code as it is compared: people type it in small letters, with blanks or without the hyphen."""
    return "".join(one for one in code.upper() if one.isalnum()).encode()[:100]
