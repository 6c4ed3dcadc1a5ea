"""A campaign's grants as an agency sent them: imported, and asked every question that the agency answered itself."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support import CORPUS
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row, facts_of
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Imported, Stated, Use
from ugc_hub.licensing.sheets import words
from ugc_hub.models import Asset, Evidence, Grant, Person, Revocation, Track
from ugc_hub.rights import Decision
from workers.media.shapes import Audio

FOLDER = CORPUS / "campaign" if CORPUS else None
STATED = Stated(reviewed=True, no_property=True, platform_authorised=True)
Rows = list[dict[str, str]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(FOLDER is None, reason="the corpus is not here"),
]


def rows(name: str) -> Rows:
    assert FOLDER is not None
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def imported(folder: Path, stated: Stated) -> Hub:
    """A hub with an asset for each of the campaign, and its grants."""
    hub = make_hub(folder)
    for row in rows("assets"):
        kind = "video" if row["kind"] == "video" else "image"
        sound = Audio("aac", 2, 48_000) if kind == "video" else None
        facts = facts_of(int(row["width"]), int(row["height"]), kind=kind, audio=sound)
        asset_row(hub, f"{row['asset_id']}.jpg", facts=facts, creator=row["creator_handle"], campaign="Campaign")
    import_again(hub, stated)
    return hub


def import_again(hub: Hub, stated: Stated | None = None) -> Imported:
    """Import the campaign's sheets."""
    assert FOLDER is not None
    with (
        (FOLDER / "grants.csv").open(newline="", encoding="utf-8") as grants,
        (FOLDER / "assets.csv").open(newline="", encoding="utf-8") as assets,
        (FOLDER / "creators.csv").open(newline="", encoding="utf-8") as creators,
    ):
        sheets = licensing.read_sheets(grants, assets, creators)
    return licensing.import_sheets(hub, SYSTEM, sheets, stated or STATED)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = imported(tmp_path_factory.mktemp("campaign"), STATED)
    yield made
    made.close()


def uses(case: dict[str, str]) -> list[Use]:
    """The questions that one of the agency's is: its words by the table of the import, noon of its day."""
    table = words()
    channels = table["channels"][case["channel"]]
    if case["run_as_creator"] == "yes":
        channels = ["allowlisted_ads"]
    edits = frozenset(edit for word in filter(None, case["edits"].split("|")) for edit in table["edits"][word])
    at = datetime.fromisoformat(case["date"]).replace(hour=12, tzinfo=UTC)
    return [Use(channel, (case["country"],), edits, at=at) for channel in channels]


def ids_of(hub: Hub) -> dict[str, str]:
    """The id of each asset by its name in the sheets."""
    with hub.database.read() as session:
        return {name.partition(".")[0]: one for one, name in session.execute(select(Asset.id, Asset.file_name))}


def answers(hub: Hub) -> list[tuple[dict[str, str], list[Decision]]]:
    """Every case with the hub's decisions, all through the database."""
    ids = ids_of(hub)
    with hub.database.read() as session:
        return [
            (case, [licensing.ask(hub, session, ids[case["asset_id"]], use) for use in uses(case)])
            for case in rows("truth_rights_cases")
        ]


def explanation(case: dict[str, str], decisions: list[Decision]) -> str | None:
    """Which general rule of docs/explanation/rights-import.md makes the hub answer otherwise; None: none does."""
    if all(one.allowed for one in decisions):
        replaced = "music_swap" in case["edits"].split("|")
        return "sound replaced" if case["reason"] == "music" and replaced else None
    codes = {reason.code for one in decisions for reason in one.reasons}
    stricter = {"GUARDIAN_REQUIRED": "a minor", "AGE_UNKNOWN": "a minor", "AI_STATUS_UNKNOWN": "unknown"}
    found = [stricter.get(code) for code in codes]
    return None if None in found else ", ".join(sorted(str(one) for one in set(found)))


def test_the_sheets_answer_as_the_agency_does_or_a_rule_says_why_not(hub: Hub) -> None:
    found: Counter[str] = Counter()
    for case, decisions in answers(hub):
        allowed = all(one.allowed for one in decisions)
        if allowed == (case["expected"] == "allow"):
            found["the same"] += 1
            continue
        found[explanation(case, decisions) or f"unexplained: {case['case_id']}"] += 1
    assert sum(found.values()) == len(rows("truth_rights_cases")) > 400
    assert [name for name in found if name.startswith("unexplained")] == []
    # The page says how many there are of each; both change together.
    assert found == {"the same": 419, "sound replaced": 1}


REASONS = {
    "channel": {"CHANNEL_NOT_GRANTED"},
    "territory": {"TERRITORY_NOT_GRANTED"},
    "expired": {"EXPIRED", "SUPERSEDED"},
    "not_started": {"NOT_YET_VALID"},
    "revoked": {"REVOKED"},
    "not_signed": {"NOT_ACTIVE"},
    "music": {"NO_GRANT", "CHANNEL_NOT_GRANTED"},
    "model_release": {"NO_GRANT"},
    "partnership_ads": {"CHANNEL_NOT_GRANTED", "NO_GRANT"},
    "edit:ai_edit": {"AI_NOT_GRANTED"},
}
"""The agency's one reason is among the hub's, which gives all of them."""


def test_what_the_agency_gives_as_the_reason_is_among_those_of_the_hub(hub: Hub) -> None:
    missing = []
    for case, decisions in answers(hub):
        if case["expected"] == "allow" or all(one.allowed for one in decisions):
            continue
        wanted = REASONS.get(case["reason"], {"EDIT_NOT_GRANTED"})
        given = {reason.code for one in decisions for reason in one.reasons}
        if not wanted & given:
            missing.append((case["case_id"], case["reason"], sorted(given)))
    assert missing == []


def test_what_nobody_has_stated_is_not_assumed(tmp_path: Path) -> None:
    hub = imported(tmp_path, replace(STATED, no_property=False, platform_authorised=False))
    for case, decisions in answers(hub):
        if case["expected"] != "allow":
            continue
        keys = {reason.key for one in decisions for reason in one.reasons}
        ads = {"NO_GRANT:platform"} if case["run_as_creator"] == "yes" else set()
        assert keys == {"LAYER_UNKNOWN:property"} | ads, case["case_id"]
    hub.close()


CHANNELS = {
    "meta": "paid_social",
    "tiktok": "paid_social",
    "google": "paid_social",
    "klaviyo": "email",
    "mailchimp": "email",
}


def first_day_without(hub: Hub, placement: dict[str, str], asset_id: str, country: str) -> tuple[str, str] | None:
    """The first day of a placement on which the hub says no, with why; it names no country, so one that is granted."""
    day = datetime.fromisoformat(placement["start"]).replace(hour=12, tzinfo=UTC)
    last = datetime.fromisoformat(placement["end"]).replace(hour=23, tzinfo=UTC)
    with hub.database.read() as session:
        while day <= last:
            use = Use(CHANNELS[placement["channel"]], (country,), at=day)
            decision = licensing.ask(hub, session, asset_id, use)
            if not decision.allowed:
                return day.date().isoformat(), str(decision.primary_reason).lower()
            day += timedelta(days=1)
    return None


def test_placements_lose_their_right_on_the_day_that_the_agency_found(hub: Hub) -> None:
    ids = ids_of(hub)
    granted = {row["asset_id"]: row["territories"] for row in rows("grants") if row["status"] != "superseded"}
    places = {asset: words()["territories"].get(text, text.split("|")[0]) for asset, text in granted.items()}
    found = {}
    for placement in rows("placements"):
        asset = placement["asset_id"]
        lost = first_day_without(hub, placement, ids[asset], places[asset])
        if lost is not None:
            found[placement["placement_id"]] = lost
    expected = {row["placement_id"]: (row["first_day_without_right"], row["reasons"]) for row in ALERTS}
    assert found == expected
    assert len(expected) > 10


ALERTS = rows("truth_rights_alerts") if FOLDER else []


def test_importing_the_same_sheets_again_changes_nothing(hub: Hub) -> None:
    before = _counts(hub)
    again = import_again(hub)
    assert (again.grants, again.agreements, again.revoked) == (0, 0, 0)
    assert again.unchanged == len(rows("grants"))
    assert _counts(hub) == before


def _counts(hub: Hub) -> list[int]:
    with hub.database.read() as session:
        tables = (Grant, Revocation, Person, Track, Evidence)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
