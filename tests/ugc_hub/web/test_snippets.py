"""Snippets for web pages: by the API, and on the page of a new link."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.licensing.test_licensable import used
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.test_delivery import made
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub


def test_a_program_gets_the_snippet_of_a_copy(hub: Hub, program: Callable[..., Person], stranger: Person) -> None:
    usage, _, url = used(hub)
    path = f"/api/v1/usages/{usage}/snippet?{urlencode({'content_url': url, 'description': 'A shoe'})}"
    found = program("designer").get(path)
    assert found.status_code == 200
    assert found.get_json()["linked"]["license"] == f"{hub.settings.address}/u/{usage}"
    assert 'alt="A shoe"' in found.get_json()["html"]
    assert stranger.get(path).status_code == 401
    assert program("designer").get(f"/api/v1/usages/use_none/snippet?content_url={url}").status_code == 404
    assert program("designer").get(f"/api/v1/usages/{usage}/snippet").status_code == 422


def test_the_page_of_a_link_for_a_website_holds_the_snippet_and_others_do_not(
    hub: Hub, browser: Callable[[str], Person]
) -> None:
    asset, designer = asset_row(hub, creator="ana"), browser("designer")
    clear(hub, asset)
    path = f"/renditions/{made(hub, asset)}/link"
    for channel, shown in (("website.pdp", True), ("email", False)):
        page = designer.post(path, data={"use": "1", "use_channel": channel, "use_territories": "US"})
        assert page.status_code == 200
        assert ("For the web page" in page.text) is shown
        assert ('<script type="application/ld+json">' in unescape(page.text)) is shown
        assert '<script type="application/ld+json">' not in page.text, "it is text of the page and no part of it"
