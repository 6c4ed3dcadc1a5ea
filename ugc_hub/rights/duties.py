"""Duties that come with a permission: those agreed, disclosure of advertising, and marks of AI (section 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ugc_hub.rights.grants import Duty, Grant
from ugc_hub.rights.parts import country_of
from ugc_hub.rights.questions import Question
from ugc_hub.rights.vocabulary import Vocabulary

TRAINED = "trainedAlgorithmicMedia"
COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
ENHANCED = "algorithmicallyEnhanced"
LABELLED = frozenset({TRAINED, COMPOSITE, "compositeSynthetic"})
"""Source types that a viewer has to be told of (IPTC Digital Source Type NewsCodes)."""
MADE_BY_AI = LABELLED | {ENHANCED}
GENERATIVE = frozenset({"ai_generative_edit", "ai_synthetic_likeness", "ai_voice"})


def unmet(grant: Grant, question: Question) -> list[str]:
    """Name the duties that must be done before publishing and are not; what is live is not asked again."""
    if not (grant.beforehand and question.publishing):
        return []
    return [name for name in grant.beforehand if question.duty_state.get(f"{grant.id}:{name}") is not True]


def duties_of(grants: Iterable[Grant], question: Question, words: Vocabulary) -> tuple[Duty, ...]:
    """Return every duty of an allowed use, each once; `grants` are the chosen ones."""
    found: list[Duty] = []
    agreed = (duty for grant in grants for duty in grant.duties if duty.phase != "pre")
    for duty in (*agreed, *_disclosure(question, words), *_marks(question)):
        if not any(duty.name == one.name and duty.details == one.details for one in found):
            found.append(duty)
    return tuple(found)


def _disclosure(question: Question, words: Vocabulary) -> Iterator[Duty]:
    channel = question.channel
    compensated = [asset for asset in question.assets if asset.compensated]
    if not channel.public or not compensated:
        return
    if not channel.native_ad_label:
        labels = {country: words.label(country) for country in map(country_of, question.places)}
        placements = {country: words.placement(country) for country in labels if words.placement(country)}
        where = {"placements": placements} if placements else {}
        yield Duty("disclose", details={"kind": "material_connection", "labels": labels, **where})
    elif any(asset.testimonial for asset in compensated):
        yield Duty("disclose", details={"kind": "compensated_endorser"})
    if channel.platform_label:
        yield Duty("platform_label")


def source_type(question: Question) -> str | None:
    """Return the digital source type of what results; never a weaker mark than an ingredient carries."""
    own = question.assets[0].digital_source_type
    if not question.ai.isdisjoint(GENERATIVE):
        return COMPOSITE
    if own in LABELLED:
        return own
    if any(asset.digital_source_type in LABELLED for asset in question.assets):
        return COMPOSITE
    return ENHANCED if "ai_enhance" in question.ai else own


def _marks(question: Question) -> Iterator[Duty]:
    result = source_type(question)
    if result in MADE_BY_AI:
        yield Duty("embed_source_type", details={"value": result})
    if result in LABELLED and question.channel.public:
        yield Duty("label_ai")
