"""Grants in one sentence: who allows whom, and nobody else's permission reads like ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub.hub import Hub
from ugc_hub.licensing import Told, panel, sentence_of


def named(hub: Hub) -> Hub:
    """The hub of a company that says what it is called."""
    return replace(hub, settings=replace(hub.settings, brand_name="Nordlicht"))


def plain(**more: Any) -> dict[str, Any]:
    return {"effect": "permit", "channels": ["email"], "territories": ["DE"], "edits": ["crop"], **more}


@pytest.mark.parametrize(
    ("more", "who"),
    [
        ({}, "Ana allows Nordlicht to use"),
        ({"grantee": ["brand"]}, "Ana allows Nordlicht to use"),
        ({"grantee": ["rival"]}, "Ana allows rival to use"),
        ({"grantee": ["brand", "agency"]}, "Ana allows agency and Nordlicht to use"),
        ({"grantee": ["*"]}, "Ana allows anybody to use"),
        ({"effect": "prohibit", "grantee": []}, "Ana forbids anybody to use"),
        ({"sublicense_to": ["agency", "retailer"]}, "also for agency and retailer"),
    ],
)
def test_a_sentence_says_who_may_rely_on_a_grant(tmp_path: Any, more: dict[str, Any], who: str) -> None:
    hub = make_hub(tmp_path / "var", brand_name="Nordlicht")
    try:
        assert who in sentence_of(hub, plain(**more), Told("Ana", assets=1))
    finally:
        hub.close()


def test_what_is_kept_is_told_by_the_name_of_the_brand_too(hub: Hub) -> None:
    asset = asset_row(hub)
    ours, theirs = clear(hub, asset), clear(hub, asset, grantee=["rival"])
    with hub.database.read() as session:
        plainly = panel.shown_grants(hub, session, [ours])[0]["sentence"]
        found = {one["id"]: one["sentence"] for one in panel.shown_grants(named(hub), session, [ours, theirs])}
    assert "allows the brand to use" in plainly
    assert "allows Nordlicht to use" in found[ours]
    assert "allows rival to use" in found[theirs]
