"""The facts of an asset in plain words, line by line."""

from __future__ import annotations

from ugc_hub.catalog import AssetView
from workers.media.shapes import MediaFacts

from . import words

FORMATS = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "avif": "AVIF",
    "heic": "HEIC",
    "heif": "HEIF",
    "gif": "GIF",
    "mp4": "MP4",
    "mov": "QuickTime (MOV)",
    "m4v": "M4V",
    "3gp": "3GP",
    "webm": "WebM",
    "mkv": "Matroska (MKV)",
    "avi": "AVI",
    "mts": "AVCHD (MTS)",
}
WARNINGS = {
    "icc_ignored": "The colour profile in the file is broken and was ignored.",
    "missing_end_marker": "The file lacks its end marker, as phones sometimes send it; the picture is complete.",
    "captions_unreadable": "Captions in the file cannot be read and were left out. Add them as SubRip or WebVTT.",
    "trailing_data": "There are further bytes behind the picture; they are not used.",
}
PROVENANCE = {
    "embedded": "The file carries Content Credentials (C2PA)",
    "remote": "The file points to Content Credentials (C2PA) on the web",
}
CLAIMS = (
    ("creator", "Creator"),
    ("copyright", "Copyright"),
    ("credit", "Credit"),
    ("usage_terms", "Usage terms"),
    ("licensor", "Licensor"),
    ("web_statement", "Rights page"),
    ("licence_end", "Licence ends"),
    ("model_release", "Model release"),
    ("digital_source_type", "Digital source type"),
    ("title", "Title"),
    ("description", "Description"),
)

HDR_TRANSFERS = {
    "smpte2084": "HDR (PQ); versions are made in SDR",
    "arib-std-b67": "HDR (HLG); versions are made in SDR",
}
"""By the names of ffmpeg."""

Line = tuple[str, str]


def _picture(asset: AssetView) -> list[Line]:
    facts = asset.facts
    if facts is None:
        return []
    shape = words.ratio(facts.width, facts.height)
    pixels = facts.width * facts.height / 1e6
    megapixels = f", {pixels:.1f} megapixels" if asset.kind != "video" and pixels >= 0.1 else ""
    lines = [("Size", f"{facts.width} × {facts.height} pixels{megapixels}"), ("Shape", shape.capitalize())]
    if facts.orientation != 1:
        lines.append(("Orientation", "Turned upright, as the file asks for"))
    if facts.frames > 1:
        lines.append(("Frames", f"{facts.frames:,}"))
    if facts.has_alpha:
        lines.append(("Transparency", "Yes"))
    if asset.kind != "video":
        depth = f", {facts.bit_depth} bits a colour" if facts.bit_depth else ""
        lines.append(("Colour", f"{facts.colour_profile or 'No profile, taken as sRGB'}{depth}"))
        if facts.faces:
            lines.append(("Faces", words.count(len(facts.faces), "face") + " found"))
    return lines


def _motion(asset: AssetView) -> list[Line]:
    facts = asset.facts
    if facts is None or facts.duration_s is None:
        return []
    rate = f", {facts.frame_rate:.4g} frames a second" if facts.frame_rate else ""
    lines = [("Length", f"{words.duration(facts.duration_s)}{rate}")]
    if asset.kind == "video":
        depth = f", {facts.bit_depth} bits a colour" if facts.bit_depth else ""
        lines.append(("Picture", f"{(facts.codec or 'unknown').upper()}{depth}"))
        lines.append(("Colour", HDR_TRANSFERS.get(facts.colour_transfer or "", "SDR")))
        sound = facts.audio
        channels = {1: "mono", 2: "stereo"}.get(sound.channels, f"{sound.channels} channels") if sound else ""
        lines.append(("Sound", f"{sound.codec.upper()}, {channels}" if sound else "None"))
    return lines


def lines(asset: AssetView, *, private: bool) -> list[Line]:
    """Return label and value of each fact; where a picture was taken only with `private`."""
    facts = asset.facts
    if facts is None:
        return []
    found = [("Type", FORMATS.get(facts.format, facts.format.upper())), ("File", words.size(asset.size_bytes))]
    found += _picture(asset) + _motion(asset)
    said = facts.embedded
    if said.captured_at:
        found.append(("Taken", words.stated(said.captured_at)))
    if said.device:
        found.append(("Device", said.device))
    if private and said.gps:
        found.append(("Place", f"{said.gps[0]:.5f}, {said.gps[1]:.5f}; never written into renditions"))
    elif said.has_gps:
        found.append(("Place", "Stored in the file; never written into renditions"))
    if said.c2pa:
        found.append(("Provenance", _provenance(facts)))
    found.append(("Added", words.moment(asset.created_at)))
    return found


def _provenance(facts: MediaFacts) -> str:
    """Say what the Content Credentials of a file claim, and whether they hold."""
    known = facts.provenance
    if known is None:
        return PROVENANCE.get(facts.embedded.c2pa or "", facts.embedded.c2pa or "")
    signed = f"signed by {known.issuer}" if known.issuer else "signed"
    made = f" with {known.generator}" if known.generator else ""
    words = {
        "Trusted": "intact, by a known signer",
        "Valid": "intact, by a signer whom nobody vouches for",
    }.get(known.state, "broken: the file was changed, or the signature does not fit")
    return f"Content Credentials (C2PA), {signed}{made}; {words}"


def claims(asset: AssetView) -> list[Line]:
    """Return what the file says about rights and authors: claims of whoever wrote the file."""
    if asset.facts is None:
        return []
    said = asset.facts.embedded
    return [(label, str(getattr(said, name))) for name, label in CLAIMS if getattr(said, name)]


def warnings(asset: AssetView) -> list[str]:
    """Return in words what was wrong with the file but tolerated."""
    if asset.facts is None:
        return []
    return [WARNINGS.get(code, f"Noticed: {code.replace('_', ' ')}.") for code in asset.facts.warnings]
