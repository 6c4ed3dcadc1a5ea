"""Shapes of the API that are about getting permission."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .shapes import Asked, Given

SCOPE = "channels, territories, edits, products, window, exclusive, likeness, fee_micros, currency, fee_due, credit."


class Row(Given):
    """A record as the hub keeps it."""

    model_config = ConfigDict(from_attributes=True, extra="allow")
    id: str


class Rows(Given):
    """Some records."""

    items: list[Row]
    next_cursor: str | None = None


class RequestQuery(Asked):
    """Which requests, and where the list continues."""

    state: Literal["", "draft", "sent", "answered", "granted", "declined", "expired", "withdrawn"] = ""
    creator: str = Field(default="", max_length=200, description="Id or handle.")
    asset_id: str = Field(default="", max_length=60)
    cursor: str = Field(default="", max_length=60)
    limit: int = Field(default=50, ge=1, le=200)


class RequestAsk(Asked):
    """A request for permission. `send` makes it go out at once: `mail`, or `link` to hand on yourself."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)

    scope: dict[str, Any] = Field(description=SCOPE)
    kind: Literal["licence", "model_release"] = "licence"
    asset_ids: list[str] = Field(default_factory=list, max_length=100)
    person_id: str | None = None
    partnership_id: str | None = None
    email: str = Field(default="", max_length=320)
    name: str = Field(default="", max_length=200)
    locale: Literal["en", "de", "es", "fr"] = "en"
    template: str = Field(default="", max_length=60)
    subject: str = Field(default="", max_length=200)
    message: str = ""
    send: Literal["", "mail", "link"] = ""


class SendAsk(Asked):
    """How a request goes out: only a mailed link proves the address."""

    by: Literal["mail", "link"] = "mail"


class RequestOut(Row):
    """A request; `link` is there only where it is to be handed on, and only this once."""

    link: str = ""


class ReplyQuery(Asked):
    """What somebody answered on a platform; the body is the screenshot, or the text as text/plain."""

    model_config = ConfigDict(extra="forbid", str_max_length=5000)

    assets: str = Field(default="", max_length=5000, description="Ids between commas.")
    platform: str = Field(default="", max_length=30)
    post_url: str = Field(default="", max_length=1000)
    handle: str = Field(default="", max_length=200)
    keyword: str = Field(default="", max_length=100)
    replied_at: datetime | None = None


class InviteAsk(Asked):
    """Where to confirm what was answered on a platform; without a scope exactly that is asked."""

    email: str = Field(default="", max_length=320)
    scope: dict[str, Any] | None = Field(default=None, description=SCOPE)
    locale: Literal["en", "de", "es", "fr"] = "en"


class NoteAsk(Asked):
    """A few words for the record."""

    note: str = Field(default="", max_length=1000)


class PersonAsk(Asked):
    """What is known of a person; a date of birth goes before `is_adult`."""

    name: str = Field(default="", max_length=300)
    email: str = Field(default="", max_length=320)
    born: date | None = None
    guardian_name: str = Field(default="", max_length=300)
    guardian_email: str = Field(default="", max_length=320)
    country: str = Field(default="", max_length=2)
    is_adult: bool | None = None
    creator: str | None = Field(
        default=None,
        max_length=100,
        description="Handle of the creator who this is; empty: of none.",
    )


class ReleaseAsk(Asked):
    """A release or licence that was signed; it is pending until its file is sent to `/releases/{id}/file`."""

    model_config = ConfigDict(extra="forbid", str_max_length=200_000)

    kind: Literal["model_release", "property_release", "music_licence"]
    subject_id: str = Field(max_length=60, description="Id of the person, property or track.")
    scope: dict[str, Any] = Field(description=SCOPE)
    signed_at: datetime
    signed_by_role: str = Field(max_length=20)
    asset_ids: list[str] = Field(default_factory=list, max_length=1000, description="Empty: all with the subject.")
    text: str = ""
    locale: Literal["en", "de", "es", "fr"] = "en"


class SubjectQuery(Asked):
    """Releases of one subject, or of all."""

    subject_id: str = Field(default="", max_length=60)


class MusicQuery(Asked):
    """What is known of the file of a piece of music."""

    filename: str = Field(default="music", max_length=300)


class TrackAsk(Asked):
    """A piece of music."""

    title: str = Field(max_length=300)
    source: Literal["platform_library", "commercial_library", "original", "licensed"]
    artist: str = Field(default="", max_length=300)
    owner: str = Field(default="", max_length=300)


class PropertyAsk(Asked):
    """A recognisable property or work of art."""

    name: str = Field(max_length=300)
    owner: str = Field(default="", max_length=300)


class CodeAsk(Asked):
    """An authorisation of a platform; its code is sealed and never listed."""

    asset_id: str = Field(max_length=60)
    platform: str = Field(max_length=20)
    post_id: str = Field(max_length=200)
    code: str = Field(max_length=500)
    duration_days: Literal[7, 30, 60, 365]
    starts_at: datetime


class CodeQuery(Asked):
    """Authorisations of a creator or an asset."""

    creator_id: str = Field(default="", max_length=60)
    asset_id: str = Field(default="", max_length=60)


class CodeOut(BaseModel):
    """The code itself."""

    code: str


class PartnershipAsk(Asked):
    """What a creator and the brand do together over months."""

    creator: str = Field(max_length=200, description="Handle.")
    kind: Literal["gifting", "paid", "affiliate", "content_campaign"]
    starts_on: date
    ends_on: date | None = None
    zone: str = Field(default="UTC", max_length=60)
    campaign: str = Field(default="", max_length=200)
    fee_micros: int | None = Field(default=None, ge=0)
    product_value_micros: int | None = Field(default=None, ge=0)
    currency: str = Field(default="", max_length=3)
    affiliate_code: str = Field(default="", max_length=100)
    note: str = ""
    answers: dict[str, Any] = Field(default_factory=dict, description="Rights facts that what arrives gets.")
    active: bool = Field(default=False, description="Whether what arrives is open at once.")


class PartnershipQuery(Asked):
    """Whose partnerships."""

    creator_id: str = Field(default="", max_length=60)


class ContractQuery(Asked):
    """What a signed contract allows; the body is its file."""

    scope: str = Field(default="", max_length=5000, description="JSON: " + SCOPE)
    person_id: str | None = Field(default=None, max_length=60, description="The creator, where they may be seen.")

    model_config = ConfigDict(extra="forbid", str_max_length=5000)
