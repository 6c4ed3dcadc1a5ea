"""Answers on platforms, releases with a signed file, and authorisations of platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import String, cast, select

from tests.ugc_hub.licensing.rows import clear, person_row
from tests.ugc_hub.permissions.rows import (
    SCOPE,
    allowed,
    events_of,
    grants_of,
    link_in,
    own_asset,
    pass_days,
    work_off,
    yes,
)
from tests.ugc_hub.rows import asset_row, user_row, with_clock
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData
from ugc_hub.models import Event, Evidence, Grant, PlatformCode, Property, Track
from ugc_hub.permissions import Ask, Authorisation, Release, Reply
from workers.queue.table import jobs

PDF = b"%PDF-1.7 signed"
CODE = "#AbC123-very-secret-code=="


# Answers on a platform


def reply(hub: Hub, *assets: str, **known: Any) -> Reply:
    values: dict[str, Any] = {
        "platform": "instagram",
        "post_url": "https://www.instagram.com/p/abc/",
        "handle": "@Ana",
        "keyword": "#yesBrand",
        "replied_at": hub.now() - timedelta(hours=1),
        "text": "Sure! #YesBrand",
    }
    return Reply(assets, **{**values, **known})


def test_a_yes_in_public_allows_posts_on_that_platform_only(hub: Hub) -> None:
    asset = own_asset(hub)
    row = permissions.capture(hub, SYSTEM, reply(hub, asset))
    assert row.state == "granted"
    assert allowed(hub, asset, "organic_social.instagram")
    for channel in ("organic_social.tiktok", "organic_social", "paid_social.meta", "email", "website"):
        assert not allowed(hub, asset, channel), channel
    (grant,) = grants_of(hub, asset)
    assert (grant.body["evidence_level"], grant.evidence_ok) == (1, True)
    states = [kind for kind in events_of(hub, row.id) if kind.startswith("rights_request.")]
    assert states[-3:] == ["rights_request.sent", "rights_request.answered", "rights_request.granted"]


def test_a_screenshot_is_kept_as_evidence(hub: Hub) -> None:
    asset = own_asset(hub)
    picture = b"\x89PNG\r\n\x1a\n screenshot"
    permissions.capture(hub, SYSTEM, reply(hub, asset, text="", screenshot=picture))
    with hub.database.read() as session:
        evidence = session.scalars(select(Evidence)).one()
    assert (evidence.kind, evidence.source_url) == ("screenshot", "https://www.instagram.com/p/abc/")
    with hub.storage.open(evidence.storage_key) as file:
        assert file.read() == picture


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "myspace"}, "platform"),
        ({"post_url": "javascript:alert(1)"}, "post_url"),
        ({"handle": "@somebody.else"}, "handle"),
        ({"keyword": "#"}, "keyword"),
        ({"text": "no thanks"}, "text"),
        ({"text": ""}, "screenshot"),
        ({"screenshot": b"x", "media_type": "text/html"}, "screenshot"),
    ],
)
def test_what_is_no_proof_of_a_yes_is_refused(hub: Hub, change: dict[str, Any], field: str) -> None:
    asset = own_asset(hub)
    with pytest.raises(Invalid) as caught:
        permissions.capture(hub, SYSTEM, reply(hub, asset, **change))
    assert caught.value.extra["field"] == field
    assert grants_of(hub, asset) == []


def test_an_answer_from_the_future_is_refused(hub: Hub) -> None:
    with pytest.raises(Invalid, match="future"):
        permissions.capture(hub, SYSTEM, reply(hub, own_asset(hub), replied_at=hub.now() + timedelta(days=1)))


def test_an_answer_that_disappears_holds_until_it_is_confirmed_on_our_page(hub: Hub) -> None:
    asset = own_asset(hub)
    row = permissions.capture(hub, SYSTEM, reply(hub, asset))
    permissions.gone(hub, SYSTEM, row.id, note="deleted")
    assert not allowed(hub, asset, "organic_social.instagram")
    assert [grant.state for grant in grants_of(hub, asset)] == ["suspended"]
    with pytest.raises(Conflict):
        permissions.gone(hub, SYSTEM, row.id)
    invited = permissions.invite(hub, SYSTEM, row.id, email="ana@example.org", ask=Ask(SCOPE))
    permissions.send(hub, SYSTEM, invited.id)
    yes(hub, link_in(work_off(hub)[-1]).rpartition("/")[2])
    assert allowed(hub, asset, "organic_social.instagram")
    assert allowed(hub, asset, "email")


def test_a_confirmed_answer_takes_the_place_of_the_weaker_one(hub: Hub) -> None:
    asset = own_asset(hub)
    row = permissions.capture(hub, SYSTEM, reply(hub, asset))
    invited = permissions.invite(hub, SYSTEM, row.id, email="ana@example.org")
    assert invited.asked["channels"] == ["organic_social.instagram"]
    permissions.send(hub, SYSTEM, invited.id)
    yes(hub, link_in(work_off(hub)[-1]).rpartition("/")[2])
    older, newer = grants_of(hub, asset)
    with hub.database.read() as session:
        decision = licensing.ask(hub, session, asset, licensing.Use("organic_social.instagram"))
    assert decision.grants_used == (newer.id,)
    assert older.id not in decision.grants_used


# Releases


def shown(hub: Hub, data: PersonData | None = None, **known: Any) -> tuple[str, str]:
    """An asset that is cleared but for a person in it."""
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    with hub.database.write() as session:
        person = licensing.add_person(hub, session, SYSTEM, data or PersonData(name="Pia"), **known).id
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    return asset, person


def release(hub: Hub, kind: str, subject: str, **known: Any) -> Release:
    values = {"scope": SCOPE, "signed_at": hub.now(), "signed_by_role": "person", "data": PDF}
    return Release(kind, subject, **{**values, **known})


def test_a_signed_release_lets_a_person_be_shown(hub: Hub) -> None:
    asset, person = shown(hub, is_adult=True)
    assert not allowed(hub, asset, "email")
    grant = permissions.keep_release(hub, SYSTEM, release(hub, "model_release", person, asset_ids=[asset]))
    assert (grant.body["evidence_level"], grant.evidence_ok) == (2, True)
    assert allowed(hub, asset, "email")
    assert not allowed(hub, asset, "paid_social.meta")


def test_a_release_without_assets_is_about_all_that_show_the_person(hub: Hub) -> None:
    asset, person = shown(hub, is_adult=True)
    permissions.keep_release(hub, SYSTEM, release(hub, "model_release", person))
    other = asset_row(hub, creator="ana")
    clear(hub, other)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=other, answers={"people": [person]})
    assert allowed(hub, asset, "email")
    assert allowed(hub, other, "email")


def test_a_release_waits_for_its_signed_file(hub: Hub) -> None:
    asset, person = shown(hub, is_adult=True)
    grant = permissions.keep_release(hub, SYSTEM, release(hub, "model_release", person, asset_ids=[asset], data=b""))
    assert not allowed(hub, asset, "email")
    with pytest.raises(Invalid):
        permissions.attach_file(hub, SYSTEM, grant.id, data=b"<script>", media_type="application/pdf")
    permissions.attach_file(hub, SYSTEM, grant.id, data=PDF, media_type="application/pdf")
    assert allowed(hub, asset, "email")
    with pytest.raises(Conflict):
        permissions.attach_file(hub, SYSTEM, grant.id, data=PDF, media_type="application/pdf")
    with pytest.raises(NotFound):
        permissions.attach_file(hub, SYSTEM, "grt_none", data=PDF, media_type="application/pdf")


def test_for_a_child_the_guardian_signs_and_nobody_else(hub: Hub) -> None:
    born = hub.now().date() - timedelta(days=365 * 9)
    asset, child = shown(hub, PersonData(name="Kim", born=born, guardian_name="Pat", guardian_email="pat@example.org"))
    with pytest.raises(Invalid, match="guardian"):
        permissions.keep_release(hub, SYSTEM, release(hub, "model_release", child))
    signed = release(hub, "model_release", child, asset_ids=[asset], signed_by_role="guardian")
    permissions.keep_release(hub, SYSTEM, signed)
    assert allowed(hub, asset, "email")


def test_a_guardian_answers_for_a_child_by_a_link(hub: Hub) -> None:
    born = hub.now().date() - timedelta(days=365 * 9)
    asset, child = shown(hub, PersonData(name="Kim", born=born, guardian_name="Pat", guardian_email="pat@example.org"))
    ask = Ask(SCOPE, kind="model_release", person_id=child, asset_ids=[asset])
    row = permissions.draft(hub, SYSTEM, ask)
    assert row.role == "guardian"
    permissions.send(hub, SYSTEM, row.id)
    mail = work_off(hub)[-1]
    assert mail["To"] == "pat@example.org"
    token = link_in(mail).rpartition("/")[2]
    assert "Pat (you) allows" in permissions.opened(hub, token).text
    assert "Kim" in permissions.opened(hub, token).text
    yes(hub, token, name="Pat")
    assert allowed(hub, asset, "email")
    permissions.withdraw(hub, link_in(work_off(hub)[-1]).rpartition("/")[2], "", permissions.Trace())
    assert not allowed(hub, asset, "email")


def test_a_release_by_link_needs_an_age_an_address_and_the_person_in_the_picture(hub: Hub) -> None:
    asset, unknown = shown(hub)
    with pytest.raises(Invalid, match="of age"):
        permissions.draft(hub, SYSTEM, Ask(SCOPE, kind="model_release", person_id=unknown, asset_ids=[asset]))
    with hub.database.write() as session:
        licensing.set_adult(hub, session, SYSTEM, person_id=unknown, is_adult=True)
    with pytest.raises(Invalid, match="address"):
        permissions.draft(hub, SYSTEM, Ask(SCOPE, kind="model_release", person_id=unknown, asset_ids=[asset]))
    elsewhere = own_asset(hub)
    with pytest.raises(Invalid, match="not listed"):
        permissions.draft(hub, SYSTEM, Ask(SCOPE, kind="model_release", person_id=unknown, asset_ids=[elsewhere]))


def test_property_and_music_are_cleared_by_their_owners(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana", kind="video")
    clear(hub, asset)
    with hub.database.write() as session:
        thing = Property(id="pty_1", created_at=hub.now(), name="Mural", owner="Mo")
        track = Track(id="trk_1", created_at=hub.now(), title="Song", source="licensed", owner="Label")
        session.add_all([thing, track])
        session.flush()
        answers = {"properties": ["pty_1"], "music": "present", "tracks": ["trk_1"]}
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers=answers)
        licensing.row_of(hub, session, asset).has_audio = True
    owner = {"signed_by_role": "owner", "asset_ids": [asset]}
    permissions.keep_release(hub, SYSTEM, release(hub, "property_release", "pty_1", **owner))
    assert not allowed(hub, asset, "email")
    permissions.keep_release(hub, SYSTEM, release(hub, "music_licence", "trk_1", **owner))
    assert allowed(hub, asset, "email")


def test_music_of_a_platform_is_not_for_ads(hub: Hub) -> None:
    with hub.database.write() as session:
        session.add(Track(id="trk_1", created_at=hub.now(), title="Hit", source="platform_library"))
    posts = {**SCOPE, "channels": ["organic_social.tiktok"]}
    ads = {**SCOPE, "channels": ["organic_social.tiktok", "paid_social.tiktok"]}
    with pytest.raises(Invalid, match="library"):
        permissions.keep_release(hub, SYSTEM, release(hub, "music_licence", "trk_1", signed_by_role="brand", scope=ads))
    licence = release(hub, "music_licence", "trk_1", signed_by_role="brand", scope=posts)
    assert permissions.keep_release(hub, SYSTEM, licence).layer == "music"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "promise"}, "kind"),
        ({"signed_by_role": "brand"}, "signed_by_role"),
        ({"data": b"MZ\x90"}, "file"),
        ({"data": PDF, "media_type": "text/html"}, "file"),
    ],
)
def test_what_is_no_release_is_refused(hub: Hub, change: dict[str, Any], field: str) -> None:
    _, person = shown(hub, is_adult=True)
    with pytest.raises(Invalid) as caught:
        permissions.keep_release(hub, SYSTEM, replace(release(hub, "model_release", person), **change))
    assert caught.value.extra["field"] == field
    with pytest.raises(NotFound):
        permissions.keep_release(hub, SYSTEM, release(hub, "model_release", "prs_none"))
    with hub.database.read() as session:
        assert session.scalars(select(Grant).where(Grant.layer == "likeness")).all() == []


# Authorisations of platforms


def given(hub: Hub, asset: str, **known: Any) -> Authorisation:
    values = {"platform": "tiktok", "post_id": "7123", "code": CODE, "duration_days": 30, "starts_at": hub.now()}
    return Authorisation(asset, **{**values, **known})


def test_a_code_lets_ads_run_from_the_creators_account_for_its_days(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    assert not allowed(hub, asset, "allowlisted_ads.tiktok")
    permissions.add_code(hub, SYSTEM, given(hub, asset))
    assert allowed(hub, asset, "allowlisted_ads.tiktok")
    assert not allowed(hub, asset, "allowlisted_ads.meta")
    pass_days(clock, 30)
    assert not allowed(hub, asset, "allowlisted_ads.tiktok")


def test_a_code_is_read_only_by_those_who_may_and_every_time_is_written_down(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    row = permissions.add_code(hub, SYSTEM, given(hub, asset))
    assert permissions.reveal(hub, SYSTEM, row.id) == CODE
    assert events_of(hub, row.id)[-1] == "platform_code.revealed"
    viewer = Actor(user_row(hub, "channel_team").id, "channel_team")
    with pytest.raises(Forbidden):
        permissions.reveal(hub, viewer, row.id)
    assert events_of(hub, row.id).count("platform_code.revealed") == 1
    assert [one.id for one in permissions.list_codes(hub, viewer)] == [row.id]


def test_a_code_stands_nowhere_in_the_clear(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    row = permissions.add_code(hub, SYSTEM, given(hub, asset))
    with hub.database.read() as session:
        assert CODE.encode() not in session.get_one(PlatformCode, row.id).sealed
        said = session.scalars(select(cast(Event.body, String))).all()
        said = [*said, *session.scalars(select(cast(Grant.body, String)))]
        said = [*said, *session.scalars(select(cast(jobs.c.payload, String)))]
        assert not [one for one in said if CODE in one]
    for stat in hub.storage.list("evidence/"):
        with hub.storage.open(stat.key) as file:
            assert CODE.encode() not in file.read()
    with pytest.raises(Invalid) as caught:
        permissions.add_code(hub, SYSTEM, given(hub, asset, code=f"{CODE}\nX"))
    assert CODE not in caught.value.message


def test_the_end_of_a_code_is_announced_three_times_to_who_recorded_it(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    user = user_row(hub, "content_manager")
    actor = Actor(user.id, "content_manager")
    asset = asset_row(hub, creator="ana")
    row = permissions.add_code(hub, actor, given(hub, asset))
    for day in range(31):
        permissions.due(hub)
        permissions.due(hub)
        assert len(work_off(hub)) == (day >= 16) + (day >= 23) + (day >= 29), day
        pass_days(clock, 1)
    assert permissions.due(hub).ended == []
    with hub.database.read() as session:
        assert session.get_one(PlatformCode, row.id).remote_state == "ended"
    mail = work_off(hub)[-1]
    assert mail["To"] == user.email
    assert CODE not in mail.get_content()


def test_what_a_creator_takes_back_on_the_platform_ends_there_at_once(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    row = permissions.add_code(hub, SYSTEM, given(hub, asset))
    permissions.revoked_remotely(hub, SYSTEM, row.id)
    assert not allowed(hub, asset, "allowlisted_ads.tiktok")
    assert allowed(hub, asset, "paid_social.tiktok")
    with pytest.raises(Conflict):
        permissions.revoked_remotely(hub, SYSTEM, row.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "myspace"}, "platform"),
        ({"duration_days": 31}, "duration_days"),
        ({"code": " "}, "code"),
        ({"code": "x" * 501}, "code"),
        ({"post_id": ""}, "post_id"),
        ({"starts_at": datetime(9999, 12, 31, tzinfo=UTC)}, "starts_at"),
    ],
)
def test_a_code_that_no_platform_makes_is_refused(hub: Hub, change: dict[str, Any], field: str) -> None:
    asset = asset_row(hub, creator="ana")
    with pytest.raises(Invalid) as caught:
        permissions.add_code(hub, SYSTEM, given(hub, asset, **change))
    assert caught.value.extra["field"] == field


@pytest.mark.parametrize("role", ["designer", "channel_team", "viewer", "creator"])
def test_only_those_who_may_ask_keep_what_others_said(hub: Hub, role: str) -> None:
    asset = own_asset(hub)
    person = person_row(hub)
    actor = Actor(user_row(hub, role).id, role)
    attempts: list[Callable[[], object]] = [
        lambda: permissions.capture(hub, actor, reply(hub, asset)),
        lambda: permissions.keep_release(hub, actor, release(hub, "model_release", person)),
        lambda: permissions.add_code(hub, actor, given(hub, asset)),
    ]
    for attempt in attempts:
        with pytest.raises(HubError) as caught:
            attempt()
        assert isinstance(caught.value, Forbidden)
