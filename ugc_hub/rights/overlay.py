"""An installation's own words over the vocabulary of the release: labels by country, where they stand, thresholds.

Counsel decides which word discloses advertising in a country, where it has to stand, and how strong the proof of a
consent must be. What a word means is not theirs to change: channels, edits and places stay those of the release.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ugc_hub.rights.vocabulary import Channel, Vocabulary

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
PARTS = ("name", "disclosure_labels", "disclosure_placements", "channels")
FACTS: Mapping[str, type] = {"min_evidence": int, "native_ad_label": bool, "platform_label": bool}
"""What may be said of a channel, with its type."""
LONGEST_LABEL, LONGEST_PLACEMENT = 60, 300


class OverlayRefused(ValueError):
    """The overlay says something that it cannot; the message names each place and what may stand there."""


def overlaid(words: Vocabulary, plain: Mapping[str, Any]) -> Vocabulary:
    """Return the vocabulary with an installation's words over it; a channel takes its children with it.

    Its edition is the name of the overlay and the begin of its hash: each decision tells of which words it was.

    Raises:
        OverlayRefused: a key is not known, or a value is wrong.
    """
    problems = list(_problems(words, plain))
    if problems:
        raise OverlayRefused(" ".join(problems))
    said: Mapping[str, Mapping[str, Any]] = plain.get("channels", {})
    # Ancestors first, so that a child that is named itself wins over what its ancestor says.
    channels = dict(words.channels)
    for name in sorted(said, key=len):
        channels |= {one: _with(channels[one], said[name]) for one in channels if name in channels[one].line}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return replace(
        words,
        channels=channels,
        labels={**words.labels, **plain.get("disclosure_labels", {})},
        placements={**words.placements, **plain.get("disclosure_placements", {})},
        edition=f"{plain['name']}.{hashlib.sha256(text.encode()).hexdigest()[:8]}",
        overlay=dict(plain),
    )


def _with(channel: Channel, said: Mapping[str, Any]) -> Channel:
    return replace(channel, **said)


def _problems(words: Vocabulary, plain: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(plain) - set(PARTS)):
        yield f"{key}: there is no such part; it is one of {', '.join(PARTS)}."
    name = plain.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield 'name: give the overlay a name of small letters, digits, dots and hyphens, such as "acme-2027-01".'
    yield from _texts(words, plain, "disclosure_labels", LONGEST_LABEL)
    yield from _texts(words, plain, "disclosure_placements", LONGEST_PLACEMENT)
    channels = plain.get("channels", {})
    if not isinstance(channels, Mapping):
        yield "channels: write tables such as [channels.email]."
        return
    for channel, said in channels.items():
        yield from _channel(words, str(channel), said)


def _texts(words: Vocabulary, plain: Mapping[str, Any], part: str, longest: int) -> Iterator[str]:
    table = plain.get(part, {})
    if not isinstance(table, Mapping):
        yield f"{part}: write a table of countries."
        return
    for country, text in table.items():
        if country != "default" and country not in words.atlas.countries:
            yield f"{part}.{country}: there is no such country; write DE, or default."
        if not isinstance(text, str) or not text.strip() or not text.isprintable() or len(text) > longest:
            yield f"{part}.{country}: write 1 to {longest} characters on one line."


def _channel(words: Vocabulary, channel: str, said: Any) -> Iterator[str]:
    if channel not in words.channels:
        yield f'channels."{channel}": there is no such channel; it is one of {", ".join(words.channels)}.'
        return
    if not isinstance(said, Mapping):
        yield f'channels."{channel}": write a table with {", ".join(FACTS)}.'
        return
    for fact, value in said.items():
        wanted = FACTS.get(fact)
        if wanted is None:
            yield f'channels."{channel}".{fact}: only {", ".join(FACTS)} can be set.'
        elif type(value) is not wanted:
            yield f'channels."{channel}".{fact}: write {"true or false" if wanted is bool else "a whole number"}.'
        elif wanted is int and value not in words.evidence_levels:
            yield f'channels."{channel}".{fact}: write a level of {", ".join(map(str, words.evidence_levels))}.'
