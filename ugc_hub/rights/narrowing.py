"""Narrowing: whether one permission allows nothing that another one does not, judged as the rule judges them.

Nothing is compared as text: `paid_social.meta` lies within `paid_social`, `DE` within the world, `crop` within any
edit. Each dimension asks the rule's own predicates, so that a change of the rule changes this answer too. What cannot
be told is not narrower.
"""

from __future__ import annotations

from ugc_hub.rights.boxes import places_of, scale_of, with_subdivisions
from ugc_hub.rights.clearing import ai_missing, channel_missing, edit_missing
from ugc_hub.rights.grants import Grant, Values, covers_channel
from ugc_hub.rights.vocabulary import EVERY, Vocabulary, standard

UNPRIVILEGED = (None, "creator", "person", "owner", "agent", "brand")
"""Who may have signed without the rule allowing more for it; a guardian's word opens what shows minors."""


def narrower(new: Grant, old: Grant, vocabulary: Vocabulary | None = None) -> bool:
    """Whether `new` in the place of `old` allows no use that `old` did not.

    Both are permissions of one layer for one subject. Their assets, states and revocations are not compared: who asks
    keeps those as they are.
    """
    words = vocabulary or standard()
    return (
        new.permits
        and old.permits
        and (new.layer, new.subject) == (old.layer, old.subject)
        and new.signed_by_role in (old.signed_by_role, *UNPRIVILEGED)
        and new.exclusive <= old.exclusive
        and new.future_media <= old.future_media
        and new.evidence_level <= old.evidence_level
        and new.evidence_ok <= old.evidence_ok
        and _as_senior(new, old)
        and _channels(new, old, words)
        and _places(new, old, words)
        and _edits(new, old, words)
        and _among(new.products, old.products)
        and _among(new.grantees, old.grantees)
        and _among(new.parties, old.parties)
        and _term(new, old)
        and _remains(new, old, words)
        and all(duty in new.duties for duty in old.duties)
        and all(_capped(new, old, name) for name in old.caps)
    )


def _as_senior(new: Grant, old: Grant) -> bool:
    """Whether every exclusive grant that pushes the old one aside pushes the new one aside too."""
    return new.signed_at is None or (old.signed_at is not None and new.signed_at >= old.signed_at)


def _among(new: Values, old: Values) -> bool:
    """Whether values of a dimension without order lie among others; stating none grants nothing."""
    return not new or EVERY in (old or ()) or new <= (old or frozenset())


def _channels(new: Grant, old: Grant, words: Vocabulary) -> bool:
    if EVERY in (new.channels or ()) and not _later_channels(new, old):
        return False
    return all(channel_missing(new, one) or not channel_missing(old, one) for one in words.channels.values())


def _later_channels(new: Grant, old: Grant) -> bool:
    """Whether all channels mean no more than before where the vocabulary grows."""
    if EVERY not in (old.channels or ()):
        return False
    return old.future_media or new.vocabulary_version <= old.vocabulary_version


def _places(new: Grant, old: Grant, words: Vocabulary) -> bool:
    codes = [code for one in (new, old) for code in ((one.territories or frozenset()) | one.excluded_territories)]
    places = scale_of(words).countries + with_subdivisions(codes)
    return places_of(new.reach, places)[0] & ~places_of(old.reach, places)[0] == 0


def _edits(new: Grant, old: Grant, words: Vocabulary) -> bool:
    for missing, edits in ((edit_missing, words.editorial), (ai_missing, words.ai)):
        for one in edits:
            asked = frozenset({one})
            if not missing(new, asked) and missing(old, asked):
                return False
    return True


def _term(new: Grant, old: Grant) -> bool:
    """Whether the new term lies within the old one; a term that is not known allows nothing."""
    if new.starts_at is None or (new.ends_at is None and not new.perpetual):
        return True
    if old.starts_at is None or (old.ends_at is None and not old.perpetual):
        return False
    if new.starts_at < old.starts_at:
        return False
    return old.ends_at is None or (new.ends_at is not None and new.ends_at <= old.ends_at)


def _remains(new: Grant, old: Grant, words: Vocabulary) -> bool:
    """Whether what may stay live after the end does not grow."""
    rest, before = new.wind_down, old.wind_down
    if rest is None or new.ends_at is None:
        return True
    if before is None or (rest.mode == "may_remain" and before.mode != "may_remain"):
        return False
    if before.mode == "grace" and rest.days > before.days:
        return False
    reached = (one for one in words.channels.values() if covers_channel(rest.channels, one))
    return all(covers_channel(before.channels, one) for one in reached)


def _capped(new: Grant, old: Grant, name: str) -> bool:
    """Whether a limit stays at most as high, and what was used of it is not forgotten."""
    if name not in new.caps or new.caps[name] > old.caps[name]:
        return False
    used, before = new.counters.get(name), old.counters.get(name)
    return used is None or (before is not None and used >= before)
