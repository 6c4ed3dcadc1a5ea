"""What the tests of submissions do again and again."""

from __future__ import annotations

import io
from typing import Any

from tests.pictures import jpeg
from ugc_hub import submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import documents
from ugc_hub.models import Asset
from ugc_hub.submissions import NewLink, Sender, Signed

ANA = Sender("Ana Lima", "@Ana.Makes", "ana@example.org")
ANSWERS: dict[str, Any] = {
    "people": "me",
    "of_age": "yes",
    "belongings": "none",
    "music": "none",
    "source": "digitalCapture",
    "compensation": "gifted",
    "testimonial": "no",
}


def link_token(hub: Hub, **wanted: Any) -> str:
    """Make a link and return its token."""
    return submissions.make_link(hub, SYSTEM, NewLink(**wanted)).url.rsplit("/", 1)[1]


def begun(hub: Hub, sender: Sender = ANA, **wanted: Any) -> str:
    """Begin a submission by a new link, and return the token of its form."""
    return submissions.begin(hub, link_token(hub, **wanted), sender)


def give(hub: Hub, token: str, data: bytes | None = None, name: str = "beach.jpg") -> str:
    """Send a file by a form, have it measured, and return the asset's id."""
    data = jpeg(1200, 1600, 7) if data is None else data
    took = submissions.take_file(hub, token, io.BytesIO(data), file_name=name, size_bytes=len(data))
    with hub.database.read() as session:
        asset = session.get(Asset, took.id)
    if asset is not None and asset.job_id is not None:
        finish(hub, [asset.job_id])
    return took.id


def signed(hub: Hub, **more: Any) -> Signed:
    """How Ana accepts the terms of the hub."""
    shown = documents.current_terms(hub).id
    known: dict[str, Any] = {"name": "Ana Lima", "ticked": True, "terms_version_id": shown}
    return Signed(**known | more)


def handed_in(hub: Hub, token: str, **answers: Any) -> str:
    """Hand a form in and return the id of the submission."""
    return submissions.hand_in(hub, token, {**ANSWERS, **answers}, signed(hub, address="203.0.113.9", browser="Phone"))
