"""The course of a request: states, reminders, links, receipts, templates, and who may ask."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.permissions.rows import (
    SCOPE,
    TRACE,
    allowed,
    asked,
    events_of,
    grants_of,
    link_in,
    own_asset,
    pass_days,
    work_off,
    yes,
)
from tests.ugc_hub.rows import asset_row, user_row, with_clock
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Gone, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing.canonical import digest
from ugc_hub.models import Grant, RightsRequest
from ugc_hub.permissions import Answer, Ask, text_digest
from ugc_hub.permissions.requesting import post
from ugc_hub.permissions.states import FOLLOWING, locked, move


def request_of(hub: Hub, request_id: str) -> RightsRequest:
    with hub.database.read() as session:
        return session.get_one(RightsRequest, request_id)


def test_a_no_keeps_its_words_and_writes_no_grant(hub: Hub) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    permissions.decline(hub, token, "Not for ads.\x00", TRACE)
    row = request_of(hub, request_id)
    assert (row.state, row.words) == ("declined", "Not for ads.")
    assert grants_of(hub, asset) == []
    assert events_of(hub, request_id)[-2:] == ["rights_request.answered", "rights_request.declined"]


def test_an_answer_is_given_once(hub: Hub) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    yes(hub, token)
    text = permissions.opened(hub, token).text
    again = Answer(permissions.everything(request_of(hub, request_id).asked), "Ana", True, text_digest(text))
    with pytest.raises(Conflict):
        permissions.accept(hub, token, again, TRACE)
    with pytest.raises(Conflict):
        permissions.decline(hub, token, "no", TRACE)
    assert len(grants_of(hub, asset)) == 1


def test_every_change_of_state_is_written_down(hub: Hub) -> None:
    request_id, token = asked(hub, own_asset(hub))
    yes(hub, token)
    states = [kind.partition(".")[2] for kind in events_of(hub, request_id) if kind.startswith("rights_request.")]
    assert states == ["draft", "sent", "seen", "answered", "granted"]


@pytest.mark.parametrize("state", FOLLOWING)
def test_only_the_states_that_follow_can_be_reached(hub: Hub, state: str) -> None:
    row = permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=[own_asset(hub)]))
    for target in FOLLOWING:
        with hub.database.write() as session:
            held = locked(hub, session, row.id)
            held.state = state
            if target in FOLLOWING[state]:
                move(hub, session, held, target, actor=SYSTEM)
                assert held.state == target
            else:
                with pytest.raises(Conflict):
                    move(hub, session, held, target, actor=SYSTEM)
            session.rollback()


def test_reminders_go_out_once_each_and_then_the_time_is_over(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    request_id, token = asked(hub, own_asset(hub))
    first = len(work_off(hub))
    for days, reminded in ((1, 0), (2, 1), (0, 1), (3, 1), (1, 2), (1, 2)):
        pass_days(clock, days)
        permissions.due(hub)
        permissions.due(hub)
        assert len(work_off(hub)) - first == reminded
    last = work_off(hub)[-1]
    assert last["Subject"].startswith("Reminder: ")
    assert link_in(last).endswith(token)
    pass_days(clock, 21)
    assert permissions.due(hub).expired == [request_id]
    assert permissions.due(hub).expired == []
    assert request_of(hub, request_id).state == "expired"
    with pytest.raises(Gone):
        permissions.opened(hub, token)


def test_a_link_does_not_work_after_its_time_even_before_anybody_looked(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    opened = permissions.opened(hub, token)
    pass_days(clock, 21)
    answer = Answer(permissions.everything(opened.row.asked), "Ana", True, text_digest(opened.text))
    with pytest.raises(Gone):
        permissions.accept(hub, token, answer, TRACE)
    assert grants_of(hub, asset) == []


def test_a_link_that_was_handed_on_is_not_reminded_of_by_mail(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asked(hub, own_asset(hub), copied=True)
    pass_days(clock, 8)
    assert permissions.due(hub).reminded == []
    assert work_off(hub) == []


def test_a_new_link_ends_the_old_one(hub: Hub) -> None:
    request_id, old = asked(hub, own_asset(hub))
    _, link = permissions.send(hub, SYSTEM, request_id, copied=True)
    with pytest.raises(NotFound):
        permissions.opened(hub, old)
    assert permissions.opened(hub, link.rpartition("/")[2]).row.id == request_id


def test_tokens_are_not_in_the_database_and_no_two_are_the_same(hub: Hub) -> None:
    asset = own_asset(hub)
    (first_id, first), (_, second) = asked(hub, asset), asked(hub, asset)
    row = request_of(hub, first_id)
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "==")) == 16
    with hub.database.read() as session:
        columns = session.execute(select(RightsRequest.__table__).where(RightsRequest.id == row.id)).one()
    assert first not in repr(columns)
    for wrong in ("", "x", first[:-1], first + "A", "\x00", "\ud800", "a" * 5000):
        with pytest.raises(NotFound):
            permissions.opened(hub, wrong)


def test_the_receipt_takes_everything_back_after_its_notice(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub)
    request_id, token = asked(hub, asset, scope={**SCOPE, "notice_days": 14})
    yes(hub, token)
    mail = work_off(hub)[-1]
    assert "What you allowed" in mail["Subject"]
    assert "E-mails and newsletters" in mail.get_content()
    receipt = link_in(mail).rpartition("/")[2]
    assert receipt != token
    with pytest.raises(Conflict):
        permissions.withdraw(hub, token, "", TRACE)
    _, ends = permissions.withdraw(hub, receipt, "I changed my mind", TRACE)
    assert ends == {"copyright": clock.at + timedelta(days=14)}
    assert "What you took back" in work_off(hub)[-1]["Subject"]
    assert allowed(hub, asset, "email")
    pass_days(clock, 14)
    assert not allowed(hub, asset, "email")
    assert request_of(hub, request_id).state == "withdrawn"
    with pytest.raises(Conflict):
        permissions.withdraw(hub, receipt, "", TRACE)


def test_consent_to_be_seen_ends_at_once(hub: Hub) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset, scope={**SCOPE, "likeness": True})
    row = yes(hub, token)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [row.person_id]})
    permissions.withdraw(hub, link_in(work_off(hub)[-1]).rpartition("/")[2], "", TRACE)
    assert not allowed(hub, asset, "email")


def test_whoever_was_erased_is_neither_mailed_nor_shown(hub: Hub) -> None:
    request_id, token = asked(hub, own_asset(hub))
    before = len(work_off(hub))
    with hub.database.write() as session:
        row = session.get_one(RightsRequest, request_id)
        assert row.person_id is not None
        licensing.erase_person(hub, session, SYSTEM, person_id=row.person_id)
        post(hub, session, row, "reminder")
    assert len(work_off(hub)) == before
    with pytest.raises(Gone):
        permissions.opened(hub, token)


def test_a_request_that_was_taken_back_cannot_be_answered(hub: Hub) -> None:
    request_id, token = asked(hub, own_asset(hub))
    permissions.take_back(hub, SYSTEM, request_id)
    with pytest.raises(Gone):
        permissions.opened(hub, token)
    with pytest.raises(Conflict):
        permissions.send(hub, SYSTEM, request_id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channels": ["*"]}, "channels"),
        ({"channels": []}, "channels"),
        ({"channels": ["billboard"]}, "channels"),
        ({"territories": ["UK"]}, "territories"),
        ({"edits": ["anything"]}, "edits"),
        ({"window": {}}, "window"),
        ({"window": None}, "window"),
        ({"window": {"count": -1}}, "window"),
        ({"window": {"count": True}}, "window"),
        ({"window": {"until": "soon"}}, "window"),
        ({"window": {"count": 3, "zone": "Mars/Base"}}, "window"),
        ({"fee_micros": 5, "currency": "euro"}, "currency"),
        ({"fee_micros": -5, "currency": "EUR"}, "fee_micros"),
        ({"exclusive": "yes"}, "exclusive"),
        ({"notice_days": 1000}, "notice_days"),
        ({"perpetual": True}, "perpetual"),
    ],
)
def test_what_nobody_could_agree_to_is_not_asked(hub: Hub, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        permissions.draft(hub, SYSTEM, Ask({**SCOPE, **change}, asset_ids=[own_asset(hub)]))
    assert caught.value.extra["field"] == field


def test_one_request_is_about_assets_of_one_creator(hub: Hub) -> None:
    for assets in ([own_asset(hub), own_asset(hub, "ben")], [asset_row(hub)], []):
        with pytest.raises(Invalid) as caught:
            permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=assets))
        assert caught.value.extra["field"] == "asset_ids"
    with pytest.raises(NotFound):
        permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=["ast_none"]))


def test_an_address_is_needed_to_send_and_that_of_the_creators_own_user_is_known(hub: Hub) -> None:
    from tests.ugc_hub.rows import creator_actor

    row = permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=[own_asset(hub, "nobody")]))
    with pytest.raises(Invalid, match="address"):
        permissions.send(hub, SYSTEM, row.id)
    creator_actor(hub, "cleo")
    row = permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=[own_asset(hub, "cleo")]))
    permissions.send(hub, SYSTEM, row.id)
    assert work_off(hub)[-1]["To"] == "cleo@example.org"
    with pytest.raises(Invalid):
        permissions.draft(hub, SYSTEM, Ask(SCOPE, asset_ids=[own_asset(hub)], email="a@b\nBcc: c@d"))


def test_placeholders_are_names_and_nothing_else(hub: Hub) -> None:
    hostile = "{{ 7*7 }} {name.__class__} {brand} {link} %s {0} <b>"
    _, token = asked(hub, own_asset(hub), message=hostile, name="{link} {brand}", subject="Hi {name}\nBcc: x@y")
    mail = work_off(hub)[-1]
    body = mail.get_content()
    assert "{{ 7*7 }} {name.__class__} brand http" in body
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hi {link} {brand} Bcc: x@y"
    assert permissions.opened(hub, token)


def test_templates_are_rows_with_versions_and_a_request_keeps_its_own(hub: Hub) -> None:
    _, token = asked(hub, own_asset(hub))
    before = permissions.opened(hub, token).text
    shorter = permissions.TemplateText("Hello", "See {link}", "{name} allows {channels}.")
    second = permissions.save_template(hub, SYSTEM, "licence", "en", text=shorter)
    assert second.number == 2
    assert permissions.opened(hub, token).text == before
    _, later = asked(hub, own_asset(hub))
    assert permissions.opened(hub, later).text.startswith("Ana allows ")
    listed = {(one.name, one.locale): one.number for one in permissions.list_templates(hub, SYSTEM)}
    assert listed["licence", "en"] == 2
    assert {locale for name, locale in listed if name == "licence"} == {"en", "de", "es", "fr"}
    for wrong in (replace(shorter, terms="{secret}"), replace(shorter, message="no way"), replace(shorter, subject="")):
        with pytest.raises(Invalid):
            permissions.save_template(hub, SYSTEM, "licence", "en", text=wrong)


@pytest.mark.parametrize("locale", ["en", "de", "es", "fr"])
def test_every_starter_says_everything_in_its_language(hub: Hub, locale: str) -> None:
    _, token = asked(hub, own_asset(hub), locale=locale)
    text = permissions.opened(hub, token).text
    assert "{" not in text
    assert "Instagram" in text
    assert "{" not in work_off(hub)[-1].get_content()


@pytest.mark.parametrize("role", ["designer", "channel_team", "viewer", "creator"])
def test_only_those_who_may_ask_do(hub: Hub, role: str) -> None:
    asset = own_asset(hub)
    request_id, _ = asked(hub, asset)
    user = user_row(hub, role)
    actor = Actor(user.id, role, creator_id="crt_x" if role == "creator" else None)
    for attempt in (
        lambda: permissions.draft(hub, actor, Ask(SCOPE, asset_ids=[asset])),
        lambda: permissions.send(hub, actor, request_id, copied=True),
        lambda: permissions.take_back(hub, actor, request_id),
    ):
        with pytest.raises(Forbidden):
            attempt()
    if role == "creator":
        with pytest.raises(HubError):
            permissions.get(hub, actor, request_id)


def test_a_token_that_may_only_ask_can_do_all_that_follows_from_asking(hub: Hub) -> None:
    user = user_row(hub, "content_manager")
    actor = Actor(user.id, "content_manager", scopes=frozenset({"rights.request"}))
    row = permissions.draft(hub, actor, Ask(SCOPE, asset_ids=[own_asset(hub)], email="ana@example.org"))
    permissions.send(hub, actor, row.id)
    token = link_in(work_off(hub)[-1]).rpartition("/")[2]
    assert yes(hub, token).state == "granted"


def test_grants_carry_the_hash_that_binds_them_to_the_evidence(hub: Hub) -> None:
    asset = own_asset(hub)
    yes(hub, asked(hub, asset)[1])
    with hub.database.write() as session:
        grant = session.scalars(select(Grant)).one()
        assert grant.content_hash == digest(grant.body)
        assert licensing.verify(hub, session) == []
