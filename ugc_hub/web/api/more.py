"""More shapes of the API: presets, jobs, who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from .shapes import Asked, Given


class PresetOut(BaseModel):
    """One preset: what the platform accepts, what is made, how, and where that is known from."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str
    channel: str
    platform: str
    platform_name: str
    kind: str
    renderable: bool


class PresetQuery(Asked):
    """Filters of the list of presets."""

    channel: Literal["ads", "organic", "email", "web", "print"] | None = None
    platform: str | None = Field(default=None, max_length=100)
    kind: Literal["image", "animation", "video", "document", "captions"] | None = None


class Presets(Given):
    """All presets that agree with the filters; there are few enough for one page."""

    items: list[PresetOut]


class PresetAsk(Asked):
    """A custom preset; see the reference of presets for the meaning of each field."""

    id: str = Field(max_length=100, examples=["custom.shop-teaser"])
    name: str = Field(max_length=100)
    channel: Literal["ads", "organic", "email", "web", "print"]
    width: StrictInt
    height: StrictInt | None = None
    fit: Literal["cover", "contain", "scale_down"] = "cover"
    format: Literal["jpeg", "png", "webp", "avif", "gif", "tiff", "h264", "hevc", "av1", "vp9"] = Field(
        default="jpeg", description="The last four are videos, by how their pictures are coded."
    )
    max_bytes: StrictInt | None = None
    quality: StrictInt | None = None
    min_quality: StrictInt | None = None
    min_width: StrictInt | None = None
    min_height: StrictInt | None = None
    dpi: StrictInt | None = None
    notes: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields that were given."""
        return self.model_dump(exclude_none=True)


class PresetVersionOut(Given):
    """One version of a custom preset; `body` is null where it was withdrawn."""

    id: str
    version: int
    body: dict[str, Any] | None
    created_at: datetime


class PresetHistory(Given):
    """All versions, newest first."""

    items: list[PresetVersionOut]


class PackOut(Given):
    """A pack: `working`, `ready` (all that can be made is made) or `failed` (nothing can be made)."""

    id: str
    name: str
    created_at: datetime
    status: str
    ready: int
    waiting: int
    failed: int
    refused: int
    items: list[dict[str, Any]] = Field(
        description="One entry for each asset and preset, with reasons and files. Its outcome is `waiting` where a "
        "video is still being prepared, with `progress` (0 to 1) and `message` of that; it goes on by itself."
    )
    left_s: float | None = Field(description="Seconds until what is asked for is made; null where nobody can tell.")


class JobQuery(Asked):
    """Filters of the list of jobs, and where it continues."""

    state: Literal["queued", "running", "done", "failed", "dead", "cancelled"] | None = None
    kind: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=50, ge=1, le=200)
    cursor: int | None = Field(default=None, ge=1, le=2**62)


class JobOut(Given):
    """One job; `error` says why it failed."""

    id: int
    kind: str
    state: str
    group: str | None
    progress: float
    left_s: float | None = Field(
        ge=0, description="Seconds that it still works, without the time that it waits; null where nobody can tell."
    )
    message: str
    attempts: int
    max_attempts: int
    error_code: str | None
    error: str | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobPage(Given):
    """Some jobs, newest first."""

    items: list[JobOut]
    next_cursor: int | None


class BoundsOut(Given):
    """Channels, places and a party that every use lies within; what is empty bounds nothing."""

    channels: list[str]
    territories: list[str]
    party: str


class MeOut(Given):
    """Who asks, and what they may do."""

    user_id: str | None
    name: str
    email: str
    role: str
    actions: list[str]
    bounds: BoundsOut | None = Field(description="What the token is bound to; null binds nothing.")
