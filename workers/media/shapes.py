"""The frozen records that go into and come out of the media engine.

All lengths are pixels, durations seconds, sizes bytes, times aware UTC or ISO 8601 strings as found in the file.
Each record turns into plain JSON with `dump` and comes back with `load`; that JSON is what crosses the process
boundary and what the hub stores, so a field is only ever added, with a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from workers.media.layers import Overlay
from workers.media.records import QUIET, Plan, Record
from workers.media.stills import Still

NEAR_DUPLICATE_BITS = 10
"""Perceptual hashes that differ in at most so many of their 64 bits show the same picture."""

Kind = Literal["image", "animation", "video"]
ImageFormat = Literal["jpeg", "png", "webp", "avif", "gif", "tiff"]


@dataclass(frozen=True)
class Box(Record):
    """A rectangle in pixels of the picture as shown (upright); `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Point(Record):
    """A place in the picture as shown, as fractions of its width and height, 0..1 from the upper left."""

    x: float
    y: float


@dataclass(frozen=True)
class Embedded(Record):
    """What a file says about itself: claims by whoever wrote the file, never permissions.

    Text is cleaned (valid Unicode, no control characters, bounded length) but not escaped: that is the duty of
    whoever shows it. Lists of people are joined with "; " as in the IPTC recommendation. None means absent.
    """

    creator: str | None = None
    copyright: str | None = None
    credit: str | None = None
    usage_terms: str | None = None
    licensor: str | None = None
    web_statement: str | None = None
    licence_end: str | None = None
    """As written in the file, `YYYY:MM:DD` or ISO 8601; the sources disagree on form."""
    model_release: str | None = None
    """PLUS model release status code such as `MR-NON`, `MR-UMR`."""
    digital_source_type: str | None = None
    """IPTC NewsCodes URI."""
    title: str | None = None
    description: str | None = None
    captured_at: str | None = None
    device: str | None = None
    """Maker and model with one blank, as EXIF and QuickTime state them."""
    gps: tuple[float, float] | None = None
    """Latitude and longitude in degrees, WGS 84; None when absent or not a place."""
    has_gps: bool = False
    orientation: int | None = None
    """EXIF orientation exactly as stored (may be invalid, such as 0)."""
    c2pa: str | None = None
    """`embedded` (a manifest store is in the file), `remote` (only a URL points to one) or None."""


@dataclass(frozen=True)
class Audio(Record):
    """The first audio stream of a video."""

    codec: str
    channels: int
    sample_rate: int


@dataclass(frozen=True)
class Provenance(Record):
    """What Content Credentials (C2PA) in a file claim, and whether they hold; a claim, never a permission.

    Nothing was fetched: neither remote manifests nor the state of certificates.
    """

    state: str
    """`Trusted`, `Valid` (intact, by a signer on no list) or `Invalid`."""
    problems: tuple[str, ...] = ()
    """C2PA codes of what does not hold, such as `assertion.dataHash.mismatch`."""
    issuer: str | None = None
    generator: str | None = None
    signed_at: str | None = None
    source_types: tuple[str, ...] = ()
    """Digital source types that actions state, as IPTC NewsCodes URIs."""
    ingredients: int = 0
    mining: dict[str, str] = field(default_factory=dict)
    """Entries of `cawg.training-mining`: allowed, notAllowed or constrained."""


@dataclass(frozen=True)
class MediaFacts(Record):
    """What was measured of one original.

    `width` and `height` are as shown to a person: orientation, rotation and mirroring applied (sample aspect
    ratio not applied, see `sample_aspect_ratio`). `stored_width` and `stored_height` are as coded.
    """

    kind: Kind
    format: str
    """Short name of the content: jpeg, png, webp, avif, heic, heif, gif; mp4, mov, m4v, 3gp, webm, mkv, avi, mts."""
    media_type: str
    """MIME type by content, such as `image/jpeg`."""
    extension: str
    """The file name ending that fits the content, with the dot."""
    width: int
    height: int
    stored_width: int
    stored_height: int
    orientation: int = 1
    """EXIF orientation 1..8 that was applied to get from stored to shown; videos use 1, 3, 6, 8."""
    frames: int = 1
    duration_s: float | None = None
    frame_rate: float | None = None
    """Average frames a second, by timestamps; None for stills."""
    codec: str | None = None
    pixel_format: str | None = None
    colour_profile: str | None = None
    """Description of the embedded ICC profile, or None; a broken profile is None and named in `warnings`."""
    colour_transfer: str | None = None
    bit_depth: int | None = None
    components: int | None = None
    """Colour components of the stored image (1 grey, 3, 4 CMYK or with alpha)."""
    has_alpha: bool = False
    sample_aspect_ratio: str | None = None
    video_streams: int = 0
    audio: Audio | None = None
    embedded: Embedded = field(default_factory=Embedded)
    provenance: Provenance | None = None
    """None where there are no Content Credentials in the file, or nothing that reads them is installed."""
    palette: tuple[str, ...] = ()
    """Five `#rrggbb` colours, the most covering first (fewer when the picture has fewer)."""
    thumbhash: str | None = None
    """Base64 of the ThumbHash of the upright picture."""
    perceptual_hash: str | None = None
    """16 hex digits (64 bits); near duplicates differ in few bits."""
    pixel_sha256: str | None = None
    """SHA-256 of the upright pixels (mode, size, bytes of the first frame), the number of frames and the colour profile
    in force: the same picture with other metadata has the same value."""
    faces: tuple[Box, ...] = ()
    focal_point: Point = field(default_factory=lambda: Point(0.5, 0.5))
    warnings: tuple[str, ...] = ()
    """Codes of what was wrong but tolerated, such as `icc_ignored`, `missing_end_marker`, `trailing_data`; once the
    clip of a video was made, also `captions_unreadable`."""


MARK_VERSION = 2
"""Of the mark on previews: raised with every change of what it looks like, so that older ones are made again."""


@dataclass(frozen=True)
class Preview(Record):
    """One derived file for the hub's own pages, made while measuring."""

    name: str
    """`thumb` (at most 480 px), `preview` (at most 1280 px) or `poster` (videos, at most 1280 px)."""
    path: str
    """Relative to the work directory."""
    media_type: str
    width: int
    height: int
    mark: int = MARK_VERSION
    """Version of the mark that it bears."""


@dataclass(frozen=True)
class Look(Record):
    """How a picture looks to an embedder; see `workers.media.embedding`."""

    embedder: str
    """Name and version: `layout/1`."""
    vector: str
    """Base64 of signed bytes; empty where there is nothing to tell pictures apart by."""


@dataclass(frozen=True)
class TextRead(Record):
    """What is written in a picture; see `workers.media.reading`."""

    words: str
    """Line by line; empty where nothing was read."""
    confidence: float | None = None
    """Mean of the words' own, 0..1; None without words."""


@dataclass(frozen=True)
class Inspection(Record):
    """Everything that one look at an original yields: facts and derived files."""

    facts: MediaFacts
    previews: tuple[Preview, ...] = ()
    look: Look | None = None
    """None where the embedder failed; the facts then warn `embedding_failed`."""


@dataclass(frozen=True)
class Recipe(Record):
    """Encoder settings, versioned: other settings are another version, so that stored renditions stay explained."""

    id: str
    version: int
    format: ImageFormat
    quality: int = 80
    """Highest quality tried, 1..100 in the encoder's own scale."""
    min_quality: int = 40
    """Below this the picture is made smaller or refused, never worse."""
    effort: int = 4
    """WebP method 0..6; AVIF speed is 10 minus this."""
    subsampling: str = "4:2:0"
    progressive: bool = True
    lossless: bool = False
    colours: int = 256
    """Palette size for GIF."""


@dataclass(frozen=True)
class Imprint(Record):
    """The metadata block that is written fresh into a rendition; None and empty fields are left out."""

    creator: str | None = None
    credit: str | None = None
    copyright: str | None = None
    web_statement: str | None = None
    usage_terms: str | None = None
    licensor: str | None = None
    licensor_url: str | None = None
    digital_source_type: str | None = None
    data_mining: str | None = None
    """This and the next three are words of PLUS LDF 2.0.1 such as `DMI-PROHIBITED`, without their address."""
    model_release: str | None = None
    property_release: str | None = None
    credit_required: str | None = None
    license_end: str | None = None
    """ISO 8601."""
    asset_id: str | None = None
    rendition_id: str | None = None
    usage_id: str | None = None


@dataclass(frozen=True)
class Backdrop(Record):
    """What fills the canvas around a contained picture."""

    kind: Literal["colour", "blur"] = "colour"
    colour: str = "#ffffff"


@dataclass(frozen=True)
class ImagePlan(Plan):
    """The exact work for one still rendition; nothing is left to decide but the quality within the byte budget.

    `crop` is cut from the picture as shown, scaled to `placed`, and `placed` lies on a canvas of
    `width` x `height` that `backdrop` fills where it shows.
    """

    width: int
    height: int
    crop: Box
    placed: Box
    recipe: Recipe
    backdrop: Backdrop = field(default_factory=Backdrop)
    flatten: str = "#ffffff"
    """Colour under transparent pixels where the format has no alpha channel."""
    max_bytes: int | None = None
    advised: bool = False
    """`max_bytes` is an advice: where no quality meets it, the lightest file is made all the same."""
    min_bytes: int | None = None
    imprint: Imprint = field(default_factory=Imprint)
    engine: int = 3
    """Version of the image engine; a change that alters bytes raises it."""
    still: Still | None = field(default=None, metadata=QUIET)
    """Of which picture of a clip it is made; None for photos."""
    overlays: tuple[Overlay, ...] = field(default=(), metadata=QUIET)
    """What is drawn over the finished picture."""
    dpi: int | None = field(default=None, metadata=QUIET)
    """Dots an inch that a TIFF names; None where nothing is printed."""


@dataclass(frozen=True)
class Rendered(Record):
    """One file that a plan made, re-read and measured."""

    digest: str
    path: str
    """Relative to the work directory."""
    media_type: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    quality: int | None
    """Quality that was used; None where the format has none."""
    encodes: int
    """How many encoder runs the byte budget took."""
    thumbhash: str = ""
    """Placeholder of a still of a clip (ThumbHash in base64); empty where nobody asked for one."""
