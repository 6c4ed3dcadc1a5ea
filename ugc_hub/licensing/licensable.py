"""Licensable: what a web page says of a picture in use, so that search engines show who made it and on what terms.

Google reads `ImageObject` with `contentUrl` and one of creator, credit, notice and licence, in JSON-LD
(developers.google.com, image licence metadata). It says the same as the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Usage

from .copies import copy_page, standing
from .enquiries import check_address, enquiries_of
from .stamping import imprint_of

LONGEST_WORDS = 1000
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""Signs that could end a script element or a line of it; JSON may write every sign as its number."""


@dataclass(frozen=True)
class Wish:
    """Where the picture lies and how the page tells it; `enquiries` instead of where the creator wants them."""

    content_url: str
    description: str = ""
    enquiries: str = ""


@dataclass(frozen=True)
class Snippet:
    """What goes into a page: the facts as JSON-LD, and the same with the picture as HTML."""

    linked: dict[str, Any]
    html: str


def snippet(hub: Hub, session: Session, usage_id: str, wish: Wish) -> Snippet:
    """Return what a page says of the copy of a use.

    Raises:
        Invalid: an address is none of the web, or too long; or the creator wants no enquiries.
        Conflict: the copy may not be used any more, or its rendition is gone.
    """
    check_address("content_url", wish.content_url)
    if wish.enquiries:
        check_address("enquiries_url", wish.enquiries)
    if len(wish.description) > LONGEST_WORDS:
        raise Invalid(f"Describe it in {LONGEST_WORDS:,} characters.", extra={"field": "description"})
    if standing(hub, session, usage_id).status != "good":
        raise Conflict("This copy may not be used any more.", code="use_ended")
    imprint = imprint_of(hub, session, usage_id)
    if imprint is None:
        raise Conflict("The rendition is no more. Ask for it again.", code="rendition_gone")
    facts = {
        "@context": "https://schema.org/",
        "@type": "ImageObject",
        "contentUrl": wish.content_url,
        "creator": {"@type": "Person", "name": imprint.creator} if imprint.creator else None,
        "creditText": imprint.credit,
        "copyrightNotice": imprint.copyright,
        "license": copy_page(hub, usage_id),
        "acquireLicensePage": enquiries_of(session, session.get_one(Usage, usage_id).asset_id, wish.enquiries),
    }
    linked = {name: value for name, value in facts.items() if value}
    return Snippet(linked, _html(linked, wish, imprint.credit or ""))


def _html(linked: dict[str, Any], wish: Wish, credit: str) -> str:
    """Return the picture with its credit and its facts; whatever others wrote is text in it and never a tag."""
    script = json.dumps(linked, ensure_ascii=False, indent=1).translate(_UNSAFE)
    caption = f"\n <figcaption>{escape(credit)}</figcaption>" if credit else ""
    picture = f'<img src="{escape(wish.content_url)}" alt="{escape(wish.description)}">'
    return f'<figure>\n {picture}{caption}\n</figure>\n<script type="application/ld+json">\n{script}\n</script>\n'
