"""Shapes of the API that are about rights: grants, agreements, evidence, answers and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ugc_hub.licensing.form import REFERENCE

from .shapes import Asked, Given

LONGEST_TEXT = 1_000_000
PLAIN = f"Plain form of a grant, as {REFERENCE} describes it."


class GrantAsk(Asked):
    """A grant to be given. A permission is `pending` until evidence is added that proves it."""

    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_TEXT)

    grant: dict[str, Any] = Field(description=PLAIN)
    assets: list[str] | None = Field(description="Ids; null reaches every asset.")
    agreement: dict[str, Any] | None = Field(
        default=None, description="What was signed: `kind`, `title`, `licensor`, …"
    )
    text: str = Field(default="", description="Its wording; kept once, by hash.")
    version_id: str | None = Field(default=None, max_length=60, description="Wording that is known already.")

    def plain(self) -> dict[str, Any]:
        """Return the members that were given."""
        return self.model_dump(exclude_unset=True)


class GrantChange(Asked):
    """What a new version says differently."""

    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_TEXT)

    grant: dict[str, Any] = Field(default_factory=dict, description=PLAIN + " Members left out stay as agreed.")
    text: str = ""
    signed_at: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """Return the change in the form that the use case takes."""
        signed = self.signed_at.isoformat() if self.signed_at else None
        return {**self.grant, "text": self.text, "signed_at": signed}


class RevokeAsk(Asked):
    """Why a grant is to end, and where; without channels and territories all of it."""

    basis: str = Field(max_length=60)
    channels: list[str] = Field(default_factory=list, max_length=100)
    territories: list[str] = Field(default_factory=list, max_length=300)
    requested_at: datetime | None = None
    note: str = ""


class RevokedOut(Given):
    """What follows from a revocation, for the asset and for copies that are out."""

    effective_at: datetime | None
    asset_status: str
    exports: str
    grant_state: str
    then_erase: bool


class StateAsk(Asked):
    """The state that a grant is to have."""

    state: Literal["active", "pending", "rejected", "suspended"]


class MilestoneAsk(Asked):
    """Something that happened, and when (now where it is left out)."""

    name: Literal["delivered", "first_published", "cap_reached"]
    at: datetime | None = None


class EvidenceOut(Given):
    """One proof of a grant; who may not read proofs sees what it is and its date."""

    id: str
    kind: str
    media_type: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    source_url: str | None = None
    captured_at: datetime
    checked_at: datetime | None


class ConditionOut(Given):
    """Something that has to be done before a use, and whether somebody confirmed it."""

    duty: str
    words: str
    confirms: str = Field(description="What somebody states who confirms it.")
    met: bool
    confirmed_at: datetime | None
    confirmed_by: str
    note: str
    proof_id: str | None = Field(description="The file is under `/duties/{proof_id}/proof`.")


class LimitOut(Given):
    """A cap, and what was used of it; null where nobody knows."""

    name: Literal["uses", "placements", "impressions", "spend_micros"]
    cap: int
    used: int | None


class GrantOut(Given):
    """One grant: its terms, the same in words, and how it stands today."""

    model_config = ConfigDict(extra="allow")

    id: str
    standing: str
    sentence: str
    state: str
    terms: dict[str, Any]
    evidence: list[EvidenceOut]
    conditions: list[ConditionOut]
    limits: list[LimitOut]
    lacking: str = Field(default="", description="What its proofs lack for the level that it states, in words.")
    revocations: list[dict[str, Any]]
    superseded_by: str | None


class Grants(Given):
    """The grants that one request made."""

    items: list[GrantOut]


class GrantPage(Given):
    """Some grants, newest first."""

    items: list[GrantOut]
    next_cursor: str | None


class GrantQuery(Asked):
    """Where a list continues."""

    cursor: str | None = Field(default=None, max_length=60)
    limit: int = Field(default=50, ge=1, le=200)


class RightsOut(Given):
    """What is known of an asset that bears on rights, and its grants."""

    model_config = ConfigDict(extra="allow")

    asset_id: str
    status: str
    grants: list[GrantOut]


class RegionShape(Asked):
    """Where somebody can be seen; `x`, `y` is the upper left corner of the picture as shown."""

    x: float = Field(ge=0)
    y: float = Field(ge=0)
    width: float = Field(gt=0)
    height: float = Field(gt=0)
    unit: Literal["relative", "pixel"] = Field(default="relative", description="Fractions 0..1, or pixels.")


class PersonShown(Asked):
    """A person of an asset, and where."""

    id: str = Field(max_length=60)
    region: RegionShape | None = None


class AnswersAsk(Asked):
    """Answers to the questions on an asset; those that are left out stay as they are."""

    digital_source_type: str | None = Field(
        default=None,
        max_length=200,
        description="A term of IPTC's list, as code or address.",
        examples=["digitalCapture"],
    )
    compensation: str | None = None
    is_testimonial: bool | None = None
    people: list[str | PersonShown] | None = Field(
        default=None, max_length=500, description="Ids of persons, with where they can be seen; empty: nobody."
    )
    people_state: Literal["none", "unknown"] | None = None
    properties: list[str] | None = None
    property_state: Literal["none", "unknown"] | None = None
    music: str | None = None
    tracks: list[str] | None = None
    ingredients: list[str] | None = None
    copyright_notice: str | None = None
    data_mining: str | None = Field(
        default=None,
        max_length=200,
        description="A term of PLUS's list, as word or address.",
        examples=["DMI-PROHIBITED"],
    )

    def given(self) -> dict[str, Any]:
        """Return the answers that were given."""
        return self.model_dump(exclude_unset=True)


class StatusAsk(Asked):
    """Opens an asset for use, or closes it."""

    status: Literal["pending_review", "active", "hold", "taken_down"]
    note: str = ""
    legal_order: bool = False


class DecisionAsk(Asked):
    """A use: where, when and how. Without times it is meant for now; without territories for those of the hub."""

    channel: str = Field(max_length=60, examples=["email"])
    territories: list[str] = Field(default_factory=list, max_length=300)
    edits: list[str] = Field(default_factory=list, max_length=100)
    products: list[str] = Field(default_factory=list, max_length=100)
    parties: list[str] = Field(default_factory=list, max_length=100)
    at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    operation: Literal["publish", "continue"] = "publish"
    ingredients: list[str] = Field(default_factory=list, max_length=50)
    hand_out: bool = Field(default=False, description="Keep the decision, so that it can be shown and made again.")


class WordsOut(Given):
    """What the codes of a question and of its answer are called: the channel, and edits and territories by code."""

    channel: str
    edits: dict[str, str]
    territories: dict[str, str]


class DecisionOut(Given):
    """An answer with all reasons or all duties; `decision_id` where it was handed out."""

    model_config = ConfigDict(extra="allow")

    decision: Literal["allow", "deny"]
    primary_reason: str | None
    reasons: list[str]
    explanations: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    grants_used: list[str]
    valid_until: datetime | None
    territory_decisions: dict[str, str]
    words: WordsOut
    decision_id: str | None = None


class AgreementAsk(Asked):
    """What was agreed, with its wording."""

    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_TEXT)

    kind: str = Field(max_length=40, examples=["licence"])
    title: str = Field(default="", max_length=300)
    agreement_id: str | None = Field(default=None, description="Adds a wording to this one.")
    creator_id: str | None = None
    person_id: str | None = None
    licensor: str = Field(default="", max_length=300)
    zone: str | None = Field(default=None, max_length=60)
    revocable: str = "no"
    notice_days: int = Field(default=0, ge=0, le=36500)
    covers: dict[str, Any] | None = None
    locale: str = Field(default="en", max_length=20)
    signed_at: datetime | None = None
    signed_by_role: str | None = None
    text: str = Field(min_length=1)


class AgreementOut(Given):
    """One wording of an agreement; its text is under `/agreements/{id}/text`."""

    id: str
    agreement_id: str
    number: int
    kind: str
    title: str
    licensor: str
    creator_id: str | None
    person_id: str | None
    zone: str | None
    revocable: str
    notice_days: int
    locale: str
    text_sha256: str | None
    signed_at: datetime | None
    signed_by_role: str | None


class EvidenceQuery(Asked):
    """What a proof is; its bytes are the body, its type the Content-Type."""

    kind: str = Field(default="note", max_length=40, examples=["esign_pdf"])
    source_url: str = Field(default="", max_length=2000)
    activate: bool = Field(default=False, description="Put the grant into force.")


class CheckedOut(BaseModel):
    """Whether the stored bytes still match their hash."""

    id: str
    intact: bool
    checked_at: datetime | None
