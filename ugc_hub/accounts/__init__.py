"""Users, what they may do, and how they sign in."""

from .actors import SYSTEM, Actor, may, reads_papers, require, require_papers, rescues, roles, sees, who_lacks
from .bounds import Bounds
from .links import invitation, may_ask, may_claim, request_link, sign_in_with_link
from .passwords import set_password, sign_in_with_password
from .sessions import SessionState, SignedIn, session, sign_out
from .tokens import create_token, list_tokens, revoke_token, token_actor
from .users import actor_of, create_user, find_user, first_administrator, list_users

__all__ = [
    "SYSTEM",
    "Actor",
    "Bounds",
    "SessionState",
    "SignedIn",
    "actor_of",
    "create_token",
    "create_user",
    "find_user",
    "first_administrator",
    "invitation",
    "list_tokens",
    "list_users",
    "may",
    "may_ask",
    "may_claim",
    "reads_papers",
    "request_link",
    "require",
    "require_papers",
    "rescues",
    "revoke_token",
    "roles",
    "sees",
    "session",
    "set_password",
    "sign_in_with_link",
    "sign_in_with_password",
    "sign_out",
    "token_actor",
    "who_lacks",
]
