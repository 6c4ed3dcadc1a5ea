"""Grants on pages, from the form to the revocation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.granted import HOSTILE, TERMS, Browser, cleared, filled, give, html, words
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof, giving
from ugc_hub.models import Grant, GrantAsset
from ugc_hub.web.granting import form_of, plain_of_form


@pytest.fixture
def asset(hub: Hub) -> str:
    return cleared(hub)


def test_the_form_reads_the_grant_back_in_words(browser: Browser, asset: str) -> None:
    person = browser("content_manager")

    def said(**change: Any) -> str:
        answer = person.post("/grants/sentence", data=filled(person, asset, "b", "c", **change))
        assert answer.status_code == 200
        return words(answer.get_data(as_text=True))

    assert said(until="2026-10-31", credit="", exclude_territories="RU") == (
        " Ana allows the brand to use 3 assets in organic social and e-mail, worldwide but Russia, "
        "from 1 May 2026 until 31 Oct 2026, cropping allowed. "
    )
    assert "from the delivery for 6 months" in said(trigger="delivery", start="", until="", count="6")
    assert "without end" in said(until="", perpetual="1")
    assert "forbids" in said(effect="prohibit")
    assert "at most 500 impressions" in said(max_impressions="500")
    assert "Write the day" in said(until="soon")
    assert "does not know UK" in said(exclude_territories="UK")
    assert "no time zone" in said(zone="")


def test_a_grant_from_the_form_waits_for_its_proof_and_is_shown_with_it(hub: Hub, browser: Browser, asset: str) -> None:
    person = browser("content_manager")
    other = asset_row(hub, "two.jpg", creator="ana")
    made = person.post("/grants", data=filled(person, asset, other))
    assert made.status_code == 303, made.get_data(as_text=True)
    path = made.headers["Location"]
    text = words(html(person, path))
    assert "Waits for proof" in text
    assert "use 2 assets in organic social and e-mail, worldwide but Belarus and Russia" in text
    assert "You may." in text
    assert "2 assets" in text
    grant = path.rpartition("/")[2]
    giving.prove(hub, SYSTEM, grant_id=grant, proof=Proof("clickwrap", HOSTILE.encode(), "text/plain"), activate=True)
    page = html(person, path)
    assert "In force" in words(page)
    assert "<img src=x" not in page
    assert "onerror=alert" in page, "the proof is shown as text"
    proof = re.search(r'id="(evd_[0-9a-z]+)"', page)
    assert proof is not None
    verified = person.post(f"/grants/{grant}/proofs/{proof[1]}/verify", data={"csrf": person.csrf})
    assert verified.status_code == 303
    assert "Add a proof" not in words(html(browser("viewer"), path))


def test_what_is_wrong_in_the_form_comes_back_with_what_was_filled_in(browser: Browser, asset: str) -> None:
    person = browser("content_manager")
    answer = person.post("/grants", data=filled(person, asset, exclude_territories="UK"))
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "does not know UK" in text
    assert 'value="Photo: @ana"' in text
    assert person.post("/grants", data=filled(person)).status_code == 422


def test_a_new_version_is_filled_in_from_the_old_one_and_narrowing_keeps_the_proof(
    hub: Hub, browser: Browser, asset: str
) -> None:
    person = browser("content_manager")
    old = give(hub, asset)
    form = html(person, f"/grants/{old}/change")
    for mark in ('value="email" checked', 'value="EU" checked', 'value="2090-10-31"', 'value="Europe/Berlin"'):
        assert mark in form, mark
    change = filled(person, asset, channel=["email"], territory=["EU"], exclude_territories="", start="2020-05-01")
    made = person.post(f"/grants/{old}/versions", data={**change, "credit": "", "until": "2050-10-31"})
    assert made.status_code == 303, made.get_data(as_text=True)
    assert "In force" in words(html(person, made.headers["Location"]))
    assert "newer version" in words(html(person, f"/grants/{old}"))
    limited = give(hub, asset, channels=["*"], vocab_version=1, max_uses=9, uses=4)
    less = {**change, "credit": "", "until": "2050-10-31", "max_uses": "5"}
    made = person.post(f"/grants/{limited}/versions", data=less)
    assert "In force" in words(html(person, made.headers["Location"]))
    with hub.database.read() as session:
        row = session.get_one(Grant, made.headers["Location"].rpartition("/")[2])
        assert (row.counters, row.body["max_uses"], row.body["vocab_version"]) == ({"uses": 4}, 5, 1)
    wider = give(hub, asset, channels=["print"])
    again = person.post(f"/grants/{wider}/versions", data={**change, "until": "2095-01-01", "credit": ""})
    assert "Waits for proof" in words(html(person, again.headers["Location"]))


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"max_uses": 5, "max_spend_micros": 3_000_000},
        {"duties": [{"duty": "credit", "phase": "during", "text": "@ana"}, {"duty": "approval", "phase": "pre"}]},
        {"window": {"trigger": "delivery", "count": 6, "unit": "months", "zone": "Europe/Berlin"}},
        {"window": {"trigger": "date", "start": "2020-05-01", "perpetual": True, "zone": "UTC", "unit": "months"}},
        {"exclusive": True, "future_media": True, "channels": ["*"], "exclude_territories": ["RU"]},
        {"products": ["flask", "mug"], "signed_by_role": "guardian"},
        {"wind_down": {"mode": "grace", "days": 30, "channels": ["email", "organic_social.instagram"]}},
    ],
)
def test_a_form_that_was_filled_from_a_grant_says_the_same(terms: dict[str, Any]) -> None:
    plain = {**TERMS, **terms}
    again = plain_of_form(form_of(plain), "brand")
    assert {name: again.get(name) for name in plain if name not in ("signed_at", "window")} == {
        name: value for name, value in plain.items() if name not in ("signed_at", "window")
    }
    assert {**plain["window"], "unit": "months"} == {"unit": "months", **again["window"]}


def test_several_grants_are_renewed_or_revoked_together(hub: Hub, browser: Browser, asset: str) -> None:
    person = browser("content_manager")
    other = asset_row(hub, "two.jpg", creator="ana")
    ids = [give(hub, asset), give(hub, other)]
    page = html(person, f"/grants?asset={asset}&asset={other}")
    assert all(f'value="{one}"' in page for one in ids)
    form = {"csrf": person.csrf, "grant": ids, "asset": [asset, other], "start": "2020-05-01", "zone": "Europe/Berlin"}
    assert person.post("/grants/renew", data=form).status_code == 422
    assert person.post("/grants/renew", data={**form, "until": "2080-01-01"}).status_code == 303
    with hub.database.read() as session:
        newer = session.scalars(select(Grant.id).where(Grant.id.not_in(ids))).all()
        assert len(newer) == 2
        named = session.scalars(select(GrantAsset.asset_id).where(GrantAsset.grant_id.in_(newer))).all()
        assert set(named) == {asset, other}
    revoked = {
        "csrf": person.csrf,
        "grant": list(newer),
        "asset": asset,
        "basis": "platform_revoked",
        "territories": "de",
    }
    assert person.post("/grants/revoke", data=revoked).headers["Location"].endswith(f"/assets/{asset}#rights")
    with hub.database.read() as session:
        assert all(session.get_one(Grant, one).revoked for one in newer)
    nothing = person.post("/grants/revoke", data={**revoked, "grant": []})
    assert (nothing.status_code, "Choose at least one grant." in nothing.text) == (422, True)
    assert 'value="de"' in nothing.text, "what was typed stays"
    wrong = {**revoked, "grant": give(hub, asset), "from": "grant", "territories": "DE, XX", "channel": "email"}
    again = person.post("/grants/revoke", data=wrong)
    assert (again.status_code, "does not know XX" in again.text) == (422, True)
    assert 'name="channel" value="email" checked' in again.text
    assert "No grants yet" in words(html(person, f"/grants?asset={asset_row(hub)}"))


def test_a_proof_that_is_gone_is_told(hub: Hub, browser: Browser, asset: str) -> None:
    grant = give(hub, asset)
    for key in [*hub.storage.list("evidence/"), *hub.storage.list("texts/")]:
        hub.storage.delete(key.key)
    with hub.database.write() as session:
        licensing.verify(hub, session)
    assert "Proof broken" in words(html(browser("viewer"), f"/grants/{grant}"))
    text = words(html(browser("content_manager"), f"/grants/{grant}"))
    assert "The text is missing from the storage." in text
