"""Decisions of a hub with its own words: they are told, kept, and made again from what was kept with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub, open_hub
from ugc_hub.licensing import Use, duty_words
from ugc_hub.models import DecisionRow
from ugc_hub.rights import overlaid, standard, write_decision
from ugc_hub.settings import Settings

OWN: dict[str, Any] = {
    "name": "acme",
    "disclosure_labels": {"FR": "Collaboration commerciale"},
    "disclosure_placements": {"FR": "as the first words"},
    "channels": {"email": {"min_evidence": 3}},
}


def paid(hub: Hub, level: int = 3) -> str:
    """An asset that somebody was paid for, with a permission of an evidence level."""
    asset = asset_row(hub)
    clear(hub, asset, evidence_level=level)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"compensation": "paid"})
    return asset


def own(hub: Hub) -> Hub:
    return replace(hub, words=overlaid(standard(), OWN))


def kept(hub: Hub, asset: str, use: Use) -> str:
    with hub.database.write() as session:
        return licensing.keep(hub, session, SYSTEM, asset_id=asset, use=use).id


def test_own_labels_and_places_come_with_the_duty_and_each_is_told_with_its_country(hub: Hub) -> None:
    asset, use = paid(hub), Use("email", ("DE", "AT", "FR"))
    with hub.database.read() as session:
        plain = write_decision(licensing.ask(own(hub), session, asset, use))
        before = write_decision(licensing.ask(hub, session, asset, use))
    assert (
        duty_words(before["duties"][0])
        == "Mark it as advertising in Austria and Germany: “Werbung”; in France: “Publicité”."
    )
    assert duty_words(plain["duties"][0]) == (
        "Mark it as advertising in Austria and Germany: “Werbung”; "
        "in France: “Collaboration commerciale”, as the first words."
    )
    assert plain["duties"][0]["placements"] == {"FR": "as the first words"}


def test_an_own_threshold_is_asked_for_and_so_is_it_of_the_whole_library(hub: Hub) -> None:
    weak, strong = paid(hub, level=2), paid(hub, level=3)
    strict = own(hub)
    with hub.database.read() as session:
        answers = licensing.ask_many(strict, session, [weak, strong], Use("email"))
        assert [answers[one].primary_reason for one in (weak, strong)] == [
            "EVIDENCE_INSUFFICIENT",
            None,
        ]
        assert licensing.ask(hub, session, weak, Use("email")).allowed
    licensing.rebuild(hub)
    with hub.database.read() as session:
        assert set(session.scalars(licensing.usable_ids(hub, session, Use("email")))) == {weak, strong}
    licensing.rebuild(strict)
    with hub.database.read() as session:
        assert set(session.scalars(licensing.usable_ids(strict, session, Use("email")))) == {strong}


def test_a_decision_tells_its_words_and_is_made_again_from_them_when_others_are_in_force(hub: Hub) -> None:
    asset, use = paid(hub), Use("email", ("FR",))
    strict = own(hub)
    old, new = kept(hub, asset, use), kept(strict, asset, use)
    later = replace(hub, words=overlaid(standard(), {"name": "later", "disclosure_labels": {"FR": "Pub"}}))
    third = kept(later, asset, use)
    with hub.database.read() as session:
        told = [session.get_one(DecisionRow, one).result["vocabulary_version"] for one in (old, new, third)]
        assert told == [standard().version, strict.words.told, later.words.told]
        for one in (old, new, third):
            before, again = licensing.replay(session, one)
            assert before == again
        assert list(licensing.deviations(session)) == []


def test_a_file_of_own_words_is_read_at_the_start_and_a_wrong_one_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text('name = "acme"\n[disclosure_labels]\nDE = "Anzeige"\n', encoding="utf-8")
    hub = make_hub(tmp_path / "var", rights_vocabulary=path)
    assert hub.words.label("DE") == "Anzeige"
    hub.close()
    for text, words in (
        ('name = "acme"\n[disclosure_labels]\nUK = "Ad"\n', "disclosure_labels.UK"),
        ("name = ", "not valid TOML"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadSettings, match=words):
            open_hub(Settings(data_dir=tmp_path / "var", rights_vocabulary=path))
    path.unlink()
    with pytest.raises(BadSettings, match="cannot be read"):
        open_hub(Settings(data_dir=tmp_path / "var", rights_vocabulary=path))
