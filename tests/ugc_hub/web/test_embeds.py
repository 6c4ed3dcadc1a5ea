"""Videos for pages by page and API, and what browsers on other sites may load."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest

from tests.ugc_hub.test_embeds import FILM, POSTER, Read, make, token_of, video
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub

__all__ = ["video"]


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_the_html_comes_by_page_and_api_and_its_captions_to_other_sites(
    hub: Hub, browser: Callable[[str], Person], program: Callable[..., Person], video: str
) -> None:
    person = browser("designer")
    assert "For a web page" not in person.get(f"/assets/{video}").text
    use = {"csrf": person.csrf, "use": "1", "use_channel": "website", "use_territories": "US"}
    make(hub, video, FILM)
    assert "it becomes the poster" in person.post(f"/assets/{video}/embed", data=use).text
    made = make(hub, video, FILM, POSTER)
    assert "For a web page" in person.get(f"/assets/{video}").text
    page = person.post(f"/assets/{video}/embed", data=use)
    assert "The colour of the poster" in page.text
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert '<video width="160"' in unescape(page.text)
    assert "<video " not in page.text, "it is text of the page and no part of it"
    assert 'data-copy="#embed"' in page.text

    path, wish = f"/api/v1/assets/{video}/embeds", {"use": {"channel": "website", "territories": ["US"]}}
    api = program("designer").ask("POST", path, json={**wish, "renditions": [made[FILM].id]})
    assert api.status_code == 201
    found = api.get_json()
    assert [one["kind"] for one in found["links"]] == ["film"]
    assert found["languages"] == ["en"]
    assert program("viewer").ask("POST", path, json=wish).status_code == 403
    assert browser("viewer").post(f"/assets/{video}/embed", data=use).status_code in (400, 403)

    (track,) = Read(found["html"]).of("track")
    said = person.get(f"/d/{token_of(track['src'])}/captions.en.vtt")
    assert (said.status_code, said.mimetype) == (200, "text/vtt")
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    assert person.get(f"/d/{token_of(track['src'])}").headers["Access-Control-Allow-Origin"] == "*"
