"""Who may do what, and who there is."""

from __future__ import annotations

import re

import pytest

from tests.support import ROOT
from tests.ugc_hub.rows import creator_actor
from ugc_hub import accounts
from ugc_hub.accounts import Actor, may, require, roles
from ugc_hub.errors import Conflict, Forbidden, Invalid
from ugc_hub.hub import Hub

# Roles


def actions_in_code() -> set[str]:
    """Every word of the form `thing.verb` that is asked of `may`, `require`, `allowed` or `only_own` in the product."""
    asked = re.compile(r"\b(?:may|require|allowed|only_own)\(\s*[^()\"']*[\"']([a-z_]+\.[a-z_]+)[\"']")
    folders = [ROOT / "ugc_hub", ROOT / "templates"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html"}]
    return {action for path in files for action in asked.findall(path.read_text(encoding="utf-8"))}


def test_every_action_that_is_asked_for_is_one_that_a_role_knows_and_the_reverse() -> None:
    known = {action for role in roles().values() for action in role.actions | role.own} - {"*"}
    assert actions_in_code() == known


EDITORS = {"admin", "content_manager", "designer"}
MAKERS = EDITORS | {"channel_team"}
LOOKERS = MAKERS | {"legal", "viewer"}
EVERYBODY = LOOKERS | {"creator"}
WHO = {
    "asset.view": LOOKERS,
    "asset.upload": EDITORS | {"link"},
    "asset.edit": EDITORS,
    "asset.original": EDITORS | {"legal"},
    "rendition.view": LOOKERS,
    "rendition.request": MAKERS,
    "rendition.download": MAKERS,
    "preset.view": LOOKERS,
    "preset.edit": EDITORS,
    "pack.make": MAKERS,
    "job.view": MAKERS | {"legal"},
    "job.manage": EDITORS,
    "account.edit": EVERYBODY,
    "rights.view": LOOKERS,
    "rights.legal": {"admin", "legal"},
    "audit.view": {"admin", "legal"},
    "rights.edit": {"admin", "content_manager", "legal"},
}


class Thing:
    def __init__(self, creator_id: str | None) -> None:
        self.creator_id = creator_id


@pytest.mark.parametrize("action", WHO)
def test_each_role_may_what_it_is_there_for(action: str) -> None:
    mine = Thing("crt_1")
    granted = {name for name in roles() if may(Actor("usr_1", name), action, mine)}
    assert granted == WHO[action]


def test_a_role_that_does_not_exist_may_nothing() -> None:
    assert not any(may(Actor("usr_1", "root"), action) for action in WHO)
    with pytest.raises(Forbidden):
        require(Actor("usr_1", "root"), "asset.view")


def test_a_creator_may_only_with_what_is_their_own() -> None:
    ana = Actor("usr_1", "creator", creator_id="crt_1")
    assert may(ana, "asset.view", Thing("crt_1"))
    assert may(ana, "asset.view")
    assert not may(ana, "asset.view", Thing("crt_2"))
    assert not may(ana, "asset.view", Thing(None))
    assert not may(ana, "asset.original", Thing("crt_1"))
    nobody = Actor("usr_2", "creator")
    assert not may(nobody, "asset.view")
    assert not may(nobody, "asset.view", Thing(None))


def test_the_scopes_of_a_token_only_ever_narrow() -> None:
    narrow = Actor("usr_1", "admin", scopes=frozenset({"asset.view"}))
    assert [action for action in WHO if may(narrow, action)] == ["asset.view"]
    beyond = Actor("usr_1", "viewer", scopes=frozenset({"asset.view", "asset.edit"}))
    assert [action for action in WHO if may(beyond, action)] == ["asset.view"]


def test_a_refusal_names_role_and_action() -> None:
    with pytest.raises(Forbidden, match=r"Viewer may not do this \(asset.upload\)"):
        require(Actor("usr_1", "viewer"), "asset.upload")


# Users


def test_an_address_is_one_user_however_it_is_written(hub: Hub) -> None:
    user = accounts.create_user(hub, " Ana@Example.ORG ", "viewer", " Ana ")
    assert (user.email, user.name) == ("ana@example.org", "Ana")
    assert accounts.find_user(hub, "ANA@example.org").id == user.id
    with pytest.raises(Conflict):
        accounts.create_user(hub, "ana@example.org", "viewer")


def test_what_is_not_one_address_is_refused(hub: Hub) -> None:
    others = ["a@b\nBcc: c@d", "a,b@c", "a@b;c", "<a@b>", 'a"@b', "a@b\0", "x" * 320 + "@b"]
    for address in ["", "ana", "@", "a@", "a@b@c", "a b@c", *others]:
        with pytest.raises(Invalid) as caught:
            accounts.create_user(hub, address, "viewer")
        assert caught.value.extra["field"] == "email"
        assert accounts.request_link(hub, address) is None


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(hub: Hub) -> None:
    with pytest.raises(Invalid, match="content_manager"):
        accounts.create_user(hub, "a@b.example", "root")


def test_an_empty_hub_makes_its_first_administrator_and_says_until_when_nobody_came(hub: Hub) -> None:
    user, fresh = accounts.first_administrator(hub)
    assert (user.role, fresh) == ("admin", True)
    assert accounts.first_administrator(hub)[0].id == user.id
    link = accounts.request_link(hub, user.email)
    assert link is not None
    accounts.sign_in_with_link(hub, link.rpartition("/")[2])
    assert accounts.first_administrator(hub)[1] is False


def test_creators_are_limited_to_their_own_record(hub: Hub) -> None:
    ana, ben = creator_actor(hub, "ana"), creator_actor(hub, "ben")
    assert ana.creator_id is not None
    assert ana.creator_id != ben.creator_id
    assert may(ana, "asset.view", Thing(ana.creator_id))
    assert not may(ana, "asset.view", Thing(ben.creator_id))
