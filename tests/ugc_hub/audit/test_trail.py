"""The trail: logins, use of keys and changes of rights are told with who, when and what; never with personal data."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text

from tests.house.source import expect_none, place, python_files, tree_of
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, user_row, with_clock
from ugc_hub import accounts, licensing
from ugc_hub.accounts import actor_of
from ugc_hub.audit import Query, find, verify
from ugc_hub.database import open_database
from ugc_hub.database.upgrade import configuration, migrate
from ugc_hub.errors import SignInNeeded
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use
from ugc_hub.models import Event

PERSONAL = {"email", "handle", "note", "password", "secret", "cookie", "token", "address", "ip", "user_agent", "born"}
"""Names under which personal data or secrets would get into the audit."""


def told(hub: Hub, kind: str) -> list[tuple[Any, ...]]:
    with hub.database.read() as session:
        found = session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id))
        return [(event.actor, event.at, event.object_id, event.body) for event in found]


@pytest.mark.req("R87")
def test_signing_in_failing_to_and_signing_out_are_told(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "designer")
    accounts.set_password(hub, accounts.actor_of(user), "four plain words here")
    clock.go_on(hours=1)
    with pytest.raises(SignInNeeded):
        accounts.sign_in_with_password(hub, user.email, "five other words, not these", "127.0.0.1")
    with pytest.raises(SignInNeeded):
        accounts.sign_in_with_password(hub, "nobody@example.org", "five other words, not these", "127.0.0.1")
    signed_in = accounts.sign_in_with_password(hub, user.email, "four plain words here", "127.0.0.1")
    clock.go_on(hours=1)
    accounts.sign_out(hub, signed_in.cookie)
    accounts.sign_out(hub, signed_in.cookie)
    assert told(hub, "password.set")[0][0] == user.id
    assert [(actor, what) for actor, _, what, _ in told(hub, "sign_in.failed")] == [(None, user.id), (None, "nobody")]
    [(actor, at, what, body)] = told(hub, "session.started")
    assert (actor, what, body) == (user.id, user.id, {"how": "password"})
    assert [(actor, what, when - at) for actor, when, what, _ in told(hub, "session.ended")] == [
        (user.id, user.id, clock.at - at)
    ]


@pytest.mark.req("R87")
def test_a_key_is_told_when_it_is_made_used_and_revoked_and_its_use_once_an_hour(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "designer")
    token, secret = accounts.create_token(hub, user, "export", scopes=frozenset({"asset.view"}))
    for _ in range(5):
        accounts.token_actor(hub, secret)
        clock.go_on(minutes=10)
    assert len(told(hub, "token.used")) == 1
    for _ in range(12):
        accounts.token_actor(hub, secret)
        clock.go_on(minutes=10)
    assert [(actor, what) for actor, _, what, _ in told(hub, "token.used")] == [(user.id, token.id)] * 3
    accounts.revoke_token(hub, accounts.actor_of(user), token.id)
    assert [(actor, what) for actor, _, what, _ in told(hub, "token.revoked")] == [(user.id, token.id)]
    [(actor, _, what, body)] = told(hub, "token.created")
    assert (actor, what, body) == (user.id, token.id, {"scopes": ["asset.view"], "bounds": None})
    assert secret not in str(told(hub, "token.created") + told(hub, "token.used"))


@pytest.mark.req("R87")
def test_who_changed_which_rights_is_told(full: Hub) -> None:
    with full.database.read() as session:
        kinds = {event.kind for event in find(session, Query(limit=1000))}
    assert {"grant.added", "grant.revoked", "asset.active", "asset.hold", "agreement.signed", "decision.kept"} <= kinds


@pytest.mark.req("R87")
def test_a_copy_that_leaves_and_an_asset_that_is_erased_are_told(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    taker, lawyer = (actor_of(user_row(hub, role)) for role in ("channel_team", "legal"))
    asset = asset_row(hub)
    clear(hub, asset)
    left = licensing.hand_over(hub, taker, licensing.Copy(asset, "download", Use("email"), sha256="a" * 64))
    [(actor, at, what, body)] = told(hub, "copy.left")
    assert (actor, at, what) == (taker.user_id, clock.at, asset)
    assert (body["usage"], body["exit"], body["channel"]) == (left.usage_id, "download", "email")
    assert [(actor, what) for actor, _, what, _ in told(hub, "decision.kept")] == [(taker.user_id, body["decision"])]
    clock.go_on(hours=1)
    licensing.erase_asset(hub, lawyer, asset, reason="Somebody asked for it.")
    [(actor, at, what, body)] = told(hub, "asset.erasure")
    assert (actor, at, what) == (lawyer.user_id, clock.at, asset)
    assert "Somebody" not in str(body)


def test_no_event_holds_what_would_have_to_be_erased() -> None:
    found = []
    for path in python_files("ugc_hub"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                found += [f"{place(path, node.lineno)} {word.arg}" for word in node.keywords if word.arg in PERSONAL]
    expect_none(found)


def test_a_search_finds_by_kind_object_and_time(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "designer")
    clock.go_on(days=1)
    accounts.create_token(hub, user, "export")
    accounts.request_link(hub, user.email)
    with hub.database.read() as session:
        assert [event.kind for event in find(session, Query())] == [
            "sign_in_link.made",
            "token.created",
            "user.created",
        ]
        assert [event.kind for event in find(session, Query(limit=1))] == ["sign_in_link.made"]
        assert len(find(session, Query(since=clock.at))) == 2
        assert len(find(session, Query(kind="token."))) == 1
        assert find(session, Query(kind="token")) == []
        assert {event.kind for event in find(session, Query(object_id=user.id))} == {
            "sign_in_link.made",
            "user.created",
        }


@pytest.mark.req("R87")
def test_events_from_before_the_chain_are_chained(empty_url: str) -> None:
    database = open_database(empty_url, b"the secret")
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "0005")
    old = "INSERT INTO events (id, at, actor, kind, object_id, body) VALUES (:id, :at, NULL, 'old', 'a', :body)"
    with database.engine.begin() as connection:
        for number in range(1, 2101):
            body = f'{{"number": {number}, "big": 36028797018963968, "words": "\\ud800"}}'
            connection.execute(text(old), {"id": 2 * number, "at": "2030-01-01 00:00:00+00:00", "body": body})
    migrate(database)
    with database.read() as session:
        verdict = verify(session, b"the secret")
    assert (verdict.broken, verdict.events, verdict.head.sequence) == (None, 2100, 4200)
    database.dispose()
