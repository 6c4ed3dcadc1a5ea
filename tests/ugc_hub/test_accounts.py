"""How people and programs prove who they are: links, passwords, sessions, tokens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import String, cast, select, update

from tests.ugc_hub.rows import user_row, with_clock
from ugc_hub import accounts
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.accounts.passwords import TRIES
from ugc_hub.accounts.tokens import MARK
from ugc_hub.errors import Forbidden, HubError, Invalid, NotFound, SignInNeeded, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.models import Base, LoginAttempt, User

GOOD = "a long enough password"


# Links


def link_of(hub: Hub, email: str = "viewer@example.org") -> str:
    link = accounts.request_link(hub, email)
    assert link is not None
    address, _, token = link.rpartition("/sign-in/")
    assert address == hub.settings.address
    return token


def test_a_link_works_once(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    token = link_of(hub)
    signed_in = accounts.sign_in_with_link(hub, token)
    assert signed_in.actor.user_id == user.id
    with pytest.raises(SignInNeeded) as caught:
        accounts.sign_in_with_link(hub, token)
    assert caught.value.code == "link_spent"


def test_a_link_used_by_many_at_once_works_for_one(hub: Hub) -> None:
    user_row(hub, "viewer")
    token, gate = link_of(hub), threading.Barrier(8)

    def one(_: int) -> bool:
        gate.wait()
        try:
            return bool(accounts.sign_in_with_link(hub, token))
        except SignInNeeded:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1


def test_a_link_expires(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user_row(hub, "viewer")
    late, token = link_of(hub), link_of(hub)
    clock.go_on(seconds=hub.settings.sign_in_link_s - 1)
    accounts.sign_in_with_link(hub, token)
    clock.go_on(seconds=1)
    with pytest.raises(SignInNeeded):
        accounts.sign_in_with_link(hub, late)


def test_an_unknown_link_is_refused_like_a_used_one(hub: Hub) -> None:
    for token in ("", "unknown", "' OR 1=1 --", "\ud800", "x" * 100_000, "\0"):
        with pytest.raises(SignInNeeded, match="used before or has expired"):
            accounts.sign_in_with_link(hub, token)


def disable(hub: Hub, user: User) -> None:
    with hub.database.write() as session:
        session.execute(update(User).where(User.id == user.id).values(disabled_at=hub.now()))


def test_a_disabled_user_comes_in_by_no_door(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    accounts.set_password(hub, actor_of(user), GOOD)
    token, cookie = link_of(hub), accounts.sign_in_with_password(hub, user.email, GOOD, "::1").cookie
    _, text = accounts.create_token(hub, user, "x")
    disable(hub, user)
    assert accounts.request_link(hub, user.email) is None
    assert accounts.session(hub, cookie) is None
    for door in (
        lambda: accounts.sign_in_with_link(hub, token),
        lambda: accounts.sign_in_with_password(hub, user.email, GOOD, "::1"),
        lambda: accounts.token_actor(hub, text),
    ):
        with pytest.raises(SignInNeeded):
            door()


# Passwords


def test_a_weak_password_is_refused(hub: Hub) -> None:
    actor = actor_of(user_row(hub, "viewer"))
    for password in ("", "x" * 11, "x" * 1025, " Viewer@example.org "):
        with pytest.raises(Invalid) as caught:
            accounts.set_password(hub, actor, password)
        assert caught.value.extra["field"] == "password"


def test_any_other_password_works_and_only_it(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    for password in (GOOD, "x" * 1024, "пароль из слов", "half \ud800 a character", "nul \0 inside it"):
        accounts.set_password(hub, actor_of(user), password)
        assert accounts.sign_in_with_password(hub, " VIEWER@example.org", password, "::1").actor.user_id == user.id
        with pytest.raises(SignInNeeded):
            accounts.sign_in_with_password(hub, user.email, password + "x", "::1")


def test_the_hub_itself_and_a_narrow_token_set_no_password(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    for actor in (SYSTEM, replace(actor_of(user), scopes=frozenset({"asset.view"}))):
        with pytest.raises(Forbidden):
            accounts.set_password(hub, actor, GOOD)


def refusal(door: Callable[[], object]) -> tuple[object, ...]:
    with pytest.raises(HubError) as caught:
        door()
    error = caught.value
    return type(error), error.code, error.message, error.extra


def test_a_wrong_password_sounds_like_an_unknown_user(hub: Hub) -> None:
    user, without = user_row(hub, "viewer"), user_row(hub, "legal")
    accounts.set_password(hub, actor_of(user), GOOD)
    told = {
        str(refusal(partial(accounts.sign_in_with_password, hub, email, "x" * 12, "::1")))
        for email in (user.email, without.email, "nobody@example.org", "no address")
    }
    assert len(told) == 1


def test_guessing_has_to_wait_and_may_go_on_later(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "viewer")
    accounts.set_password(hub, actor_of(user), GOOD)
    for number in range(TRIES["email"]):
        with pytest.raises(SignInNeeded):
            accounts.sign_in_with_password(hub, user.email, f"wrong password {number}", f"10.0.0.{number}")
    with pytest.raises(TooManyRequests):
        accounts.sign_in_with_password(hub, user.email, GOOD, "10.0.1.1")
    clock.go_on(minutes=15, seconds=1)
    assert accounts.sign_in_with_password(hub, user.email, GOOD, "10.0.1.1")


def test_guesses_at_once_are_not_more_than_guesses_in_a_row(hub: Hub) -> None:
    gate = threading.Barrier(16)

    def one(number: int) -> str:
        gate.wait()
        try:
            accounts.sign_in_with_password(hub, "viewer@example.org", "wrong password", f"10.0.0.{number}")
        except (SignInNeeded, TooManyRequests) as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(16))).count("wrong_credentials") == TRIES["email"]


def test_an_address_of_the_network_has_to_wait_whatever_names_it_tries(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRIES, "address", 3)
    for number in range(3):
        with pytest.raises(SignInNeeded):
            accounts.sign_in_with_password(hub, f"user{number}@example.org", "wrong password", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        accounts.sign_in_with_password(hub, "another@example.org", "wrong password", "10.0.0.1")


def test_signing_in_properly_counts_as_no_try(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    accounts.set_password(hub, actor_of(user), GOOD)
    for _ in range(3):
        accounts.sign_in_with_password(hub, user.email, GOOD, "::1")
    with hub.database.read() as session:
        assert session.scalars(select(LoginAttempt.id)).all() == []


# Sessions


def test_a_new_password_ends_all_sessions(hub: Hub) -> None:
    user, other = user_row(hub, "viewer"), user_row(hub, "legal")
    cookies = [accounts.sign_in_with_link(hub, link_of(hub)).cookie for _ in range(2)]
    kept = accounts.sign_in_with_link(hub, link_of(hub, other.email)).cookie
    accounts.set_password(hub, actor_of(user), GOOD)
    assert [accounts.session(hub, cookie) for cookie in cookies] == [None, None]
    assert accounts.session(hub, kept) is not None


def test_signing_out_ends_this_session_alone(hub: Hub) -> None:
    user_row(hub, "viewer")
    first, second = (accounts.sign_in_with_link(hub, link_of(hub)).cookie for _ in range(2))
    accounts.sign_out(hub, first)
    accounts.sign_out(hub, "unknown")
    assert accounts.session(hub, first) is None
    assert accounts.session(hub, second) is not None


def test_a_session_in_use_lasts_and_one_without_ends(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user_row(hub, "viewer")
    lifetime = hub.settings.session_s
    cookie = accounts.sign_in_with_link(hub, link_of(hub)).cookie
    first = accounts.session(hub, cookie)
    for _ in range(4):
        clock.go_on(seconds=lifetime * 0.6)
        assert accounts.session(hub, cookie) == first
    clock.go_on(seconds=lifetime)
    assert accounts.session(hub, cookie) is None


def test_a_role_that_changes_counts_at_once(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    cookie = accounts.sign_in_with_link(hub, link_of(hub)).cookie
    with hub.database.write() as session:
        session.execute(update(User).where(User.id == user.id).values(role="admin"))
    state = accounts.session(hub, cookie)
    assert state is not None
    assert state.actor.role == "admin"


# Tokens


def test_a_token_stands_for_its_user_within_its_scopes(hub: Hub) -> None:
    user = user_row(hub, "designer")
    row, text = accounts.create_token(hub, user, " CI ", scopes=frozenset({"asset.view", "asset.upload"}))
    actor = accounts.token_actor(hub, text)
    scopes = frozenset({"asset.view", "asset.upload"})
    assert (actor.user_id, actor.role, actor.scopes) == (user.id, "designer", scopes)
    assert (row.name, text.startswith(row.prefix), len(row.prefix) < 12) == ("CI", True, True)


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(hub: Hub) -> None:
    with pytest.raises(Invalid, match=r"asset\.delete.*Known: account\.edit"):
        accounts.create_token(hub, user_row(hub, "admin"), "x", scopes=frozenset({"asset.delete"}))


def test_a_mistyped_token_is_told_by_its_checksum_without_asking_the_database(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text = accounts.create_token(hub, user_row(hub, "viewer"), "x")
    monkeypatch.setattr(hub.database, "read", lambda: pytest.fail("the database was asked"))
    wrong = [
        text[:-1],
        text + "0",
        text.replace(MARK, ""),
        text[:20] + text[21:],
        "",
        MARK,
        "\ud800",
        MARK + "\ud800" * 9,
    ]
    changed = chr(ord(text[12]) ^ 1)
    for mistyped in [*wrong, text[:12] + changed + text[13:]]:
        with pytest.raises(SignInNeeded) as caught:
            accounts.token_actor(hub, mistyped)
        assert caught.value.code == "bad_token"


def test_a_token_expires(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    _, text = accounts.create_token(hub, user_row(hub, "viewer"), "x", expires_at=clock.at + timedelta(days=1))
    clock.go_on(hours=23)
    assert accounts.token_actor(hub, text)
    clock.go_on(hours=1)
    with pytest.raises(SignInNeeded):
        accounts.token_actor(hub, text)


def test_a_token_is_revoked_by_its_owner_or_an_administrator(hub: Hub) -> None:
    owner, other, admin = (actor_of(user_row(hub, role)) for role in ("designer", "viewer", "admin"))
    with hub.database.read() as session:
        user = session.get_one(User, owner.user_id)
    made = [accounts.create_token(hub, user, "x") for _ in range(2)]
    for actor, wrong in ((other, NotFound), (replace(admin, scopes=frozenset({"asset.view"})), Forbidden)):
        with pytest.raises(wrong):
            accounts.revoke_token(hub, actor, made[0][0].id)
    assert {token.id for token in accounts.list_tokens(hub, owner)} == {row.id for row, _ in made}
    accounts.revoke_token(hub, owner, made[0][0].id)
    accounts.revoke_token(hub, admin, made[1][0].id)
    for _, text in made:
        with pytest.raises(SignInNeeded):
            accounts.token_actor(hub, text)
    assert accounts.list_tokens(hub, owner) == []


def test_the_last_use_of_a_token_is_known_to_the_minute(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "viewer")
    _, text = accounts.create_token(hub, user, "x")
    seen = []
    for wait_s in (0, 30, 31):
        clock.go_on(seconds=wait_s)
        accounts.token_actor(hub, text)
        seen.append(accounts.list_tokens(hub, actor_of(user))[0].last_used_at)
    assert seen == [clock.at - timedelta(seconds=61)] * 2 + [clock.at]


# What is kept


def test_no_secret_is_kept_in_the_clear(hub: Hub) -> None:
    user = user_row(hub, "viewer")
    accounts.set_password(hub, actor_of(user), GOOD)
    secrets = [GOOD, link_of(hub), accounts.create_token(hub, user, "x")[1]]
    signed_in = accounts.sign_in_with_password(hub, user.email, GOOD, "::1")
    secrets += [signed_in.cookie, accounts.create_token(hub, user, "y")[1].removeprefix(MARK)[:-8]]
    kept = []
    with hub.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                kept += [str(value) for value in session.scalars(select(cast(column, String)))]
    assert len(kept) > 50
    assert [value for value in kept for secret in secrets if secret in value] == []
