"""Renders versions of a clip: one decode for all that share a part of it, each measured when it is written.

A version that misses its budget or its loudness is made once more with what was measured; one that still misses is
refused by name. The others are not touched by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workers.media import forms, imprint
from workers.media.errors import MediaError
from workers.media.video import bed, bounds, burning, check, dressing, encode, filters, judging, levels, sound, tool
from workers.media.video.encode import Rate
from workers.media.video.shapes import Clip, Loudness, Made, SoundPlan, VideoPlan

_INTO_S = 0.001
"""A part is looked for a little before its first picture, so that rounding never skips it."""
_TRIES = 4


@dataclass(frozen=True)
class _Given:
    """The clip, its file, the folder that everything is written into, and how loud sounds came out, by their words."""

    source: Path
    clip: Clip
    workdir: Path
    sounded: dict[tuple[str, ...], Loudness] = field(default_factory=dict)


@dataclass(frozen=True)
class _Attempt:
    """How a version is to be made this time."""

    plan: VideoPlan
    rate: Rate = field(default_factory=Rate)
    level: sound.Level | None = None
    """How its sound is made as loud as asked; None until one gain was found not to be enough."""
    heard: sound.Heard | None = None
    drawn: str = ""
    """A filter that draws on the finished picture."""
    dress: dressing.Dress = field(default_factory=dressing.Dress)
    """What is laid over it, and the cards."""
    mix: Path | None = None
    """What is heard where that is not the clip's own sound alone."""

    @property
    def name(self) -> str:
        return f"{self.plan.digest()}.{self.plan.recipe.container}"

    @property
    def asked(self) -> SoundPlan:
        """What its sound can be; next to silence that is less than what the plan asks for."""
        return sound.reachable(self.plan.sound, self.heard, self.plan.most_lift_db)


Outcome = dict[str, Made | MediaError]
"""By digest of the plan."""


def render(
    source: Path, clip: Clip, plans: Sequence[VideoPlan], workdir: Path, *, tell: tool.Progress | None = None
) -> Outcome:
    """Write one file for each plan into `workdir`; `source` is the file of `clip`.

    `tell` hears a fraction 0..1 and a sentence, from this thread.

    Raises the errors of `tool.run`: without ffmpeg or without room on the disk nothing comes of any plan.
    """
    unique = list({plan.digest(): plan for plan in plans}.values())
    parts: dict[tuple[int, float], list[_Attempt]] = {}
    done: Outcome = {}
    for plan in unique:
        try:
            forms.check(plan)
            drawn = burning.write(plan, workdir) if plan.captions is not None and plan.captions.cues else ""
            dress = dressing.draw(plan, workdir)
            mix = _mixed(_Given(source, clip, workdir), plan)
        except MediaError as error:
            done[plan.digest()] = error
        else:
            parts.setdefault(plan.part, []).append(_Attempt(plan, drawn=drawn, dress=dress, mix=mix))
    for sharing in parts.values():
        told = _told(tell, len(done) / len(unique), len(sharing) / len(unique))
        done |= _part(_Given(source, clip, workdir), sharing, told)
    return done


def _told(tell: tool.Progress | None, before: float, share: float) -> tool.Progress | None:
    if tell is None:
        return None
    return lambda fraction, words: tell(before + share * fraction, words or "Encoding.")


def _mixed(given: _Given, plan: VideoPlan) -> Path | None:
    if plan.bed is None:
        return None
    lead = plan.intro.frames * plan.rate[1] / plan.rate[0] if plan.intro is not None else 0.0
    laid = bed.Laid(plan.bed, _start(plan, given.clip), _lasts(plan), lead, _whole(plan), plan.sound.keep)
    return bed.lay(given.source, given.clip, laid, given.workdir)


def _part(given: _Given, wanted: Sequence[_Attempt], tell: tool.Progress | None) -> Outcome:
    heard = {mix: _listen(given, mix, wanted) for mix in dict.fromkeys(attempt.mix for attempt in wanted)}
    attempts = [_levelled(given, replace(attempt, heard=heard[attempt.mix])) for attempt in wanted]
    done: Outcome = {}
    for number in range(_TRIES):
        _encode(given, attempts, tell if number == 0 else None)
        again: list[_Attempt] = []
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


def _listen(given: _Given, mix: Path | None, attempts: Sequence[_Attempt]) -> sound.Heard | None:
    """Return how loud the part is, or its mix; once, because how loud it shall be changes nothing of that."""
    clip, log = given.clip, given.workdir / "listen.log"
    plans = (attempt.plan for attempt in attempts if attempt.mix == mix)
    plan = next((one for one in plans if one.audible(clip) and one.sound.loudness_lufs is not None), None)
    if plan is None:
        return None
    if mix is not None:
        return sound.listen(mix, [], plan.sound, log)
    return sound.listen(given.source, sound.span(_start(plan, clip), _lasts(plan)), plan.sound, log)


def _start(plan: VideoPlan, clip: Clip) -> float:
    return plan.first / clip.frame_rate


def _lasts(plan: VideoPlan) -> float:
    """How long the part of the clip is shown, in seconds."""
    return plan.frames * plan.rate[1] / plan.rate[0]


def _whole(plan: VideoPlan) -> float:
    """How long the version is, its cards included."""
    return plan.shown * plan.rate[1] / plan.rate[0]


def _encode(given: _Given, attempts: Sequence[_Attempt], tell: tool.Progress | None) -> None:
    """Write all files from one decode; those that must meet a bit rate are looked through once before."""
    planned = [attempt for attempt in attempts if encode.pass_words(attempt.plan, attempt.rate, "", 1)]
    if planned:
        _run(given, planned, number=1)
    _run(given, attempts, number=2, tell=tell)


def _run(given: _Given, attempts: Sequence[_Attempt], *, number: int, tell: tool.Progress | None = None) -> None:
    plan, clip, workdir = attempts[0].plan, given.clip, given.workdir
    start, lasts = max(0.0, _start(plan, clip) - _INTO_S), _lasts(plan)
    seen = [(attempt, f"v{index}") for index, attempt in enumerate(attempts)]
    audible = [
        (attempt, f"a{index}") for index, attempt in enumerate(attempts) if number == 2 and attempt.plan.audible(clip)
    ]
    pictures, drawn = _pictures(clip, seen, lasts)
    mixes = list(dict.fromkeys(attempt.mix for attempt, _ in audible if attempt.mix is not None))
    inputs = {mix: 1 + drawn.count("-i") + place for place, mix in enumerate(mixes)}
    graph = ";".join([*pictures, *_sounds(clip, plan, audible, inputs)])
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
    tool.run(words, workdir / "render.log", seconds=max(_whole(attempt.plan) for attempt in attempts), tell=tell)


def _pictures(clip: Clip, seen: Sequence[tuple[_Attempt, str]], lasts: float) -> tuple[list[str], list[str]]:
    """Cut the part once, then make each distinct canvas once; return the graph and the words of further inputs."""
    canvases: dict[tuple[object, ...], list[tuple[_Attempt, str]]] = {}
    for attempt, label in seen:
        canvases.setdefault(filters.pixels_of(attempt.plan), []).append((attempt, label))
    frames = round(lasts * clip.frame_rate)
    begun = [f"p{number}" for number in range(len(canvases))]
    graph = [f"[0:v]trim=end_frame={frames},setpts=PTS-STARTPTS{_split('split', begun)}"]
    inputs: list[list[str]] = []
    for start, sharing in zip(begun, canvases.values(), strict=True):
        labels = [label for _, label in sharing]
        made = labels[0] if len(labels) == 1 else f"{start}x"
        first = sharing[0][0]
        opened = first.dress.inputs(first.plan)
        bare = f"{start}b" if opened else made
        graph += filters.chains(first.plan, clip, (start, bare), first.drawn)
        if opened:
            graph += dressing.chains(first.plan, first.dress, 1 + len(inputs), (bare, made))
            inputs += opened
        if len(labels) > 1:
            graph.append(f"[{made}]{_split('split', labels)[1:]}")
    return graph, [word for words in inputs for word in words]


def _sounds(
    clip: Clip, plan: VideoPlan, audible: Sequence[tuple[_Attempt, str]], inputs: Mapping[Path, int]
) -> list[str]:
    """Cut the sound of the part once, and open each mix once; `inputs` numbers the files of the mixes."""
    # Sought to a little before the first picture: what was played in between belongs to the picture before.
    into = _INTO_S if _start(plan, clip) >= _INTO_S else 0.0
    graph: list[str] = []
    for mix in dict.fromkeys(attempt.mix for attempt, _ in audible):
        sharing = [pair for pair in audible if pair[0].mix == mix]
        number = 0 if mix is None else inputs[mix]
        opened = ",".join(sound.span(into, _lasts(plan))) if mix is None else "asetpts=PTS-STARTPTS"
        given = [f"s{number}x{place}" for place in range(len(sharing))]
        graph.append(f"[{number}:a]{opened}{_split('asplit', given)}")
        for start, (attempt, label) in zip(given, sharing, strict=True):
            steps = sound.levelled(attempt.asked, attempt.heard, attempt.level or sound.PLAIN)
            steps += dressing.silence(attempt.plan) if mix is None else []
            steps += sound.fitted(attempt.plan.recipe, _whole(attempt.plan))
            graph.append(f"[{start}]{','.join(steps)}[{label}]")
    return graph


def _split(name: str, labels: Sequence[str]) -> str:
    return f",{name}={len(labels)}" + "".join(f"[{label}]" for label in labels)


def _judged(given: _Given, attempts: Sequence[_Attempt]) -> list[judging.Judged]:
    files = [(given.workdir / one.name, one.plan, one.plan.audible(given.clip)) for one in attempts]
    for path, plan, _ in files:  # one after the other: a whole file lies in memory meanwhile, twice
        _stamp(path, plan)
    return judging.judge(files)


def _stamp(path: Path, plan: VideoPlan) -> None:
    if plan.recipe.container == "mp4" and plan.imprint != type(plan.imprint)():
        path.write_bytes(imprint.rewrite(path.read_bytes(), "mp4", plan.imprint))


def _better(given: _Given, attempt: _Attempt, made: Made) -> _Attempt | None:
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


def _levelled(given: _Given, attempt: _Attempt) -> _Attempt:
    """Find out beforehand how a sound becomes as loud as asked: else its pictures would be encoded for it twice."""
    if not attempt.plan.audible(given.clip) or not sound.tight(attempt.asked, attempt.heard):
        return attempt
    return replace(attempt, level=_level(given, attempt, _sounding(given, attempt, sound.PLAIN)))


def _level(given: _Given, attempt: _Attempt, heard: Loudness) -> sound.Level | None:
    """Return the level for a sound that came out so loud at first; None where that stays."""
    level = levels.find(attempt.asked, (sound.PLAIN, heard), lambda tried: _sounding(given, attempt, tried))
    return level if level != sound.PLAIN else None


def _sounding(given: _Given, attempt: _Attempt, level: sound.Level) -> Loudness:
    """Return how loud a version is at another level; its sound alone is made for that, exactly as it will be."""
    plan, clip, log = attempt.plan, given.clip, given.workdir / "level.log"
    path = given.workdir / f"level.{plan.recipe.container}"
    start = max(0.0, _start(plan, clip) - _INTO_S)
    words = ["-ss", f"{start:.6f}", "-t", f"{_lasts(plan) + 1:.6f}", "-i", f"file:{given.source}"]
    inputs = {attempt.mix: 1} if attempt.mix is not None else {}
    words += [word for mix in inputs for word in ("-i", f"file:{mix}")]
    graph = _sounds(clip, plan, [(replace(attempt, level=level), "heard")], inputs)
    words += ["-filter_complex", ";".join(graph), "-map", "[heard]"]
    words += [*encode.sound_words(plan.recipe), *encode.file_words(plan.recipe, str(path))]
    if tuple(words) not in given.sounded:
        try:
            tool.run(words, log)
            given.sounded[tuple(words)] = sound.loudness(path, log)
        finally:
            path.unlink(missing_ok=True)
    return given.sounded[tuple(words)]


def _settled(given: _Given, attempt: _Attempt, made: Made, wrong: tuple[str, ...]) -> Made | MediaError:
    grave = check.grave(wrong, made.loudness, attempt.plan)
    if grave:
        (given.workdir / attempt.name).unlink(missing_ok=True)
        return judging.refused(attempt.plan, grave)
    lifted = sound.lifted_db(attempt.plan.sound, attempt.heard, attempt.plan.most_lift_db)
    return replace(made, short_of_lufs=attempt.plan.sound.loudness_lufs if wrong else None, lifted_db=lifted)
