"""Submission links: they end, they count, and they show nothing."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.pictures import jpeg
from tests.ugc_hub.rows import user_row, with_clock
from tests.ugc_hub.submissions.acts import ANA, begun, give, link_token
from ugc_hub import accounts, catalog, submissions
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.models import SubmissionLink
from ugc_hub.submissions import NewLink, Sender
from workers.media.errors import MediaError


@pytest.mark.req("R77")
def test_a_link_is_random_enough_and_stored_only_as_a_hash(hub: Hub) -> None:
    token = link_token(hub)
    assert token != link_token(hub)
    assert len(token) == 33  # 22 characters of 6 bits, and a signature
    with hub.database.read() as session:
        rows = session.query(SubmissionLink).all()
    assert all(token not in str(vars(row)) for row in rows)
    for wrong in (token[:-1], token[:-1] + ("a" if token[-1] != "a" else "b"), "x" * 33, "", "ü" * 33):
        with pytest.raises(NotFound):
            submissions.look(hub, wrong)


@pytest.mark.req("R77")
def test_a_link_ends_with_its_time_and_when_it_is_revoked(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    made = submissions.make_link(hub, SYSTEM, NewLink(days=2))
    token = made.url.rsplit("/", 1)[1]
    form = submissions.begin(hub, token, ANA)
    clock.go_on(days=2)
    for ended in (lambda: submissions.look(hub, token), lambda: submissions.see(hub, form)):
        with pytest.raises(Gone):
            ended()
    other = submissions.make_link(hub, SYSTEM, NewLink())
    form = submissions.begin(hub, other.url.rsplit("/", 1)[1], ANA)
    submissions.revoke_link(hub, SYSTEM, other.id)
    with pytest.raises(Gone):
        give(hub, form)
    assert {one.id: one.state for one in submissions.list_links(hub, SYSTEM)} == {
        made.id: "expired",
        other.id: "revoked",
    }


@pytest.mark.req("R77")
def test_a_link_takes_no_more_files_than_it_says_even_at_once(hub: Hub) -> None:
    form = begun(hub, most_files=3)

    def send(seed: int) -> str:
        data = jpeg(80, 60, seed)
        try:
            return submissions.take_file(
                hub, form, io.BytesIO(data), file_name=f"{seed}.jpg", size_bytes=len(data)
            ).state
        except TooManyRequests:
            return "full"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(send, range(6)))
    assert told.count("full") == 3
    assert submissions.see(hub, form).files_left == 0


@pytest.mark.req("R77")
def test_a_file_that_was_not_taken_or_taken_before_does_not_count(hub: Hub) -> None:
    form = begun(hub, most_files=2)
    give(hub, form)
    give(hub, form)
    with pytest.raises(MediaError):
        give(hub, form, b"<!doctype html><script>alert(1)</script>")
    assert submissions.see(hub, form).files_left == 1


@pytest.mark.req("R77")
def test_a_link_may_upload_and_nothing_else(hub: Hub) -> None:
    asset = give(hub, begun(hub))
    link = Actor(None, "link")
    known = {action for role in accounts.roles().values() for action in role.actions | role.own} - {"*"}
    assert [action for action in known if accounts.may(link, action)] == ["asset.upload"]
    with pytest.raises(Forbidden):
        catalog.get(hub, link, asset)
    with pytest.raises(Invalid):
        accounts.create_user(hub, "x@example.org", "link")


def test_a_file_of_somebody_else_is_neither_taken_nor_named(hub: Hub) -> None:
    data = jpeg(700, 500, 12)
    first = begun(hub)
    theirs = give(hub, first, data)
    with pytest.raises(Conflict) as caught:
        give(hub, begun(hub), data)
    assert theirs not in str(vars(caught.value))


def test_a_file_of_a_form_that_was_left_comes_along(hub: Hub) -> None:
    token = link_token(hub)
    asset = give(hub, submissions.begin(hub, token, ANA))
    again = submissions.begin(hub, token, ANA)
    assert give(hub, again) == asset
    assert [one.id for one in submissions.files_of(hub, again)] == [asset]


def test_two_people_with_one_open_link_do_not_see_each_other(hub: Hub) -> None:
    token = link_token(hub)
    first = submissions.begin(hub, token, ANA)
    second = submissions.begin(hub, token, Sender("Ben", "ben", "ben@example.org"))
    give(hub, first)
    assert submissions.files_of(hub, second) == []


def test_a_file_larger_than_the_hub_takes_is_refused(hub: Hub) -> None:
    form = begun(hub)
    with pytest.raises(TooLarge):
        submissions.take_file(hub, form, io.BytesIO(b"x"), file_name="x", size_bytes=10**13)
    assert submissions.see(hub, form).files_left == 20


def test_only_who_may_edit_rights_makes_lists_and_revokes_links(hub: Hub) -> None:
    viewer = actor_of(user_row(hub, "viewer"))
    made = submissions.make_link(hub, actor_of(user_row(hub, "content_manager")), NewLink(creator="ana"))
    for act in (
        lambda: submissions.make_link(hub, viewer, NewLink()),
        lambda: submissions.list_links(hub, viewer),
        lambda: submissions.revoke_link(hub, viewer, made.id),
        lambda: submissions.queue(hub, viewer),
        lambda: submissions.decide(hub, viewer, "sub_0", decision="approve"),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Invalid):
        submissions.make_link(hub, SYSTEM, NewLink(days=0))
    with pytest.raises(NotFound):
        submissions.revoke_link(hub, SYSTEM, "slk_0")
