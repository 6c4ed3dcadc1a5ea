"""Rights at the command line: look, ask, grant, revoke and import."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.root import main
from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.models import AssetRights, Person
from ugc_hub.settings import Settings

GRANT = {
    "effect": "permit",
    "layer": "copyright",
    "channels": ["email", "organic_social"],
    "territories": ["WORLD"],
    "exclude_territories": ["RU"],
    "edits": ["crop"],
    "products": ["*"],
    "window": {"trigger": "date", "start": "2026-05-01", "until": "2026-10-31", "zone": "Europe/Berlin"},
    "evidence_level": 2,
    "signed_at": "2026-04-01T00:00:00Z",
}
MAY = ("--territory", "DE", "--from", "2026-06-01")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the commands open too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    made = open_hub(Settings(data_dir=tmp_path / "var", min_free_bytes=0))
    migrate(made.database)
    prepare(made)
    yield made
    made.close()


@pytest.fixture
def asset(hub: Hub) -> str:
    made = asset_row(hub, creator="ana")
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=made, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=made, status="active")
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["rights", *words])


Give = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def give(hub: Hub, asset: str, tmp_path: Path) -> Give:
    def write(*options: str, **change: Any) -> list[dict[str, Any]]:
        plain = {"grant": {**GRANT, **change}, "assets": [asset], "agreement": {"kind": "licence", "licensor": "Ana"}}
        (tmp_path / "grant.json").write_text(json.dumps({**plain, "text": "You may."}), "utf-8-sig")
        (tmp_path / "proof.txt").write_text("yes", "utf-8")
        answer = run("grant", str(tmp_path / "grant.json"), *options)
        assert answer.exit_code == 0, answer.output
        found: list[dict[str, Any]] = json.loads(answer.output)["grants"]
        return found

    return write


def test_a_grant_with_its_proof_allows_what_it_says(asset: str, give: Give, tmp_path: Path) -> None:
    (made,) = give("--proof", str(tmp_path / "proof.txt"), "--proof-kind", "clickwrap")
    assert made["state"] == "active"
    assert made["sentence"] == (
        "Ana allows the brand to use one asset in organic social and e-mail, worldwide but Russia, "
        "from 1 May 2026 until 31 Oct 2026, cropping allowed."
    )
    yes = run("ask", asset, "--channel", "email", *MAY, "--edit", "crop")
    assert (yes.exit_code, yes.output.splitlines()[0]) == (0, "Allowed.")
    no = run("ask", asset, "--channel", "website", *MAY, "--json")
    assert no.exit_code == 1
    assert json.loads(no.output)["primary_reason"] == "CHANNEL_NOT_GRANTED"
    words = run("ask", asset, "--channel", "website", *MAY).output
    assert "CHANNEL_NOT_GRANTED:copyright (Germany)" in words
    assert "Ask for this channel" in words


def test_a_day_at_the_end_is_included_and_a_time_without_offset_refused(asset: str, give: Give, tmp_path: Path) -> None:
    give("--proof", str(tmp_path / "proof.txt"), "--proof-kind", "clickwrap")
    window = ("ask", asset, "--channel", "email", "--territory", "DE", "--from", "2026-06-01")
    assert run(*window, "--to", "2026-10-30").exit_code == 0
    assert run(*window, "--to", "2026-10-31").exit_code == 1, "the last day ends an hour earlier in Berlin"
    for wrong in ("2026-06-01T10:00:00", "tomorrow"):
        answer = run("ask", asset, "--channel", "email", "--from", wrong)
        assert answer.exit_code == 1
        assert "offset" in answer.output


def test_a_permission_without_proof_waits_for_one(asset: str, give: Give) -> None:
    (made,) = give()
    assert (made["state"], made["standing"]) == ("pending", "pending")
    assert run("ask", asset, "--channel", "email", *MAY).exit_code == 1


def test_what_the_hub_itself_says_of_a_grant_cannot_be_said_in_the_file(hub: Hub, asset: str, tmp_path: Path) -> None:
    for plain in (
        {"grant": {**GRANT, "evidence_ok": True}, "assets": [asset]},
        {"grant": GRANT},
        {"grant": GRANT, "assets": asset},
        {"grant": GRANT, "assets": [asset], "who": "me"},
        {"assets": [asset]},
        {"grant": GRANT, "assets": [asset], "agreement": {"kind": "licence", "signed_at": "soon"}},
        {"grant": GRANT, "assets": [asset], "agreement": {"form": "licence"}},
    ):
        path = tmp_path / "wrong.json"
        path.write_text(json.dumps(plain), "utf-8")
        answer = run("grant", str(path))
        assert answer.exit_code == 1, plain
        assert "[invalid]" in answer.output


def test_a_grant_is_revoked_and_shown_so(asset: str, give: Give, tmp_path: Path) -> None:
    long = {**GRANT["window"], "start": "2020-05-01", "until": "2099-10-31"}  # type: ignore[dict-item]
    (made,) = give("--proof", str(tmp_path / "proof.txt"), "--proof-kind", "clickwrap", window=long)
    now = ("--channel", "email", "--territory", "DE")
    assert run("ask", asset, *now).exit_code == 0
    ended = json.loads(run("revoke", made["id"], "--basis", "platform_revoked", "--channel", "email").output)
    assert ended["exports"] == "takedown_now_this_channel_only"
    assert run("ask", asset, *now).exit_code == 1
    plain = json.loads(run("show", asset, "--json").output)
    assert plain["grants"][0]["revocations"][0]["channels"] == ["email"]
    assert "e-mail" in run("show", asset).output
    assert run("revoke", made["id"], "--basis", "whim").exit_code == 1


def test_an_asset_without_grants_says_so(asset: str) -> None:
    assert "There is no grant." in run("show", asset).output
    assert run("show", "ast_none").exit_code == 1


def test_sheets_are_imported_with_what_is_stated(hub: Hub, tmp_path: Path) -> None:
    from tests.ugc_hub.licensing.test_sheets import ASSET, CREATOR, sheet
    from tests.ugc_hub.licensing.test_sheets import GRANT as ROW

    asset = asset_row(hub, "A1.jpg", creator="ana")
    for name, rows in (("grants", ROW), ("assets", {**ASSET, "music": "none"}), ("creators", CREATOR)):
        (tmp_path / f"{name}.csv").write_text(sheet(rows).getvalue(), "utf-8")
    words = ("import", str(tmp_path / "grants.csv"), "--assets", str(tmp_path / "assets.csv"))
    creators = ("--creators", str(tmp_path / "creators.csv"))
    stated = ("--state", "reviewed", "--state", "no-property")
    answer = run(*words, *creators, *stated)
    assert answer.exit_code == 0, answer.output
    assert "1 agreements with 3 grants for 1 assets" in answer.output
    use = ("--channel", "email", "--territory", "DE", "--from", "2025-06-01")
    assert run("ask", asset, *use).exit_code == 0
    assert json.loads(run(*words, "--json").output)["unchanged"] == 1
    assert run(*words, "--state", "all-good").exit_code == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--channel", "bogus"), "bogus among the channels. Choose of allowlisted_ads,"),
        (("--channel", "email", "--territory", "UK"), "UK among the territories"),
        (("--channel", "email", "--edit", "paint"), "paint among the edits"),
    ],
)
def test_a_word_that_nobody_knows_is_repeated_with_those_that_there_are(
    hub: Hub, asset: str, words: tuple[str, ...], told: str
) -> None:
    done = CliRunner().invoke(main, ["rights", "ask", asset, *words])
    assert done.exit_code == 1
    assert told in done.stderr


def test_an_asset_that_does_not_exist_is_not_found(hub: Hub) -> None:
    done = CliRunner().invoke(main, ["rights", "ask", "ast_nowhere", "--channel", "email"])
    assert done.exit_code == 1
    assert "There is no asset ast_nowhere" in done.stderr


def test_what_comes_before_a_use_is_confirmed_and_taken_back(asset: str, give: Give, tmp_path: Path) -> None:
    [grant] = give(
        "--proof",
        str(tmp_path / "proof.txt"),
        "--proof-kind",
        "clickwrap",
        duties=[{"duty": "approval", "phase": "pre"}],
    )
    assert "PRE_DUTY_UNMET:approval" in run("ask", asset, "--channel", "email", *MAY).output
    done = run("fulfil", grant["id"], "approval", "--note", "By phone", "--proof", str(tmp_path / "proof.txt"))
    assert done.output == "done   approval     Whoever gave the permission has approved the use.\n"
    again = run("fulfil", grant["id"], "approval")
    assert (again.exit_code, "[duty_confirmed]" in again.output) == (1, True)
    back = json.loads(run("fulfil", grant["id"], "approval", "--take-back", "--json").output)
    assert [one["met"] for one in back["conditions"]] == [False]


def test_a_running_total_ends_the_term_at_its_limit(give: Give, tmp_path: Path) -> None:
    caps = {"max_impressions": 1000, "impressions": 0, "max_spend_micros": 9_500_000, "spend_micros": 0}
    [grant] = give("--proof", str(tmp_path / "proof.txt"), "--proof-kind", "clickwrap", **caps)
    total = ("total", grant["id"], "--source", "Meta Ads", "--date", "2026-05-05")
    first = run(*total, "--impressions", "400", "--spend", "9.49")
    assert first.output.splitlines()[0] == "impressions    400 of 1,000"
    assert first.output.splitlines()[-1] == "The term ends 2026-10-31T23:00:00Z."
    plain = json.loads(run(*total, "--spend", "9.50", "--json").output)
    assert plain["ends_at"] == "2026-05-06T00:00:00Z"
    assert run(*total, "--spend", "much").exit_code == 2
    assert "[total_fell]" in run(*total[:-1], "2026-05-06", "--impressions", "300").output


def test_facts_are_answered_and_the_asset_is_opened(hub: Hub) -> None:
    made = asset_row(hub, creator="ana")
    facts = ("--nobody", "--no-property", "--music", "none", "--made", "digitalCapture", "--testimonial", "no")
    answer = run("facts", made, *facts, "--compensation", "gifted", "--json")
    assert answer.exit_code == 0, answer.output
    plain = json.loads(answer.output)
    wanted = {"people_state": "none", "property_state": "none", "music": "none", "is_testimonial": False}
    wanted |= {"digital_source_type": "digitalCapture", "compensation": "gifted", "status": "pending_review"}
    assert {name: plain[name] for name in wanted} == wanted
    opened = run("status", made, "approved", "--note", "Looked at")
    assert (opened.exit_code, "Status: approved (Looked at)" in opened.output) == (0, True)
    assert json.loads(run("show", made, "--json").output)["status"] == "active"
    assert json.loads(run("status", made, "taken-down", "--json").output)["status"] == "taken_down"


def test_persons_things_and_music_are_given_by_name_or_id(hub: Hub) -> None:
    made = asset_row(hub)
    words = ("--adult", "Ana", "--minor", "Ben", "--property", "Blue house", "--track", "Song")
    plain = json.loads(run("facts", made, *words, "--json").output)
    assert {one["name"]: one["is_adult"] for one in plain["people"]} == {"Ana": True, "Ben": False}
    assert [one["name"] for one in plain["properties"]] == ["Blue house"]
    assert (plain["music"], [one["name"] for one in plain["tracks"]]) == ("present", ["Song"])
    ana = next(one["id"] for one in plain["people"] if one["name"] == "Ana")
    again = json.loads(run("facts", made, "--person", "Ana", "--property", "Blue house", "--json").output)
    assert [(one["id"], one["is_adult"]) for one in again["people"]] == [(ana, True)]
    assert again["properties"] == plain["properties"], "the same name is the same thing"
    assert again["tracks"] == plain["tracks"], "what was not asked stays"
    other = asset_row(hub)
    shared = json.loads(run("facts", other, "--minor", ana, "--json").output)
    assert [(one["id"], one["is_adult"]) for one in shared["people"]] == [(ana, False)]
    shown = run("facts", made, "--music", "none").output
    assert "Ana (under 18)" in shown
    assert "Music: none" in shown
    assert json.loads(run("facts", made, "--nobody", "--json").output)["people"] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "at least one fact"),
        (("--nobody", "--adult", "Ana"), "nobody"),
        (("--adult", "Ana", "--minor", "Ana"), "once"),
        (("--no-property", "--property", "House"), "no-property"),
        (("--music", "none", "--track", "Song"), "--music present"),
        (("--adult", "  "), "Give a name"),
        (("--ingredient", "ast_none"), "There is no ast_none"),
        (("--copyright-notice", "x" * 301), "at most 300"),
    ],
)
def test_facts_that_say_nothing_or_two_things_are_refused_and_nothing_is_kept(
    hub: Hub, words: tuple[str, ...], told: str
) -> None:
    made = asset_row(hub)
    answer = run("facts", made, *words)
    assert answer.exit_code == 1
    assert told in answer.stderr
    with hub.database.read() as session:
        assert session.get(AssetRights, made) is None
        assert not session.scalars(select(Person)).all()


def test_a_status_that_cannot_be_is_refused(hub: Hub) -> None:
    made = asset_row(hub)
    assert run("status", made, "gone").exit_code == 2
    assert "closes" in run("status", made, "approved", "--legal-order").stderr
    held = json.loads(run("status", made, "hold", "--legal-order", "--json").output)
    assert (held["status"], held["legal_order"]) == ("hold", True)
    for words in (("facts", "ast_none", "--nobody"), ("status", "ast_none", "hold")):
        assert "[not_found]" in run(*words).stderr


def test_legal_allows_a_use_for_some_days(asset: str) -> None:
    use = ("--channel", "tv.linear", "--territory", "DE")
    assert run("ask", asset, *use).exit_code == 1
    words = ("override", asset, *use, "--reason", "The court allowed it.")
    assert "[invalid]" in run(*words, "--days", "31").output
    made = run(*words, "--days", "2")
    assert (made.exit_code, "copyright" in made.output) == (0, True), made.output
    assert run("ask", asset, *use).exit_code == 0
    assert run("ask", asset, "--channel", "email", "--territory", "DE").exit_code == 1
