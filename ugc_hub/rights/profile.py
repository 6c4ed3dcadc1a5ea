"""The ODRL profile of the hub: every term that its policies use beyond ODRL, and what it means, as JSON-LD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ugc_hub.rights.odrl import PROFILE
from ugc_hub.rights.vocabulary import Vocabulary, standard

_ODRL = "http://www.w3.org/ns/odrl/2/"
_LIMITS = {
    "impressions": "How often the asset was shown, over the whole term.",
    "spendMicros": "Money spent on showing the asset, in millionths of the currency of the contract.",
    "placements": "How many different places the asset was put in.",
    "status": "What the hub says of the asset itself: active, pending_review, hold, taken_down or erased.",
}
_DUTIES = {
    "link_back": "Link to the creator.",
    "report_metrics": "Report how the use performed.",
}
_MEMBERS = {
    "layer": "The right that a rule is about: copyright, likeness, property, music or platform; a use needs each.",
    "phase": "When a duty falls due: pre (before the use), during or post (after it).",
}


@dataclass(frozen=True)
class Term:
    """One term: its name behind `ugc:`, its kind in ODRL, and what it means."""

    name: str
    kind: str
    meaning: str


def profile_terms(vocabulary: Vocabulary | None = None) -> list[Term]:
    """Return every term of the profile: edits are actions, channels values of `deliveryChannel`."""
    words = vocabulary or standard()
    edits = [Term(one, "Action", "An editorial change of the asset.") for one in sorted(words.editorial)]
    edits += [Term("any_edit", "Action", "Every editorial change, and none by AI.")]
    edits += [Term(one, "Action", "A change or use by AI; never implied by another term.") for one in sorted(words.ai)]
    channels = [
        Term(
            one.name,
            "DeliveryChannel",
            f"A way to show the asset, seen {'in public' if one.public else 'inside only'}.",
        )
        for one in words.channels.values()
    ]
    return [
        *edits,
        *channels,
        *(Term(name, "LeftOperand", meaning) for name, meaning in _LIMITS.items()),
        *(Term(name, "Action", meaning) for name, meaning in _DUTIES.items()),
        *(Term(name, "Property", meaning) for name, meaning in _MEMBERS.items()),
    ]


def profile(hub: str) -> dict[str, Any]:
    """Return the profile as JSON-LD; `hub` is the address of the hub without a slash at the end."""
    address = f"{hub}{PROFILE}"
    kinds = {
        "Action": f"{_ODRL}Action",
        "LeftOperand": f"{_ODRL}LeftOperand",
        "DeliveryChannel": "skos:Concept",
        "Property": "rdf:Property",
    }
    graph = [
        {
            "@id": f"{address}#{one.name}",
            "@type": kinds[one.kind],
            "skos:prefLabel": one.name,
            "skos:definition": one.meaning,
            **({"odrl:includedIn": {"@id": f"{_ODRL}use"}} if one.kind == "Action" else {}),
        }
        for one in profile_terms()
    ]
    return {
        "@context": {
            "odrl": _ODRL,
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "dcterms": "http://purl.org/dc/terms/",
        },
        "@id": address,
        "@type": f"{_ODRL}Profile",
        "dcterms:title": "UGC Hub profile of ODRL 2.2",
        "dcterms:description": "What is not permitted is prohibited, and a prohibition wins over every permission.",
        "dcterms:hasPart": graph,
    }
