"""Several terms beside each other: begun, chosen by a campaign, and never changed under somebody who agreed."""

from __future__ import annotations

from collections.abc import Callable

from tests.ugc_hub.submissions.acts import link_token
from tests.ugc_hub.web.conftest import Person
from ugc_hub import submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import documents


def test_a_campaign_takes_other_terms_and_those_who_agreed_before_stay_bound(
    hub: Hub, browser: Callable[[str], Person], stranger: Person
) -> None:
    manager = browser("content_manager")
    assert 'value="new"' in manager.get("/submissions/terms?terms=new").text
    assert 'name="terms"' not in manager.get("/submissions/briefs").text
    words = {"terms": "new", "title": "Bedingungen", "text": "Deutsche Worte.", "locale": "de", "territories": "DE"}
    form = {**words, "revocable": "any_time", "channel": ["email"]}
    wrong = manager.post("/submissions/terms", data={**form, "channel": []})
    assert (wrong.status_code, "Deutsche Worte." in wrong.text, 'value="new"' in wrong.text) == (422, True, True)
    made = manager.post("/submissions/terms", data=form)
    assert made.status_code == 303
    terms_id = made.headers["Location"].partition("terms=")[2]
    again = manager.post("/submissions/terms", data=form)
    assert again.headers["Location"] == made.headers["Location"], "sent twice, they are begun once"
    own, other = documents.terms_in_force(hub, SYSTEM)
    assert (own.is_starter, other.terms_id, other.locale) == (True, terms_id, "de")
    brief = {"campaign": "Spring", "kind": ["image"], "orientation": "any", "sound": "any"}
    assert manager.post("/submissions/briefs", data={**brief, "terms": terms_id}).status_code == 303
    assert f'value="{terms_id}" selected' in manager.get("/submissions/briefs?campaign=Spring").text
    assert "Spring" in manager.get(made.headers["Location"]).text
    token = link_token(hub, campaign="Spring")
    assert "Deutsche Worte." in stranger.get(f"/s/{token}").text
    newer = {**form, "terms": terms_id, "text": "Neue Worte."}
    assert manager.post("/submissions/terms", data=newer).status_code == 303
    with hub.database.read() as session:
        assert documents.terms_version(hub, session, other.id).text == "Deutsche Worte."
    assert "Neue Worte." in stranger.get(f"/s/{token}").text
    assert manager.post("/submissions/briefs", data={**brief, "terms": ""}).status_code == 303
    assert submissions.list_briefs(hub, SYSTEM)[0].terms_id is None
    assert manager.get("/submissions/terms?terms=trm_0").status_code == 404
    assert manager.post("/submissions/terms", data={**form, "terms": "trm_0"}).status_code == 404


def test_programs_begin_other_terms_and_read_every_version(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("content_manager")
    words = {"title": "B", "text": "W.", "scope": {"channels": ["email"], "months": 12}}
    own = manager.post("/api/v1/terms", json={**words, "text": "Words."}).json["terms_id"]  # type: ignore[index]
    begun = manager.post("/api/v1/terms", json={**words, "terms_id": None, "locale": "de"})
    other = begun.json["terms_id"]  # type: ignore[index]
    assert other != own
    manager.post("/api/v1/terms", json={**words, "text": "X.", "terms_id": other})
    found = manager.get(f"/api/v1/terms/{other}").json
    assert found is not None
    assert (found["text"], found["locale"]) == ("X.", "de")
    listed = manager.get("/api/v1/terms/versions").json["items"]  # type: ignore[index]
    numbers = [(one["terms_id"] == other, one["number"]) for one in listed]
    assert numbers == [(False, 2), (False, 1), (True, 2), (True, 1)]
    assert manager.get("/api/v1/terms").json["text"] == "Words."  # type: ignore[index]
    assert manager.get("/api/v1/terms/trm_0").status_code == 404
