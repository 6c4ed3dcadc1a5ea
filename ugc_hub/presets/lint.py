"""The rules that every record of the catalogue keeps, and `lint`, which judges a catalogue by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ugc_hub.presets.loading import Catalogue
from ugc_hub.presets.records import BASES, CHANNELS, FITS, HOUSE, KINDS, Output, Region, Target

IMAGE_FORMATS = frozenset({"jpg", "png", "gif", "webp", "avif", "tiff"})
VIDEO_FORMATS = frozenset(
    [
        "mp4",
        "mov",
        "m4v",
        "mpg",
        "mpeg",
        "wmv",
        "avi",
        "flv",
        "3gp",
        "3gpp",
        "webm",
        "dnxhr",
        "prores",
        "cineform",
        "hevc",
        "fmp4",
        "ts",
        "gif",
    ]
)
FORMATS: dict[str, frozenset[str]] = {
    "image": IMAGE_FORMATS,
    "animation": frozenset({"gif", "webp", "avif"}),
    "video": VIDEO_FORMATS,
    "document": frozenset({"html"}),
    "captions": frozenset({"vtt", "srt"}),
}
SOURCE_KINDS = frozenset(
    [
        "official",
        "official_mirror",
        "standard",
        "vendor_doc",
        "third_party_verbatim",
        "open_data",
        "open_source_default",
        "custom",
        "third_party",
        HOUSE,
    ]
)
ROUNDING = Fraction(5, 1000)
"""Ratio error of published sizes that is only rounding: 1200 x 628 is called 1.91:1."""
RATIO = re.compile(r"\d+(?:\.\d+)?:\d+(?:\.\d+)?\Z")
SOURCE_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?\Z")


@dataclass(frozen=True)
class Finding:
    """One broken rule: the record, the rule and what is wrong."""

    record: str
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.record}: {self.sentence} ({self.rule})"


Findings = Iterator[tuple[str, str]]


def _identity(target: Target) -> Findings:
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", target.id):
        yield "id", "an id is small letters, digits and underscores with dots between"
    if target.channel not in CHANNELS:
        yield "channel", f"{target.channel!r} is not one of {', '.join(CHANNELS)}"
    if target.kind not in KINDS:
        yield "kind", f"{target.kind!r} is not one of {', '.join(KINDS)}"
    if not target.placement or not target.platform:
        yield "placement", "platform and placement must be named"


def _evidence(target: Target) -> Findings:
    evidence = target.evidence
    if not evidence.source:
        yield "source", "every record names its source"
    if evidence.kind not in SOURCE_KINDS:
        yield "source", f"{evidence.kind!r} is no kind of source"
    if evidence.date is not None and not SOURCE_DATE.match(evidence.date):
        yield "source", f"{evidence.date!r} is no date"
    try:
        date.fromisoformat(evidence.checked)
    except (ValueError, TypeError):
        yield "checked", "every record names the day on which its source was read"
    if target.of_house != (target.platform == HOUSE):
        yield "source", "what is of the house has the house as its platform and its source, and nothing else has"
    for dispute in target.disputes:
        if not (dispute.field and dispute.says and dispute.kept):
            yield "dispute", "a dispute names the field, the other value and what was kept"


def _numbers(target: Target) -> Findings:
    size, weight = target.size, target.bytes
    sides = (size.width, size.height, size.min_width, size.min_height, size.max_width, size.max_height)
    if any(side is not None and (not isinstance(side, int) or side <= 0) for side in sides):
        yield "size", "pixels are whole numbers above zero"
    if size.basis is not None and size.basis not in BASES:
        yield "basis", f"{size.basis!r} is not one of {', '.join(BASES)}"
    if (size.width or size.height) and size.basis is None:
        yield "basis", "published pixels need a basis"
    if (weight.max is not None and weight.max <= 0) or (weight.min is not None and weight.min <= 0):
        yield "bytes", "byte limits are above zero"
    if (weight.max is None) != (weight.rule is None) or weight.rule not in (None, "hard", "advice"):
        yield "bytes", "a byte limit is either hard or advice, and a rule needs a limit"
    if target.ratio_tolerance_pct is not None and not 0 <= target.ratio_tolerance_pct <= 10:
        yield "tolerance", "a tolerance is 0 to 10 percent"


def _order(target: Target) -> Findings:
    size, video = target.size, target.video
    chains = {
        "width": (size.min_width, size.width, size.max_width),
        "height": (size.min_height, size.height, size.max_height),
        "bytes": (target.bytes.min, target.bytes.max),
        "duration": (target.duration.min, target.duration.max),
        "fps": (video.fps_min, video.fps_max),
        "bit rate": (video.kbps_min, video.kbps_max),
        "items": (target.items.min, target.items.max),
    }
    for name, chain in chains.items():
        known = [value for value in chain if value is not None]
        if known != sorted(known) or any(value < 0 for value in known):
            yield "order", f"{name}: minimum, value and maximum are not in order: {known}"


def _shape(target: Target) -> Findings:
    if target.ratio is None:
        return
    if not RATIO.match(target.ratio):
        yield "ratio", f"{target.ratio!r} is not a ratio such as 4:5"
        return
    across, down = (Fraction(part) for part in target.ratio.split(":"))
    if not across or not down:
        yield "ratio", "a ratio has no zero"
    elif target.size.width and target.size.height:
        tolerance = max(Fraction(str(target.ratio_tolerance_pct or 0)) / 100, ROUNDING)
        error = abs(Fraction(target.size.width, target.size.height) / (across / down) - 1)
        if error > tolerance:
            yield "ratio", f"{target.size.width} x {target.size.height} is not {target.ratio}"


def _inside(region: Region) -> bool:
    if region.unit == "px" and region.reference is None:
        return False
    width, height = (100, 100) if region.unit == "pct" else (region.reference or (0, 0))
    if region.is_rectangle:
        right, bottom = (region.x or 0) + (region.width or 0), (region.y or 0) + (region.height or 0)
        corners = (region.x or 0, region.y or 0, region.width or 0, region.height or 0)
        return min(corners) >= 0 and right <= width and bottom <= height and bool(region.height)
    margins = (region.top or 0, region.right or 0, region.bottom or 0, region.left or 0)
    return min(margins) >= 0 and margins[0] + margins[2] < height and margins[1] + margins[3] < width


def _regions(target: Target) -> Findings:
    for region in target.regions:
        if region.unit not in ("px", "pct"):
            yield "unit", f"a region is measured in px or pct, not in {region.unit!r}"
        elif region.unit == "px" and region.reference is None:
            yield "unit", "a region in px names the canvas it refers to"
        elif not _inside(region):
            yield "region", "a region lies inside its canvas"


def _formats(target: Target) -> Findings:
    known = FORMATS.get(target.kind, frozenset())
    for name in target.formats:
        if name not in known:
            yield "format", f"{name!r} is no format for {target.kind}"
    if len(set(target.formats)) < len(target.formats):
        yield "format", "a format is named twice"


def _retired(target: Target) -> Findings:
    if target.deprecated and not target.replaced_by:
        yield "deprecated", "a deprecated record names what replaces it"
    if target.replaced_by == target.id:
        yield "deprecated", "a record cannot replace itself"


TARGET_RULES: tuple[Callable[[Target], Findings], ...] = (
    _identity,
    _evidence,
    _numbers,
    _order,
    _shape,
    _regions,
    _formats,
    _retired,
)


def _links(target: Target, catalogue: Catalogue) -> Findings:
    outputs = {output.id: output for output in catalogue.outputs}
    recipes = {recipe.id: recipe for recipe in catalogue.recipes}
    make = target.make
    if make.fit not in FITS:
        yield "fit", f"{make.fit!r} is not one of {', '.join(FITS)}"
    if target.replaced_by and target.replaced_by not in {other.id for other in catalogue.targets}:
        yield "deprecated", f"{target.replaced_by!r}, the replacement, does not exist"
    missing = [name for name in make.recipes if name not in recipes]
    if missing:
        yield "recipe", f"there is no recipe {missing[0]!r}"
    if make.output is None:
        if target.kind == "image" and not target.in_words:
            yield "output", "an image target names what is made"
        return
    if make.output not in outputs:
        yield "output", f"there is no output {make.output!r}"
        return
    yield from _made(target, outputs[make.output])
    formats = tuple(recipes[name].format for name in make.recipes if name in recipes)
    if not missing and formats != outputs[make.output].formats:
        yield "recipe", "there is one recipe for each format of the output, in its order"


def _made(target: Target, output: Output) -> Findings:
    size = target.size
    if (output.width, output.height) != (size.width, size.height):
        yield "output", "the output has other pixels than the target"
    if output.fit != target.make.fit:
        yield "fit", "output and target disagree about the fit"
    if target.bytes.max is not None and (output.max_bytes or target.bytes.max + 1) > target.bytes.max:
        yield "output", "the output may be heavier than the target accepts"
    accepted = {"jpeg" if name == "jpg" else name for name in target.formats}
    if accepted and not set(output.formats) <= accepted:
        yield "format", "the output has a format that the target does not accept"


def _others(catalogue: Catalogue) -> Iterator[Finding]:
    ids = {target.id for target in catalogue.targets}
    for output in catalogue.outputs:
        if output.id != output.address():
            yield Finding(output.id, "address", f"the contents say {output.address()}")
        if output.fit not in FITS:
            yield Finding(output.id, "fit", f"{output.fit!r} is not one of {', '.join(FITS)}")
    for recipe in catalogue.recipes:
        if not 1 <= recipe.min_quality <= recipe.quality <= 100 or recipe.version < 1:
            yield Finding(recipe.id, "recipe", "1 <= min_quality <= quality <= 100, and versions start at 1")
    for pack in catalogue.packs:
        for preset in pack.presets:
            if preset not in ids:
                yield Finding(pack.id, "pack", f"there is no preset {preset!r}")


def _unique(catalogue: Catalogue) -> Iterator[Finding]:
    for records in (catalogue.targets, catalogue.outputs, catalogue.recipes, catalogue.packs):
        for record, count in Counter(record.id for record in records).items():
            if count > 1:
                yield Finding(record, "unique", f"the id stands for {count} records")


def lint(catalogue: Catalogue) -> list[Finding]:
    """Judge every record of a catalogue; an empty list means that all rules are kept."""
    found = [*_unique(catalogue), *_others(catalogue)]
    for target in catalogue.targets:
        for rule in TARGET_RULES:
            found += [Finding(target.id, name, sentence) for name, sentence in rule(target)]
        found += [Finding(target.id, name, sentence) for name, sentence in _links(target, catalogue)]
    return found
