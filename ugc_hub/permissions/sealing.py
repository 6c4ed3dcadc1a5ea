"""Where an answer came from, sealed under the key of whoever answered: it proves, and can be erased with them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing.sealing import seal
from ugc_hub.models import DataKey, Person, RightsRequest

from .people import addressee, clean


@dataclass(frozen=True)
class Trace:
    """Where a request of the web came from."""

    ip: str = ""
    agent: str = ""


def sealed(hub: Hub, session: Session, row: RightsRequest, trace: Trace, **more: Any) -> str:
    """Return address, network address, browser and further values, sealed, in base 64; empty where nobody is known."""
    person = session.get(Person, row.person_id) if row.person_id else None
    key = session.get(DataKey, person.key_id) if person else None
    if key is None or key.sealed is None:
        return ""
    email = addressee(hub, session, row)[1]
    plain = {"ip": trace.ip[:60], "agent": clean(trace.agent, 400), "email": email, **more}
    return base64.b64encode(seal(hub, key, plain)).decode()
