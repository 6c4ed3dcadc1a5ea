"""Questions about rights that are put together, typed, in brackets and chosen, against asking of each asset."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product
from typing import NamedTuple

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.ugc_hub.licensing.rows import AMPLE, clear, free_row, grant_row
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Found, LiveQuery, Search, search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.catalog.questions import Question, problem
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, allowed_among
from ugc_hub.models import AssetRights
from ugc_hub.rights import standard
from ugc_hub.search.engine import Request, Result
from ugc_hub.search.shapes import TOO_MANY

CHANNELS = ("email", "website", "paid_social")
EDITS = ("crop", "trim", "resize", "flip", "speed", "subtitle")
PLACES = ("DE", "FR", "US")
DAY, END = "2030-12-31", datetime(2031, 1, 1, tzinfo=UTC)
"""The hub of these tests is in January 2030."""


class Alternative(NamedTuple):
    """One of several, as typed: what it asks of a use, or a word."""

    text: str
    channel: str = ""
    place: str = ""
    edit: str = ""
    until: str = ""
    word: str = ""


MEANT = {
    "channel": [Alternative(f"usable:{one}", channel=one) for one in CHANNELS],
    "place": [Alternative(f"territory:{one}", place=one) for one in PLACES],
    "edit": [Alternative("edits:crop", edit="crop"), Alternative("edits:trim", edit="trim")],
    "until": [Alternative(f"until:{DAY}", until=DAY)],
}
WORDS = [Alternative("lake", word="lake"), Alternative("beach", word="beach")]


def with_engine(hub: Hub, url: str) -> Hub:
    """The hub in January 2030, with one of the engines and an index of all that it holds."""
    house, _ = with_clock(replace(hub, settings=replace(hub.settings, index_url=url)))
    rebuild(house)
    return house


def filled(hub: Hub, count: int = 16) -> dict[str, str]:
    """Assets by chance, most with several permissions that differ in channel, place, edits and end: id -> name."""
    chance = random.Random(11)
    names = {}
    for number in range(count):
        name = f"{chance.choice(['lake', 'beach'])} {number}.jpg"
        asset = asset_row(hub, name)
        names[asset] = name
        for turn in range(chance.randrange(4)):
            ends = {} if chance.random() < 0.7 else {"perpetual": False, "ends_at": "2030-06-30T00:00:00Z"}
            terms = {
                "channels": chance.sample(CHANNELS, chance.randrange(1, 3)),
                "territories": chance.sample(PLACES, chance.randrange(1, 3)),
                "edits": chance.choice([["any_edit"], ["trim"], []]),
                **ends,
            }
            if turn:
                plain = {"effect": "permit", "layer": "copyright", "signed_by_role": "creator", **AMPLE, **terms}
                grant_row(hub, {**plain, "assets": [asset]})
            else:
                clear(hub, asset, **terms)
    return names


@dataclass
class Rule:
    """Asks the grants of each asset, one question at a time."""

    hub: Hub
    session: Session
    names: dict[str, str]
    known: dict[Use, frozenset[str]] = field(default_factory=dict)

    def fits(self, ways: Iterable[Alternative]) -> set[str]:
        """Return the assets that are all of what is said, where all of it that is about rights is one use."""
        said = list(ways)
        words = [one.word for one in said if one.word]
        found = {id_ for id_, name in self.names.items() if all(word in name for word in words)}
        about = [one for one in said if not one.word]
        if not about:
            return found
        channels = {one.channel for one in about} - {""}
        places = {one.place for one in about} - {""}
        edits = frozenset({one.edit for one in about} - {""})
        timed = any(one.until for one in about)
        public = [name for name, one in standard().channels.items() if one.public and "." not in name]
        for one, place in product(sorted(channels) or [""], sorted(places) or [""]):
            span = (self.hub.now(), END) if timed else (None, None)
            asked = Use("", (place,) if place else (), edits, starts_at=span[0], ends_at=span[1])
            uses = [replace(asked, channel=name) for name in ([one] if one else public)]
            found &= frozenset().union(*map(self.allowed, uses))
        return found

    def allowed(self, use: Use) -> frozenset[str]:
        if use not in self.known:
            self.known[use] = allowed_among(self.hub, self.session, self.names, use)
        return self.known[use]

    def any_way(self, groups: Iterable[list[Alternative]]) -> set[str]:
        """Return the assets of which one of each group holds, all of one use."""
        return set[str]().union(*map(self.fits, product(*groups)))


def question(chance: random.Random) -> list[list[Alternative]]:
    """Groups of alternatives, each of which has to hold."""
    kinds = chance.sample(sorted(MEANT), chance.randrange(1, 4))
    groups = [chance.sample(MEANT[kind], min(chance.choice([1, 2, 2]), len(MEANT[kind]))) for kind in kinds]
    return [[*group, chance.choice(WORDS)] if chance.random() < 0.2 else group for group in groups]


def typed(groups: list[list[Alternative]]) -> str:
    return " ".join(
        group[0].text if len(group) == 1 else f"({' OR '.join(one.text for one in group)})" for group in groups
    )


def ids(found: Found) -> set[str]:
    assert not found.problems
    return {one.asset.id for one in found.items}


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_what_is_asked_about_one_use_finds_and_counts_what_the_grants_allow(hub: Hub) -> None:
    names = filled(with_clock(hub)[0])
    houses = [with_engine(hub, url) for url in ("tantivy:", "whoosh:")]
    chance = random.Random(3)
    sizes = set()
    with hub.database.read() as session:
        rule = Rule(houses[0], session, names)
        for _ in range(14):
            groups = question(chance)
            ticked = chance.sample(MEANT["channel"], chance.choice([0, 1, 1, 2]))
            chosen = {"usable": frozenset(one.channel for one in ticked)} if ticked else {}
            wanted = rule.any_way([*groups, ticked] if ticked else groups)
            each = {one.channel: len(rule.any_way([*groups, [one]])) for one in MEANT["channel"]}
            for house in houses:
                found = search(house, SYSTEM, Search(typed(groups), chosen, ("usable",), limit=200))
                assert (ids(found), found.total) == (wanted, len(wanted)), (typed(groups), chosen)
                told = {one.value: one.count for one in found.facets["usable"]}
                assert {name: told.get(name, 0) for name in CHANNELS} == each, (typed(groups), chosen)
            sizes.add(len(wanted))
    assert len(sizes) > 4


@pytest.mark.parametrize(
    ("hub", "url"), [("sqlite", "tantivy:"), ("sqlite", "whoosh:"), ("postgresql", "tantivy:")], indirect=["hub"]
)
def test_channels_are_counted_by_situations_in_one_search_and_alike_by_a_search_for_each(
    hub: Hub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = filled(with_clock(hub)[0])
    for asset in [*names][:4]:
        platforms = {"channels": ["paid_social.meta", "organic_social.tiktok"], "territories": ["DE"], **AMPLE}
        grant_row(
            hub, {"effect": "permit", "layer": "copyright", "signed_by_role": "creator", **platforms, "assets": [asset]}
        )
    house = with_engine(hub, url)
    engine = house.index.engine()
    searched: list[Request] = []
    found = engine.search

    def noted(request: Request) -> Result:
        searched.append(request)
        return found(request)

    monkeypatch.setattr(engine, "search", noted)
    asked = (
        "territory:DE",
        "usable:email territory:DE",
        "lake territory:US edits:crop",
        "edits:crop",
        "usable:website",
        f"until:{DAY}",
        f"usable:email territory:FR until:{DAY}",
        "platform:meta territory:DE",
        f"(platform:meta OR platform:tiktok) territory:DE until:{DAY}",
        "(territory:DE OR territory:FR) lake",
    )
    wanted = [Search(text, {}, ("usable",)) for text in asked]
    by_situations = [search(house, SYSTEM, one).facets["usable"] for one in wanted]
    assert len(searched) == len(asked)
    again = [search(house, SYSTEM, one).facets["usable"] for one in wanted]
    monkeypatch.setattr("ugc_hub.search.documents.SITUATIONS", 0)
    searched.clear()
    each = [search(house, SYSTEM, one).facets["usable"] for one in wanted]
    assert len(searched) > 10 * len(asked)
    assert by_situations == again == each
    assert len({*map(str, each)}) > 5


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_a_channel_that_is_chosen_is_asked_in_the_place_that_is_typed_wherever_searches_are_kept(hub: Hub) -> None:
    asset = asset_row(hub, "photo.jpg")
    clear(hub, asset, channels=["email"], territories=["US"])
    terms = {**AMPLE, "channels": ["website"], "territories": ["DE"], "assets": [asset]}
    grant_row(hub, {"effect": "permit", "layer": "copyright", "signed_by_role": "creator", **terms})
    rebuild(hub)
    for text, channel, wanted in (
        ("territory:DE", "email", []),
        ("territory:DE", "website", [asset]),
        ("territory:DE OR territory:FR", "email", []),
        ("territory:US", "email", [asset]),
    ):
        chosen = {"usable": frozenset({channel})}
        assert catalog.hits(hub, SYSTEM, Search(text, chosen)) == wanted
        live = catalog.make_collection(hub, SYSTEM, f"{text} {channel}", query=LiveQuery(text, chosen))
        assert catalog.asset_ids(hub, SYSTEM, live.id, most=9) == wanted
    nothing = search(hub, SYSTEM, Search("territory:DE", {"usable": frozenset({"email"})}))
    assert [(one.clause, one.facet, one.count) for one in nothing.excluded] == [("email", "usable", 1)]
    # What is asked in several ways is decided again as well: the index does not know of the hold yet.
    with hub.database.write() as session:
        session.execute(update(AssetRights).values(status="hold"))
    assert not search(hub, SYSTEM, Search("(usable:website photo OR usable:email) territory:DE")).items


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_more_ways_to_use_an_asset_than_can_be_asked_find_nothing_and_are_told(hub: Hub) -> None:
    free_row(hub, "lake.jpg")
    rebuild(hub)
    places = "(territory:DE OR territory:FR OR territory:IT OR territory:ES)"
    days = "(until:2031 OR until:2032 OR until:2033)"
    ticked = {"usable": frozenset({"email", "website", "paid_social", "print", "press", "tv"})}
    for text, chosen in (
        (f"{places} {days}", ticked),
        (f"NOT (lake {places} {days} (edits:{' OR edits:'.join(EDITS)}))", {}),
    ):
        found = search(hub, SYSTEM, Search(text, chosen))
        assert (found.total, [one.message for one in found.problems]) == (0, [TOO_MANY])
        assert problem(hub, SYSTEM, Question(text, chosen)) == TOO_MANY
    assert search(hub, SYSTEM, Search(f"{places} {days}")).total == 1
