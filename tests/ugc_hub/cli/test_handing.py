"""What people hand in, at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from ugc_hub import submissions
from ugc_hub.cli.root import main
from ugc_hub.creators import the_creator
from ugc_hub.hub import Hub
from ugc_hub.licensing import documents


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the commands open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


def run(*words: str, exits: int = 0) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == exits, result.output
    return result.output


def test_a_handle_is_proven_by_its_code_and_by_no_other(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    handle = submissions.see(hub, token).sender.handle
    submission = handed_in(hub, token)
    words = ("submissions", "prove", submission, "--platform", "instagram", "--code")
    assert "not the code" in run(*words, "AAAA-BBBB", exits=1)
    code = submissions.handle_code(hub, submission, handle)
    assert run(*words, code) == f"The handle of {submission} is proven.\n"
    assert submissions.see(hub, token).missing == ""


def test_where_a_creator_wants_enquiries_is_kept_and_taken_back(hub: Hub) -> None:
    begun(hub, creator="ana")
    assert "https://ana.example/ask" in run("creators", "enquiries", "@ana", "https://ana.example/ask")
    assert the_creator(hub, "ana").enquiries_url == "https://ana.example/ask"
    assert "whole address" in run("creators", "enquiries", "ana", "ana.example", exits=1)
    assert run("creators", "enquiries", "ana") == "No enquiries.\n"


def test_words_begin_with_their_first_letter_whatever_editor_wrote_them(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("You may.", "utf-8-sig")  # some editors begin a file with a mark
    (tmp_path / "scope.json").write_text('{"channels": ["email"]}', "utf-8-sig")
    (tmp_path / "brief.json").write_text('{"words": "Go."}', "utf-8-sig")
    files = ("--text", str(tmp_path / "words.txt"), "--scope", str(tmp_path / "scope.json"))
    kept = CliRunner().invoke(main, ["submissions", "terms", *files])
    assert (kept.exit_code, documents.current_terms(hub).text) == (0, "You may."), kept.output
    brief = CliRunner().invoke(main, ["submissions", "brief", "Spring", "--from", str(tmp_path / "brief.json")])
    assert (brief.exit_code, '"Go."' in brief.output) == (0, True), brief.output


def test_other_terms_are_written_listed_and_taken_by_a_campaign(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "worte.txt").write_text("Worte.", encoding="utf-8")
    (tmp_path / "scope.json").write_text('{"channels": ["email"]}', encoding="utf-8")
    words = ("terms", "write", "worte.txt", "--scope", "scope.json")
    assert "title has 1 to 300" in run(*words, exits=1)
    made = json.loads(run(*words, "--title", "Bedingungen", "--locale", "de"))
    other = made["terms_id"]
    assert (made["number"], made["locale"], other == documents.current_terms(hub).terms_id) == (1, "de", False)
    assert json.loads(run(*words, "--terms", other)) == made, "it says the same"
    (tmp_path / "worte.txt").write_text("Neue Worte.", encoding="utf-8")
    again = json.loads(run(*words, "--terms", other))
    assert (again["number"], again["title"], again["locale"]) == (2, "Bedingungen", "de")
    assert json.loads(run("terms", "show", other))["id"] == again["id"]
    assert json.loads(run("terms", "show"))["is_starter"]
    assert "no such terms" in run(*words, "--terms", "trm_0", exits=1)
    (tmp_path / "alt.txt").write_bytes("Bestätigt.".encode("latin-1"))
    assert "not text in UTF-8" in run("terms", "write", "alt.txt", "--scope", "scope.json", "--title", "Alt", exits=1)
    assert json.loads(run("submissions", "brief", "Spring", "--terms", other))["terms_id"] == other
    first, second = run("terms", "list").splitlines()
    assert first.endswith("(the hub)")
    assert second.endswith("Bedingungen  (Spring)")
    listed = json.loads(run("terms", "list", "--versions", "--json"))["items"]
    assert [(one["number"], one["campaigns"]) for one in listed] == [(1, []), (2, ["Spring"]), (1, ["Spring"])]
    (tmp_path / "brief.json").write_text('{"words": "Go."}', encoding="utf-8")
    run("submissions", "brief", "Spring", "--from", "brief.json")
    kept = json.loads(run("submissions", "brief", "Spring", "--terms", "hub"))
    assert (kept["brief"]["words"], kept["terms_id"]) == ("Go.", None)


def test_terms_say_in_which_language_they_are(hub: Hub, tmp_path: Path) -> None:
    for name, text in (("words.txt", "Worte."), ("scope.json", '{"channels": ["email"]}')):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ("submissions", "terms", "--text", "words.txt", "--scope", "scope.json")
    run(*words, "--locale", "de")
    assert documents.current_terms(hub).locale == "de"
    run(*words)
    assert documents.current_terms(hub).locale == "de"
