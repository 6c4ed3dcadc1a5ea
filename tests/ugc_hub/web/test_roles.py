"""Every route, asked by every role and by a stranger; a route without a row here fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from tests.ugc_hub.web import order
from tests.ugc_hub.web.conftest import ROLES, Person
from ugc_hub.accounts import may
from ugc_hub.accounts.actors import Actor

OPEN = {
    "static",
    "openapi.spec",
    "healthz",
    "readyz",
    "pages.sign_in",
    "pages.mail_link",
    "pages.sign_in_with_password",
    "pages.link",
    "pages.use_link",
    "pages.sign_out",
    "pages.follow_link",
    "pages.takedown",
    "pages.copy_status",
    "pages.remote_credentials",
    "pages.policy_profile",
    "pages.mining_terms",
    "api.see_standing",
    "pages.claim",
    "pages.request_link",
    "pages.request_picture",
    "pages.check_request",
    "pages.agree_to_request",
    "pages.decline_request",
    "pages.submission_link",
    "pages.begin_submission",
    "pages.submission_form",
    "pages.hand_in",
    "pages.submission_files",
    "pages.send_file",
    "pages.change_file",
    "pages.confirm_page",
    "pages.confirm_address",
    "pages.guardian_page",
    "pages.guardian_says",
    "pages.withdraw_page",
    "pages.withdraw",
    "pages.guardian_picture",
    "pages.mine_by_link",
    "pages.say_enquiries_by_link",
    "pages.picture_by_link",
    "pages.text_by_link",
}
"""Routes that need nobody to be signed in."""
ACTIONS = {
    "pages.requests": "rights.view",
    "pages.new_request": "rights.request",
    "pages.make_request": "rights.request",
    "pages.request_page": "rights.view",
    "pages.send_request": "rights.request",
    "pages.link_of_request": "rights.request",
    "pages.take_request_back": "rights.request",
    "pages.reply_gone": "rights.request",
    "pages.invite_to_confirm": "rights.request",
    "pages.new_reply": "rights.request",
    "pages.keep_reply": "rights.request",
    "pages.request_templates": "rights.view",
    "pages.save_template": "rights.request",
    "pages.persons": "rights.view",
    "pages.add_person": "rights.edit",
    "pages.person": "rights.view",
    "pages.change_person": "rights.edit",
    "pages.keep_release": "rights.request",
    "pages.tracks": "rights.view",
    "pages.add_track": "rights.request",
    **dict.fromkeys(("pages.send_track_file", "pages.drop_track_file"), "rights.request"),
    "pages.properties": "rights.view",
    "pages.add_property": "rights.request",
    "pages.platform_codes": "rights.view",
    "pages.add_platform_code": "rights.request",
    "pages.reveal_code": "rights.request",
    "pages.code_revoked": "rights.request",
    "pages.creators": "rights.view",
    "pages.creator": "rights.view",
    "pages.add_partnership": "rights.request",
    "pages.sign_partnership": "rights.request",
    "pages.end_partnership": "rights.request",
    "api.erase_asset": "rights.legal",
    "api.export_creator": "rights.legal",
    "pages.claims": "rights.legal",
    "pages.takedowns": "rights.view",
    "pages.confirm_takedown": "rights.view",
    "pages.expiring": "rights.view",
    "api.confirm_takedown": "rights.view",
    "api.list_takedowns": "rights.view",
    "api.see_takedown": "rights.view",
    "api.see_takedown_proof": "rights.view",
    "api.fulfil_duty": "rights.edit",
    "api.take_back_duty": "rights.edit",
    "api.see_duty_proof": "rights.edit",
    "api.state_total": "rights.edit",
    "api.list_totals": "rights.view",
    "pages.fulfil_duty": "rights.edit",
    "pages.state_total": "rights.edit",
    "pages.take_back_duty": "rights.edit",
    "pages.webhooks_page": "webhook.edit",
    "pages.make_webhook": "webhook.edit",
    "pages.webhook_page": "webhook.edit",
    "pages.change_webhook": "webhook.edit",
    "pages.renew_webhook_secret": "webhook.edit",
    "api.list_webhooks": "webhook.edit",
    "api.make_webhook": "webhook.edit",
    "api.see_webhook": "webhook.edit",
    "api.change_webhook": "webhook.edit",
    "api.remove_webhook": "webhook.edit",
    "api.renew_webhook_secret": "webhook.edit",
    "api.try_webhook": "webhook.edit",
    "api.list_webhook_messages": "webhook.edit",
    "api.send_webhook_again": "webhook.edit",
    "pages.copies": "usage.view",
    "api.see_snippet": "usage.view",
    "pages.copies_sheet": "usage.view",
    "pages.copy": "usage.view",
    "pages.keep_copy": "usage.view",
    "api.place_usage": "usage.view",
    "api.stop_usage": "usage.view",
    "api.list_usages": "usage.view",
    "api.see_usage": "usage.view",
    "api.list_revocations": "usage.view",
    "pages.decide_claim": "rights.legal",
    "api.list_requests": "rights.view",
    "api.make_request": "rights.request",
    "api.see_request": "rights.view",
    "api.send_request": "rights.request",
    "api.take_request_back": "rights.request",
    "api.keep_reply": "rights.request",
    "api.invite_to_confirm": "rights.request",
    "api.reply_gone": "rights.request",
    "api.list_platform_codes": "rights.view",
    "api.make_platform_code": "rights.request",
    "api.reveal_platform_code": "rights.request",
    "api.platform_code_revoked": "rights.request",
    "api.list_partnerships": "rights.view",
    "api.make_partnership": "rights.request",
    "api.sign_partnership": "rights.request",
    "api.end_partnership": "rights.request",
    "api.list_persons": "rights.view",
    "api.make_person": "rights.edit",
    "api.see_person": "rights.view",
    "api.change_person": "rights.edit",
    "api.list_releases": "rights.view",
    "api.make_release": "rights.request",
    "api.send_release_file": "rights.request",
    "api.list_tracks": "rights.view",
    "api.make_track": "rights.request",
    **dict.fromkeys(("api.send_track_file", "api.drop_track_file"), "rights.request"),
    "api.list_properties": "rights.view",
    "api.make_property": "rights.request",
    "api.list_assets": "asset.view",
    "api.see_asset": "asset.view",
    "api.see_similar": "asset.view",
    "api.change_asset": "asset.edit",
    "api.download_original": "asset.original",
    "api.see_preview": "asset.view",
    "api.see_me": "",
    "api.list_jobs": "job.view",
    "api.see_job": "job.view",
    "api.cancel_job": "job.manage",
    "api.retry_job": "job.manage",
    "api.make_pack": "pack.make",
    "api.see_pack": "pack.make",
    "api.download_pack": "rendition.download",
    "api.list_suggestions": "asset.view",
    "api.list_presets": "preset.view",
    "api.see_preset": "preset.view",
    "api.make_preset": "preset.edit",
    "api.change_preset": "preset.edit",
    "api.withdraw_preset": "preset.edit",
    "api.preset_history": "preset.view",
    "api.plan": "rendition.view",
    "api.make": "rendition.request",
    "api.list_renditions": "rendition.view",
    "api.see_rendition": "rendition.view",
    "api.download_rendition": "rendition.download",
    "api.make_link": "rendition.download",
    "api.make_embed": "rendition.download",
    "api.list_grants": "rights.view",
    "api.see_grant": "rights.view",
    "api.give_grant": "rights.edit",
    "api.supersede_grant": "rights.edit",
    "api.revoke_grant": "rights.edit",
    "api.set_grant_state": "rights.edit",
    "api.keep_milestone": "rights.edit",
    "api.see_asset_policy": "rights.view",
    "api.see_agreement_policy": "rights.view",
    "api.see_rights": "rights.view",
    "api.answer_rights": "rights.edit",
    "api.set_rights_status": "rights.edit",
    "api.ask_decision": "rights.view",
    "api.make_agreement": "rights.edit",
    "api.see_agreement": "rights.edit",
    "api.see_agreement_text": "rights.edit",
    "api.add_evidence": "rights.edit",
    "api.download_evidence": "rights.edit",
    "api.verify_evidence": "rights.edit",
    "api.send_original": "asset.upload",
    "api.see_upload": "asset.view",
    "pages.account": "account.edit",
    "pages.set_password": "account.edit",
    "pages.create_token": "account.edit",
    "pages.revoke_token": "account.edit",
    "pages.asset": "asset.view",
    "pages.wait": "asset.view",
    "pages.take_original": "asset.original",
    "pages.take_rendition": "rendition.download",
    "pages.take_pack": "rendition.download",
    "pages.make_link": "rendition.download",
    "pages.make_embed": "rendition.download",
    "pages.render": "rendition.request",
    "pages.rendition_list": "rendition.view",
    "pages.pack_of_asset": "pack.make",
    "pages.why": "rights.view",
    "pages.answer_rights": "rights.edit",
    "pages.set_asset_status": "rights.edit",
    "pages.set_age": "rights.edit",
    "pages.grant": "rights.view",
    "pages.grants": "rights.edit",
    "pages.new_grant": "rights.edit",
    "pages.give_grant": "rights.edit",
    "pages.grant_sentence": "rights.edit",
    "pages.change_grant": "rights.edit",
    "pages.save_version": "rights.edit",
    "pages.set_grant_state": "rights.edit",
    "pages.verify_proof": "rights.edit",
    "pages.revoke_grants": "rights.edit",
    "pages.renew_grants": "rights.edit",
    "pages.jobs": "job.view",
    "pages.job_list": "job.view",
    "pages.cancel_job": "job.manage",
    "pages.retry_job": "job.manage",
    "pages.library": "asset.view",
    "pages.offers": "asset.view",
    "pages.similar": "asset.view",
    "pages.tiles": "asset.view",
    "pages.tile": "asset.view",
    "pages.packs": "pack.make",
    "pages.make_pack": "pack.make",
    "pages.pack": "pack.make",
    "pages.pack_status": "pack.make",
    "pages.presets": "preset.view",
    "pages.save_preset": "preset.edit",
    "pages.preset": "preset.view",
    "pages.withdraw_preset": "preset.edit",
    "pages.upload": "asset.upload",
    "pages.hand_in_signed_in": "asset.upload",
    "pages.begin_signed_in": "asset.upload",
    "pages.review_queue": "rights.edit",
    "pages.decide_submission": "rights.edit",
    "pages.submission_links": "rights.edit",
    "pages.make_submission_link": "rights.edit",
    "pages.revoke_submission_link": "rights.edit",
    "pages.terms_page": "rights.edit",
    "pages.save_terms": "rights.edit",
    "pages.briefs_page": "rights.edit",
    "pages.save_brief": "rights.edit",
    "api.list_submission_links": "rights.edit",
    "api.make_submission_link": "rights.edit",
    "api.revoke_submission_link": "rights.edit",
    "api.see_terms": "rights.edit",
    "api.write_terms": "rights.edit",
    "api.see_brief": "rights.edit",
    "api.write_brief": "rights.edit",
    "api.list_submissions": "rights.edit",
    "api.decide_submission": "rights.edit",
    **dict.fromkeys(("api.make_override", "pages.make_override"), "rights.legal"),
    **dict.fromkeys(("api.list_claims", "api.decide_claim", "api.answer_claim"), "rights.legal"),
    "pages.answer_claim": "rights.legal",
    "pages.mine": "usage.view",
    "pages.my_picture": "usage.view",
    "pages.my_text": "usage.view",
    "pages.trail": "audit.view",
    "pages.verification": "audit.view",
    "pages.verify_now": "audit.view",
}
ACTIONS |= order.ACTIONS
"""The action that each other route asks for; empty: only a sign-in."""
QUERIES = {"api.see_snippet": "?content_url=https://example.org/a.jpg"}
QUERIES |= order.QUERIES
SCOPE = {"channels": ["email"], "territories": ["DE"], "window": {"count": 1}}
BODIES = {
    "api.erase_asset": {"reason": "asked"},
    "api.decide_claim": {"decision": "dismiss", "note": "Nothing was found"},
    "api.answer_claim": {"words": "Thank you for writing."},
    "api.make_override": {"channels": ["email"], "territories": ["DE"], "days": 1, "reason": "The fair opens today"},
    "api.state_total": {"source": "Meta Ads", "date": "2026-01-01", "impressions": 1},
    "api.make_webhook": {"url": "https://93.184.216.34/hook", "kinds": ["rights.revoked"]},
    "api.change_webhook": {"label": "a"},
    "api.place_usage": {"external_ref": "ad 17"},
    "api.stop_usage": {"external_ref": "ad 17"},
    "api.make_request": {
        "scope": SCOPE,
        "asset_ids": ["ast_0"],
    },
    "api.send_request": {"by": "mail"},
    "api.invite_to_confirm": {"email": ""},
    "api.reply_gone": {"note": ""},
    "api.make_platform_code": {
        "asset_id": "ast_0",
        "platform": "tiktok",
        "post_id": "1",
        "code": "x",
        "duration_days": 7,
        "starts_at": "2026-01-01T00:00:00Z",
    },
    "api.make_partnership": {"creator": "ana", "kind": "paid", "starts_on": "2026-01-01"},
    "api.make_person": {"name": "Pia"},
    "api.change_person": {"name": "Pia"},
    "api.make_release": {
        "kind": "model_release",
        "subject_id": "prs_0",
        "scope": SCOPE,
        "signed_at": "2026-01-01T00:00:00Z",
        "signed_by_role": "person",
    },
    "api.make_track": {"title": "Song", "source": "original"},
    "api.make_property": {"name": "Mural"},
    "api.make_submission_link": {"label": "a"},
    "api.write_terms": {"title": "a", "text": "b", "scope": {"channels": ["email"]}},
    "api.write_brief": {"brief": {}},
    "api.decide_submission": {"decision": "approve"},
    "api.give_grant": {"grant": {"effect": "permit"}, "assets": ["nothing_0"]},
    "api.supersede_grant": {"grant": {}},
    "api.revoke_grant": {"basis": "contract_notice"},
    "api.set_grant_state": {"state": "suspended"},
    "api.keep_milestone": {"name": "delivered"},
    "api.answer_rights": {"music": "none"},
    "api.set_rights_status": {"status": "hold"},
    "api.ask_decision": {"channel": "email"},
    "api.make_agreement": {"kind": "licence", "text": "You may."},
    "api.change_asset": {"focal_point": None},
    "api.make_pack": {"name": "a", "asset_ids": ["ast_0"], "preset_ids": ["meta.fb_feed.image.1x1"]},
    "api.plan": {"preset_ids": ["meta.fb_feed.image.1x1"]},
    "api.make": {"preset_ids": ["meta.fb_feed.image.1x1"]},
}
BODIES |= order.BODIES


def routes(app: APIFlask) -> list[tuple[str, str, str]]:
    """Return endpoint, method and an address with ids of nothing, for every route."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<int:[^>]+>", "999999", rule.rule)
        path = re.sub(r"<[^>]+>", "nothing_0", path)
        found += [(rule.endpoint, method, path) for method in rule.methods - {"HEAD", "OPTIONS"}]  # type: ignore[operator]
    return found


def test_every_route_has_its_row(app: APIFlask) -> None:
    assert {endpoint for endpoint, _, _ in routes(app)} == OPEN | set(ACTIONS)


def test_a_stranger_is_sent_to_the_door(app: APIFlask, stranger: Person) -> None:
    for endpoint, method, path in routes(app):
        if endpoint in OPEN:
            continue
        answer = stranger.ask(method, path, json=BODIES.get(endpoint), headers={"Sec-Fetch-Site": "same-origin"})
        if endpoint.startswith("api."):
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        else:
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/sign-in"), path


@pytest.mark.req("R67")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_its_actions_allow(app: APIFlask, browser: Callable[[str], Person], role: str) -> None:
    person = browser(role)
    actor = Actor("usr", role, creator_id="crt_self" if role == "creator" else None)
    for endpoint, method, path in routes(app):
        if endpoint in OPEN or endpoint in {"pages.set_password"}:
            continue
        answer = person.ask(method, path + QUERIES.get(endpoint, ""), json=BODIES.get(endpoint))
        allowed = not ACTIONS[endpoint] or may(actor, ACTIONS[endpoint])
        assert (answer.status_code != 403) == allowed, (endpoint, answer.status_code)
        assert answer.status_code < 500, (endpoint, answer.status_code)


def test_a_token_does_no_more_than_its_scopes(program: Callable[..., Person]) -> None:
    narrow = program("admin", "asset.view")
    assert narrow.get("/api/v1/assets").status_code == 200
    assert narrow.get("/api/v1/jobs").status_code == 403
    assert narrow.get("/api/v1/me").json["actions"] == ["asset.view"]  # type: ignore[index]
