"""What is written into a file, for each way in which it leaves (section 4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import END, adult, answer, facts, permit, request, values
from ugc_hub.rights import Credits, Duty, Embedding, embed, write_instant

FULL = Credits(
    creator="Ana",
    credit_line="Photo: Ana",
    copyright_notice="© Ana",
    usage_terms="e-mail, US",
    licensor="Ana",
    licensor_url="https://hub.example/l/1",
    web_statement="https://hub.example/u/7",
    asset_id="photo",
    usage_id="use-7",
    data_mining="no_ai_training",
)
PLUS = "http://ns.useplus.org/ldf/vocab/"


def test_an_original_leaves_with_the_same_bytes() -> None:
    assert embed("original_download", facts(), Credits()) == Embedding(same_bytes=True)


def test_a_public_rendition_carries_the_rights_core_and_the_ids_by_which_a_copy_is_traced() -> None:
    decision = answer(request(), permit())
    assert embed("public_rendition", facts(), FULL, decision).xmp == {
        "dc:creator": ("Ana",),
        "dc:rights": "© Ana",
        "photoshop:Credit": "Photo: Ana",
        "xmpRights:Marked": "True",
        "xmpRights:UsageTerms": "e-mail, US",
        "xmpRights:WebStatement": "https://hub.example/u/7",
        "plus:LicensorName": "Ana",
        "plus:LicensorURL": "https://hub.example/l/1",
        "plus:DataMining": PLUS + "DMI-PROHIBITED-AIMLTRAINING",
        "plus:ModelReleaseStatus": PLUS + "MR-NAP",
        "plus:PropertyReleaseStatus": PLUS + "PR-NAP",
        "plus:LicenseEndDate": write_instant(END),
        "Iptc4xmpExt:DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "xmpMM:DocumentID": "photo",
        "plus:LicenseeTransactionID": "use-7",
    }


def test_what_nobody_has_said_is_left_out() -> None:
    unknown = facts(people=None, properties=None, digital_source_type=None)
    xmp = embed("public_rendition", unknown, Credits()).xmp
    assert xmp == {"plus:DataMining": PLUS + "DMI-UNSPECIFIED", "xmpRights:Marked": "True"}


def test_releases_are_limited_where_somebody_or_something_is_shown() -> None:
    xmp = embed("public_rendition", facts(people=adult(), properties=("mural",)), Credits()).xmp
    assert (xmp["plus:ModelReleaseStatus"], xmp["plus:PropertyReleaseStatus"]) == (PLUS + "MR-LMR", PLUS + "PR-LPR")
    assert "ana" not in str(xmp)


def test_a_proxy_inside_the_house_carries_no_ids_and_no_manifest() -> None:
    proxy = embed("internal_proxy", facts(), FULL)
    assert not {"xmpMM:DocumentID", "plus:LicenseeTransactionID"} & proxy.xmp.keys()
    assert (proxy.manifest, proxy.headers, proxy.assertions) == ("none", {}, {})
    assert proxy.xmp["dc:creator"] == ("Ana",)


def test_the_manifest_lies_in_the_file_but_for_email() -> None:
    assert embed("public_rendition", facts(), FULL).manifest == "embedded"
    assert embed("email_rendition", facts(), FULL).manifest == "remote"


def test_the_credit_that_was_agreed_is_written() -> None:
    duty = Duty("credit", "during", {"text": "by @ana", "placement": "CR-CAI"})
    xmp = embed("public_rendition", facts(), FULL, answer(request(), permit(duties=(duty,)))).xmp
    assert (xmp["photoshop:Credit"], xmp["plus:CreditLineRequired"]) == ("by @ana", PLUS + "CR-CAI")
    plain = embed("public_rendition", facts(), FULL, answer(request(), permit(duties=(Duty("credit"),)))).xmp
    assert plain["photoshop:Credit"] == "Photo: Ana"


def test_the_source_type_of_the_result_is_written() -> None:
    edit = values("ai_generative_edit")
    block = embed("public_rendition", facts(), FULL, answer(request(edits=edit), permit(edits=edit)))
    composite = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert block.xmp["Iptc4xmpExt:DigitalSourceType"] == composite
    assert block.assertions["c2pa.actions.v2"] == {"digitalSourceType": composite}


@pytest.mark.parametrize(
    ("word", "plus", "forbidden", "reserved"),
    [
        ("unspecified", "DMI-UNSPECIFIED", None, False),
        ("allowed", "DMI-ALLOWED", 0, False),
        ("no_generative_training", "DMI-PROHIBITED-GENAIMLTRAINING", 1, True),
        ("no_ai_training", "DMI-PROHIBITED-AIMLTRAINING", 2, True),
        ("prohibited", "DMI-PROHIBITED", 4, True),
        ("search_only", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", 4, True),
        ("who knows", "DMI-PROHIBITED", 4, True),
    ],
)
def test_what_the_creator_says_about_mining_is_said_in_every_place(
    word: str, plus: str, forbidden: int | None, reserved: bool
) -> None:
    block = embed("public_rendition", facts(), Credits(data_mining=word))
    assert block.xmp["plus:DataMining"] == PLUS + plus
    assert block.headers == ({"tdm-reservation": "1"} if reserved else {})
    entries: dict[str, Any] = block.assertions.get("cawg.training-mining", {}).get("entries", {})
    uses = [entry["use"] for entry in entries.values()]
    assert (uses.count("notAllowed") if uses else None) == forbidden
    assert embed("original_download", facts(), Credits(data_mining=word)).headers == block.headers
