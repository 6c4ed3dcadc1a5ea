"""Random grants, facts and requests from small pools, so that they meet often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.ugc_hub.rights.rows import START, values
from ugc_hub.rights import AssetFacts, Duty, Grant, Person, Request, Revocation, WindDown

CHANNELS = ["email", "internal", "paid_social", "paid_social.meta", "allowlisted_ads.meta", "website", "tv.ctv", "xr"]
PLACES = ["WORLD", "US", "US-NY", "DE", "FR", "FR-67", "FR-GES", "FR-974"]
EDITS = ["crop", "trim", "resize", "ai_enhance", "ai_voice", "ai_training"]
CLEARING = ["blur_persons", "audio_remove", "audio_replace"]
"""Edits that make a use need less."""
PRODUCTS = ["soap", "beer"]
PARTIES = ["brand", "rival"]
ASSETS = ["photo", "clip"]
PERSONS = ["ana", "ben"]

instants = st.integers(0, 24).map(lambda hours: START + timedelta(hours=hours))


def some(words: list[str], least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    """A set of some of the words."""
    return st.frozensets(st.sampled_from(words), min_size=least, max_size=3)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, or a value; the value more often."""
    return st.one_of(strategy, strategy, st.none())


duties = st.sampled_from([Duty("approval", "pre"), Duty("credit"), Duty("inform", "post", {"within_days": 7})])
revocations = st.builds(
    Revocation,
    effective_at=maybe(instants),
    channels=st.one_of(st.none(), some(CHANNELS)),
    territories=st.one_of(st.none(), some(PLACES)),
)
wind_downs = st.builds(WindDown, st.sampled_from(["may_remain", "grace"]), st.integers(0, 2), some([*CHANNELS, "*"]))


def grants(effect: str | None = None) -> st.SearchStrategy[Grant]:
    """A row of any kind, most often one that could matter."""
    return st.builds(
        Grant,
        id=st.just("?"),
        effect=st.sampled_from(["permit", "permit", "prohibit"]) if effect is None else st.just(effect),
        layer=st.sampled_from(["copyright", "copyright", "likeness", "music", "platform"]),
        subject=st.sampled_from([None, None, *PERSONS]),
        assets=maybe(some([*ASSETS, "*"], 1)),
        state=st.sampled_from(["active"] * 5 + ["draft"]),
        grantees=maybe(some([*PARTIES, "*"], 1)),
        channels=maybe(some([*CHANNELS, "*"], 1)),
        territories=maybe(some([*PLACES, "MERCOSUR"], 1)),
        excluded_territories=st.one_of(st.just(values()), st.just(values()), some(PLACES)),
        starts_at=maybe(instants),
        ends_at=maybe(instants),
        perpetual=st.booleans(),
        products=maybe(some([*PRODUCTS, "*"], 1)),
        edits=maybe(some([*EDITS, *CLEARING, "any_edit"])),
        evidence_level=st.sampled_from([3, 3, 2, 0]),
        evidence_ok=st.sampled_from([True, True, True, False]),
        signed_at=maybe(instants),
        signed_by_role=st.sampled_from([None, "guardian"]),
        duties=st.lists(duties, max_size=2).map(tuple),
        exclusive=st.booleans(),
        supersedes=st.sampled_from([values()] * 5 + [values("g0"), values("g1", "g2")]),
        revocations=st.lists(revocations, max_size=2).map(tuple),
        caps=st.sampled_from([{}, {}, {"uses": 2}]),
        counters=st.sampled_from([{}, {"uses": 1}, {"uses": 2}]),
        wind_down=st.one_of(st.none(), wind_downs),
        vocabulary_version=st.integers(1, 2),
        future_media=st.booleans(),
    )


generous = st.builds(
    Grant,
    id=st.just("?"),
    effect=st.just("permit"),
    layer=st.sampled_from(["copyright", "copyright", "likeness", "music", "platform"]),
    subject=st.sampled_from([None, None, *PERSONS]),
    assets=st.just(values("*")),
    state=st.just("active"),
    grantees=st.just(values("*")),
    channels=some(["*", "email", "paid_social", "website"], 1),
    territories=some(["WORLD", "US", "DE"], 1),
    excluded_territories=st.sampled_from([values(), values("FR"), values("US-NY")]),
    starts_at=st.just(START),
    ends_at=maybe(instants),
    perpetual=st.just(True),
    products=st.just(values("*")),
    edits=st.just(values("any_edit", *EDITS)),
    evidence_level=st.just(4),
    evidence_ok=st.just(True),
    signed_at=instants,
    duties=st.lists(duties, max_size=2).map(tuple),
    exclusive=st.booleans(),
    revocations=st.lists(revocations, max_size=1).map(tuple),
    wind_down=st.one_of(st.none(), wind_downs),
    future_media=st.just(True),
)
"""A permission that often allows, so that the properties of an allowed use are tried as well."""


def named(rows: list[Grant], prefix: str = "g") -> list[Grant]:
    """The rows with ids of their own."""
    return [Grant(**{**fields_of(row), "id": f"{prefix}{number}"}) for number, row in enumerate(rows)]


def fields_of(row: Grant) -> dict[str, Any]:
    """The fields of a row by name."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


@st.composite
def sure_rows(draw: Any) -> Grant:
    """A permission that allows the plainest uses."""
    changed = {
        "layer": "copyright",
        "subject": None,
        "channels": draw(st.sampled_from([values("*"), values("*"), values("email", "website", "paid_social")])),
        "territories": draw(st.sampled_from([values("WORLD"), values("WORLD"), values("US", "DE")])),
        "excluded_territories": values(),
        "starts_at": START,
        "ends_at": draw(st.none() | st.integers(10, 40).map(lambda hours: START + timedelta(hours=hours))),
        "exclusive": False,
    }
    return Grant(**{**fields_of(draw(generous)), **changed})


rows = st.tuples(
    st.lists(sure_rows(), min_size=1, max_size=2),
    st.lists(st.one_of(generous, generous, grants("permit")), max_size=2),
    st.lists(grants(), max_size=2),
).map(lambda parts: named([row for part in parts for row in part]))

persons = st.builds(Person, st.sampled_from(PERSONS), st.sampled_from([True, True, False, None]))


def assets(name: str) -> st.SearchStrategy[AssetFacts]:
    """The facts of one asset."""
    return st.builds(
        AssetFacts,
        id=st.just(name),
        kind=st.sampled_from(["image", "image", "video", "audio"]),
        status=st.sampled_from(["active"] * 6 + ["hold"]),
        digital_source_type=st.sampled_from(["digitalCapture"] * 3 + ["trainedAlgorithmicMedia", None]),
        has_audio=st.sampled_from([False, True, None]),
        is_testimonial=st.sampled_from([True, False, None]),
        compensation=st.sampled_from(["none", "paid", "unknown"]),
        people=st.one_of(st.just(()), st.just(()), st.none(), st.lists(persons, max_size=2).map(tuple)),
        properties=st.sampled_from([(), (), (), None, ("mural",)]),
        music=st.sampled_from(["none", "none", "present", "unknown"]),
    )


plain_assets = st.sampled_from(["none", "paid"]).map(
    lambda paid: {
        name: AssetFacts(
            name,
            status="active",
            digital_source_type="digitalCapture",
            has_audio=False,
            compensation=paid,
            people=(),
            properties=(),
            music="none",
        )
        for name in ASSETS
    }
)
facts = st.one_of(
    plain_assets, st.tuples(assets("photo"), assets("clip")).map(lambda both: {one.id: one for one in both})
)


@st.composite
def requests(draw: Any, *, window: bool | None = None, edits: list[str] | None = None) -> Request:
    """A question that is well formed."""
    first: datetime = draw(instants)
    flight = draw(st.booleans()) if window is None else window
    when: dict[str, Any] = {"at": first}
    if flight:
        when = {"starts_at": first, "ends_at": first + timedelta(hours=draw(st.integers(1, 12)))}
    return Request(
        asset="photo",
        channel=draw(st.sampled_from(CHANNELS)),
        parties=draw(some(PARTIES, 1)),
        territories=tuple(sorted(draw(some(PLACES, 1)))),
        edits=draw(some(edits or [*EDITS, *CLEARING])),
        products=draw(some(PRODUCTS)),
        operation=draw(st.sampled_from(["publish", "continue"])),
        ingredients=draw(st.sampled_from([(), (), ("clip",)])),
        duty_state=draw(st.sampled_from([{}, {f"g{number}:approval": True for number in range(6)}])),
        **when,
    )
