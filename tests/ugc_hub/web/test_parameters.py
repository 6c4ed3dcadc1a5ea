"""Whatever an address of the search says, in any parameter that is read: an answer and never an error of the hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, facts_of
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.test_searching import FIELDS, ODD, PAYLOADS, words
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import FACETS, SORTS, Definition, Description, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.web import uses
from ugc_hub.web.api.found import AssetQuery, SimilarQuery
from ugc_hub.web.api.suggestions import SuggestionQuery

COLLECTION = "collection"
"""In its place the id of one that is there."""
OF_PAGES = ("q", "text", "sort", "near", "far", "typing", "cursor", "custom", COLLECTION, "use", *uses.FIELDS)
OF_THE_API = tuple({**AssetQuery.model_fields, **SimilarQuery.model_fields, **SuggestionQuery.model_fields})
NAMES = tuple(dict.fromkeys((*OF_PAGES, *OF_THE_API, *FACETS, "custom:colour", "custom:", "custom:größe=x", "x")))
FITTING: dict[str, tuple[str, ...]] = {
    "sort": tuple(SORTS),
    "near": ("#ff0000", "#f00", "#ff00", "#", "red"),
    "far": ("0", "20", "100", "101", "-1", "1e9"),
    "typing": ("1",),
    "cursor": ("ast_", "ast_1k194aarnj48p7gmhpk26f", "abc"),
    "custom": ("colour=red", "colour=", "=red", "colour", "a=b=c"),
    "custom:colour": ("red", "blue", "1..2"),
    "use": ("1", "x"),
    "use_channel": ("email", "paid_social.meta", "paid_social", "email,website"),
    "use_territories": ("DE, FR", "EU", "WORLD", "xx"),
    "use_from": ("2026-01-01", "0001-01-01", "2026-02-30", "2026-13-01T00:00"),
    "use_until": ("2026-12-31", "9999-12-31", "0001-01-01"),
    "limit": ("0", "1", "2", "200", "201", "-1"),
    "seed": ("0", "7", str(2**31), str(2**31 + 1)),
    "trash": ("true", "false", "1", "maybe"),
    "facets": (",".join(FACETS), "kind", "custom", "custom:colour,kind", ",,", "hair"),
    "by": ("look", "colour", "duplicate", "taste"),
    "kind": ("image", "video", "photo", "painting"),
    "status": ("active", "ready", "pending_review", "trashed"),
    "orientation": ("landscape", "square", "round"),
    "creator": ("ana", "@Ana", "@"),
    "campaign": ("Summer", "summer", "Winter & <i>snow"),
    "tag": ("beach", "#beach"),
    "colour": ("red", "#ff0000", "#ff0000~20", "#f"),
    "usable": ("email", "paid_social", "some", "organic_social.instagram"),
}
PATHS = (
    *("/", "/library/tiles", "/library/tiles/ASSET", "/search/offers"),
    *("/api/v1/assets", "/api/v1/assets/ASSET/similar", "/api/v1/suggestions"),
)
Asked = list[tuple[str, str]]
Library = tuple[dict[str, Person], dict[str, str]]

anything = (
    words | st.sampled_from((*PAYLOADS, *ODD, *FIELDS, "")) | st.dates(date.min).map(str) | st.integers().map(str)
)


def said_in(name: str) -> st.SearchStrategy[tuple[str, str]]:
    """A name with a value, that fits more often than not."""
    odd = anything.map(lambda text: text.encode("utf-8", "replace").decode())
    values = st.sampled_from(FITTING[name]) | odd if name in FITTING else odd
    return st.tuples(st.just(name), values)


addresses = st.tuples(
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(NAMES).flatmap(said_in), max_size=6),
    st.sampled_from(["viewer", "admin"]),
)


class Noting(ImmutableMultiDict[str, str]):
    """Parameters that note which of them are asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: str, *more: Any, **how: Any) -> Any:
        self.names.add(key)
        return super().get(key, *more, **how)

    def getlist(self, key: str, *more: Any, **how: Any) -> Any:
        self.names.add(key)
        return super().getlist(key, *more, **how)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def library(hub: Hub, browser: Callable[[str], Person]) -> Library:
    """Who asks, and ids of what is there: some assets, one of them in the trash, with a field, in a collection."""
    asset = free_row(hub, "beach-sunset.jpg", creator="ana", campaign="Summer")
    catalog.add_field(hub, SYSTEM, "Summer", Definition("Colour", "choice", choices=("red", "blue")))
    catalog.describe(hub, SYSTEM, asset, Description(tags=("beach",), fields={"Colour": "red"}))
    asset_row(hub, "beach-walk.mp4", creator="bea", facts=facts_of(kind="video", duration_s=12.0))
    asset_row(hub, "<b>mountain.jpg", campaign="Winter & <i>snow", facts=facts_of(palette=("#ff0000", "#1e66ff")))
    asset_row(hub, "gone.jpg", trashed_at=hub.now())
    collection, _ = catalog.collect_as(hub, SYSTEM, "Some", Selection((asset,)))
    rebuild(hub)
    return {role: browser(role) for role in ("viewer", "admin")}, {"ASSET": asset, COLLECTION: collection}


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all parameters that are read meanwhile."""
    monkeypatch.setattr(Request, "parameter_storage_class", Noting)
    Noting.names.clear()
    return Noting.names


def ask(someone: Person, path: str, asked: Asked) -> Any:
    """Ask for an address and return the answer as plain values, where it is one; nothing else may have gone wrong."""
    answer = someone.get(path, query_string=urlencode(asked))
    assert answer.status_code in (200, 403, 404, 422), (path, asked, answer.get_data(as_text=True)[-2000:])
    assert "<script>alert" not in answer.get_data(as_text=True)
    if pushed := answer.headers.get("HX-Push-Url"):  # what the page calls itself says the same again
        again = someone.get(urlsplit(pushed).path, query_string=urlsplit(pushed).query)
        assert (answer.status_code, again.headers["HX-Push-Url"]) == (again.status_code, pushed), asked
    return json.loads(answer.data) if answer.status_code == 200 and answer.is_json else {}


@pytest.mark.req("R81")
@pytest.mark.slow
@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=addresses)
def test_no_parameter_of_an_address_is_an_error_of_the_hub(library: Library, address: tuple[str, Asked, str]) -> None:
    people, ids = library
    path, asked, who = address
    asked = [(name, ids.get(value, value)) for name, value in asked]
    found = ask(people[who], path.replace("ASSET", ids["ASSET"]), asked)
    if found.get("next_cursor"):
        following = [(name, value) for name, value in asked if name != "cursor"]
        ask(people[who], path, [*following, ("cursor", found["next_cursor"])])


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_every_parameter_that_is_read_is_among_those_that_are_tried(library: Library, noted: set[str]) -> None:
    people, ids = library
    for path in PATHS:
        for asked in ([], [("q", "beach"), ("use", "1"), ("custom", "colour=red")]):
            ask(people["admin"], path.replace("ASSET", ids["ASSET"]), asked)
    assert {"q", "near", "typing", "cursor", "use_from", "kind", COLLECTION} <= noted, "they are noted"
    assert noted <= set(NAMES)
    assert set(FITTING) <= set(NAMES)
