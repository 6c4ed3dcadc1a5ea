"""What was begun and never handed in is removed after its time, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, with_clock
from tests.ugc_hub.submissions.acts import ANA, begun, give, handed_in, link_token
from ugc_hub import licensing, submissions
from ugc_hub.errors import Gone, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.models import (
    Asset,
    ConsentEvent,
    ConsentRecord,
    Creator,
    Event,
    Person,
    Submission,
    SubmissionFile,
    SubmissionForm,
)
from ugc_hub.submissions import DAYS, Removed
from workers.queue.jobs import find
from workers.queue.shapes import Query


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def work(hub: Hub) -> None:
    with hub.database.read() as session:
        ids = [job.id for job in find(session.connection(), Query(state="queued", kind="erase", limit=100))]
    finish(hub, ids)


def files(hub: Hub) -> list[str]:
    return [stat.key for folder in ("originals/", "previews/") for stat in hub.storage.list(folder)]


def test_a_draft_is_removed_with_files_answers_and_person_and_not_an_hour_before_its_time(
    timed: tuple[Hub, Clock],
) -> None:
    hub, clock = timed
    form = begun(hub)
    give(hub, form)
    submissions.keep_answers(hub, form, {"people": "me"})
    clock.go_on(days=DAYS, hours=-1)
    assert submissions.remove_drafts(hub) == Removed()
    clock.go_on(hours=1)
    with pytest.raises(Gone):
        submissions.see(hub, form)
    assert submissions.remove_drafts(hub) == Removed(drafts=1, files=1)
    work(hub)
    assert files(hub) == []
    with hub.database.read() as session:
        for table in (Asset, Submission, SubmissionForm, SubmissionFile):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        person = session.scalars(select(Person)).one()
        assert licensing.read_person(hub, session, person.id) is None
        record = session.scalars(select(ConsentRecord)).one()
        assert (record.submission_id, record.sealed) == (None, None)
        kinds = session.scalars(select(ConsentEvent.kind).order_by(ConsentEvent.id)).all()
        assert list(kinds) == ["notice_shown", "expired"]
        told = session.scalars(select(Event.body).where(Event.kind == "submission.draft_removed")).one()
        assert told == {"files": 1, "kept": 0}
    with pytest.raises(NotFound):
        submissions.see(hub, form)
    assert submissions.remove_drafts(hub) == Removed()
    assert [found for found in examine(hub) if found.level == "error"] == []


def test_the_same_file_may_be_handed_in_later(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    give(hub, begun(hub))
    clock.go_on(days=DAYS)
    submissions.remove_drafts(hub)
    again = begun(hub)
    asset = give(hub, again)
    work(hub)
    handed_in(hub, again)
    assert f"originals/{_sha256(hub, asset)}" in files(hub)
    clock.go_on(days=DAYS + 30)
    assert submissions.remove_drafts(hub) == Removed()


def _sha256(hub: Hub, asset_id: str) -> str:
    with hub.database.read() as session:
        return session.get_one(Asset, asset_id).sha256


def test_what_was_handed_in_or_sent_back_stays(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    forms = [begun(hub), begun(hub)]
    for number, form in enumerate(forms):
        give(hub, form, name=f"{number}.jpg", data=_picture(number))
        handed_in(hub, form)
    clock.go_on(days=400)
    assert submissions.remove_drafts(hub) == Removed()
    assert len(files(hub)) >= 2


def _picture(seed: int) -> bytes:
    return jpeg(1200, 1600, 40 + seed)


def test_a_file_that_somebody_gave_a_grant_for_stays_and_the_rest_goes(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    form = begun(hub)
    kept, gone = give(hub, form, data=_picture(1)), give(hub, form, data=_picture(2))
    clear(hub, kept)
    clock.go_on(days=DAYS)
    assert submissions.remove_drafts(hub) == Removed(drafts=1, files=1, kept=1)
    work(hub)
    with hub.database.read() as session:
        assert session.get(Asset, kept) is not None
        assert session.get(Asset, gone) is None
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert f"originals/{_sha256(hub, kept)}" in files(hub)
    assert [found for found in examine(hub) if found.level == "error"] == []


def test_a_person_whom_somebody_had_noted_before_stays_known(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    token = link_token(hub, creator="ana.makes")
    with hub.database.write() as session:
        creator = session.scalars(select(Creator.id)).one()
        data = licensing.PersonData(name=ANA.name, email=ANA.email)
        person = licensing.keep_person(hub, session, data, creator_id=creator).id
    clock.go_on(days=1)
    submissions.begin(hub, token, ANA)
    clock.go_on(days=DAYS)
    assert submissions.remove_drafts(hub) == Removed(drafts=1)
    with hub.database.read() as session:
        assert licensing.read_person(hub, session, person) is not None


def test_a_person_who_handed_in_before_stays_known(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    token = link_token(hub, creator="ana.makes")
    first = submissions.begin(hub, token, ANA)
    give(hub, first)
    handed_in(hub, first)
    second = submissions.begin(hub, token, ANA)
    clock.at += timedelta(days=DAYS)
    assert submissions.see(hub, first).state == "handed_in"
    assert submissions.remove_drafts(hub) == Removed(drafts=1)
    with pytest.raises(NotFound):
        submissions.see(hub, second)
    with hub.database.read() as session:
        person = session.scalars(select(Person)).one()
        known = licensing.read_person(hub, session, person.id)
        assert known is not None
        assert known.email == "ana@example.org"
