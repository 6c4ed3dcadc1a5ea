"""Addresses that the hub builds of its routes."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from flask import url_for
from werkzeug.routing import Map, Rule

from ugc_hub.hub import Hub
from ugc_hub.web.app import create_app
from ugc_hub.web.routes import Route


def test_a_start_writes_no_function_for_addresses_that_nobody_asked_for(hub: Hub) -> None:
    with patch.object(Rule, "_compile_builder", autospec=True, side_effect=Rule._compile_builder) as written:
        app = create_app(hub)
        before = written.call_count
        assert before < 10 < len(list(app.url_map.iter_rules()))
        with app.test_request_context():
            assert {url_for("pages.asset", asset_id="a b") for _ in range(3)} == {"/assets/a%20b"}
            assert url_for("pages.asset", asset_id="one", rule="x y") == "/assets/one?rule=x+y"
        assert written.call_count == before + 1


def test_addresses_are_those_of_plain_rules() -> None:
    paths = ["/", "/a/<string:name>", "/b/<path:rest>/c", "/d/<int:number>", "/é/<self>"]
    maps = [Map([kind(path, endpoint=path) for path in paths]).bind("hub.test") for kind in (Rule, Route)]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/", {}),
        ("/", {"more": "ä b"}),
        ("/a/<string:name>", {"name": "ü/1", "rule": "2"}),
        ("/b/<path:rest>/c", {"rest": "x/y z"}),
        ("/d/<int:number>", {"number": 7, "first": ["1", "2"]}),
        ("/é/<self>", {"self": "me"}),
    ]
    for _ in range(2):  # the first writes the function, the second finds it written
        plain, late = ([one.build(endpoint, values) for endpoint, values in asked] for one in maps)
        assert plain == late
