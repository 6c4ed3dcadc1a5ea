"""The page of a creator's own content, signed in and by a mailed link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.pictures import jpeg
from tests.ugc_hub.licensing.copies import revoke, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import asked, own_asset, work_off, yes
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import AssetView
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use
from ugc_hub.models import Person as PersonRow
from ugc_hub.permissions.links import own_page

Browser = Callable[[str], Person]


def test_a_creator_finds_where_it_runs_what_was_agreed_and_how_it_ends(hub: Hub, browser: Browser) -> None:
    person = browser("creator")
    asset = own_asset(hub, "self", name="beach.jpg")
    theirs = own_asset(hub, "other", name="secret.jpg")
    end = hub.now() + timedelta(days=30)
    clear(hub, asset, theirs, perpetual=False, ends_at=end.isoformat())
    usage_row(hub, asset, use=Use("email", ("DE",)))
    usage_row(hub, theirs, use=Use("website", ("FR",)))
    _, token = asked(hub, asset, email="self@example.org", name="Self")
    assert 'href="/mine"' in person.get("/hand-in").text
    page = person.get("/mine")
    assert page.headers["Cache-Control"] == "no-store"
    assert "beach.jpg" in page.text
    assert "secret.jpg" not in page.text
    assert "in Germany" in page.text
    assert "France" not in page.text
    assert f"until {end.day} {end:%b %Y}" in page.text
    assert f'href="/r/{token}"' in page.text
    yes(hub, token, name="Self")
    page = person.get("/mine")
    assert "What is asked of you" not in page.text
    assert "Go on to withdraw" in page.text
    text = re.search(r'href="(/mine/terms/[\w]+)"', page.text)
    assert text is not None
    assert "Self" in person.get(text[1]).text


def test_the_link_of_a_receipt_shows_the_same_without_an_account(hub: Hub, stranger: Person) -> None:
    asset = own_asset(hub, "ana", name="beach.jpg")
    _, token = asked(hub, asset, name="Ana")
    yes(hub, token)
    found = re.search(r"/m/[\w.-]+", work_off(hub)[-1].get_content())
    assert found is not None
    page = stranger.get(found[0])
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "beach.jpg" in page.text
    receipt = re.search(r'class="button danger" href="(/w/[\w-]+)"', page.text)
    assert receipt is not None
    assert stranger.get(receipt[1]).status_code == 200
    text = re.search(r'href="(/m/[\w.-]+/terms/[\w]+)"', page.text)
    assert text is not None
    assert stranger.get(text[1]).status_code == 200
    assert stranger.get(f"{found[0]}x").status_code == 404
    assert stranger.get(f"{found[0]}/ast_none/picture").status_code == 404


def test_what_ended_says_that_it_is_taken_down(hub: Hub, browser: Browser) -> None:
    person = browser("creator")
    asset = own_asset(hub, "self")
    grant = clear(hub, asset)
    usage_row(hub, asset)
    revoke(hub, grant)
    page = person.get("/mine").text
    assert "Not in use" in page
    assert "was told to take it down" in page


def test_what_is_on_hold_is_listed_without_its_picture(
    hub: Hub, browser: Browser, ready: Callable[..., AssetView]
) -> None:
    person, asset = browser("creator"), ready(jpeg(900, 700, 3), creator="self").id
    path = f"/mine/{asset}/picture"
    assert (path in person.get("/mine").text, person.get(path).status_code) == (True, 200)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", legal_order=True)
    page = person.get("/mine").text
    assert ("photo.jpg" in page, path in page, person.get(path).status_code) == (True, False, 451)


def test_a_page_without_anything_says_so(browser: Browser) -> None:
    page = browser("creator").get("/mine").text
    assert "Nothing of yours is here yet" in page
    assert "You have not agreed to anything here." in page


@pytest.mark.parametrize(("role", "status"), [("viewer", 409), ("legal", 409)])
def test_others_have_no_such_page_and_no_entry_for_it(browser: Browser, role: str, status: int) -> None:
    person = browser(role)
    assert person.get("/mine").status_code in (403, status)
    assert 'href="/mine"' not in person.get("/rights").text


def test_an_erased_person_opens_nothing_any_more(hub: Hub, stranger: Person) -> None:
    asset = own_asset(hub, "ana")
    _, token = asked(hub, asset, name="Ana")
    row = yes(hub, token)
    found = re.search(r"/m/[\w.-]+", work_off(hub)[-1].get_content())
    assert found is not None
    assert row.person_id is not None
    licensing.erase_shown(hub, SYSTEM, row.person_id, reason="Asked by mail")
    assert stranger.get(found[0]).status_code == 404


def test_a_creator_says_where_others_may_ask_for_a_licence(hub: Hub, browser: Browser, stranger: Person) -> None:
    person, asset = browser("creator"), own_asset(hub, "self")
    page = person.get("/mine").text
    assert "Nobody is sent to you." in page
    wrong = person.post("/mine/enquiries", data={"enquiries_url": "self@example.org"})
    assert (wrong.status_code, "Give a whole address" in wrong.text) == (422, True)
    assert 'value="self@example.org"' in wrong.text, "what was typed stays"
    wrong = person.post("/mine/enquiries", data={"enquiries_url": "x"}, headers={"Accept-Language": "de"})
    assert "Gib eine ganze Webadresse an" in wrong.text
    assert person.post("/mine/enquiries", data={"enquiries_url": "https://self.example"}).status_code == 303
    assert 'value="https://self.example"' in person.get("/mine").text
    _, token = asked(hub, asset, email="self@example.org", name="Self")
    yes(hub, token, name="Self")
    found = re.search(r"/m/[\w.-]+", work_off(hub)[-1].get_content())
    assert found is not None
    assert 'value="https://self.example"' in stranger.get(found[0]).text
    here = {"Sec-Fetch-Site": "same-origin"}
    assert stranger.post(f"{found[0]}/enquiries", data={"enquiries_url": ""}, headers=here).status_code == 303
    assert "Nobody is sent to you." in person.get("/mine").text
    assert stranger.post("/m/x.y/enquiries", data={}, headers=here).status_code == 404


def test_who_handed_in_under_a_handle_by_an_open_link_states_no_wish_of_its_creator(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    give(hub, form)
    handed_in(hub, form)
    with hub.database.read() as session:
        person = session.scalars(select(PersonRow)).one().id
    path = own_page(hub, person).removeprefix(hub.settings.address)
    assert "Enquiries by others" not in stranger.get(path).text
    here = {"Sec-Fetch-Site": "same-origin"}
    answer = stranger.post(f"{path}/enquiries", data={"enquiries_url": "https://x.example"}, headers=here)
    assert answer.status_code == 409
