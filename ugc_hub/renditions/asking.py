"""Asks the grants about renditions: before one is made, and again when it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.errors import Invalid
from ugc_hub.framing import AnyFraming, Reason, beds_of, edits_of
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse, Use, ask_each, bounded, told_duties
from ugc_hub.licensing.missing import with_trash
from ugc_hub.licensing.wording import channel_name
from ugc_hub.models import Asset, Track
from ugc_hub.presets import Preset, channel_of, choices_of
from ugc_hub.rights import Decision, write_decision
from ugc_hub.rights import Reason as Why
from workers.media.plans import AnyPlan

UNSTATED = "use_unstated"
SEVERAL = "Say where the file will be used: its presets belong to several channels."
"""Code of a preset that belongs to no channel, where nobody said for which one the file is meant."""


@dataclass(frozen=True)
class Asked:
    """A framing with what the grants say of it; without an answer where there was nothing to ask."""

    framing: AnyFraming
    channel: str | None = None
    decision: Decision | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What goes with the outcome: where the file may be used, until when, with which duties."""
        if self.decision is None or not self.decision.allowed:
            return {"channel": self.channel}
        plain = write_decision(self.decision)
        return {
            "channel": self.channel,
            "valid_until": plain["valid_until"],
            "duties": tuple(told_duties(plain["duties"])),
        }


def channel_for(preset: Preset | None, stated: StatedUse) -> str | None:
    """Return the channel that somebody stated, else that of the preset, else None."""
    return stated.channel or (channel_of(preset.target) if preset is not None else None)


def edits_in(plans: Iterable[AnyPlan], asset: Asset) -> frozenset[str]:
    """Return the editorial edits that the plans make to an asset."""
    return frozenset(edit for plan in plans for edit in edits_of(plan, asset.width or 0, asset.height or 0))


def use_of(hub: Hub, stated: StatedUse, channel: str, *, plans: Sequence[AnyPlan], asset: Asset) -> Use:
    """Return the question to the grants about what plans make: their edits, and the tracks that they lay under it.

    Raises:
        Invalid: what was stated of the use is no use at all.
    """
    beds = beds_of(plans)
    use = stated.use(hub, channel, edits_in(plans, asset))
    return replace(use, beds=beds.tracks, keeps_sound=beds.keeps_sound)


def ask(
    hub: Hub,
    session: Session,
    actor: Actor,
    *,
    asset: Asset,
    pairs: Sequence[tuple[Preset, AnyFraming]],
    stated: StatedUse,
) -> list[Asked]:
    """Ask for each preset whether what it makes may be used; a framing that may not is refused with the reasons.

    Raises:
        Forbidden: a use lies outside of what the actor's token is bound to.
        Invalid: what was stated of the use is no use at all.
    """
    channels = {preset.id: channel_for(preset, stated) for preset, _ in pairs}
    uses: dict[str, Use] = {}
    for preset, framed in pairs:
        channel = channels[preset.id]
        if framed.plans and channel is not None:
            use = use_of(hub, stated, channel, plans=framed.plans, asset=asset)
            uses[preset.id] = bounded(hub, actor, use)
    answers: Mapping[str, Decision] = {}
    if uses:
        asked = ask_each(hub, session, [(asset.id, use) for use in uses.values()])
        pairs_of = zip(uses, asked.pairs, strict=True)
        answers = {name: with_trash(session, asset.id, pair[1]) for name, pair in pairs_of}
    return [
        _judged(framed, channels[preset.id], _named(session, answers.get(preset.id)), preset)
        if framed.plans
        else Asked(framed)
        for preset, framed in pairs
    ]


def _named(session: Session, decision: Decision | None) -> Decision | None:
    """Call tracks by their titles: who chose the music knows no ids."""
    if decision is None:
        return None
    return replace(decision, reasons=tuple(by_title(session, reason) for reason in decision.reasons))


def by_title(session: Session, reason: Why) -> Why:
    """Return the reason with the title of the track that it is about; any other as it is."""
    track = session.get(Track, reason.subject) if reason.layer == "music" and reason.subject else None
    if track is None:
        return reason
    said = {name: getattr(reason, name).replace(track.id, f"“{track.title}”") for name in ("sentence", "next_step")}
    return replace(reason, **said)


def unstated(preset: Preset) -> str:
    """Return the sentence for a preset whose channel has to be stated."""
    names = " or ".join(map(channel_name, choices_of(preset.target)))
    return f"This preset runs in several kinds of places: state the channel of the use, such as {names}."


def _judged(framed: AnyFraming, channel: str | None, decision: Decision | None, preset: Preset) -> Asked:
    if decision is None:
        return Asked(_refused(framed, (Reason(UNSTATED, unstated(preset), "refusal"),)))
    if decision.allowed:
        return Asked(framed, channel, decision)
    reasons = tuple(
        Reason(reason.code.lower(), f"{reason.sentence} {reason.next_step}".strip(), "refusal")
        for reason in decision.reasons
    )
    return Asked(_refused(framed, reasons), channel, decision)


def _refused(framed: AnyFraming, reasons: tuple[Reason, ...]) -> AnyFraming:
    return replace(framed, outcome="refused", plans=(), reasons=(*reasons, *framed.reasons), crop=None, covered=())


def only_channel(presets: Iterable[Preset], stated: StatedUse) -> str:
    """Return the channel for which a file is taken: the stated one, else that of all presets that asked for it.

    Raises:
        Invalid: nobody stated one, and the presets belong to none or to several.
    """
    known = list(presets)
    found = {channel_for(preset, stated) for preset in known} or {stated.channel}
    channel = found.pop() if len(found) == 1 else None
    if channel is None:
        open_ = next((one for one in known if channel_for(one, stated) is None), None)
        words = unstated(open_) if open_ is not None else SEVERAL
        codes = list(choices_of(open_.target)) if open_ is not None else []
        raise Invalid(words, code=UNSTATED, extra={"field": "channel", "choices": codes})
    return channel
