"""Taking permission back by the link of the receipt: as easy as it was given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.licensing.descent import take_all_back
from ugc_hub.models import Grant, RightsRequest

from .links import by_token
from .people import clean
from .sealing import Trace, sealed
from .states import WORDS, locked, move


def withdraw(hub: Hub, token: str, words: str, trace: Trace) -> tuple[RightsRequest, datetime | None]:
    """End what was granted, as its agreement says; return the request and the instant at which the last grant ends.

    A consent to be shown ends at once, a licence after its notice.

    Raises:
        Conflict: it was taken back before (code `wrong_state`), or the link is not that of a receipt.
        NotFound: there is no such link.
    """
    ends: list[datetime] = []
    with hub.database.write() as session:
        row, purpose = by_token(hub, session, token)
        locked(hub, session, row.id)
        if purpose != "receipt" or row.state != "granted":
            raise Conflict(WORDS[row.state], code="wrong_state", extra={"state": row.state})
        # Their words stand with the request, which can be erased; a revocation can not be changed any more.
        row.words = "\n".join(one for one in (row.words, clean(words, 2000)) if one)
        granted = session.scalars(select(Grant.id).where(Grant.version_id == row.version_id)).all()
        for _, effect in take_all_back(hub, session, SYSTEM, ids=granted):
            ends += [effect.effective_at] if effect.effective_at else []
        move(hub, session, row, "withdrawn", actor=SYSTEM, trace=sealed(hub, session, row, trace))
    return row, max(ends, default=None)
