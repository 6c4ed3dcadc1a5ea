"""What a page says of a picture: the same as its file, correctly escaped, and only while the copy may be used."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.test_delivery import made
from ugc_hub import delivery, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Snippet, StatedUse, Wish
from ugc_hub.models import Asset, Creator, Event

HOSTILE = "</script><script>alert(1)</script><!-- \u2028 \"&' {{ x }}"


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts and captions."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = {"script": "", "figcaption": ""}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in self.text and data.strip():
            self.text[self.elements[-1][0]] += data


def used(hub: Hub, name: str = "Ana Lima") -> tuple[str, str, str]:
    """A copy on a website with its asset, and the address of its link."""
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    with hub.database.write() as session:
        creator = session.scalars(select(Creator).where(Creator.handle == "ana")).one()
        creator.display_name, creator.credit_line = name[:200], f"Photo: {name}"[:300]
        licensing.row_of(hub, session, asset).copyright_notice = f"© 2026 {name}"[:300]
    link = delivery.make_link(hub, SYSTEM, made(hub, asset), stated=StatedUse("website", ("US",)))
    return link.left.usage_id, asset, link.url


def told(hub: Hub, usage_id: str, url: str, **wish: str) -> Snippet:
    with hub.database.read() as session:
        return licensing.snippet(hub, session, usage_id, Wish(url, **wish))


def test_a_page_says_who_made_it_and_on_what_terms(hub: Hub) -> None:
    usage, _, url = used(hub)
    found = told(hub, usage, url)
    assert found.linked == {
        "@context": "https://schema.org/",
        "@type": "ImageObject",
        "contentUrl": url,
        "creator": {"@type": "Person", "name": "Ana Lima"},
        "creditText": "Photo: Ana Lima",
        "copyrightNotice": "© 2026 Ana Lima",
        "license": f"{hub.settings.address}/u/{usage}",
    }
    page = Page(found.html)
    assert json.loads(page.text["script"]) == found.linked
    assert ("img", {"src": url, "alt": ""}) in page.elements
    assert page.text["figcaption"] == "Photo: Ana Lima"


def test_enquiries_are_offered_only_where_the_creator_wants_them(hub: Hub) -> None:
    usage, asset, url = used(hub)
    assert "acquireLicensePage" not in told(hub, usage, url).linked
    with pytest.raises(Invalid, match="has not said that they want enquiries"):
        told(hub, usage, url, enquiries="https://shop.example/licence")
    with hub.database.read() as session:
        creator = str(session.get_one(Asset, asset).creator_id)
    licensing.set_enquiries(hub, SYSTEM, creator, " https://ana.example/licence ")
    assert told(hub, usage, url).linked["acquireLicensePage"] == "https://ana.example/licence"
    other = told(hub, usage, url, enquiries="https://ana.example/for-you")
    assert other.linked["acquireLicensePage"] == "https://ana.example/for-you"
    for wrong in ("ana@example.org", "javascript:alert(1)", "https://", "https://a b"):
        with pytest.raises(Invalid):
            licensing.set_enquiries(hub, SYSTEM, creator, wrong)
    licensing.set_enquiries(hub, SYSTEM, creator, "")
    assert "acquireLicensePage" not in told(hub, usage, url).linked
    with pytest.raises(NotFound):
        licensing.set_enquiries(hub, SYSTEM, "crt_none", "")


def test_who_is_erased_is_asked_nothing_any_more(hub: Hub) -> None:
    _, asset, _ = used(hub)
    with hub.database.read() as session:
        creator = str(session.get_one(Asset, asset).creator_id)
    licensing.set_enquiries(hub, SYSTEM, creator, "https://ana.example/licence")
    licensing.erase_creator(hub, SYSTEM, creator, reason="asked by mail")
    with hub.database.read() as session:
        assert session.get_one(Creator, creator).enquiries_url == ""
        assert "ana.example" not in " ".join(str(one) for one in session.scalars(select(Event.body)))


def test_what_others_wrote_stays_text(hub: Hub) -> None:
    usage, _, _ = used(hub, HOSTILE)
    address = "https://shop.example/a.jpg?x=\"><script>alert(1)</script>&y='".replace(" ", "")
    found = told(hub, usage, address, description=HOSTILE)
    page = Page(found.html)
    assert [tag for tag, _ in page.elements] == ["figure", "img", "figcaption", "script"]
    assert page.elements[1][1] == {"src": address, "alt": HOSTILE}
    assert json.loads(page.text["script"])["creator"]["name"] == HOSTILE
    assert "\u2028" not in found.html.partition("<script")[2]


@pytest.mark.parametrize(
    ("url", "wish", "field"),
    [
        ("", {}, "content_url"),
        ("javascript:alert(1)", {}, "content_url"),
        ("//shop.example/a.jpg", {}, "content_url"),
        ("https://", {}, "content_url"),
        ("https://shop.example/a b.jpg", {}, "content_url"),
        ("https://shop.example/" + "a" * 2000, {}, "content_url"),
        ("https://[shop/a.jpg", {}, "content_url"),
        ("https://shop.example/a.jpg", {"enquiries": "mailto:ana@example.org"}, "enquiries_url"),
        ("https://shop.example/a.jpg", {"description": "a" * 1001}, "description"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(hub: Hub, url: str, wish: dict[str, Any], field: str) -> None:
    usage, _, _ = used(hub)
    with pytest.raises(Invalid) as caught:
        told(hub, usage, url, **wish)
    assert caught.value.extra["field"] == field


def test_a_copy_that_may_not_be_used_gets_none(hub: Hub) -> None:
    usage, asset, url = used(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="taken_down")
    with pytest.raises(Conflict):
        told(hub, usage, url)
    with pytest.raises(Conflict):
        told(hub, "use_none", url)
