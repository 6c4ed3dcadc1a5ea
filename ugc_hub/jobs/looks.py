"""Keeps how an asset looks, as it was seen while it was measured."""

from __future__ import annotations

import base64

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import AssetLook
from workers.media.embedding import title
from workers.media.shapes import Inspection


def keep_look(hub: Hub, session: Session, asset_id: str, inspection: Inspection | None) -> None:
    """Write down vector and colours; None, or a picture that gave no vector, is noted as one without.

    Call it in a transaction that is serialised with others of its kind: numbers grow in the order of commits.
    """
    palette = inspection.facts.palette if inspection else ()
    vector = base64.b64decode(inspection.look.vector) if inspection and inspection.look else b""
    newest = session.scalar(select(func.max(AssetLook.number))) or 0
    session.merge(
        AssetLook(
            asset_id=asset_id,
            number=newest + 1,
            embedder=title(hub.settings.embedder),
            vector=vector,
            palette=b"".join(bytes.fromhex(colour.removeprefix("#")) for colour in palette),
        )
    )
