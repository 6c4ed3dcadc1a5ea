"""What a file says of itself: of its maker while it is made, and of the use for which it leaves when it does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ugc_hub.models import Asset, Creator
from ugc_hub.rights import AssetFacts, Credits, Decision, Embedding, embed
from workers.media.shapes import Embedded, Imprint, MediaFacts


def own_imprint(asset: Asset, creator: Creator | None, company: str | None) -> Imprint:
    """Return the metadata of renditions of what the company declared its own: it holds the rights, so it is named.

    The author's name stays, because removing it is nobody's right; what the file claims of copyright, credit, licensor
    and terms is not handed on. `company` None: nobody has said how the company is called, and nothing is made up.
    """
    claimed = imprint_for(asset, creator)
    return Imprint(
        creator=claimed.creator,
        credit=(creator.credit_line if creator else None) or company,
        copyright=f"\u00a9 {company}" if company else None,
        licensor=company,
        digital_source_type=claimed.digital_source_type,
        asset_id=asset.id,
    )


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


@dataclass(frozen=True)
class Handover:
    """What a copy says of the use for which it leaves the house."""

    usage_id: str
    status_url: str
    """Page that tells whether this use still holds."""
    decision: Decision
    facts: AssetFacts
    usage_terms: str = ""
    """The use in words: where, and until when."""
    copyright_notice: str = ""
    data_mining: str = "unspecified"


def embedding(imprint: Imprint, handover: Handover) -> Embedding:
    """Return all that section 4 of the rights specification asks of a copy in use."""
    credit = Credits(
        creator=imprint.creator,
        credit_line=imprint.credit,
        copyright_notice=handover.copyright_notice or imprint.copyright,
        usage_terms=handover.usage_terms or imprint.usage_terms,
        licensor=imprint.licensor or imprint.creator,
        web_statement=handover.status_url,
        asset_id=imprint.asset_id,
        usage_id=handover.usage_id,
        data_mining=handover.data_mining,
    )
    return embed("public_rendition", handover.facts, credit, handover.decision)


def imprint_of_use(imprint: Imprint, handover: Handover) -> Imprint:
    """Return a rendition's metadata with what `embedding` says, in the words of the media engine."""
    xmp = embedding(imprint, handover).xmp

    def said(name: str) -> str | None:
        return str(xmp[name]) if name in xmp else None

    def plus(name: str) -> str | None:
        return said(name) and str(xmp[name]).rpartition("/")[2]

    return replace(
        imprint,
        credit=said("photoshop:Credit"),
        copyright=said("dc:rights"),
        web_statement=said("xmpRights:WebStatement"),
        usage_terms=said("xmpRights:UsageTerms"),
        licensor=said("plus:LicensorName"),
        digital_source_type=said("Iptc4xmpExt:DigitalSourceType"),
        data_mining=plus("plus:DataMining"),
        model_release=plus("plus:ModelReleaseStatus"),
        property_release=plus("plus:PropertyReleaseStatus"),
        credit_required=plus("plus:CreditLineRequired"),
        license_end=said("plus:LicenseEndDate"),
        usage_id=said("plus:LicenseeTransactionID"),
    )


def _is_web(address: str | None) -> bool:
    return address is not None and address.startswith(("https://", "http://"))
