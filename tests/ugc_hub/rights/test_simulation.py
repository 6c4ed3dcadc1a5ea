"""Trying the rule on a file, by function and by command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.rights.rows import END, facts, permit, request
from ugc_hub.cli.root import main
from ugc_hub.rights import Malformed, overlooked, simulate, write_facts, write_grant, write_instant, write_request


def case(**changed: Any) -> dict[str, Any]:
    """A case that allows."""
    given: dict[str, Any] = {
        "id": "one",
        "assets": [write_facts(facts())],
        "grants": [write_grant(permit())],
        "request": write_request(request()),
    }
    return given | changed


def answered(*cases: Any) -> list[dict[str, Any]]:
    """The answers to some cases."""
    found: list[dict[str, Any]] = [one["answer"] for one in simulate({"cases": list(cases)})["cases"]]
    return found


def test_an_answer_has_the_form_of_an_expectation() -> None:
    assert answered(case()) == [
        {
            "decision": "allow",
            "primary_reason": None,
            "reasons": [],
            "duties": [],
            "grants_used": ["g1"],
            "valid_until": write_instant(END),
        }
    ]
    assert answered(case(grants=[])) == [
        {"decision": "deny", "primary_reason": "NO_GRANT", "reasons": ["NO_GRANT:copyright"], "duties": []}
    ]


def test_an_answer_over_a_window_has_no_end_and_one_over_countries_names_them() -> None:
    window = {"from": "2030-02-01T00:00:00Z", "to": "2030-03-01T00:00:00Z", "territories": ["DE", "US"], "at": None}
    found = answered(case(request=write_request(request()) | window))[0]
    assert "valid_until" not in found
    assert found["territory_decisions"] == {"DE": "allow", "US": "allow"}


@pytest.mark.parametrize(
    "broken",
    [
        {"request": None},
        {"request": []},
        {"request": {"at": 7}},
        {"request": {}},
        {"assets": [{"id": 5}]},
        {"assets": "photo"},
        {"grants": [[]]},
        {"grants": {"one": 1}},
        {"grants": [{"id": "g", "starts_at": "2030-01-01T00:00:00"}]},
        {"assets": []},
    ],
)
def test_a_broken_case_is_an_invalid_request_and_the_others_are_answered(broken: dict[str, Any]) -> None:
    found = answered(case(**broken), case())
    assert [one["primary_reason"] for one in found] == ["INVALID_REQUEST", None]


@pytest.mark.parametrize(
    "plain",
    [
        {"cases": {"one": 1}},
        {"cases": [1]},
        {"vocabulary": {}},
        {"vocabulary": []},
        {"vocabulary": {"version": 1, "channels": {"email": 3}, "edits": {}}},
        {"revocation_cases": "all"},
    ],
)
def test_a_file_of_another_form_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        simulate(plain)


def test_an_empty_file_has_no_answers() -> None:
    assert simulate({}) == {"cases": [], "normalisation_cases": [], "revocation_cases": []}


def test_broken_dates_and_events_have_no_answer() -> None:
    plain = {"normalisation_cases": [{"id": "n"}, {"input": 3}], "revocation_cases": [{"id": "v"}, {"event": {}}]}
    found = simulate(plain)
    assert [one["answer"] for part in found.values() for one in part] == [None] * 4


def test_the_files_own_vocabulary_counts() -> None:
    words = {
        "version": 9,
        "channels": {"email": {"since": 1, "public": False, "min_evidence": 4}},
        "edits": {"technical": [], "editorial": [], "ai": []},
        "territory_groups": {"HOME": ["US"]},
    }
    asked = write_request(request()) | {"territories": ["HOME"]}
    found = simulate({"cases": [case(request=asked)], "vocabulary": words})["cases"][0]["answer"]
    assert found["reasons"] == ["EVIDENCE_INSUFFICIENT:copyright"]


def run(folder: Path, text: str) -> Result:
    """The command on a file."""
    file = folder / "cases.json"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["rights", "simulate", str(file)])


def test_the_command_prints_the_answers_and_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(tmp_path, json.dumps({"cases": [case()]}))
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == simulate({"cases": [case()]})
    assert [path.name for path in tmp_path.iterdir()] == ["cases.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cases": 3}', '{"vocabulary": {}}', "[" * 100_000, '{"cases": [{"id": NaN}]}']
)
def test_the_command_refuses_another_form_in_one_sentence(tmp_path: Path, text: str) -> None:
    ran = run(tmp_path, text)
    assert ran.exit_code == 1
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("grants", [{"one": 1}, "all", [[]], [write_grant(permit()), 5]])
def test_a_case_with_grants_of_another_form_is_answered_and_ends_no_other(tmp_path: Path, grants: Any) -> None:
    ran = run(tmp_path, "\ufeff" + json.dumps({"cases": [case(grants=grants), case()]}))  # some editors begin a file so
    assert (ran.exit_code, ran.stderr) == (0, "")
    answers = [one["answer"]["primary_reason"] for one in json.loads(ran.stdout)["cases"]]
    assert answers == ["INVALID_REQUEST", None]


def test_what_a_grant_states_in_unknown_words_is_told_beside_the_answers(tmp_path: Path) -> None:
    grant = write_grant(permit()) | {"note": "ours", "max_uses": 5, "uses": 1, "exclude_territory": ["US"]}
    plain = {"cases": [case(grants=[grant])]}
    assert overlooked(plain) == ["one, g1: exclude_territory"]
    ran = run(tmp_path, json.dumps(plain))
    assert json.loads(ran.stdout) == simulate(plain)
    assert ran.stderr == "No such member of a grant, so it changed nothing: one, g1: exclude_territory\n"


def test_an_exclusive_grant_says_so_with_a_truth_value_or_is_not_read() -> None:
    assert answered(case(grants=[write_grant(permit()) | {"exclusive": "true"}]))[0]["reasons"] == ["INVALID_REQUEST"]
