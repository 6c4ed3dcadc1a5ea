"""The mails about submissions: in the language of whoever reads them, and nothing in them is a code."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.pictures import jpeg
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from tests.ugc_hub.submissions.test_handing import records
from ugc_hub import notify, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import documents
from ugc_hub.models import RightsRequest, Submission
from ugc_hub.permissions.wording import LOCALES

YOUNG: dict[str, Any] = {"of_age": "no", "guardian_name": "Pat Lima", "guardian_email": "pat@example.org"}


def written_in(hub: Hub, locale: str, **scope: Any) -> None:
    """Write the terms of the hub in a language."""
    now = documents.current_terms(hub)
    read = documents.read_scope({**now.scope.plain(), **scope})
    documents.write_terms(hub, SYSTEM, documents.Wording("T", "Words.", read, now.terms_id, locale))


def mail(hub: Hub, name: str, thing_id: str) -> tuple[str, str]:
    """Subject and body of a mail."""
    with hub.database.read() as session:
        made = submissions.compose(hub, session, name, thing_id)
    assert made is not None
    return made.subject, notify.write(made.template, made.values)


def test_every_mail_is_written_in_the_language_of_the_terms(hub: Hub) -> None:
    said: dict[str, set[str]] = {}
    for seed, locale in enumerate(LOCALES):
        written_in(hub, f"{locale}-XX")
        token = begun(hub)
        give(hub, token, jpeg(300, 400, seed))
        submission = handed_in(hub, token, **YOUNG)
        own, guardian = (records(hub, submission, role)[0].id for role in ("creator", "guardian"))
        things = dict.fromkeys(("confirm", "approved", "asked", "declined"), submission)
        things |= {"receipt": own, "withdrawn": own, "guardian": guardian}
        for name, thing_id in things.items():
            subject, body = mail(hub, name, thing_id)
            assert "{" not in subject + body
            said.setdefault(name, set()).update((subject, body.splitlines()[0], *body.splitlines()[2:3]))
    assert {name: len(lines) for name, lines in said.items()} == dict.fromkeys(said, 3 * len(LOCALES))


@pytest.mark.req("R76")
def test_a_receipt_says_what_is_allowed_in_words_and_no_codes(hub: Hub) -> None:
    scope = {"channels": ["organic_social.instagram", "email"], "territories": ["EU"], "exclude_territories": ["FR"]}
    written_in(hub, "de", **scope)
    token = begun(hub)
    give(hub, token)
    _, body = mail(hub, "receipt", records(hub, handed_in(hub, token))[0].id)
    assert "In: Europäische Union, aber nicht Frankreich" in body
    assert "E-Mails und Newsletter" in body
    assert "Instagram" in body
    assert "organic_social" not in body


def test_who_was_asked_in_their_own_language_reads_it_again(hub: Hub) -> None:
    token = begun(hub, creator="ana")
    give(hub, token)
    submission = handed_in(hub, token)
    assert mail(hub, "approved", submission)[0] == "Your submission was approved"
    with hub.database.write() as session:
        creator = session.get_one(Submission, submission).creator_id
        row = RightsRequest(
            id="req_1", created_at=hub.now(), kind="licence", state="sent", creator_id=creator, asked={}
        )
        session.add(row)
        session.flush()
        session.execute(update(RightsRequest).values(locale="es"))
    assert mail(hub, "approved", submission)[0] == "Tu envío ha sido aprobado"


def test_a_language_belongs_to_a_version_and_not_to_all_terms(hub: Hub) -> None:
    written_in(hub, "de")
    written_in(hub, "fr")
    found = documents.list_terms(hub, SYSTEM)
    assert [one.locale for one in found if one.title == "T"] == ["fr", "de"]
