"""Taking permission back by the link of the receipt: as easy as it was given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.licensing.descent import ends_of, standing_of, take_all_back
from ugc_hub.models import Grant, RightsRequest

from .links import by_token
from .people import clean
from .requesting import post
from .sealing import Trace, sealed
from .states import WORDS, locked, move


def withdraw(
    hub: Hub, token: str, words: str, trace: Trace, *, layers: Collection[str] = ()
) -> tuple[RightsRequest, dict[str, datetime | None]]:
    """End what was granted, as its agreement says; return the request, and for each layer when the last grant ends.

    A consent to be shown ends at once, a licence after its notice; None stands for a licence that is looked at first.
    `layers` empty means all. The request counts as withdrawn once nothing of it stands.

    Raises:
        Conflict: it was taken back before (code `wrong_state`), or the link is not that of a receipt.
        NotFound: there is no such link.
    """
    with hub.database.write() as session:
        row, purpose = by_token(hub, session, token)
        locked(hub, session, row.id)
        if purpose != "receipt" or row.state != "granted":
            raise Conflict(WORDS[row.state], code="wrong_state", extra={"state": row.state})
        # Their words stand with the request, which can be erased; a revocation can not be changed any more.
        row.words = "\n".join(one for one in (row.words, clean(words, 2000)) if one)
        granted = granted_by(session, row)
        ends = ends_of(take_all_back(hub, session, SYSTEM, ids=granted, layers=layers))
        proof = sealed(hub, session, row, trace)
        if standing_of(session, granted):
            record(session, hub.now(), "rights_request.narrowed", row.id, layers=sorted(ends), trace=proof)
        else:
            move(hub, session, row, "withdrawn", actor=SYSTEM, trace=proof)
        if ends:
            post(hub, session, row, "withdrawn", of="+".join(sorted(ends)))
    hub.ring()
    return row, ends


def granted_by(session: Session, row: RightsRequest) -> list[str]:
    """Return the ids of the grants that were first written for the answer to a request."""
    return list(session.scalars(select(Grant.id).where(Grant.version_id == row.version_id).order_by(Grant.id)))
