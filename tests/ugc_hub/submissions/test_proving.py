"""Who is who: nobody is their own guardian, and a stranger is nobody whom the brand knows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.pictures import jpeg
from tests.ugc_hub.submissions.acts import ANA, begun, give, handed_in, signed
from tests.ugc_hub.submissions.test_handing import letters, records, says
from ugc_hub import submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.accounts.users import mailbox
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, add_person, consent, erasing, update_person
from ugc_hub.models import Event, Grant, PersonAccount
from ugc_hub.submissions import NotHandedIn, Sender, sign

YOUNG: dict[str, Any] = {"of_age": "no", "guardian_name": "Pat Lima"}
SAME = ("ana@example.org", "ANA@Example.ORG", "ana+mum@example.org", "a.n.a@example.org", "an.a+x+y@example.org.")


def level(hub: Hub, submission: str, role: str = "creator") -> int:
    """The highest evidence level of what rests on a consent."""
    with hub.database.read() as session:
        rows = [session.get_one(Grant, name) for name in records(hub, submission, role)[0].grants]
    return max(int(row.body["evidence_level"]) for row in rows)


def test_addresses_of_one_mailbox_are_told_to_be_the_same() -> None:
    assert {mailbox(one) for one in SAME} == {"ana@example.org"}
    assert mailbox("a.b+c@googlemail.com") == mailbox("ab@gmail.com")
    assert mailbox("\uff41na@example.org") == mailbox("ana@example.org"), "the same letter in another width"
    assert mailbox("ana@example.com") != mailbox("ana@example.org")


@pytest.mark.req("R77")
@pytest.mark.parametrize("address", SAME[:4])
def test_a_minor_is_not_their_own_guardian(hub: Hub, address: str) -> None:
    token = begun(hub)
    asset = give(hub, token)
    with pytest.raises(NotHandedIn) as caught:
        handed_in(hub, token, **YOUNG, guardian_email=address)
    assert set(caught.value.extra["fields"]) == {"guardian_email"}
    child = {"name": "Kim", "is_adult": "no", "guardian_name": "Pat", "guardian_email": address}
    with pytest.raises(NotHandedIn) as caught:
        handed_in(hub, token, **YOUNG, guardian_email="pat@example.org", people="others", others=[child])
    assert set(caught.value.extra["fields"]) == {"others.0.guardian_email"}
    assert letters(hub) == ["confirm"]
    assert says(hub, asset, "organic_social") == "ASSET_NOT_APPROVED"


def test_a_parent_hands_in_pictures_of_their_own_child(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    child = {"name": "Kim", "is_adult": "no", "guardian_name": "Ana Lima", "guardian_email": "ana@example.org"}
    submission = handed_in(hub, token, people="others", others=[child])
    assert len(records(hub, submission, "guardian")) == 1


def test_another_address_by_which_a_young_creator_is_known_is_no_guardian_either(hub: Hub) -> None:
    give(hub, begun(hub, creator="ana"))
    token = begun(hub, Sender("Ana Lima", "", "ana.second@example.org"), creator="ana")
    give(hub, token, jpeg(1200, 1600, 17))
    with pytest.raises(NotHandedIn) as caught:
        handed_in(hub, token, **YOUNG, guardian_email="ana@example.org")
    assert set(caught.value.extra["fields"]) == {"guardian_email"}


def test_a_person_with_the_address_of_their_guardian_is_not_kept(hub: Hub) -> None:
    own = PersonData("Kim", "kim@example.org", guardian_name="Kim", guardian_email="K.im+1@example.org")
    with hub.database.write() as session:
        with pytest.raises(Invalid):
            add_person(hub, session, SYSTEM, own, is_adult=False)
        person = add_person(hub, session, SYSTEM, PersonData("Kim", "kim@example.org"), is_adult=False)
        with pytest.raises(Invalid):
            update_person(hub, session, SYSTEM, person_id=person.id, data=own)


def test_the_link_of_a_guardian_goes_to_the_guardian_alone(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token, **YOUNG, guardian_email="pat@example.org")
    asked = records(hub, submission, "guardian")[0]
    link = sign(hub, "guardian", asked.id)
    with hub.database.read() as session:
        mails = [submissions.compose(hub, session, name, submission) for name in ("confirm", "approved")]
        to_guardian = submissions.compose(hub, session, "guardian", asked.id)
    assert to_guardian is not None
    assert to_guardian.to == "pat@example.org"
    assert all(mail is not None and mail.to == "ana@example.org" for mail in mails)
    assert all(link not in str(mail) for mail in mails)
    for other in (token, sign(hub, "withdraw", asked.id), sign(hub, "confirm", submission)):
        with pytest.raises(NotFound):
            submissions.look_at_consent(hub, other)


@pytest.mark.req("R77")
def test_what_a_guardian_says_proves_no_more_than_the_address_that_named_them(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token, **YOUNG, people="me", guardian_email="pat@example.org")
    asked = records(hub, submission, "guardian")[0]
    submissions.guardian_says(hub, sign(hub, "guardian", asked.id), signed(hub, name="Pat"), agrees=True)
    assert level(hub, submission, "guardian") == 1
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    assert level(hub, submission, "guardian") == 2


@pytest.mark.req("R77")
def test_a_stranger_under_a_known_handle_is_no_verified_account_of_it(hub: Hub) -> None:
    first = begun(hub)
    give(hub, first)
    submission = handed_in(hub, first)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    assert level(hub, submission) == 2, "whoever came first is who the brand knows"
    token = begun(hub, Sender("Eve", ANA.handle, "eve@example.org"))
    asset = give(hub, token, jpeg(1200, 1600, 27))
    taken = handed_in(hub, token)
    assert submissions.see(hub, token).missing == "address"
    submissions.confirm_address(hub, sign(hub, "confirm", taken))
    assert submissions.see(hub, token).missing == "handle"
    submissions.decide(hub, SYSTEM, taken, decision="approve")
    submissions.confirm_address(hub, sign(hub, "confirm", taken))
    assert level(hub, taken) == 1
    assert says(hub, asset, "email") == "EVIDENCE_INSUFFICIENT"
    again = begun(hub, Sender("Ana Lima", ANA.handle, "Ana@example.org"))
    give(hub, again, jpeg(1200, 1600, 37))
    known = handed_in(hub, again)
    submissions.confirm_address(hub, sign(hub, "confirm", known))
    assert level(hub, known) == 2


@pytest.mark.req("R77")
@pytest.mark.parametrize("method", ["dm_code", "bio_code"])
def test_the_account_of_a_handle_proves_by_a_code_whose_it_is(hub: Hub, method: str) -> None:
    first = begun(hub)
    give(hub, first)
    submissions.decide(hub, SYSTEM, handed_in(hub, first), decision="approve")
    token = begun(hub, Sender("Ana Lima", ANA.handle, "new@example.org"))
    asset = give(hub, token, jpeg(1200, 1600, 27))
    draft = submissions.see(hub, token)
    code = submissions.handle_code(hub, draft.submission_id, draft.sender.handle)
    known = {"platform": "instagram", "method": method}
    with pytest.raises(Conflict):
        submissions.prove_handle(hub, SYSTEM, draft.submission_id, **known, code=code)
    taken = handed_in(hub, token)
    submissions.decide(hub, SYSTEM, taken, decision="approve")
    other = submissions.handle_code(hub, "sub_other", draft.sender.handle)
    for wrong in ("", "AAAA-AAAA", other, code[:-1], "\u00fc"):
        with pytest.raises(Invalid, match="not the code of this submission"):
            submissions.prove_handle(hub, SYSTEM, taken, **known, code=wrong)
    for change in ({"platform": "post"}, {"method": "word of mouth"}):
        with pytest.raises(Invalid):
            submissions.prove_handle(hub, SYSTEM, taken, **{**known, **change, "code": code})
    assert level(hub, taken) == 1
    submissions.prove_handle(hub, SYSTEM, taken, **known, code=f" {code.lower().replace('-', ' ')} ")
    assert (level(hub, taken), submissions.see(hub, token).missing) == (2, "")
    assert says(hub, asset, "email") is None
    submissions.prove_handle(hub, SYSTEM, taken, **known, code=code)
    with hub.database.read() as session:
        account = session.scalars(select(PersonAccount)).one()
        assert (account.handle, account.method) == (draft.sender.handle, method)
        record = records(hub, taken)[0]
        assert consent.events(session, record.id)[-1].method == consent.METHODS["account"]
        said = " ".join(str(one) for one in session.scalars(select(Event.body)))
    assert draft.sender.handle not in said
    assert code not in said
    erase_person_of(hub, account.person_id)
    with hub.database.read() as session:
        assert session.scalars(select(PersonAccount)).all() == []


def test_a_handle_that_nobody_knows_yet_is_as_typed_until_its_account_proves_it(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    handle = submissions.see(hub, token).sender.handle
    submission = handed_in(hub, token)
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    review = submissions.see_review(hub, SYSTEM, submission)
    assert (review.form.missing, review.claimed) == ("", True), "the address is known, and the handle is not"
    code = submissions.handle_code(hub, submission, handle)
    submissions.prove_handle(hub, SYSTEM, submission, platform="instagram", method="dm_code", code=code)
    assert not submissions.see_review(hub, SYSTEM, submission).claimed


def erase_person_of(hub: Hub, person_id: str) -> None:
    """Erase somebody and what shows them."""
    erasing.erase_shown(hub, SYSTEM, person_id, reason="asked by mail")


def test_a_link_made_for_a_creator_makes_a_new_address_theirs(hub: Hub) -> None:
    token = begun(hub, Sender("Ana Lima", "", "new@example.org"), creator="ana")
    give(hub, token)
    submission = handed_in(hub, token)
    assert level(hub, submission) == 1
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    assert level(hub, submission) == 2


def test_the_receipt_says_that_an_address_is_still_to_be_confirmed_and_how(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token)
    record = records(hub, submission)[0].id
    with hub.database.read() as session:
        before = submissions.compose(hub, session, "receipt", record)
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    with hub.database.read() as session:
        after = submissions.compose(hub, session, "receipt", record)
    assert before is not None
    assert after is not None
    assert before.values["confirm"].endswith(f"/c/{sign(hub, 'confirm', submission)}")
    assert after.values["confirm"] == ""


def test_a_guardian_sees_what_they_are_asked_about_until_they_have_answered(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    child = {"name": "Kim", "is_adult": "no", "guardian_name": "Pat", "guardian_email": "pat@example.org"}
    submission = handed_in(hub, token, people="others", others=[child])
    link = sign(hub, "guardian", records(hub, submission, "guardian")[0].id)
    assert submissions.pictured(hub, link, 0) == asset
    with pytest.raises(NotFound):
        submissions.pictured(hub, link, 1)
    submissions.guardian_says(hub, link, signed(hub, name="Pat"), agrees=True)
    with pytest.raises(Gone):
        submissions.pictured(hub, link, 0)
