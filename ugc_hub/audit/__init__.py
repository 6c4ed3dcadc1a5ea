"""The audit: what happened, who did it, to what, as a chain in which no entry can be changed unnoticed."""

from .chain import GENESIS, Head, Link
from .reading import Query, find
from .recording import record
from .verifying import Broken, Verdict, verify

__all__ = ["GENESIS", "Broken", "Head", "Link", "Query", "Verdict", "find", "record", "verify"]
