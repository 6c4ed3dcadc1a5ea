from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import AMPLE, SIGNED, clear, grant_row, person_row
from tests.ugc_hub.rows import asset_row, statements, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import Draft, Use, Withdrawal
from ugc_hub.models import DecisionInput, DecisionRow, Event, Grant
from ugc_hub.rights import Decision

ADS = Use("paid_social.meta", ("DE",))
PERMIT: dict[str, Any] = {"effect": "permit", "layer": "copyright", "state": "active"}


def ask(hub: Hub, asset_id: str, use: Use = ADS) -> Decision:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, use)


def test_nothing_is_allowed_of_an_asset_that_nobody_has_looked_at(hub: Hub) -> None:
    asset = asset_row(hub)
    answer = ask(hub, asset)
    assert answer.primary_reason == "ASSET_NOT_APPROVED"
    assert {"AI_STATUS_UNKNOWN", "NO_GRANT:copyright"} <= {reason.key for reason in answer.reasons}


def test_an_asset_that_does_not_exist_is_no_question(hub: Hub) -> None:
    assert ask(hub, "ast_nowhere").primary_reason == "INVALID_REQUEST"


def test_a_cleared_asset_may_be_used_and_the_grant_is_named(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    answer = ask(hub, asset)
    assert answer.allowed
    assert answer.grants_used == (grant,)


def test_a_prohibition_for_all_reaches_every_asset_at_once(hub: Hub) -> None:
    assets = [asset_row(hub), asset_row(hub)]
    clear(hub, *assets)
    grant_row(hub, {"effect": "prohibit", "state": "active", "territories": ["DE"]})
    assert {ask(hub, asset).primary_reason for asset in assets} == {"PROHIBITED"}
    assert all(ask(hub, asset, Use("paid_social.meta", ("FR",))).allowed for asset in assets)


def test_releases_of_others_for_all_their_assets_are_not_loaded_and_those_of_who_is_shown_are(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    clear(hub, asset, other)
    shown, others = person_row(hub), [person_row(hub) for _ in range(3)]
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [shown]})
    plain = {**AMPLE, "effect": "permit", "layer": "likeness"}
    mine = grant_row(hub, {**plain, "subject": shown})
    theirs = [grant_row(hub, {**plain, "subject": one}) for one in others]
    ban = grant_row(hub, {"effect": "prohibit", "state": "active", "territories": ["KP"]})
    with hub.database.read() as session:
        loaded = {grant.id for grant in licensing.situation(session, [asset]).grants}
        nobody = {grant.id for grant in licensing.situation(session, [other]).grants}
    assert {mine, ban} <= loaded
    assert not loaded & set(theirs)
    assert ban in nobody
    assert not nobody & {mine, *theirs}
    assert ask(hub, asset).allowed
    before = kinds_of(hub, "rights.changed")
    with hub.database.write() as session:
        licensing.set_state(hub, session, SYSTEM, grant_id=mine, state="suspended")
    assert kinds_of(hub, "rights.changed")[len(before) :] == [asset], "nothing else shows them"
    assert ask(hub, asset).primary_reason == "NOT_ACTIVE"
    ban_of = grant_row(hub, {"effect": "prohibit", "state": "active", "subject": shown})
    assert ask(hub, asset).primary_reason == "PROHIBITED"
    assert ask(hub, other).allowed
    assert ban_of


def kinds_of(hub: Hub, kind: str) -> list[str]:
    """What events of a kind are about, in their order."""
    with hub.database.read() as session:
        return list(session.scalars(select(Event.object_id).where(Event.kind == kind).order_by(Event.id)))


def test_many_assets_cost_as_many_statements_as_one(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(20)]
    clear(hub, *assets)
    with hub.database.read() as session, statements(hub) as seen:
        answers = licensing.ask_many(hub, session, assets, ADS)
    assert all(answer.allowed for answer in answers.values())
    assert len(seen) == 1


def test_which_of_some_assets_are_allowed_is_told_of_each_by_itself_and_in_no_more_statements(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(6)]
    clear(hub, *assets[:4])
    clear(hub, assets[4], duties=[{"duty": "approval", "phase": "pre"}])
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=assets[1], status="hold")
    grant_row(hub, {"effect": "prohibit", "state": "active", "assets": [assets[2]], "channels": ["paid_social"]})
    with hub.database.read() as session:
        with statements(hub) as seen:
            allowed = licensing.allowed_among(hub, session, assets, ADS)
        assert len(seen) == 2, "what bears on them, and which duties were fulfilled"
        answers = licensing.ask_many(hub, session, assets, ADS)
        assert not licensing.allowed_among(hub, session, (), ADS)
        assert not licensing.allowed_among(hub, session, ["ast_none"], ADS)
    assert allowed == {one for one, answer in answers.items() if answer.allowed} == {assets[0], assets[3]}


def test_a_grant_of_many_assets_is_handed_out_for_those_that_are_asked_about(hub: Hub) -> None:
    one, other = asset_row(hub), asset_row(hub)
    clear(hub, one, other)
    with hub.database.read() as session:
        for asked in ([one], [other], [one, other], [one], [one]):
            assert [grant.assets for grant in licensing.situation(session, asked).grants] == [frozenset(asked)]


def test_persons_and_what_an_asset_is_made_of_cost_statements_of_their_own(hub: Hub) -> None:
    asset, part, deeper = (asset_row(hub) for _ in range(3))
    person = person_row(hub)
    clear(hub, asset, part, deeper)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"ingredients": [part]})
        licensing.answer(hub, session, SYSTEM, asset_id=part, answers={"ingredients": [deeper, asset]})
        licensing.answer(hub, session, SYSTEM, asset_id=deeper, answers={"people": [person], "is_testimonial": True})
    with hub.database.read() as session, statements(hub) as seen:
        found = licensing.situation(session, [asset])
    # The asset, its part, the part of that with its persons, and what was agreed with persons.
    assert len(seen) == 5
    assert found.facts.keys() == {asset, part, deeper}
    last = found.facts[deeper]
    assert [one.id for one in last.people or ()] == [person]
    assert (last.is_testimonial, last.has_audio, last.status) == (True, found.facts[asset].has_audio, "active")
    with hub.database.read() as session:
        assert found.facts == licensing.load_facts(session, [asset, part, deeper])


def test_a_newer_grant_that_names_another_asset_still_takes_the_place_of_an_older_one(hub: Hub) -> None:
    asset, other = asset_row(hub), asset_row(hub)
    older = clear(hub, asset)
    clear(hub, other, supersedes=[older])
    assert ask(hub, asset).primary_reason == "SUPERSEDED"


def test_a_revoked_consent_ends_the_use_and_is_told_to_the_audit(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    person = person_row(hub)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    assert ask(hub, asset).primary_reason == "NO_GRANT"
    release = clear(hub, asset, layer="likeness", subject=person)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    assert ask(hub, asset).allowed
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=release, withdrawal=Withdrawal("gdpr_withdrawal"))
    assert ask(hub, asset).primary_reason == "REVOKED"
    with hub.database.read() as session:
        assert session.scalar(select(Event).where(Event.kind == "grant.revoked", Event.object_id == release))


def test_a_legal_claim_puts_the_assets_on_hold(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
    assert ask(hub, asset).primary_reason == "ASSET_ON_HOLD"


def test_a_demand_that_is_denied_says_why_and_what_to_do(hub: Hub) -> None:
    asset = asset_row(hub)
    with hub.database.write() as session:
        kept = licensing.keep(hub, session, SYSTEM, asset_id=asset, use=ADS)
    with pytest.raises(RightsDenied) as error:
        licensing.demand(kept)
    assert error.value.extra["decision_id"] == kept.id
    assert error.value.extra["next_step"]
    assert "NO_GRANT:copyright" in error.value.extra["reasons"]


def test_a_duty_that_comes_first_is_a_conflict_until_it_is_done(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset, duties=[{"duty": "approval", "phase": "pre"}])
    with hub.database.write() as session:
        kept = licensing.keep(hub, session, SYSTEM, asset_id=asset, use=ADS)
    with pytest.raises(Conflict, match="approval"):
        licensing.demand(kept)


def test_a_decision_is_replayed_from_what_was_kept_whatever_changed_since(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    grant = clear(hub, asset, perpetual=False, ends_at=(clock() + timedelta(days=30)).isoformat())
    with hub.database.write() as session:
        first = licensing.keep(hub, session, SYSTEM, asset_id=asset, use=ADS)
        second = licensing.keep(hub, session, SYSTEM, asset_id=asset, use=ADS)
    clock.go_on(days=60)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
    with hub.database.read() as session:
        for kept in (first, second):
            before, again = licensing.replay(session, kept.id)
            assert before == again
            assert before["decision"] == "allow"
            assert before["valid_until"] is not None
        assert len(session.scalars(select(DecisionRow)).all()) == 2
        assert len(session.scalars(select(DecisionInput)).all()) == 1


def test_terms_in_the_words_of_a_contract_become_instants(hub: Hub) -> None:
    asset = asset_row(hub)
    window = {"trigger": "date", "start": "2026-01-01", "until": "2026-12-31", "zone": "Europe/Berlin"}
    grant = clear(hub, asset, starts_at=None, perpetual=None, window=window)
    with hub.database.read() as session:
        row = session.get_one(Grant, grant)
    assert row.starts_at is not None
    assert row.starts_at.isoformat() == "2025-12-31T23:00:00+00:00"
    assert row.ends_at is not None
    assert row.ends_at.isoformat() == "2026-12-31T23:00:00+00:00"
    assert row.body["window"] == window


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({"channels": ["facebook_wall"]}, "channels"),
        ({"edits": ["paint"]}, "edits"),
        ({"territories": ["UK"]}, "territories"),
        ({"exclude_territories": ["UK"]}, "exclude_territories"),
        ({"evidence_level": 9}, "evidence_level"),
        ({"state": "great"}, "state"),
        ({"layer": "soul"}, "layer"),
        ({"effect": "maybe"}, "effect"),
        ({"starts_at": "2026-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, "ends_at"),
        ({"window": {"until": "2026-12-31"}}, "window"),
        ({"window": {"until": "yesterday"}}, "window"),
        ({"window": {"soon": True}}, "window"),
        ({"layer": "likeness"}, "subject"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_grant_that_cannot_be_meant_is_refused_with_its_field(hub: Hub, plain: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error, hub.database.write() as session:
        licensing.add(hub, session, SYSTEM, Draft({**PERMIT, "signed_at": SIGNED.isoformat(), **plain}, ()))
    assert error.value.extra["field"] == field
    with hub.database.read() as session:
        assert session.scalar(select(Grant)) is None


@pytest.mark.parametrize(
    "answers",
    [
        {"mood": "good"},
        {"music": "loud"},
        {"is_testimonial": "perhaps"},
        {"people": ["prs_nobody"]},
        {"people": [3]},
        {"tracks": ["trk_none"]},
        {"ingredients": "ast"},
    ],
)
def test_an_answer_that_no_question_takes_is_refused(hub: Hub, answers: dict[str, Any]) -> None:
    asset = asset_row(hub)
    with pytest.raises(Invalid), hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers=answers)


def test_rights_of_what_does_not_exist_cannot_be_answered(hub: Hub) -> None:
    with pytest.raises(NotFound), hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id="ast_nowhere", answers={})


def test_an_erased_asset_never_comes_back(hub: Hub) -> None:
    asset = asset_row(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="erased")
    with pytest.raises(Conflict), hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="active")


def test_only_those_who_may_edit_rights_do(hub: Hub) -> None:
    asset = asset_row(hub)
    designer = actor_of(user_row(hub, "designer"))
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.set_status(hub, session, designer, asset_id=asset, status="active")
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.answer(hub, session, designer, asset_id=asset, answers={})
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.revoke(hub, session, designer, grant_id="grt_any", withdrawal=Withdrawal("legal_claim"))
