"""The rule of rights, held against the published cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.support import CASES
from ugc_hub.cli.root import main
from ugc_hub.rights import AssetFacts, Credits, decide, embed, read_grant, read_request, simulate, standard
from ugc_hub.rights.reasons import codes

FILE = "rights_cases.json"
SETS = {"reasons", "duties", "grants_used"}
"""Compared without order."""


def plain() -> dict[str, Any]:
    """The file of cases, or nothing where it is absent."""
    if CASES is None or not (CASES / FILE).exists():
        return {}
    read: dict[str, Any] = json.loads((CASES / FILE).read_text(encoding="utf-8"))
    return read


PLAIN = plain()


def listed(part: str) -> list[Any]:
    """The cases of one part of the file, with their ids as names."""
    return [pytest.param(case, id=case["id"]) for case in PLAIN.get(part, ())]


def answer(part: str, case: dict[str, Any]) -> Any:
    """What the simulation says to one case alone."""
    alone = {"vocabulary": PLAIN["vocabulary"], part: [case]}
    return simulate(alone)[part][0]["answer"]


def comparable(name: str, value: Any) -> Any:
    """A value as the file wants it compared."""
    return sorted(json.dumps(one, sort_keys=True) for one in value) if name in SETS else value


@pytest.mark.parametrize("case", listed("cases"))
def test_a_use_is_decided_as_published(case: dict[str, Any]) -> None:
    given = answer("cases", case)
    wanted = case["expect"]
    assert {"decision", "primary_reason", "reasons", "duties"} <= wanted.keys()
    assert {name: comparable(name, given.get(name)) for name in wanted} == {
        name: comparable(name, value) for name, value in wanted.items()
    }


@pytest.mark.parametrize("case", listed("cases"))
def test_every_published_refusal_is_explained_in_words(case: dict[str, Any]) -> None:
    words = standard()
    facts = {one["id"]: AssetFacts(one["id"]) for one in case["assets"]}  # nothing answered: refused, for many reasons
    decision = decide(read_request(case["request"]), [read_grant(one, words) for one in case["grants"]], facts)
    assert not decision.allowed
    for reason in decision.reasons:
        assert reason.sentence.endswith(".")
        assert reason.next_step.endswith(".")
        assert "{" not in reason.sentence + reason.next_step


@pytest.mark.parametrize("case", listed("normalisation_cases"))
def test_a_contract_date_becomes_the_published_instant(case: dict[str, Any]) -> None:
    assert answer("normalisation_cases", case) == case["expect"]


@pytest.mark.parametrize("case", listed("revocation_cases"))
def test_a_revocation_has_the_published_effect(case: dict[str, Any]) -> None:
    assert answer("revocation_cases", case) == case["expect"]


@pytest.mark.parametrize("case", listed("metadata_cases"))
def test_the_metadata_of_a_file_is_as_published(case: dict[str, Any]) -> None:
    source = "compositeWithTrainedAlgorithmicMedia" if "AI-edited" in case["in"] else "digitalCapture"
    mining = "no_ai_training" if "opted out of AI" in case["in"] else "unspecified"
    block = embed(case["profile"], AssetFacts("a", digital_source_type=source), Credits(data_mining=mining))
    written = {name.split(":")[1]: str(value) for name, value in block.xmp.items()}
    kept = " ".join(case["keep"])
    for line in (line for line in case["keep"] if line.startswith("XMP-")):
        name, _, value = line.partition("=")
        assert written[name.split(":")[1]].endswith(value)
    assert block.same_bytes == ("same SHA-256" in kept)
    assert ("tdm-reservation" in block.headers) == ("tdm-reservation" in kept)
    assert not any(word in name for name in written for word in ("GPS", "Location", "Comment", "Title", "Prompt"))
    if "embedded C2PA manifest" in " ".join(case["absent"]):
        assert block.manifest == "remote"


def test_the_precedence_is_the_published_one(cases: Path) -> None:
    read = json.loads((cases / FILE).read_text(encoding="utf-8"))
    assert list(codes()) == read["reason_precedence"]


def test_the_built_in_vocabulary_holds_the_published_one(cases: Path) -> None:
    given = json.loads((cases / FILE).read_text(encoding="utf-8"))["vocabulary"]
    words = standard()
    for root, facts in given["channels"].items():
        for name in (root, *(f"{root}.{child}" for child in facts["children"])):
            channel = words.channels[name]
            for field in facts.keys() - {"children"}:
                assert getattr(channel, field) == facts[field]
    assert (words.technical, words.editorial, words.ai) == tuple(
        frozenset(given["edits"][kind]) for kind in ("technical", "editorial", "ai")
    )
    for name, members in given["territory_groups"].items():
        assert words.atlas.expand({name}) == set(members)
    assert words.labels == given["disclosure_labels"]
    assert words.evidence_levels.keys() == {int(level) for level in given["evidence_levels"]}


def test_the_command_answers_the_whole_file(cases: Path) -> None:
    ran = CliRunner().invoke(main, ["rights", "simulate", str(cases / FILE)])
    assert ran.exit_code == 0
    given = json.loads(ran.stdout)
    read = json.loads((cases / FILE).read_text(encoding="utf-8"))
    for part in ("cases", "normalisation_cases", "revocation_cases"):
        assert [one["id"] for one in given[part]] == [case["id"] for case in read[part]]
    assert [one["answer"]["decision"] for one in given["cases"]] == [
        case["expect"]["decision"] for case in read["cases"]
    ]


def test_the_built_in_vocabulary_gives_the_same_answers(cases: Path) -> None:
    read = json.loads((cases / FILE).read_text(encoding="utf-8"))
    own = {name: value for name, value in read.items() if name != "vocabulary"}
    assert simulate(own) == simulate(read)
