"""What people see of a library by searching, and what they may not see, count or learn in any other way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.ugc_hub.catalog.test_search import VIEWER, counts, ids, names
from tests.ugc_hub.licensing.rows import clear, cleared, free_row
from tests.ugc_hub.rows import asset_row, creator_actor, facts_of, statements
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor, Bounds
from ugc_hub.catalog import FACETS, SORTS, AssetView, Description, Found, Search, search
from ugc_hub.catalog.completing import complete
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.catalog.questions import Question
from ugc_hub.catalog.questions import problem as problem_of
from ugc_hub.catalog.withholding import NO_ORDER, NO_STATES
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Creator


def test_a_role_or_a_token_that_may_not_ask_learns_nothing_of_rights(hub: Hub) -> None:
    free_row(hub, "free.jpg", creator="ana")
    ana = creator_actor(hub, "ana")
    rebuild(hub)

    def ask(text: str, actor: Actor, **known: Any) -> Found:
        return search(hub, actor, Search(text, **known))

    found = ask("usable:paid_social", ana, facets=("usable",))
    assert (found.total, found.facets, len(found.problems)) == (0, {}, 1)
    assert ask("", ana).items[0].uses == ()
    with pytest.raises(Forbidden):
        ask("", replace(VIEWER, scopes=frozenset({"rendition.view"})))
    bound = replace(VIEWER, bounds=Bounds.of(["email"]))
    found = ask("usable:paid_social", bound, facets=("usable",))
    assert (found.total, len(found.problems)) == (0, 1)
    found = ask("", bound, facets=("usable",))
    assert counts(found, "usable") == {"email": 1}
    assert found.items[0].uses == ("email",)


def test_what_a_bound_token_leaves_open_is_asked_within_its_bounds(hub: Hub) -> None:
    known = {"territories": ["DE"], "edits": ["crop"]}
    mailed, web = (asset_row(hub, f"{name}.jpg") for name in ("mailed", "web"))
    clear(hub, mailed, channels=["email", "paid_social.meta"], **known)
    clear(hub, web, channels=["website"], **known)
    rebuild(hub)
    mail = replace(VIEWER, bounds=Bounds.of(["email"]))
    meta = replace(VIEWER, bounds=Bounds.of(["paid_social.meta"]))
    german = replace(VIEWER, bounds=Bounds.of(["email", "website"], ["DE"]))

    def asked(text: str, actor: Actor, **known: Any) -> tuple[set[str], int]:
        found = search(hub, actor, Search(text, **known))
        return {one.asset.id for one in found.items}, len(found.problems)

    for text in ("territory:DE", "territory:DE edits:crop", "territory:DE until:2027-01-01", "usable:any territory:DE"):
        assert asked(text, VIEWER) == asked(text, german) == ({mailed, web}, 0)
        assert asked(text, mail) == asked(text, meta) == ({mailed}, 0)
        assert asked(f"-({text})", mail) == ({web}, 0)
    assert asked("edits:crop", german) == ({mailed, web}, 0)
    assert asked("territory:DE platform:meta", VIEWER) == asked("territory:DE platform:meta", meta) == ({mailed}, 0)
    for text, actor in (("territory:FR", german), ("territory:DE platform:meta", mail), ("usable:website", mail)):
        assert asked(text, actor) == (set(), 1)
    chosen = {"usable": frozenset({"email"})}
    for wanted in (Search("territory:DE", chosen), Search("territory:DE usable:email")):
        found = search(hub, mail, replace(wanted, facets=("usable",)))
        assert (found.total, counts(found, "usable")) == (1, {"email": 1})
    question = Question("territory:DE")
    assert problem_of(hub, mail, question) == ""


@pytest.mark.parametrize(
    ("actor", "text", "told"),
    [
        (
            replace(VIEWER, bounds=Bounds.of(["internal"])),
            "usable:any",
            "This token is bound to internal use; ask for a channel by its name, such as usable:internal.",
        ),
        (
            replace(VIEWER, bounds=Bounds.of(["email"])),
            "platform:meta",
            "This token is bound to e-mail; it may not ask for 'meta'.",
        ),
        (
            replace(VIEWER, scopes=frozenset({"asset.view"})),
            "usable:email",
            "This token, without the scope rights.view, may not ask what can be used.",
        ),
        (replace(VIEWER, role="creator"), "usable:email", "Your role may not ask what can be used."),
    ],
)
def test_who_may_not_ask_for_a_use_is_told_what_keeps_them_from_it(
    hub: Hub, actor: Actor, text: str, told: str
) -> None:
    assert problem_of(hub, actor, Question(text)) == told


def test_a_bound_token_reads_states_and_ends_whole_as_its_record_and_asks_for_uses_within(hub: Hub) -> None:
    end = (hub.now() + timedelta(days=40)).isoformat()
    mailed, web = (asset_row(hub, f"{name}.jpg") for name in ("mailed", "web"))
    clear(hub, mailed, channels=["email"], perpetual=False, ends_at=end)
    clear(hub, web, channels=["website"], perpetual=False, ends_at=end)
    rebuild(hub)
    mail = replace(VIEWER, bounds=Bounds.of(["email"]))
    silent = replace(VIEWER, scopes=frozenset({"asset.view"}), bounds=mail.bounds)
    day = (hub.now() + timedelta(days=10)).date()

    def asked(text: str, actor: Actor, sort: str = "newest") -> list[str]:
        return [one.asset.id for one in search(hub, actor, Search(text, sort=sort)).items]

    for text in ("expires:<2099", "has:expires", "status:active"):
        assert set(asked(text, mail)) == set(asked(text, VIEWER)) == {mailed, web}
        assert asked(text, silent) == []
    assert asked("", mail, "expiring") == asked("", VIEWER, "expiring")
    assert asked(f"until:{day}", mail) == [mailed]


def test_hits_tell_the_use_that_was_asked_for_in_its_place_until_its_day_and_with_its_edits(hub: Hub) -> None:
    known = {"territories": ["DE"], "channels": ["tv", "email", "website"], "edits": ["crop"]}
    clear(hub, german := asset_row(hub, "german.jpg"), **known)
    free = free_row(hub, "free.jpg")
    end = hub.now() + timedelta(days=40)
    clear(hub, brief := asset_row(hub, "brief.jpg"), **known, perpetual=False, ends_at=end.isoformat())
    rebuild(hub)

    def uses(text: str, actor: Actor = VIEWER, **chosen: frozenset[str]) -> dict[str, tuple[str, ...]]:
        return {one.asset.id: one.uses for one in search(hub, actor, Search(text, chosen)).items}

    assert (uses("")[german], uses("")[free][:2]) == ((), ("organic_social", "paid_social"))
    german_uses = ("website", "email", "tv")
    assert set(uses("territory:DE")[german]) == set(german_uses)
    for found in (uses("usable:tv territory:DE"), uses("territory:DE", usable=frozenset({"tv"}))):
        assert found.keys() == {german, free, brief}
        assert (found[german][0], set(found[german])) == ("tv", set(german_uses))
        assert (found[free][0], len(found[free])) == ("tv", len(uses("")[free]))
    assert uses("usable:tv territory:DE edits:crop")[german][0] == "tv"
    later = (end + timedelta(days=30)).date()
    assert uses(f"usable:tv territory:DE until:{later}").keys() == {german, free}
    assert set(uses(f"territory:DE until:{later}")[german]) == set(german_uses)
    assert set(uses("(usable:tv OR usable:email) (territory:DE OR territory:FR)")[german]) == {"email", "tv"}
    with statements(hub) as plain:
        assert uses("free usable:website")
    with statements(hub) as placed:
        assert uses("free usable:website territory:AT edits:flip")
    assert len(placed) <= len(plain)


STATES = ("status:hold", "-status:active", "status:ho*", "status:?old", "has:expires", "has:exp*", "NOT (has:*pires x)")
ENDS = ("expires:<2050-01-01", "expires:[2000 TO 2050]", "(beach OR expires:>2000-01-01) status:hold")


def test_a_role_or_a_token_that_may_not_see_rights_learns_no_state_and_no_end_of_them(hub: Hub) -> None:
    held = [asset_row(hub, f"beach {n}.jpg", creator="ana") for n in range(3)]
    for days, one in enumerate(held, 1):
        clear(hub, one, perpetual=False, ends_at=(hub.now() + timedelta(days=days)).isoformat())
    with hub.database.write() as session:
        session.execute(update(AssetRights).where(AssetRights.asset_id == held[1]).values(status="hold"))
    rebuild(hub)

    def ask(text: str, actor: Actor, **known: Any) -> Found:
        return search(hub, actor, Search(text, **known))

    ana, token = creator_actor(hub, "ana"), replace(VIEWER, scopes=frozenset({"asset.view"}))
    assert names(ask("status:hold", VIEWER)) == ["beach 1.jpg"]
    assert ids(ask("beach", VIEWER, sort="expiring")) != ids(ask("beach", VIEWER, sort="newest"))
    for actor, who in ((ana, "Your role"), (token, "This token, without the scope rights.view,")):
        no_states, no_order = f"{who} {NO_STATES}", f"{who} {NO_ORDER}"
        for text in (*STATES, *ENDS):
            found = ask(text, actor, facets=FACETS)
            assert (found.total, found.excluded) == (0, ()), text
            assert [one.message for one in found.problems] == [no_states], text
            assert problem_of(hub, actor, Question(text)) == no_states
        for states in ({"hold"}, {"active", "received"}, {"pending_review", "taken_down"}):
            found = ask("", actor, chosen={"status": frozenset(states)}, facets=FACETS)
            assert (found.total, found.items, found.problems[0].message) == (0, (), no_states)
            assert "status" not in found.facets
        assert ask("", actor, chosen={"status": frozenset({"ready"})}).total == 3, "what is said of the file"
        assert (ask("status:received", actor).total, ask("status:received", actor).problems) == (0, ())
        found = ask("beach", actor, sort="expiring")
        assert ids(found) == ids(ask("beach", actor, sort="newest"))
        assert [one.message for one in found.problems] == [no_order]
        assert not [
            one for text in ("status:", "sta", "exp", "expires:", "has:e") for one in complete(hub, actor, text)
        ]


PEOPLE = ("ana", "bea", "cleo")


def _library(hub: Hub, chance: random.Random) -> None:
    """Thirty assets of three creators and of nobody, some erased, in the trash, tagged or free to use."""
    kinds = ["image", "video", "animation"]
    for number in range(30):
        known = {"creator": chance.choice([*PEOPLE, None]), "campaign": chance.choice(["Summer", "Winter", None])}
        facts = facts_of(kind=chance.choice(kinds), palette=(chance.choice(("#ff0000", "#1e66ff")),))
        one = asset_row(hub, f"{chance.choice(['beach', 'lake'])} {number}.jpg", facts=facts, **known)
        if chance.random() < 0.4:
            cleared(hub, one)
        if chance.random() < 0.1:
            with hub.database.write() as session:
                session.execute(update(Asset).where(Asset.id == one).values(status="erased"))
        elif chance.random() < 0.2:
            catalog.describe(hub, SYSTEM, one, Description(tags=[chance.choice(["Sand", "Stone"])]))
        if chance.random() < 0.1:
            with hub.database.write() as session:
                session.execute(update(Asset).where(Asset.id == one).values(trashed_at=hub.now()))
    rebuild(hub)
    gone = asset_row(hub, "beach gone.jpg", creator="ana")
    rebuild(hub)
    with hub.database.write() as session:
        session.execute(delete(Asset).where(Asset.id == gone))
    rebuild(hub)
    with hub.database.write() as session:
        session.execute(update(Creator).where(Creator.handle != "cleo").values(niche="baking"))
    catalog.describe(hub, SYSTEM, asset_row(hub, "x.jpg"), Description(tags=["Stone", "Litigious"]))
    for tag in catalog.list_tags(hub, SYSTEM):
        catalog.set_synonyms(hub, SYSTEM, tag.id, SYNONYMS.get(tag.name, ()))
    rebuild(hub)


@pytest.mark.req("R68")
@pytest.mark.parametrize("seed", range(4))
def test_nobody_sees_or_counts_what_they_may_not(hub: Hub, seed: int) -> None:
    _library(hub, random.Random(seed))
    everything = catalog.find(hub, SYSTEM, catalog.Query(limit=200)).items
    with hub.database.read() as session:
        states = dict(session.execute(select(AssetRights.asset_id, AssetRights.status)).all())
    actors = [SYSTEM, VIEWER, *(creator_actor(hub, name) for name in PEOPLE)]
    for actor in actors:
        mine = [one for one in everything if actor.role != "creator" or one.creator_id == (actor.creator_id or "-")]
        for sort in SORTS:
            found = search(hub, actor, Search(sort=sort, limit=200, seed=seed))
            assert Counter(ids(found)) == Counter(one.id for one in mine), (actor, sort)
            if actor.role == "creator" and sort == "expiring":
                assert ids(found) == ids(search(hub, actor, Search(sort="newest", limit=200)))
        for word in WORDS:
            wanted = [one for one in mine if _matches(word, one, tags=actor.role != "creator")]
            found = search(hub, actor, Search(word, facets=FACETS, limit=200))
            assert {one.asset.id for one in found.items} == {one.id for one in wanted}, (actor, word)
            assert found.total == len(wanted)
            for name in ("kind", "creator", "campaign"):
                real = Counter(value for one in wanted if (value := getattr(one, name)))
                assert counts(found, name) == dict(real), (actor, word, name)
            assert counts(found, "tag") == dict(Counter(tag for one in wanted for tag in one.tags)), (actor, word)
            if actor.role != "creator":
                uses = Counter(use for one in found.items for use in one.uses)
                assert counts(found, "usable") == dict(uses)
                found_in = Counter(states.get(one.id, "pending_review") for one in wanted)
                assert counts(found, "status") == dict(found_in), (actor, word)
            else:
                assert found.facets.keys() == {*FACETS} - {"usable", "status"}
                assert not any(name.lower() in f"{found.read_as} {found.excluded}".lower() for name in SYNONYMS)
            for name, told in LOOKS.items():
                assert counts(found, name) == dict(Counter(filter(None, map(told, wanted)))), (actor, word, name)
            clauses = () if wanted else (word,) if " OR " in word else tuple(word.split())
            rest = {one: sum(all(_matches(o, each) for o in clauses if o != one) for each in mine) for one in clauses}
            assert {one.clause: one.count for one in found.excluded} == +Counter(rest), (actor, word)


SYNONYMS = {"Stone": ("rock", "pebble"), "Litigious": ("rocky", "trouble")}
WORDS = (
    "",
    "beach",
    "lake creator:ana",
    "kind:video OR campaign:summer",
    "nothing",
    "rock",
    "ro*",
    "lake creator:cleo",
)
LOOKS: dict[str, Callable[[AssetView], str | None]] = {
    "orientation": lambda one: "landscape",
    "colour": lambda one: (
        {"#ff0000": "red", "#1e66ff": "blue"}[one.facts.palette[0]] if one.facts and one.facts.palette else None
    ),
    "niche": lambda one: "baking" if one.creator in ("ana", "bea") else None,
}


def _matches(word: str, one: catalog.AssetView, *, tags: bool = True) -> bool:
    if word in ("rock", "ro*"):  # nothing but synonyms of tags begins so
        meant = {"Stone"} if word == "rock" else {"Stone", "Litigious"}
        return tags and not meant.isdisjoint(one.tags)
    if word.startswith("lake creator:"):
        return all(_matches(part, one) for part in word.split())
    if word.startswith("creator:"):
        return one.creator == word.removeprefix("creator:")
    if word == "kind:video OR campaign:summer":
        return one.kind == "video" or one.campaign == "Summer"
    return word in one.file_name
