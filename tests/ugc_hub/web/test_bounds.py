"""Tokens that are bound to channels, places and a party: made on the account page, asked in the API."""

from __future__ import annotations

from collections.abc import Callable

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import accounts
from ugc_hub.accounts import Bounds
from ugc_hub.hub import Hub


def test_a_person_binds_a_token_on_the_account_page(hub: Hub, browser: Callable[[str], Person]) -> None:
    person = browser("content_manager")
    form = {"name": "Ads in Germany", "days": "30", "channel": ["email", "display"], "territories": "de, AT"}
    page = person.post("/account/tokens", data=form)
    assert page.status_code == 200
    assert "bound to display ads, e-mail, Austria and Germany" in page.text
    (token,) = accounts.list_tokens(hub, accounts.actor_of(user_of(hub, "content_manager")))
    assert token.bounds == {"channels": ["display", "email"], "territories": ["AT", "DE"], "party": ""}
    wrong = person.post("/account/tokens", data={**form, "territories": "UK"})
    assert wrong.status_code == 422
    assert "There is no &#39;UK&#39;" in wrong.text


def test_a_question_outside_of_a_token_is_refused_in_the_api(hub: Hub, program: Callable[..., Person]) -> None:
    asset = free_row(hub)
    someone = program("content_manager")
    bounds = Bounds.of(["email"], ["DE"], "agency")
    _, text = accounts.create_token(hub, user_of(hub, "content_manager"), "bound", bounds=bounds)
    someone.headers["Authorization"] = f"Bearer {text}"
    me = someone.get("/api/v1/me").json
    assert me is not None
    assert me["bounds"] == {"channels": ["email"], "territories": ["DE"], "party": "agency"}
    path = f"/api/v1/assets/{asset}/decisions"
    inside = someone.post(path, json={"channel": "email", "hand_out": True}).json
    assert inside is not None
    assert list(inside["territory_decisions"]) == ["DE"]
    assert inside["reasons"] == ["GRANTEE_NOT_COVERED:copyright"]
    for more in ({"channel": "website"}, {"channel": "email", "territories": ["FR"]}):
        answer = someone.post(path, json=more)
        assert answer.status_code == 403
        assert answer.json is not None
        assert answer.json["code"] == "outside_token"
        assert "This token is bound to" in answer.json["detail"]
    plan = {"preset_ids": ["meta.fb_feed.image.1x1"], "use": {"channel": "website"}}
    assert someone.post(f"/api/v1/assets/{asset}/plans", json=plan).status_code == 403


def test_without_bounds_nothing_is_bound(program: Callable[..., Person]) -> None:
    assert program("viewer").get("/api/v1/me").json["bounds"] is None  # type: ignore[index]
