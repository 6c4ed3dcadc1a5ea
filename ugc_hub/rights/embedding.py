"""Embedding: which rights metadata goes with a file, for each way in which it leaves the house (section 4).

The block is always built from records, never copied from the source, so what is not named here is not in the file.
Names are XMP property names (XMP, IPTC Extension, PLUS LDF 2.0.1); writing them is the media engine's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ugc_hub.rights.decisions import Decision
from ugc_hub.rights.facts import AssetFacts
from ugc_hub.rights.reading import write_instant
from ugc_hub.rights.standards import DATA_MINING, PLUS, SOURCE_TYPES

Profile = Literal["public_rendition", "email_rendition", "internal_proxy", "original_download"]
Manifest = Literal["embedded", "remote", "none"]
_TRAINING = {"cawg.ai_training", "cawg.ai_generative_training"}
_MINING = _TRAINING | {"cawg.ai_inference", "cawg.data_mining"}
_FORBIDDEN = {
    "prohibited": _MINING,
    "no_ai_training": _TRAINING,
    "no_generative_training": {"cawg.ai_generative_training"},
    "search_only": _MINING,
}


@dataclass(frozen=True)
class Credits:
    """Who made it and on what terms, in words; None and empty are left out."""

    creator: str | None = None
    credit_line: str | None = None
    copyright_notice: str | None = None
    usage_terms: str | None = None
    licensor: str | None = None
    licensor_url: str | None = None
    """Only where the creator wants enquiries."""
    web_statement: str | None = None
    """The status page of this use."""
    asset_id: str | None = None
    usage_id: str | None = None
    data_mining: str = "unspecified"
    """A key of `DATA_MINING`; another word counts as prohibited."""


@dataclass(frozen=True)
class Embedding:
    """What is written into or sent with one file."""

    same_bytes: bool = False
    """The file leaves exactly as it came in, with everything that it holds."""
    xmp: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """HTTP headers of the delivery."""
    manifest: Manifest = "none"
    """Where a C2PA manifest lies, when a signing key is configured; never with thumbnails."""
    assertions: Mapping[str, Any] = field(default_factory=dict)
    """C2PA assertions by label."""


def embed(profile: Profile, facts: AssetFacts, credit: Credits, decision: Decision | None = None) -> Embedding:
    """Return the metadata of a file that leaves by `profile`.

    `decision` is the permission under which it leaves: its duties name the credit and the source type, its end is
    printed. Without one (a proxy inside the house) only the rights core is written.
    """
    if profile == "original_download":
        return Embedding(same_bytes=True, headers=_headers(credit))
    source = _source_type(facts, decision)
    xmp = _core(credit) | _releases(facts) | _terms(credit, decision)
    if source:
        xmp["Iptc4xmpExt:DigitalSourceType"] = SOURCE_TYPES + source
    if profile == "internal_proxy":
        return Embedding(xmp=xmp)
    xmp |= _present({"xmpMM:DocumentID": credit.asset_id, "plus:LicenseeTransactionID": credit.usage_id})
    return Embedding(
        xmp=xmp,
        headers=_headers(credit),
        manifest="remote" if profile == "email_rendition" else "embedded",
        assertions=_assertions(credit, source),
    )


def _present(values: Mapping[str, str | None]) -> dict[str, str | tuple[str, ...]]:
    return {name: value for name, value in values.items() if value}


def _core(credit: Credits) -> dict[str, str | tuple[str, ...]]:
    found = _present(
        {
            "dc:rights": credit.copyright_notice,
            "photoshop:Credit": credit.credit_line,
            "xmpRights:UsageTerms": credit.usage_terms,
            "xmpRights:WebStatement": credit.web_statement,
            "plus:LicensorName": credit.licensor,
            "plus:LicensorURL": credit.licensor_url,
            "plus:DataMining": PLUS + DATA_MINING.get(credit.data_mining, "DMI-PROHIBITED"),
            "xmpRights:Marked": "True",
        }
    )
    if credit.creator:
        found["dc:creator"] = (credit.creator,)
    return found


def _releases(facts: AssetFacts) -> dict[str, str | tuple[str, ...]]:
    """PLUS release status: not applicable, or limited by the grants; nothing where nobody has said."""
    found: dict[str, str | tuple[str, ...]] = {}
    if facts.people is not None:
        found["plus:ModelReleaseStatus"] = PLUS + ("MR-LMR" if facts.people else "MR-NAP")
    if facts.properties is not None:
        found["plus:PropertyReleaseStatus"] = PLUS + ("PR-LPR" if facts.properties else "PR-NAP")
    return found


def _terms(credit: Credits, decision: Decision | None) -> dict[str, str | tuple[str, ...]]:
    """What the permission says: the credit that it asks for, and its end."""
    if decision is None:
        return {}
    found = _present({"plus:LicenseEndDate": write_instant(decision.valid_until)})
    asked = next((duty.details for duty in decision.duties if duty.name == "credit"), None)
    if asked:
        placement = str(asked.get("placement") or "CR-COI")
        found |= _present(
            {
                "plus:CreditLineRequired": PLUS + placement,
                "photoshop:Credit": str(asked.get("text") or credit.credit_line or ""),
            }
        )
    return found


def _source_type(facts: AssetFacts, decision: Decision | None) -> str | None:
    duties = decision.duties if decision else ()
    marked = (str(duty.details.get("value")) for duty in duties if duty.name == "embed_source_type")
    return next(marked, facts.digital_source_type)


def _headers(credit: Credits) -> dict[str, str]:
    """TDMRep: whoever mines is told that it is reserved."""
    reserved = credit.data_mining not in ("unspecified", "allowed")
    return {"tdm-reservation": "1"} if reserved else {}


def _assertions(credit: Credits, source: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if source:
        found["c2pa.actions.v2"] = {"digitalSourceType": SOURCE_TYPES + source}
    if credit.data_mining != "unspecified":
        forbidden = set() if credit.data_mining == "allowed" else _FORBIDDEN.get(credit.data_mining, _MINING)
        entries = {name: {"use": "notAllowed" if name in forbidden else "allowed"} for name in sorted(_MINING)}
        found["cawg.training-mining"] = {"entries": entries}
    return found
