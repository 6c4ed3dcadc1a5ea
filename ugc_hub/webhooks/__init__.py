"""Webhooks: others are told by signed messages what ends, is on hold or has to be taken down."""

from .delivering import Outcome, again, deliver, messages
from .endpoints import Endpoint, add, change, enable, find, get, list_all, remove, renew, secret_of, trial
from .outbox import KINDS, fan_out
from .signing import sign, verify

__all__ = [
    "KINDS",
    "Endpoint",
    "Outcome",
    "add",
    "again",
    "change",
    "deliver",
    "enable",
    "fan_out",
    "find",
    "get",
    "list_all",
    "messages",
    "remove",
    "renew",
    "secret_of",
    "sign",
    "trial",
    "verify",
]
