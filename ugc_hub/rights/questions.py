"""Questions: a request made exact, and what must be cleared before it may be allowed (sections 2.1 and 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from ugc_hub.rights.atlas import WORLD
from ugc_hub.rights.facts import AssetFacts, Person
from ugc_hub.rights.requests import Request
from ugc_hub.rights.vocabulary import Channel, Vocabulary, standard

BLUR = "blur_persons"
SILENCING = frozenset({"audio_remove", "audio_replace"})
"""Edits after which the sound of the asset is gone."""
RELIEF = SILENCING | {BLUR}
"""Edits that spare somebody a layer: only whoever asks can say that they are made, of all that is shown."""
PERSONAL_AI = frozenset({"ai_synthetic_likeness", "ai_voice"})
"""Edits that make somebody say or do something; only a signed agreement allows them."""
LIKENESS_AI = PERSONAL_AI | {"ai_training", "ai_generative_edit"}
"""Edits to which the persons shown must agree even where nobody outside sees the result."""
SIGNED = 3
"""Evidence level of an e-signed agreement."""
CLICK_WRAP = 2


class Malformed(ValueError):
    """The request is not a question that the rule can answer; `field` says which part of it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The request has no usable {field}.")
        self.field = field


@dataclass(frozen=True)
class Need:
    """One layer of one asset that must be cleared."""

    asset: AssetFacts
    layer: str
    subject: str | None = None
    min_evidence: int = 0
    person: Person | None = None
    guards_edits: bool = False
    """Whether its grants must list the edits that are asked."""
    named: bool = False
    """Whether its grants must name the subject: a licence of the music that is in an asset adds none to it."""


@dataclass(frozen=True)
class Question:
    """A request after normalisation: only known words, single places, aware instants in UTC."""

    assets: tuple[AssetFacts, ...]
    """The asset itself, then its ingredients."""
    channel: Channel
    parties: frozenset[str]
    products: frozenset[str]
    editorial: frozenset[str]
    ai: frozenset[str]
    publishing: bool
    places: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    """None where one instant is asked."""
    now: datetime
    duty_state: Mapping[str, bool]
    keeps_sound: bool = False
    """Whether the own sound of the assets is heard over beds, whatever edits there are."""

    @property
    def edits(self) -> frozenset[str]:
        """The edits that a permission to use does not imply."""
        return self.editorial | self.ai


def ask(request: Request, facts: Mapping[str, AssetFacts], words: Vocabulary) -> Question:
    """Make a request exact.

    Raises:
        Malformed: a word is unknown, an instant has no offset, or the time is not one instant or one window.
    """
    channel = words.channels.get(request.channel)
    if channel is None:
        raise Malformed("channel")
    if not request.edits <= words.edits:
        raise Malformed("edits")
    if request.operation not in ("publish", "continue"):
        raise Malformed("operation")
    starts_at, ends_at = _time(request)
    assets = assets_of(request, facts)
    return Question(
        assets=assets,
        channel=channel,
        parties=request.parties,
        products=request.products,
        editorial=(request.edits & words.editorial) | made_in(assets, words),
        ai=request.edits & words.ai,
        publishing=request.operation == "publish",
        places=_places(request.territories, words),
        starts_at=starts_at,
        ends_at=ends_at,
        now=starts_at if request.now is None else _utc(request.now, "now"),
        duty_state=request.duty_state,
        keeps_sound=request.keeps_sound and bool(request.beds),
    )


def about(question: Question, assets: tuple[AssetFacts, ...], words: Vocabulary) -> Question:
    """Return a question that was asked of one asset without parts as it is asked of other assets (see `assets_of`)."""
    members = {**question.__dict__, "assets": assets}
    if made := made_in(assets, words):
        members["editorial"] = question.editorial | made
    asked = object.__new__(Question)
    object.__setattr__(asked, "__dict__", members)  # a frozen class sets its members one by one, each by a call
    return asked


def _time(request: Request) -> tuple[datetime, datetime | None]:
    window = (request.starts_at, request.ends_at)
    if request.at is not None:
        if window != (None, None):
            raise Malformed("time")
        return _utc(request.at, "at"), None
    if request.starts_at is None or request.ends_at is None:
        raise Malformed("time")
    starts_at, ends_at = _utc(request.starts_at, "from"), _utc(request.ends_at, "to")
    if starts_at >= ends_at:
        raise Malformed("window")
    return starts_at, ends_at


def _utc(instant: datetime, field: str) -> datetime:
    if instant.utcoffset() is None:
        raise Malformed(field)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:  # the first and last hours of the calendar
        raise Malformed(field) from error


def _places(codes: tuple[str, ...], words: Vocabulary) -> tuple[str, ...]:
    """Worked out once for the words of the release: a page asks the same of fifty assets."""
    return _usual_places(tuple(codes)) if words is standard() else _expanded(codes, words)


@lru_cache(maxsize=1024)
def _usual_places(codes: tuple[str, ...]) -> tuple[str, ...]:
    return _expanded(codes, standard())


def _expanded(codes: tuple[str, ...], words: Vocabulary) -> tuple[str, ...]:
    if not all(map(words.atlas.knows, codes)):
        raise Malformed("territories")
    found: dict[str, None] = {}
    for code in codes or (WORLD,):
        found.update(dict.fromkeys(sorted(words.atlas.expand((code,)))))
    return tuple(found)


def assets_of(request: Request, facts: Mapping[str, AssetFacts], asset: str | None = None) -> tuple[AssetFacts, ...]:
    """Return the asset, or another one in its place, with everything that is part of it, and of its parts.

    Raises:
        Malformed: one of them is not known.
    """
    found: dict[str, AssetFacts] = {}
    asset = request.asset if asset is None else asset
    waiting = [asset, *request.ingredients]
    while waiting:
        wanted = waiting.pop(0)
        if wanted in found:
            continue
        if wanted not in facts:
            raise Malformed("asset")
        found[wanted] = facts[wanted]
        waiting += facts[wanted].ingredients
    if request.beds:
        found[asset] = replace(found[asset], beds=tuple(dict.fromkeys(request.beds)))
    return tuple(found.values())


def made_in(assets: Iterable[AssetFacts], words: Vocabulary) -> frozenset[str]:
    """Return the editorial edits that were made when assets were put together; every use of what came out has them."""
    made = [asset.edits for asset in assets if asset.edits]
    return (frozenset().union(*made) & words.editorial) - RELIEF if made else frozenset()


def needs(asset: AssetFacts, question: Question) -> Iterator[Need]:
    """Name every layer of the asset that must be cleared; where nobody knows, `unanswered` names it."""
    weakest = question.channel.min_evidence
    personal = max(weakest, SIGNED) if question.ai & PERSONAL_AI else weakest
    yield Need(asset, "copyright", min_evidence=personal, guards_edits=True)
    if _people_matter(question):
        for person in asset.people or ():
            yield Need(asset, "likeness", person.id, personal, person, guards_edits=True)
    if question.channel.public:
        for thing in asset.properties or ():
            yield Need(asset, "property", thing, weakest)
    if _music_matters(asset, question) and asset.music == "present":
        for track in asset.tracks or (None,):
            yield Need(asset, "music", track, weakest)
    for track in asset.beds:  # inside the house as well: whoever lays music under a film copies it
        yield Need(asset, "music", track, weakest, named=True)
    if question.channel.needs_platform_authorisation:
        yield Need(asset, "platform", min_evidence=max(weakest, CLICK_WRAP))


def unanswered(asset: AssetFacts, question: Question) -> Iterator[str]:
    """Name the layers of which nobody has said whether they exist."""
    if asset.people is None and _people_matter(question):
        yield "likeness"
    if asset.properties is None and question.channel.public:
        yield "property"
    if asset.music not in ("none", "original", "present") and _music_matters(asset, question):
        yield "music"


def _people_matter(question: Question) -> bool:
    asked = question.channel.public or not question.ai.isdisjoint(LIKENESS_AI)
    return asked and BLUR not in question.editorial


def _music_matters(asset: AssetFacts, question: Question) -> bool:
    audible = asset.kind != "image" and asset.has_audio is not False
    gone = not question.keeps_sound and not question.editorial.isdisjoint(SILENCING)
    return question.channel.public and audible and not gone
