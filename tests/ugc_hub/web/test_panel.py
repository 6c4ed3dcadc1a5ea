"""Rights on pages: what is allowed now, why not, the answers, and grants from the form to the revocation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE
from tests.ugc_hub.rows import asset_row, facts_of, statements
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof, Withdrawal, giving
from ugc_hub.models import AssetPerson, AssetRights, Grant, GrantAsset
from ugc_hub.models import Person as Somebody
from ugc_hub.web.granting import form_of, plain_of_form
from workers.media.shapes import Embedded

HOSTILE = "\"><img src=x onerror=alert(1)>'{{7*7}}"
TERMS: dict[str, Any] = {
    "effect": "permit",
    "layer": "copyright",
    "channels": ["email", "organic_social.instagram"],
    "territories": ["EU", "US"],
    "edits": ["crop"],
    "products": ["*"],
    "window": {"trigger": "date", "start": "2020-05-01", "until": "2090-10-31", "zone": "Europe/Berlin"},
    "evidence_level": 2,
    "signed_at": "2020-04-01T00:00:00Z",
}
Browser = Callable[[str], Person]


def html(person: Person, path: str, status: int = 200) -> str:
    answer = person.get(path)
    assert answer.status_code == status, path
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def asset(hub: Hub) -> str:
    made = asset_row(hub, "sea.jpg", creator="ana")
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=made, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=made, status="active")
    return made


def give(hub: Hub, *assets: str, proof: bytes | None = b"yes", **change: Any) -> str:
    plain = {
        "grant": {**TERMS, **change},
        "assets": list(assets),
        "agreement": {"kind": "licence", "licensor": "Ana"},
        "text": "You may use the pictures.",
    }
    given = giving.Given.of(plain)
    evidence = Proof("clickwrap", proof, "text/plain") if proof else None
    return str(giving.give(hub, SYSTEM, given, evidence)[0]["id"])


def test_an_asset_without_grants_says_that_nothing_is_allowed_and_how_to_go_on(browser: Browser, asset: str) -> None:
    text = words(html(browser("content_manager"), f"/assets/{asset}"))
    assert "There is no grant yet, so nothing is allowed." in text
    assert "No. The creator has given no permission" in text
    assert "Add a grant" in text
    assert "Add a grant" not in words(html(browser("viewer"), f"/assets/{asset}"))


def test_the_page_tells_by_channel_what_is_allowed_now_and_where(hub: Hub, browser: Browser, asset: str) -> None:
    give(hub, asset)
    give(hub, asset, channels=["print"], territories=["WORLD"])
    text = words(html(browser("viewer"), f"/assets/{asset}"))
    assert "E-mail Only in EU, US" in text
    assert "Organic social Only Instagram, in EU, US" in text
    assert "Print Yes, worldwide" in text
    assert "until 31 Oct 2090" in text
    assert re.search(r"TV[^.]* No\.", text)


def test_a_product_that_was_not_named_limits_and_does_not_forbid(hub: Hub, browser: Browser, asset: str) -> None:
    give(hub, asset, products=["flask"], territories=["WORLD"])
    assert "E-mail Only for certain products, in the whole world" in words(html(browser("viewer"), f"/assets/{asset}"))


def test_windows_are_drawn_and_told_in_a_table(hub: Hub, browser: Browser, asset: str) -> None:
    give(hub, asset)
    ended = give(hub, asset, channels=["print"])
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=ended, withdrawal=Withdrawal("platform_revoked"))
    page = html(browser("viewer"), f"/assets/{asset}")
    assert page.count('class="bar-term') == 2
    assert page.count('fill="url(#hatch-') == 1
    assert page.count('class="bar-today"') == 2
    assert "2020-04-30" in page
    assert "2090-10-31" in page
    assert "Revoked" in words(page)


def test_why_not_answers_with_reasons_grants_and_a_way_on(hub: Hub, browser: Browser, asset: str) -> None:
    grant = give(hub, asset)
    manager = browser("content_manager")
    no = html(manager, f"/assets/{asset}/why?channel=email&territory=JP&edit=trim")
    assert "Not allowed" in words(no)
    assert f'href="/grants/{grant}"' in no
    assert f'href="/grants/{grant}/change"' in no
    assert "Leave the edit out" in words(no)
    yes = words(html(manager, f"/assets/{asset}/why?channel=email&territory=DE&day=2030-01-01"))
    assert "Allowed, until 31 Oct 2090, 23:00 UTC" in yes
    part = words(html(manager, f"/assets/{asset}/why?channel=email&territory=DE&territory=JP"))
    assert "Allowed in DE; not in JP" in part
    whole = html(manager, f"/assets/{asset}?channel=tv&territory=DE")
    assert "Add a grant" in words(whole)
    assert f"/grants/{grant}/change" in whole
    assert "/change" not in html(browser("viewer"), f"/assets/{asset}/why?channel=tv&territory=DE")
    html(manager, f"/assets/{asset}/why?channel=email&day=soon", 422)
    assert "cannot be answered" in words(html(manager, f"/assets/{asset}/why?channel=fax"))


def answers(by: Person, **change: Any) -> dict[str, Any]:
    return {
        "csrf": by.csrf,
        "digital_source_type": "digitalCapture",
        "compensation": "gifted",
        "is_testimonial": "yes",
        "people_state": "none",
        "property_state": "none",
        "music": "none",
        **change,
    }


def test_answers_are_kept_and_shown_again(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub)
    person = browser("content_manager")
    path = f"/assets/{asset}/rights"
    listed = {"people_state": "listed", "new_person": "Bea", "new_person_adult": ""}
    more = {"property_state": "listed", "new_property": "Mural", "music": "present", "new_track": "Song"}
    assert person.post(path, data=answers(person, **listed, **more)).status_code == 303
    text = html(person, f"/assets/{asset}")
    for shown in ("Bea", "Mural", "Song", "Age not known", "Add a release"):
        assert shown in text
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset)
        assert (row.compensation, row.is_testimonial, row.music) == ("gifted", True, "present")
        bea = session.scalars(select(Somebody.id)).one()
    assert (
        person.post(f"/assets/{asset}/people/{bea}/age", data={"csrf": person.csrf, "adult": "yes"}).status_code == 303
    )
    assert "Adult" in html(person, f"/assets/{asset}")
    kept = {"people_state": "listed", "person": bea, "property_state": "none", "music": "none"}
    person.post(path, data=answers(person, **kept))
    with hub.database.read() as session:
        assert session.scalars(select(AssetPerson.person_id)).all() == [bea]
        assert session.get_one(AssetRights, asset).property_state == "none"
    for wrong in ({"people_state": "listed"}, {"property_state": "listed"}):
        assert person.post(path, data=answers(person, **wrong)).status_code == 422
    person.post(path, data=answers(person, people_state="unknown", property_state="unknown"))
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset)
        assert (row.people_state, row.property_state) == ("unknown", "unknown")


def test_an_asset_is_approved_put_on_hold_and_opened_again(hub: Hub, browser: Browser, asset: str) -> None:
    person = browser("content_manager")
    path = f"/assets/{asset}/rights/status"
    hold = {"csrf": person.csrf, "status": "hold", "note": "Somebody claims it."}
    assert person.post(path, data=hold).status_code == 303
    assert "On hold" in words(html(person, f"/assets/{asset}"))
    assert "Somebody claims it." in words(html(person, f"/assets/{asset}"))
    assert person.post(path, data={**hold, "legal_order": "1"}).status_code == 403
    assert person.post(path, data={"csrf": person.csrf, "status": "active"}).status_code == 303


def filled(person: Person, *assets: str, **change: Any) -> dict[str, Any]:
    return {
        "csrf": person.csrf,
        "asset": list(assets),
        "effect": "permit",
        "layer": "copyright",
        "licensor": "Ana",
        "channel": ["organic_social", "email"],
        "territory": ["WORLD"],
        "exclude_territories": "ru, by",
        "edit": ["crop"],
        "trigger": "date",
        "start": "2026-05-01",
        "until": "2090-10-31",
        "zone": "Europe/Berlin",
        "unit": "months",
        "evidence_level": "2",
        "signed_on": "2026-04-01",
        "signed_by_role": "creator",
        "revocable": "any_time",
        "credit": "Photo: @ana",
        "text": "You may.",
        **change,
    }


def test_the_form_reads_the_grant_back_in_words(browser: Browser, asset: str) -> None:
    person = browser("content_manager")

    def said(**change: Any) -> str:
        answer = person.post("/grants/sentence", data=filled(person, asset, "b", "c", **change))
        assert answer.status_code == 200
        return words(answer.get_data(as_text=True))

    assert said(until="2026-10-31", credit="", exclude_territories="RU") == (
        " Ana allows the brand to use 3 assets in organic social and e-mail, worldwide but RU, "
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
    assert "use 2 assets in organic social and e-mail, worldwide but BY and RU" in text
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
    assert person.post("/grants/revoke", data={**revoked, "grant": []}).status_code == 422
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


def test_tiles_tell_the_state_of_rights_without_a_question_for_each(hub: Hub, browser: Browser, asset: str) -> None:
    give(hub, asset, territories=["WORLD"], channels=["email", "website", "print"])
    soon = asset_row(hub, "soon.jpg")
    closed = asset_row(hub, "closed.jpg")
    waiting = asset_row(hub, "waiting.jpg")
    asset_row(hub, "new.jpg")
    with hub.database.write() as session:
        for one in (soon, closed, waiting):
            licensing.answer(hub, session, SYSTEM, asset_id=one, answers=FREE)
            licensing.set_status(hub, session, SYSTEM, asset_id=one, status="active")
        licensing.set_status(hub, session, SYSTEM, asset_id=closed, status="hold")
    ends = (hub.now() + timedelta(days=20)).date()
    give(hub, soon, territories=["WORLD"], window={**TERMS["window"], "until": ends.isoformat(), "zone": "UTC"})
    give(hub, waiting, proof=None)
    person = browser("viewer")
    text = words(html(person, "/"))
    last = ends + timedelta(days=1)
    for shown in ("e-mail, website +1", f"Ends {last.day} {last:%b}", "On hold", "Waits for proof", "To review"):
        assert shown in text, shown
    with statements(hub) as few:
        html(person, "/")
    for _ in range(6):
        give(hub, asset_row(hub), territories=["WORLD"])
    with statements(hub) as more:
        html(person, "/")
    assert len(more) == len(few)


def test_a_creator_sees_nothing_of_rights(hub: Hub, browser: Browser) -> None:
    person = browser("creator")
    own = asset_row(hub, "own.jpg", creator="self")
    assert "Allowed now" not in html(person, f"/assets/{own}")
    html(person, f"/assets/{own}/why?channel=email", 403)
    assert "tile-rights" not in html(person, "/")


def test_names_of_strangers_never_become_markup(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub, HOSTILE)
    person = browser("content_manager")
    listed = {"people_state": "listed", "new_person": HOSTILE, "copyright_notice": HOSTILE}
    person.post(f"/assets/{asset}/rights", data=answers(person, **listed))
    made = person.post("/grants", data=filled(person, asset, licensor=HOSTILE, note=HOSTILE, text=HOSTILE))
    for path in (f"/assets/{asset}", made.headers["Location"], f"{made.headers['Location']}/change"):
        page = html(person, path)
        assert "<img src=x" not in page
        assert "'49" not in page


def test_the_page_warns_where_an_own_asset_names_somebody_else(hub: Hub, browser: Browser) -> None:
    made = asset_row(hub, facts=facts_of(embedded=Embedded(creator=HOSTILE)))
    person = browser("content_manager")
    assert "It is declared your own" not in words(html(person, f"/assets/{made}"))
    with hub.database.write() as session:
        licensing.declare_own(hub, session, SYSTEM, asset_id=made)
    page = html(person, f"/assets/{made}")
    assert "It is declared your own, but the file itself names creator" in words(page)
    assert "<img src=x" not in page
