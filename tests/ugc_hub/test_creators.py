"""Creators and campaigns are found by name, however it is written, and made once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.ugc_hub.rows import creator_actor
from ugc_hub.accounts import SYSTEM, Actor, actor_of, create_user, may
from ugc_hub.creators import (
    campaign_by_name,
    clean_handle,
    clean_name,
    creator_by_handle,
    creator_user,
    list_campaigns,
    list_creators,
    submit,
)
from ugc_hub.errors import Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Campaign, Creator


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("@Ana", "ana"),
        (" ana ", "ana"),
        ("ANA", "ana"),
        ("jose\u0301", "jos\u00e9"),
        ("İpek", "i̇pek"),
        ("a" * 100, "a" * 100),
    ],
)
def test_a_handle_is_kept_in_one_form(written: str, kept: str) -> None:
    assert clean_handle(written) == kept
    assert clean_handle(kept) == kept


@pytest.mark.parametrize("written", ["", "@", " ", "two words", "a" * 101, "a\0", "a\u202eb", "a\nb", "\ud800"])
def test_what_is_no_handle_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_handle(written)
    assert caught.value.extra["field"] == "creator"


@pytest.mark.parametrize("written", ["", " ", "a" * 201, "a\0", "a\nb", "\ud800"])
def test_what_is_no_campaign_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_name(written)
    assert caught.value.extra["field"] == "campaign"


@pytest.mark.parametrize(("find", "listed"), [(creator_by_handle, list_creators), (campaign_by_name, list_campaigns)])
def test_a_name_that_many_use_at_once_for_the_first_time_is_one_record(
    hub: Hub, find: Callable[..., Creator | Campaign], listed: Callable[..., list[object]]
) -> None:
    gate = threading.Barrier(8)

    def one(_: int) -> str:
        gate.wait()
        with hub.database.write() as session:
            return find(hub, session, "Summer").id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(8)))) == 1
    assert len(listed(hub)) == 1


def test_a_creator_hands_in_as_themselves_whatever_they_write(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    with hub.database.write() as session:
        made = submit(hub, session, ana, door="web", creator="ben", campaign=None)
    assert made.creator_id == ana.creator_id
    assert [row.handle for row in list_creators(hub)] == ["ana"]


def test_an_account_of_a_creator_without_a_record_hands_nothing_in(hub: Hub) -> None:
    with pytest.raises(Forbidden), hub.database.write() as session:
        submit(hub, session, Actor("usr_1", "creator"), door="web", creator="ben", campaign=None)


def test_a_hand_in_of_nobody_for_nothing_is_one_too(hub: Hub) -> None:
    with hub.database.write() as session:
        made = submit(hub, session, SYSTEM, door="cli", creator=None, campaign="")
    assert (made.creator_id, made.campaign_id, made.user_id) == (None, None, None)


def test_a_creator_gets_a_user_of_their_own(hub: Hub) -> None:
    user = creator_user(hub, "Ana@Example.org", "@Ana")
    assert (user.email, user.role) == ("ana@example.org", "creator")
    assert [(creator.handle, creator.id) for creator in list_creators(hub)] == [("ana", user.creator_id)]
    assert may(actor_of(user), "asset.upload")
    with pytest.raises(Invalid):
        create_user(hub, "b@example.org", "viewer", creator_id=user.creator_id)
