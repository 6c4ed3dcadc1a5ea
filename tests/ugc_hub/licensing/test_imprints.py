"""What a copy says of itself when it leaves the house for a use."""

from __future__ import annotations

from datetime import UTC, datetime

from ugc_hub.licensing.imprints import Handover, imprint_of_use
from ugc_hub.rights import AssetFacts, Decision, Person
from ugc_hub.rights.grants import Duty
from workers.media.shapes import Imprint

OURS = Imprint(creator="Ana", credit="Ana", copyright="© Ana", asset_id="ast_1", rendition_id="rnd_1")
FACTS = AssetFacts("ast_1", digital_source_type="digitalCapture", people=(Person("prs_1", True),), properties=())


def handed(decision: Decision, **known: str) -> Imprint:
    return imprint_of_use(OURS, Handover("use_1", "https://hub.example/u/use_1", decision, FACTS, **known))


def test_a_copy_names_its_use_its_end_its_credit_and_its_releases() -> None:
    decision = Decision(
        "allow",
        duties=(Duty("credit", details={"text": "Photo: @ana", "placement": "CR-CAI"}),),
        valid_until=datetime(2026, 12, 31, 23, tzinfo=UTC),
    )
    made = handed(decision, usage_terms="e-mail, US", data_mining="no_ai_training")
    assert made == Imprint(
        creator="Ana",
        credit="Photo: @ana",
        copyright="© Ana",
        web_statement="https://hub.example/u/use_1",
        usage_terms="e-mail, US",
        licensor="Ana",
        digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        data_mining="DMI-PROHIBITED-AIMLTRAINING",
        model_release="MR-LMR",
        property_release="PR-NAP",
        credit_required="CR-CAI",
        license_end="2026-12-31T23:00:00Z",
        asset_id="ast_1",
        rendition_id="rnd_1",
        usage_id="use_1",
    )


def test_an_ai_mark_of_the_decision_goes_before_what_the_original_was() -> None:
    mark = "compositeWithTrainedAlgorithmicMedia"
    made = handed(Decision("allow", duties=(Duty("embed_source_type", details={"value": mark}),)))
    assert made.digital_source_type is not None
    assert made.digital_source_type.endswith(mark)
    assert made.license_end is None
    assert made.credit == "Ana"
