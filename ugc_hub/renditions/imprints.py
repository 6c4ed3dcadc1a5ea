"""What is written into a rendition, and the id it gets: both follow from records, so the same request repeats."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

from ugc_hub.models import Asset, Creator
from workers.media.shapes import Embedded, ImagePlan, Imprint, MediaFacts


def imprint_for(asset: Asset, creator: Creator | None) -> Imprint:
    """Return the metadata of the asset's renditions.

    The hub's own record of the creator comes first. What the file claims of creator, credit and copyright is
    handed on where the hub knows nothing better, because removing it would take away the author's name; a claim
    grants nothing. Places, devices, titles and comments are never handed on.
    """
    claims = MediaFacts.load(asset.facts).embedded if asset.facts else Embedded()
    name = (creator.display_name or f"@{creator.handle}") if creator else None
    return Imprint(
        creator=name or claims.creator,
        credit=(creator.credit_line or name) if creator else claims.credit,
        copyright=claims.copyright,
        web_statement=claims.web_statement if _is_web(claims.web_statement) else None,
        usage_terms=claims.usage_terms,
        licensor=claims.licensor,
        digital_source_type=claims.digital_source_type,
        asset_id=asset.id,
    )


def _is_web(address: str | None) -> bool:
    return address is not None and address.startswith(("https://", "http://"))


def rendition_id(plan: ImagePlan) -> str:
    """Return the id of what a plan makes: 130 bits of the digest of the plan without that id."""
    blank = replace(plan, imprint=replace(plan.imprint, rendition_id=None))
    raw = hashlib.sha256(blank.digest().encode()).digest()
    return "rnd_" + base64.b32encode(raw).decode().lower()[:26]


def stamped(plan: ImagePlan) -> ImagePlan:
    """Return the plan with its rendition's id in the imprint."""
    return replace(plan, imprint=replace(plan.imprint, rendition_id=rendition_id(plan)))
