"""Renders versions of a clip: one decode for all that share a part of it, each measured when it is written.

A version that misses its budget or its loudness is made once more with what was measured; one that still misses is
refused by name. The others are not touched by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workers.media import forms, imprint
from workers.media.errors import MediaError
from workers.media.video import bed, bounds, burning, check, dressing, encode, graphs, judging, levels, sound, tool
from workers.media.video.encode import Rate
from workers.media.video.graphs import INTO_S, Attempt, Given, lasts_s, starts_s, whole_s
from workers.media.video.held import Held
from workers.media.video.shapes import Clip, Loudness, Made, VideoPlan

_TRIES = 4

Outcome = dict[str, Made | MediaError]
"""By digest of the plan."""


def render(
    source: Path,
    clip: Clip,
    plans: Sequence[VideoPlan],
    workdir: Path,
    *,
    tell: tool.Progress | None = None,
    aside: Held | None = None,
) -> Outcome:
    """Write one file for each plan into `workdir`; `source` is the file of `clip`.

    `tell` hears a fraction 0..1 and a sentence, from this thread. `aside` are pictures that are written besides, from
    the first run that shows them.

    Raises the errors of `tool.run`: without ffmpeg or without room on the disk nothing comes of any plan.
    """
    unique = list({plan.digest(): plan for plan in plans}.values())
    parts: dict[tuple[int, float], list[Attempt]] = {}
    done: Outcome = {}
    for plan in unique:
        try:
            forms.check(plan)
            drawn = burning.write(plan, workdir) if plan.captions is not None and plan.captions.cues else ""
            dress = dressing.draw(plan, workdir)
            mix = _mixed(Given(source, clip, workdir), plan)
        except MediaError as error:
            done[plan.digest()] = error
        else:
            parts.setdefault(plan.part, []).append(Attempt(plan, drawn=drawn, dress=dress, mix=mix))
    for sharing in parts.values():
        told = _told(tell, len(done) / len(unique), len(sharing) / len(unique))
        besides = aside if aside is not None and aside.shown_by(sharing[0].plan, clip) else None
        done |= _part(Given(source, clip, workdir, besides), sharing, told)
    return done


def _told(tell: tool.Progress | None, before: float, share: float) -> tool.Progress | None:
    if tell is None:
        return None
    return lambda fraction, words: tell(before + share * fraction, words or "Encoding.")


def _mixed(given: Given, plan: VideoPlan) -> Path | None:
    if plan.bed is None:
        return None
    lead = plan.intro.frames * plan.rate[1] / plan.rate[0] if plan.intro is not None else 0.0
    laid = bed.Laid(plan.bed, starts_s(plan, given.clip), lasts_s(plan), lead, whole_s(plan), plan.sound.keep)
    return bed.lay(given.source, given.clip, laid, given.workdir)


def _part(given: Given, wanted: Sequence[Attempt], tell: tool.Progress | None) -> Outcome:
    heard = {mix: _listen(given, mix, wanted) for mix in dict.fromkeys(attempt.mix for attempt in wanted)}
    attempts = [_levelled(given, replace(attempt, heard=heard[attempt.mix])) for attempt in wanted]
    done: Outcome = {}
    for number in range(_TRIES):
        _encode(given if number == 0 else replace(given, aside=None), attempts, tell if number == 0 else None)
        again: list[Attempt] = []
        for attempt, (made, wrong) in zip(attempts, _judged(given, attempts), strict=True):
            better = _better(given, attempt, made) if wrong else None
            if better is not None and number + 1 < _TRIES:
                again.append(better)
            else:
                done[attempt.plan.digest()] = _settled(given, attempt, made, wrong)
        attempts = again
        if not attempts:
            break
    return done


def _listen(given: Given, mix: Path | None, attempts: Sequence[Attempt]) -> sound.Heard | None:
    """Return how loud the part is, or its mix; once, because how loud it shall be changes nothing of that."""
    clip, log = given.clip, given.workdir / "listen.log"
    plans = (attempt.plan for attempt in attempts if attempt.mix == mix)
    plan = next((one for one in plans if one.audible(clip) and one.sound.loudness_lufs is not None), None)
    if plan is None:
        return None
    if mix is not None:
        return sound.listen(mix, [], plan.sound, log)
    return sound.listen(given.source, sound.span(starts_s(plan, clip), lasts_s(plan)), plan.sound, log)


def _encode(given: Given, attempts: Sequence[Attempt], tell: tool.Progress | None) -> None:
    """Write all files from one decode; those that must meet a bit rate are looked through once before."""
    planned = [attempt for attempt in attempts if encode.pass_words(attempt.plan, attempt.rate, "", 1)]
    if planned:
        _run(given, planned, number=1)
    _run(given, attempts, number=2, tell=tell)


def _run(given: Given, attempts: Sequence[Attempt], *, number: int, tell: tool.Progress | None = None) -> None:
    plan, clip, workdir = attempts[0].plan, given.clip, given.workdir
    start, lasts = max(0.0, starts_s(plan, clip) - INTO_S), lasts_s(plan)
    seen = [(attempt, f"v{index}") for index, attempt in enumerate(attempts)]
    audible = [
        (attempt, f"a{index}") for index, attempt in enumerate(attempts) if number == 2 and attempt.plan.audible(clip)
    ]
    aside = given.aside if number == 2 else None
    pictures, drawn = graphs.pictures(clip, seen, lasts, aside)
    mixes = list(dict.fromkeys(attempt.mix for attempt, _ in audible if attempt.mix is not None))
    inputs = {mix: 1 + drawn.count("-i") + place for place, mix in enumerate(mixes)}
    graph = ";".join([*pictures, *graphs.sounds(clip, plan, audible, inputs)])
    words = ["-ss", f"{start:.6f}", "-t", f"{lasts + 1:.6f}", "-i", f"file:{given.source}", *drawn]
    words += [*(word for mix in mixes for word in ("-i", f"file:{mix}")), "-filter_complex", graph]
    named = {attempt.name: label for attempt, label in audible}
    for attempt, label in seen:
        recipe = attempt.plan.recipe
        words += ["-map", f"[{label}]", *encode.video_words(attempt.plan, attempt.rate)]
        words += encode.pass_words(attempt.plan, attempt.rate, f"pass-{attempt.plan.digest()}", number)
        if number == 1:
            words += ["-f", "null", "-"]
            continue
        if attempt.name in named:
            words += ["-map", f"[{named[attempt.name]}]", *encode.sound_words(recipe)]
        words += encode.file_words(recipe, str(workdir / attempt.name))
    words += aside.output("[aside]") if aside is not None else []
    tool.run(words, workdir / "render.log", pictures=attempts[0].plan.shown, tell=tell)


def _judged(given: Given, attempts: Sequence[Attempt]) -> list[judging.Judged]:
    files = [(given.workdir / one.name, one.plan, one.plan.audible(given.clip)) for one in attempts]
    for path, plan, _ in files:  # one after the other: a whole file lies in memory meanwhile, twice
        _stamp(path, plan)
    return judging.judge(files)


def _stamp(path: Path, plan: VideoPlan) -> None:
    if plan.recipe.container == "mp4" and plan.imprint != type(plan.imprint)():
        path.write_bytes(imprint.rewrite(path.read_bytes(), "mp4", plan.imprint))


def _better(given: Given, attempt: Attempt, made: Made) -> Attempt | None:
    """Return how a version that missed is made next; None where nothing is left to try."""
    plan, found, next_one = attempt.plan, made.measured, attempt
    weighs, least = bounds.weighs_kbps(found), bounds.least_kbps(plan, found.video_s)
    if weighs > bounds.most_kbps(plan, found.video_s):
        next_one = replace(next_one, rate=Rate(bounds.lighter(plan, attempt.rate.kbps, found)))
    if weighs < least:
        more = max(round(least * 1.1), (attempt.rate.kbps or 0) * 11 // 10)
        next_one = replace(next_one, rate=Rate(more, filled=True))
    if made.loudness is not None and attempt.level is None:
        next_one = replace(next_one, level=_level(given, attempt, made.loudness))
    return next_one if next_one != attempt else None


def _levelled(given: Given, attempt: Attempt) -> Attempt:
    """Find out beforehand how a sound becomes as loud as asked: else its pictures would be encoded for it twice."""
    if not attempt.plan.audible(given.clip) or not sound.tight(attempt.asked, attempt.heard):
        return attempt
    return replace(attempt, level=_level(given, attempt, _sounding(given, attempt, sound.PLAIN)))


def _level(given: Given, attempt: Attempt, heard: Loudness) -> sound.Level | None:
    """Return the level for a sound that came out so loud at first; None where that stays."""
    level = levels.find(attempt.asked, (sound.PLAIN, heard), lambda tried: _sounding(given, attempt, tried))
    return level if level != sound.PLAIN else None


def _sounding(given: Given, attempt: Attempt, level: sound.Level) -> Loudness:
    """Return how loud a version is at another level; its sound alone is made for that, exactly as it will be."""
    plan, clip, log = attempt.plan, given.clip, given.workdir / "level.log"
    path = given.workdir / f"level.{plan.recipe.container}"
    start = max(0.0, starts_s(plan, clip) - INTO_S)
    words = ["-ss", f"{start:.6f}", "-t", f"{lasts_s(plan) + 1:.6f}", "-i", f"file:{given.source}"]
    inputs = {attempt.mix: 1} if attempt.mix is not None else {}
    words += [word for mix in inputs for word in ("-i", f"file:{mix}")]
    graph = graphs.sounds(clip, plan, [(replace(attempt, level=level), "heard")], inputs)
    words += ["-filter_complex", ";".join(graph), "-map", "[heard]"]
    words += [*encode.sound_words(plan.recipe), *encode.file_words(plan.recipe, str(path))]
    if tuple(words) not in given.sounded:
        try:
            tool.run(words, log)
            given.sounded[tuple(words)] = sound.loudness(path, log)
        finally:
            path.unlink(missing_ok=True)
    return given.sounded[tuple(words)]


def _settled(given: Given, attempt: Attempt, made: Made, wrong: tuple[str, ...]) -> Made | MediaError:
    grave = check.grave(wrong, made.loudness, attempt.plan)
    if grave:
        (given.workdir / attempt.name).unlink(missing_ok=True)
        return judging.refused(attempt.plan, grave)
    lifted = sound.lifted_db(attempt.plan.sound, attempt.heard, attempt.plan.most_lift_db)
    return replace(made, short_of_lufs=attempt.plan.sound.loudness_lufs if wrong else None, lifted_db=lifted)
