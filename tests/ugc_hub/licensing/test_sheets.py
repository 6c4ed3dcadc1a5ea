import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support import ROOT
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Imported, Sheets, Stated, Use
from ugc_hub.licensing.sheets import words
from ugc_hub.models import AgreementVersion, AssetRights, Creator, Evidence, Grant, Person, Track
from ugc_hub.rights import standard

GRANT = {
    "grant_id": "G1",
    "asset_id": "A1",
    "creator_handle": "@Ana",
    "status": "active",
    "signed_at": "2025-04-01",
    "valid_from": "2025-05-01",
    "valid_until": "2025-10-31",
    "timezone": "America/New_York",
    "channels": "organic_social|paid_social|email",
    "territories": "EU|US",
    "edits_allowed": "crop|resize|music_swap",
    "partnership_ads": "yes",
    "exclusivity": "category 30 days after end",
    "attribution": "@ana",
    "disclosure": "#gifted",
    "ai_training": "no",
    "ai_edit": "no",
    "model_release": "on_file",
    "music_cleared": "organic_only",
    "fee": "0",
    "revoked_at": "",
    "supersedes": "",
    "evidence_sha256": "a" * 64,
}
ASSET = {
    "asset_id": "A1",
    "creator_handle": "ana",
    "people_in_frame": "creator+others",
    "minors_in_frame": "no",
    "music": "platform_library",
    "declared_ai": "none",
}
CREATOR = {"handle": "ana", "name": "Ana Lima", "email": "ana@example.org", "country": "PT"}
STATED = Stated(reviewed=True, no_property=True, platform_authorised=True)
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def sheet(*rows: dict[str, str]) -> io.StringIO:
    """A CSV of rows."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return io.StringIO("\n".join(lines))


def read(*grants: dict[str, str], asset: dict[str, str] | None = None) -> Sheets:
    names = {one["asset_id"] for one in grants}
    assets = [{**ASSET, "asset_id": name, **(asset or {})} for name in sorted(names)]
    return licensing.read_sheets(sheet(*grants), sheet(*assets), sheet(CREATOR))


def take(hub: Hub, *grants: dict[str, str], stated: Stated = STATED, **asset: str) -> Imported:
    return licensing.import_sheets(hub, SYSTEM, read(*(grants or (GRANT,)), asset=asset), stated)


@pytest.fixture
def video(hub: Hub) -> Callable[..., str]:
    def make(name: str = "A1.mp4", creator: str | None = "ana") -> str:
        asset_id = asset_row(hub, name, creator=creator, kind="video")
        with hub.database.write() as session:
            session.add(AssetRights(asset_id=asset_id, has_audio=True, updated_at=hub.now()))
        return asset_id

    return make


def reasons(hub: Hub, asset_id: str, channel: str, place: str = "DE", **more: Any) -> list[str]:
    use = Use(channel, (place,), **{"at": NOON, **more})
    with hub.database.read() as session:
        return sorted(reason.code for reason in licensing.ask(hub, session, asset_id, use).reasons)


def test_a_row_allows_what_it_says_and_nothing_else(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    done = take(hub)
    assert (done.agreements, done.assets) == (1, {"A1": asset})
    assert reasons(hub, asset, "organic_social") == []
    assert reasons(hub, asset, "organic_social", "GB") != []
    assert reasons(hub, asset, "email") == ["CHANNEL_NOT_GRANTED"], "the music is cleared for organic social alone"
    replaced = frozenset({"audio_replace"})
    for channel in ("email", "paid_social", "allowlisted_ads"):
        assert reasons(hub, asset, channel, edits=replaced) == []
    assert "CHANNEL_NOT_GRANTED" in reasons(hub, asset, "website", edits=replaced)
    assert "EDIT_NOT_GRANTED" in reasons(hub, asset, "organic_social", edits=frozenset({"trim"}))


def test_days_are_whole_and_in_the_zone_of_the_row(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub)
    for at, allowed in (
        (datetime(2025, 5, 1, 3, 59, tzinfo=UTC), False),
        (datetime(2025, 5, 1, 4, tzinfo=UTC), True),
        (datetime(2025, 11, 1, 3, 59, tzinfo=UTC), True),
        (datetime(2025, 11, 1, 4, tzinfo=UTC), False),
    ):
        assert (reasons(hub, asset, "organic_social", at=at) == []) == allowed, at


def test_what_is_known_of_asset_creator_and_persons_is_kept(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub, declared_ai="edited")
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset)
        assert (row.status, row.compensation, row.music, row.property_state) == ("active", "gifted", "present", "none")
        assert row.digital_source_type == "compositeWithTrainedAlgorithmicMedia"
        assert session.scalars(select(Creator.display_name)).one() == "Ana Lima"
        persons = session.scalars(select(Person).order_by(Person.creator_id.is_(None))).all()
        assert [one.is_adult for one in persons] == [True, True]
        data = licensing.read_person(hub, session, persons[0].id)
        assert data is not None
        assert (data.name, data.email, data.country) == ("Ana Lima", "ana@example.org", "PT")
        assert session.scalars(select(Track.source)).one() == "platform_library"
        version = session.scalars(select(AgreementVersion)).one()
        assert version.text_sha256 is not None
        assert "valid_until: 2025-10-31" in licensing.read_text(hub, version.text_sha256)
        assert session.scalar(select(func.count()).select_from(Evidence)) == 5


def test_an_answer_that_somebody_gave_stays(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    with hub.database.write() as session:
        answers = {"compensation": "paid", "people": [], "music": "none"}
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers=answers)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    take(hub)
    with hub.database.read() as session:
        row = session.get_one(AssetRights, asset)
        assert (row.compensation, row.people_state, row.music, row.status) == ("paid", "none", "none", "hold")


@pytest.mark.parametrize(
    ("change", "asset", "channel", "code"),
    [
        ({"model_release": "missing"}, {}, "organic_social", "NO_GRANT"),
        ({"status": "pending_signature", "signed_at": ""}, {}, "organic_social", "NOT_ACTIVE"),
        ({"evidence_sha256": ""}, {}, "organic_social", "EVIDENCE_INSUFFICIENT"),
        ({"music_cleared": "no"}, {}, "organic_social", "NO_GRANT"),
        ({}, {"minors_in_frame": "yes"}, "organic_social", "GUARDIAN_REQUIRED"),
        ({}, {"people_in_frame": "creator", "minors_in_frame": "yes"}, "organic_social", "GUARDIAN_REQUIRED"),
        ({"partnership_ads": "no"}, {"music": "none"}, "allowlisted_ads", "NO_GRANT"),
    ],
)
def test_what_is_missing_is_refused_with_its_reason(
    hub: Hub, video: Callable[..., str], change: dict[str, str], asset: dict[str, str], channel: str, code: str
) -> None:
    made = video()
    licensing.import_sheets(hub, SYSTEM, read({**GRANT, **change}, asset=asset), STATED)
    assert code in reasons(hub, made, channel)


def test_what_is_not_stated_is_not_assumed(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub, stated=Stated(), music="none")
    assert reasons(hub, asset, "email") == ["ASSET_NOT_APPROVED", "LAYER_UNKNOWN"]
    assert "NO_GRANT" in reasons(hub, asset, "allowlisted_ads")


def test_a_newer_row_takes_the_place_of_the_older_one(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    old = {**GRANT, "status": "superseded"}
    new = {**GRANT, "grant_id": "G2", "channels": "organic_social", "partnership_ads": "no", "supersedes": "G1"}
    take(hub, new, old, music="none")
    assert reasons(hub, asset, "organic_social") == []
    assert reasons(hub, asset, "email") != []


def test_a_revoked_row_ends_when_its_day_begins(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub, {**GRANT, "status": "revoked", "revoked_at": "2025-06-10"})
    assert reasons(hub, asset, "organic_social", at=datetime(2025, 6, 10, 3, 59, tzinfo=UTC)) == []
    assert "REVOKED" in reasons(hub, asset, "organic_social", at=datetime(2025, 6, 10, 4, tzinfo=UTC))


def test_sheets_that_come_again_change_only_what_was_revoked_since(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub)
    again = take(hub)
    assert (again.grants, again.unchanged) == (0, 1)
    ended = {**GRANT, "status": "revoked", "revoked_at": "2025-05-20"}
    assert take(hub, ended).revoked == 1
    assert "REVOKED" in reasons(hub, asset, "organic_social")
    with pytest.raises(Conflict, match="G1"):
        take(hub, {**GRANT, "channels": "email|paid_social"})
    with hub.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Grant)) == 5


def test_an_asset_is_found_by_id_file_name_or_column_and_never_guessed(hub: Hub, video: Callable[..., str]) -> None:
    asset = video("holiday.mp4", None)
    with pytest.raises(Invalid, match="A1 is not in the hub"):
        take(hub)
    assert take(hub, {**GRANT, "asset_id": asset}).assets == {asset: asset}
    named = {**GRANT, "grant_id": "G3"}
    done = licensing.import_sheets(hub, SYSTEM, read(named, asset={"file_name": "Holiday.MP4"}), STATED)
    assert done.assets == {"A1": asset}
    video("A1.mp4")
    video("a1.mov")
    with pytest.raises(Invalid, match="could be"):
        take(hub, {**GRANT, "grant_id": "G4"})
    video("B_1.mp4", "ben")
    with pytest.raises(Invalid, match="by @ben in the hub"):
        take(hub, {**GRANT, "grant_id": "G5", "asset_id": "B_1"})
    video("B21.mp4")
    with pytest.raises(Invalid, match="B_2 is not in the hub"):
        take(hub, {**GRANT, "grant_id": "G6", "asset_id": "B_2"})


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"channels": "email|billboard"}, "channels"),
        ({"edits_allowed": "crop|mirror"}, "edits_allowed"),
        ({"territories": "UK"}, "territories"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"valid_from": "01.05.2025"}, "valid_from"),
        ({"valid_until": "2025-04-30"}, "valid_until"),
        ({"status": "maybe"}, "status"),
        ({"status": "revoked"}, "revoked_at"),
        ({"revoked_at": "2025-06-01"}, "revoked_at"),
        ({"signed_at": ""}, "signed_at"),
        ({"partnership_ads": "y"}, "partnership_ads"),
        ({"channels": "email"}, "partnership_ads"),
        ({"exclusivity": "total"}, "exclusivity"),
        ({"disclosure": "#sponsored"}, "disclosure"),
        ({"model_release": "signed"}, "model_release"),
        ({"model_release": "not_needed"}, "model_release"),
        ({"music_cleared": ""}, "music_cleared"),
        ({"fee": "-1"}, "fee"),
        ({"fee": "NaN"}, "fee"),
        ({"fee": "much"}, "fee"),
        ({"evidence_sha256": "abc"}, "evidence_sha256"),
        ({"supersedes": "G9"}, "supersedes"),
        ({"supersedes": "G1"}, "supersedes"),
        ({"status": "superseded"}, "status"),
        ({"creator_handle": "ben"}, "creator_handle"),
        ({"creator_handle": "b e n"}, "creator_handle"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"valid_from": "0001-01-01", "timezone": "Asia/Tokyo"}, "valid_from"),
        ({"signed_at": "0001-01-01", "timezone": "Asia/Tokyo"}, "signed_at"),
        ({"grant_id": "G" * 5000}, "grant_id"),
        ({"attribution": "a" * 501}, "attribution"),
        ({"attribution": "@ana\x00"}, "attribution"),
    ],
)
def test_an_unknown_word_is_refused_with_row_and_column(change: dict[str, str], column: str) -> None:
    with pytest.raises(Invalid, match=rf"grants, row 2, column {column}:") as caught:
        read({**GRANT, **change})
    assert caught.value.code == "sheet_refused"


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {**GRANT, "channels": "fax", "territories": "XX", "fee": "?", "partnership_ads": "no"}
    with pytest.raises(Invalid) as caught:
        read(wrong, {**wrong, "grant_id": "G2"})
    assert len(caught.value.extra["problems"]) == 6
    with pytest.raises(Invalid, match="stands in an earlier row"):
        read(GRANT, GRANT)


def test_what_is_no_sheet_is_refused() -> None:
    for text, why in (
        ("grant_id\nG1\n", "grants, row 1, column asset_id: the sheet lacks it"),
        ("", "row 1, column grant_id"),
    ):
        with pytest.raises(Invalid, match=why):
            licensing.read_sheets(io.StringIO(text), sheet(ASSET))
    broken = sheet(GRANT).getvalue() + ",one,too,many"
    with pytest.raises(Invalid, match="more or fewer cells"):
        licensing.read_sheets(io.StringIO(broken), sheet(ASSET))
    with pytest.raises(Invalid, match="grants, line 3, column -: it is no CSV"):
        licensing.read_sheets(io.StringIO(sheet(GRANT).getvalue() + '\n"G2"x'), sheet(ASSET))


def test_rows_that_take_one_anothers_place_are_refused(hub: Hub, video: Callable[..., str]) -> None:
    video()
    first, second = {**GRANT, "supersedes": "G2"}, {**GRANT, "grant_id": "G2", "supersedes": "G1"}
    with pytest.raises(Invalid, match="grants, row 3, column supersedes: these grants take one another's place"):
        take(hub, first, second)


def test_what_only_the_hub_can_tell_is_refused_with_row_and_column_too(hub: Hub, video: Callable[..., str]) -> None:
    with pytest.raises(Invalid, match="grants, row 2, column asset_id: A1 is not in the hub"):
        take(hub)
    video(creator="ben")
    with pytest.raises(Invalid, match="grants, row 2, column creator_handle: A1 is by @ana"):
        take(hub)
    video("B1.mp4")
    other = {**GRANT, "asset_id": "B1"}
    take(hub, other)
    with pytest.raises(Conflict, match="grants, row 2, column grant_id: G1 was imported with other terms"):
        take(hub, {**other, "channels": "paid_social"})
    new = {**other, "grant_id": "G2", "territories": "EU", "valid_from": "2025-11-01", "valid_until": ""}
    assert take(hub, new).agreements == 1


def test_nothing_is_written_where_a_part_fails(hub: Hub, video: Callable[..., str]) -> None:
    video()
    with pytest.raises(Invalid):
        take(hub, GRANT, {**GRANT, "grant_id": "G2", "asset_id": "A2"})
    with pytest.raises(Forbidden):
        licensing.import_sheets(hub, Actor("usr", "viewer"), read(GRANT), STATED)
    with hub.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Grant)) == 0


def test_an_empty_last_day_is_without_end(hub: Hub, video: Callable[..., str]) -> None:
    asset = video()
    take(hub, {**GRANT, "valid_until": ""})
    assert reasons(hub, asset, "organic_social", at=datetime(2090, 1, 1, tzinfo=UTC)) == []


def test_every_word_of_the_tables_is_one_of_the_vocabulary_and_explained_on_the_page() -> None:
    page = (ROOT / "docs" / "explanation" / "rights-import.md").read_text("utf-8")
    for name, known in (("channels", standard().channels.keys()), ("edits", standard().edits)):
        for word, meant in words()[name].items():
            assert set(meant) <= set(known), word
            row = rf"\| `{re.escape(word)}` \| {', '.join(f'`{one}`' for one in meant)} \|"
            assert re.search(row, page), word
