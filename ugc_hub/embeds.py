"""Embeds: a video for somebody's own page, as HTML that is ready to be pasted; every address in it is a delivery link.

Browsers take the first source that they play: the stream where there is one, else the file. Nothing is loaded before
somebody presses play but the poster, and the room of the video is kept free and filled with the poster's colour.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Literal

from sqlalchemy.orm import Session

from ugc_hub import delivery, renditions
from ugc_hub.accounts import Actor, require
from ugc_hub.catalog.below import captions_name, said_beside
from ugc_hub.catalog.captioned import cues_of, rows_of, shown
from ugc_hub.errors import Conflict, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Left, StatedUse
from ugc_hub.models import AssetClip
from ugc_hub.presets import Preset
from ugc_hub.renditions import RenditionView
from workers.media.plans import AnyPlan, load_plan
from workers.media.shapes import ImagePlan
from workers.media.video.rungs import MASTER, LadderPlan
from workers.media.video.shapes import VideoPlan

Kind = Literal["stream", "film", "poster"]
_NAMES = {
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
    "tr": "Türkçe",
    "zh": "中文",
}
"""What menus of captions call a language: those who look for it read it."""
_STREAM_TYPE = "application/vnd.apple.mpegurl"
_SAME_S = 0.1
"""Parts that differ by less show the same."""


@dataclass(frozen=True)
class Linked:
    """A version that the page shows, and its address."""

    kind: Kind
    rendition_id: str
    url: str
    left: Left


@dataclass(frozen=True)
class LeftOut:
    """A version that the page does not show, and why."""

    kind: Kind
    rendition_id: str
    sentence: str


@dataclass(frozen=True)
class Embed:
    """What is pasted into a page, and what holds for it."""

    html: str
    links: tuple[Linked, ...]
    left_out: tuple[LeftOut, ...]
    languages: tuple[str, ...]
    """Of its captions."""
    valid_until: datetime | None
    """The earliest end of its addresses; None is no known end."""

    @property
    def ends(self) -> str:
        """Until when the addresses work, in words."""
        if self.valid_until is None:
            return "Its addresses work until the permission ends."
        until = f"{self.valid_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"Its addresses work until {until}, or until the permission ends before that."

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        links = [_plain(one) for one in self.links]
        return {
            "html": self.html,
            "links": links,
            "left_out": [vars(one) for one in self.left_out],
            "languages": list(self.languages),
            "valid_until": self.valid_until and self.valid_until.isoformat(),
            "ends": self.ends,
        }


def _plain(one: Linked) -> dict[str, Any]:
    plain = one.left.as_dict()
    told = {name: plain[name] for name in ("usage_id", "valid_until", "status_url", "duties")}
    return {"kind": one.kind, "rendition_id": one.rendition_id, "url": one.url, **told}


@dataclass(frozen=True)
class _Choice:
    """A version that may be shown."""

    kind: Kind
    view: RenditionView
    plan: AnyPlan


def make(
    hub: Hub,
    actor: Actor,
    asset_id: str,
    *,
    stated: StatedUse,
    chosen: Sequence[str] = (),
    acknowledged: str = "",
) -> Embed:
    """Make the links that a page needs to show a video, for one use, and the HTML that has them.

    `chosen` are renditions of the video; without any, the newest of each kind that fit each other.

    Raises:
        Conflict: the video has no finished version to show; or duties come first (see `licensing.hand_over`).
        Forbidden: the actor may not download renditions.
        Invalid: no channel is stated, or a chosen rendition is none that pages show.
        NotFound: there is no such asset or rendition, or the actor may not see it.
        RightsDenied: the grants do not allow the use.
    """
    require(actor, "rendition.download")
    known = [one for view in renditions.of_asset(hub, actor, asset_id) if (one := _choice(view)) is not None]
    choices, left_out = _fitting(known, renditions.all_presets(hub), chosen)
    if not any(one.kind != "poster" for one in choices):
        words = "There is no finished version that a page could play. Make one for the web first."
        raise Conflict(words, code="nothing_to_embed")
    ids = [one.view.id for one in choices]
    answers = delivery.make_links(hub, actor, ids, stated=stated, acknowledged=acknowledged)
    made: dict[Kind, Linked] = {}
    for one, answer in zip(choices, answers, strict=True):
        if isinstance(answer, HubError):
            left_out.append(LeftOut(one.kind, one.view.id, answer.message))
        else:
            made[one.kind] = Linked(one.kind, one.view.id, answer.url, answer.left)
    if made.keys() <= {"poster"}:
        raise next(answer for answer in answers if isinstance(answer, HubError))
    playing = {one.kind: one for one in choices if one.kind in made}
    with hub.database.read() as session:
        languages = _languages(session, asset_id, [one.plan for one in playing.values() if one.kind != "poster"])
    ends = [one.left.valid_until for one in made.values() if one.left.valid_until is not None]
    text = _html(made, playing, languages)
    return Embed(text, tuple(made.values()), tuple(left_out), languages, min(ends, default=None))


def _choice(view: RenditionView) -> _Choice | None:
    if view.status != "ready":
        return None
    plan = load_plan(view.plan)
    if isinstance(plan, LadderPlan):
        return _Choice("stream", view, plan)
    if isinstance(plan, VideoPlan):
        return _Choice("film", view, plan)
    return _Choice("poster", view, plan) if isinstance(plan, ImagePlan) and plan.still is not None else None


def _fitting(
    known: Sequence[_Choice], presets: dict[str, Preset], chosen: Sequence[str]
) -> tuple[list[_Choice], list[LeftOut]]:
    """Return at most one of each kind: a file for pages, a stream of the same part, a poster of the same shape."""
    if chosen:
        named = {one.view.id: one for one in known}
        if missing := [name for name in chosen if name not in named]:
            raise NotFound(f"The video has no finished version {missing[0][:40]} that a page could show.")
        known = [named[name] for name in dict.fromkeys(chosen)]
        if len({one.kind for one in known}) < len(known):
            raise Invalid("Choose one stream, one file and one poster at most.", extra={"field": "renditions"})
    film = _best((one for one in known if one.kind == "film"), lambda one: not _for_pages(one, presets))
    streams = [one for one in known if one.kind == "stream"]
    fits = [one for one in streams if film is None or _alike(one.plan, film.plan)]
    stream = fits[0] if fits else None
    shape = (film or stream or known[0]).view if known else None
    posters = (one for one in known if one.kind == "poster")
    poster = _best(posters, lambda one: shape is not None and abs(_ratio(one.view) / _ratio(shape) - 1))
    words = "It shows another part of the video than the file. Make both of the same part."
    left_out = [LeftOut("stream", one.view.id, words) for one in streams[:1] if stream is None]
    return [one for one in (stream, film, poster) if one is not None], left_out


def _best(choices: Iterable[_Choice], cost: Any) -> _Choice | None:
    """Return what costs least; of equals the newest."""
    return min(choices, key=cost, default=None)


def _for_pages(one: _Choice, presets: dict[str, Preset]) -> bool:
    used = (presets[name].target for name in one.view.presets if name in presets)
    return one.view.media_type == "video/mp4" and any(target.channel == "web" for target in used)


def _alike(one: AnyPlan, other: AnyPlan) -> bool:
    if not isinstance(one, LadderPlan) or not isinstance(other, VideoPlan) or one.whole is None or other.whole is None:
        return False
    rate = one.whole.frames / one.whole.seconds
    ends = one.frames / rate - other.frames * other.rate[1] / other.rate[0]
    return one.whole == other.whole and abs(one.first - other.first) / rate < _SAME_S and abs(ends) < _SAME_S


def _ratio(view: RenditionView) -> float:
    return view.width / view.height


def _languages(session: Session, asset_id: str, plans: Sequence[AnyPlan]) -> tuple[str, ...]:
    """Return the languages of the captions that every playing version has."""
    clip = session.get(AssetClip, asset_id)
    tracks = [row for row in rows_of(session, asset_id) if row.counts]
    said = (row.language for row in tracks if all(said_beside(plan, clip, shown(cues_of(row))) for plan in plans))
    return tuple(dict.fromkeys(said))


def _html(made: dict[Kind, Linked], playing: dict[Kind, _Choice], languages: Sequence[str]) -> str:
    """Return the element; whatever others wrote is text in it and never a tag."""
    main = (playing.get("film") or playing["stream"]).view
    source = made.get("film") or made["stream"]
    words = [f'width="{main.width}"', f'height="{main.height}"', 'controls playsinline preload="none"']
    style = "max-width: 100%; height: auto"
    if "poster" in made:
        words.append(f'poster="{escape(made["poster"].url)}"')
        placeholder = playing["poster"].view.thumbhash
        if placeholder:
            style += f"; background: {average(placeholder)}"
            words.append(f'data-thumbhash="{escape(placeholder)}"')
    words += ['crossorigin="anonymous"'] if languages else []
    lines = [f'<video {" ".join(words)} style="{style}">']
    if "stream" in made:
        lines.append(f' <source src="{escape(made["stream"].url)}/{MASTER}" type="{_STREAM_TYPE}">')
    if "film" in made:
        lines.append(f' <source src="{escape(made["film"].url)}" type="{main.media_type}">')
    for number, language in enumerate(languages):
        address = f"{escape(source.url)}/{captions_name(language)}"
        label = escape(_NAMES.get(language.split("-")[0], language))
        first = "" if number else " default"
        lines.append(f' <track kind="captions" src="{address}" srclang="{escape(language)}" label="{label}"{first}>')
    return "\n".join([*lines, "</video>", ""])


def average(thumbhash: str) -> str:
    """Return the average colour of a ThumbHash (base64) as `#rrggbb`, by the published reader."""
    head = int.from_bytes(base64.b64decode(thumbhash)[:3], "little")
    light, yellow, red = (head & 63) / 63, (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    blue = light - 2 / 3 * yellow
    first = (3 * light - blue + red) / 2
    sides = (first, first - red, blue)
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, side))):02x}" for side in sides)
