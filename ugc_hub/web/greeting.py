"""The link for the first administrator, where the start left it to the server to make one."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from ugc_hub.accounts import invitation
from ugc_hub.hub import Hub
from ugc_hub.settings import take_greeting

LOG = logging.getLogger(__name__)


def greet(hub: Hub) -> None:
    """Print how the first administrator signs in, if the start asked for it; whoever serves does so in any case."""
    if not take_greeting(hub.settings):
        return
    try:
        line = invitation(hub)
        if line is not None:
            print(line, flush=True)
    except (SQLAlchemyError, OSError):
        LOG.exception("no sign-in link could be made; make one with: ugc-hub user link")
