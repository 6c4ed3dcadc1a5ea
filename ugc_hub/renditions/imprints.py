"""The id of a rendition, which follows from its plan, so that the same request repeats."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TypeVar

from workers.media.plans import AnyPlan

P = TypeVar("P", bound=AnyPlan)


def rendition_id(plan: AnyPlan) -> str:
    """Return the id of what a plan makes: 130 bits of the digest of the plan without that id."""
    blank = replace(plan, imprint=replace(plan.imprint, rendition_id=None))
    raw = hashlib.sha256(blank.digest().encode()).digest()
    return "rnd_" + base64.b32encode(raw).decode().lower()[:26]


def stamped(plan: P) -> P:
    """Return the plan with its rendition's id in the imprint."""
    return replace(plan, imprint=replace(plan.imprint, rendition_id=rendition_id(plan)))
