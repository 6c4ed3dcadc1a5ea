"""What the API takes and gives. Unknown members of a request are refused, so that a typing error is noticed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Json

from ugc_hub.catalog import Description
from ugc_hub.framing import Choice
from ugc_hub.framing.kits import Dressing
from ugc_hub.licensing import STATEMENT, StatedUse
from workers.media.shapes import Backdrop, Point


class Asked(BaseModel):
    """Base of everything that comes in."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000, defer_build=True)


class Given(BaseModel):
    """Base of everything that goes out; built from the records of the use cases."""

    model_config = ConfigDict(from_attributes=True, extra="ignore", defer_build=True)


class PointShape(Asked):
    """A place in the picture as shown, as fractions of width and height from the upper left."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
    x: float = Field(ge=0, le=1, strict=True, allow_inf_nan=False)
    y: float = Field(ge=0, le=1, strict=True, allow_inf_nan=False)


FieldGiven = bool | int | float | str | None
"""A value of a field; null or an empty text takes it away."""


class ReasonGiven(Asked):
    """Why something is done for good."""

    reason: str = Field(min_length=1, max_length=2000, description="Stays as proof.")


class UploadQuery(Asked):
    """What is known of a file; the bytes are the body."""

    filename: str = Field(default="", max_length=1000, description="Name to show; it decides nothing.")
    creator: str | None = Field(default=None, max_length=200, description="Handle of the creator, with or without @.")
    campaign: str | None = Field(default=None, max_length=400, description="Name of the campaign.")
    own: bool = Field(default=False, description=f"Declares: {STATEMENT}")
    fields: Json[dict[str, FieldGiven]] = Field(
        default_factory=dict,
        description='What fields of the campaign say, as JSON by name or id: `{"colour": "red"}`; takes `field.view`.',
    )


class UploadOut(Given):
    """How far an upload is."""

    asset_id: str
    status: Literal["received", "ready", "refused", "failed"]
    duplicate: bool = False
    message: str
    code: str | None = None
    file_name: str = Field(
        default="", description="At once the name that was sent, cleaned; later the one that is kept."
    )
    links: list[LinkOut] = Field(default_factory=list)
    warning: str | None = Field(default=None, description="What a person should look at, though the file was taken.")
    missing: list[str] = Field(default_factory=list, description="Required fields of its campaign that say nothing.")


class LinkOut(Given):
    """Another asset that shows the same: `same_pixels` or `near_duplicate`."""

    asset_id: str
    kind: str
    distance: int = Field(description="Differing bits of the perceptual hashes, 0..64.")
    file_name: str


class FieldOut(Given):
    """A field of the campaign and what it says of the asset: text, a number, true or false; null: nothing."""

    id: str
    name: str
    kind: Literal["text", "number", "date", "choice", "yes_no"]
    required: bool
    choices: list[str]
    value: FieldGiven


class AssetOut(Given):
    """One asset; `facts` is null until it was measured."""

    id: str
    status: str
    kind: str
    media_type: str
    file_name: str
    size_bytes: int
    sha256: str
    created_at: datetime
    creator: str | None
    campaign: str | None
    width: int | None
    height: int | None
    duration_s: float | None
    facts: dict[str, Any] | None
    previews: dict[str, dict[str, Any]]
    focal_point: PointShape | None
    focal_point_by_hand: bool
    links: list[LinkOut] = Field(default_factory=list)
    title: str
    description: str
    language: str = Field(description="ISO 639-1 of title and description; empty: nobody said.")
    tags: list[str]
    trashed_at: datetime | None = Field(description="When it went into the trash.")
    fields: list[FieldOut] = Field(description="Those of its campaign.")
    missing: list[str] = Field(description="Names of fields that are required and say nothing.")


class AssetChange(Asked):
    """What a person knows of an asset; what is left out stays, in `fields` as well."""

    focal_point: PointShape | None = Field(default=None, description="null goes back to the measured point.")
    title: str | None = Field(default=None, max_length=300)
    description: str | None = Field(default=None, max_length=5000)
    language: str | None = Field(default=None, max_length=2, description="ISO 639-1; empty: nobody says.")
    tags: list[str] | None = Field(default=None, max_length=100, description="All of them; synonyms give their tag.")
    fields: dict[str, FieldGiven] = Field(
        default_factory=dict, max_length=50, description="Values by name or id of a field of its campaign."
    )

    def words(self) -> Description:
        """Return what it says in words."""
        return Description(self.title, self.description, self.language, self.tags, self.fields)


class BackdropShape(Asked):
    """What fills the canvas around a contained picture."""

    kind: Literal["colour", "blur"] = "colour"
    colour: str = Field(default="#ffffff", pattern="^#[0-9a-fA-F]{6}$")


class DressingShape(Asked):
    """What of a brand kit is drawn, and the words of the lower third."""

    kit: str = Field(max_length=60)
    pieces: list[Literal["logo", "lower_third", "call_to_action", "intro", "end"]] = Field(max_length=5)
    name: str = Field(default="", max_length=80)
    handle: str = Field(default="", max_length=80)
    place: str = Field(default="", max_length=80)
    call_to_action: str = Field(default="", max_length=80, description="Instead of the kit's own.")

    def record(self) -> Dressing:
        """Return the record that the use cases take."""
        words = {"name": self.name, "handle": self.handle, "place": self.place}
        return Dressing(self.kit, tuple(self.pieces), call_to_action=self.call_to_action, **words)


class ChoiceShape(Asked):
    """Decisions about the renditions; what is left out follows from preset and facts."""

    fit: Literal["cover", "contain", "width"] | None = None
    focal_point: PointShape | None = None
    backdrop: BackdropShape | None = None
    format: Literal["jpeg", "png", "webp", "avif", "gif", "tiff"] | None = None
    upscale: bool = Field(
        default=False, strict=True, description="Allow up to twice the pixels of the source, with a warning."
    )

    kit: DressingShape | None = Field(default=None, description="What of a brand kit is drawn.")

    def record(self) -> Choice:
        """Return the record that the use cases take."""
        return Choice(
            fit=self.fit,
            focal_point=Point(self.focal_point.x, self.focal_point.y) if self.focal_point else None,
            backdrop=Backdrop(self.backdrop.kind, self.backdrop.colour) if self.backdrop else None,
            format=self.format,
            upscale=self.upscale,
            kit=self.kit.record() if self.kit else None,
        )


class UseShape(Asked):
    """Where and when a copy is to be used; without a channel it is that of each preset, without places the hub's."""

    channel: str | None = Field(default=None, max_length=60, examples=["email"])
    territories: list[str] = Field(default_factory=list, max_length=300)
    products: list[str] = Field(default_factory=list, max_length=300)
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def record(self) -> StatedUse:
        """Return the record that the use cases take."""
        return StatedUse(self.channel, tuple(self.territories), tuple(self.products), self.starts_at, self.ends_at)


class AckQuery(Asked):
    """Says that the duties of a use were read."""

    duties_ack: str = Field(default="", max_length=100, description="Id of the decision that told the duties.")


class TakeQuery(AckQuery):
    """The use for which a file is taken; places and products are lists with commas."""

    channel: str | None = Field(default=None, max_length=60, description="Default: that of the preset.")
    territories: str = Field(default="", description="Default: the setting `territories`.")
    products: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    inline: bool = Field(default=False, description="Show it instead of keeping it.")

    def record(self) -> StatedUse:
        """Return the record that the use cases take."""
        places, products = (
            tuple(word for word in text.replace(",", " ").split()) for text in (self.territories, self.products)
        )
        return StatedUse(self.channel, places, products, self.starts_at, self.ends_at)


class OutcomeOut(Given):
    """What became of one preset, with the ids of its renditions."""

    preset_id: str
    outcome: str
    reasons: list[dict[str, Any]]
    renditions: list[str]
    channel: str | None = None
    channel_name: str = Field(default="", description="What that channel is called.")
    valid_until: datetime | None = Field(default=None, description="Until when the use is allowed; null: no known end.")
    duties: list[dict[str, Any]] = Field(default_factory=list, description="What whoever takes a file promises.")


class Outcomes(Given):
    """One outcome for each preset."""

    items: list[OutcomeOut]


class RenditionOut(Given):
    """One rendition."""

    id: str
    asset_id: str
    status: str
    code: str | None
    message: str | None
    progress: float
    presets: list[str]
    media_type: str
    width: int
    height: int
    size_bytes: int | None
    sha256: str | None
    quality: int | None
    created_at: datetime
    file_name: str
    plan: dict[str, Any]
    measured: dict[str, Any] | None = Field(default=None, description="What was read again of a finished video.")
    thumbhash: str | None = Field(default=None, description="Placeholder of a still of a video (ThumbHash, base64).")


class Renditions(Given):
    """The renditions of one asset, newest first."""

    items: list[RenditionOut]


class PackAsk(Asked):
    """Assets times presets, for one purpose."""

    name: str = Field(min_length=1, max_length=200)
    asset_ids: list[str] = Field(min_length=1, max_length=500)
    preset_ids: list[str] = Field(min_length=1, max_length=200)
    choice: ChoiceShape = Field(default_factory=ChoiceShape)
    use: UseShape = Field(default_factory=UseShape)
    captions: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="Languages (BCP 47) in which what is said goes along, a file for each, where a placement wants "
        "captions in a file of their own; default: that of the asset.",
    )
