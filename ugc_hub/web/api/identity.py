"""Who asks."""

from __future__ import annotations

from ugc_hub.accounts import may, roles
from ugc_hub.web.context import actor

from .blueprint import blueprint, described, gives
from .more import BoundsOut, MeOut


@blueprint.get("/me")
@gives(MeOut)
@described("Account", "Who asks, and what they may do")
def see_me() -> MeOut:
    """Return the user of the token, their role, the actions that both allow, and what the token is bound to."""
    who = actor()
    known = {action for role in roles().values() for action in role.actions | role.own} - {"*"}
    return MeOut(
        user_id=who.user_id,
        name=who.name,
        email=who.email,
        role=who.role,
        actions=sorted(action for action in known if may(who, action)),
        bounds=BoundsOut(**who.bounds.dump()) if who.bounds else None,
    )
