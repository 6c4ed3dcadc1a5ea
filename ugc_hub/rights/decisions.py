"""Decisions: the answer of the grants, explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ugc_hub.rights.grants import Duty

RULE_VERSION = "1.1"
"""Version of the rule; it changes whenever the same question could get another answer."""

Verdict = Literal["allow", "deny"]


@dataclass(frozen=True)
class Reason:
    """Why not, in a code for programs and a sentence and a next step for people."""

    code: str
    layer: str | None = None
    subject: str | None = None
    asset: str | None = None
    """The ingredient that it is about; None for the asset itself."""
    detail: str | None = None
    """The duty that is unmet, the field that is wrong, or the instant of an end or start."""
    grants: tuple[str, ...] = ()
    """The grants that came nearest, or that prohibit."""
    territories: tuple[str, ...] = ()
    """Where it stands in the way."""
    sentence: str = ""
    next_step: str = ""

    @property
    def key(self) -> str:
        """The code with what it is about: `EXPIRED:likeness:p1@clip`."""
        about = self.detail if self.code == "PRE_DUTY_UNMET" else self.layer
        parts = [self.code, *([about] if about else []), *([self.subject] if self.subject else [])]
        return ":".join(parts) + (f"@{self.asset}" if self.asset else "")


@dataclass(frozen=True)
class Decision:
    """The answer to one request; with the versions under which it can be replayed."""

    decision: Verdict
    reasons: tuple[Reason, ...] = ()
    """All that stands in the way, most severe first."""
    duties: tuple[Duty, ...] = ()
    """What comes with the permission."""
    grants_used: tuple[str, ...] = ()
    valid_until: datetime | None = None
    """The first instant at which an allowed use must be asked again; None is no known end.

    For a request with a window it is the window's end.
    """
    territory_decisions: Mapping[str, Verdict] = field(default_factory=dict)
    rule_version: str = RULE_VERSION
    vocabulary_version: int | str = 0

    @property
    def allowed(self) -> bool:
        """Whether the use is allowed."""
        return self.decision == "allow"

    @property
    def primary_reason(self) -> str | None:
        """The code of the most severe reason."""
        return self.reasons[0].code if self.reasons else None
