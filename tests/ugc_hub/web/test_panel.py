"""Rights on pages: what is allowed now, why not, the answers, and grants from the form to the revocation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE
from tests.ugc_hub.rows import asset_row, facts_of, statements
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.granted import HOSTILE, TERMS, Browser, cleared, filled, give, html, words
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.licensing import Withdrawal
from ugc_hub.models import AssetPerson, AssetRights
from ugc_hub.models import Person as Somebody
from workers.media.shapes import Embedded


@pytest.fixture
def asset(hub: Hub) -> str:
    return cleared(hub)


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
    assert "E-mail Only in the European Union and the United States" in text
    assert "Organic social Only Instagram, in the European Union and the United States" in text
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
    assert "Allowed in Germany; not in Japan" in part
    whole = html(manager, f"/assets/{asset}?channel=tv&territory=DE")
    assert "Add a grant" in words(whole)
    assert f"/grants/{grant}/change" in whole
    assert "/change" not in html(browser("viewer"), f"/assets/{asset}/why?channel=tv&territory=DE")
    html(manager, f"/assets/{asset}/why?channel=email&day=soon", 422)
    assert "cannot be answered" in words(html(manager, f"/assets/{asset}/why?channel=fax"))


@pytest.mark.parametrize(("role", "called"), [("content_manager", "Lena Fox"), ("designer", "a person")])
def test_no_page_names_by_a_number_whom_a_picture_shows(
    hub: Hub, browser: Browser, asset: str, role: str, called: str
) -> None:
    give(hub, asset)
    with hub.database.write() as session:
        person = licensing.add_person(hub, session, SYSTEM, licensing.PersonData("Lena Fox"), is_adult=True).id
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={**FREE, "people": [person]})
    someone = browser(role)
    page = html(someone, f"/assets/{asset}?use=1&use_channel=email&use_territories=DE")
    assert f"Nothing may be made for this use. There is no model release for the likeness of {called}" in words(page)
    assert person not in words(page).replace(f"Person {person}", "")
    assert ("Lena Fox" in page) is (role == "content_manager")
    asked = {"preset_ids": ["email.hero.600.1x"], "use": {"channel": "email", "territories": ["DE"]}}
    planned = someone.post(f"/api/v1/assets/{asset}/plans", json=asked)
    assert f"likeness of {called}" in planned.json["items"][0]["reasons"][0]["sentence"]  # type: ignore[index]
    taken = someone.post(f"/assets/{asset}/take", data={"csrf": someone.csrf, "use": "1", "use_channel": "email"})
    assert taken.status_code == 403
    assert person not in taken.text
    assert role != "content_manager" or f"likeness of {called}" in words(taken.text)


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
    for shown in ("E-mail, website +1", f"Ends {last.day} {last:%b}", "On hold", "Waits for proof", "To review"):
        assert shown in text, shown
    rebuild(hub)
    german = asset_row(hub, "german.jpg")
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=german, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=german, status="active")
    give(hub, german, territories=["DE"], channels=["email", "website", "print"])
    rebuild(hub)
    assert re.search(r"Not cleared\s+german.jpg", words(html(person, "/")))
    for path in ("/", "/library/tiles"):
        text = words(html(person, f"{path}?q=usable:website territory:DE"))
        assert re.search(r"Website, \S+ \+1\s+german.jpg", text), text
    assert re.search(rf"Ends {last.day} {last:%b}\s+soon.jpg", words(html(person, "/?q=territory:DE")))
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


def test_legal_allows_a_use_on_the_page_for_some_days(hub: Hub, browser: Browser) -> None:
    asset = cleared(hub)
    path, legal = f"/assets/{asset}", browser("legal")
    assert "Allow a use as legal" in html(legal, path)
    assert "Allow a use as legal" not in html(browser("content_manager"), path)
    why = f"{path}/why?channel=tv.linear&territory=DE"
    assert "Not allowed" in html(legal, why)
    said = {
        "channel": "tv.linear",
        "territories": "de, at",
        "days": "3",
        "reason": "The court said so.",
        "csrf": legal.csrf,
    }
    for wrong in ({"days": "soon"}, {"days": "31"}, {"reason": " "}, {"territories": "UK"}, {"channel": "radio"}):
        assert legal.post(f"{path}/overrides", data={**said, **wrong}).status_code == 422, wrong
    assert "Not allowed" in html(legal, why)
    assert legal.post(f"{path}/overrides", data=said).status_code == 303
    assert "Allowed, until" in html(legal, why)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    assert "Allow a use as legal" not in html(legal, path)
    assert legal.post(f"{path}/overrides", data=said).status_code == 409


def test_a_part_in_the_trash_is_told_by_page_and_api(hub: Hub, browser: Browser, asset: str) -> None:
    part = asset_row(hub, "<part>.jpg")
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=asset, whole=licensing.Whole([part], {"crop"}))
    catalog.edit_many(hub, SYSTEM, catalog.Selection((part,)), catalog.Change(trash=True))
    person = browser("content_manager")
    page = html(person, f"/assets/{asset}?channel=email&territory=US")
    assert "It was composed of “&lt;part&gt;.jpg”, which is in the trash." in page
    assert "This asset was composed of “&lt;part&gt;.jpg”, which is in the trash." in page
    asked = {"channel": "email", "territories": ["US"]}
    answer = person.post(f"/api/v1/assets/{asset}/decisions", json=asked)
    assert (answer.json["decision"], answer.json["reasons"][0]) == ("deny", f"IN_TRASH@{part}")  # type: ignore[index]
    handed = person.post(f"/api/v1/assets/{asset}/decisions", json={**asked, "hand_out": True})
    assert (handed.status_code, handed.json["code"]) == (410, "in_trash")  # type: ignore[index]
