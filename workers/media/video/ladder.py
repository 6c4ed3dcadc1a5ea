"""Makes a ladder: one decode, all rungs and the sound from it, each a file of pieces; measured and described when done.

A file a rung, with its pieces as ranges of bytes, and all files in one bundle: one thing to keep, check and erase, and
any server of ranges can deliver each of them. Pictures are encoded by quality and bounded by the rate of the rung, so
that no rung is heavier than what it shows. A rung whose heaviest piece is more than twice its mean is made again, more
evenly.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from workers.media import forms, imprint
from workers.media.errors import MediaError
from workers.media.video import bundle, check, encode, fragments, levels, playlists, sound, staging, tool
from workers.media.video.encode import Rate
from workers.media.video.fragments import Fragmented
from workers.media.video.measure import measure, sha256_of, sounding
from workers.media.video.rungs import MASTER, Ladder, LadderPlan, RungMade
from workers.media.video.shapes import Clip, Loudness, VideoPlan
from workers.media.video.staging import HEARD, Try, Work, as_film

PEAK = 2.0
"""Of the mean: what a piece may weigh at most (Apple, HLS authoring for devices, VOD)."""
_FIRST_KBPS = 2000
"""The rung that a player begins with: the heaviest up to this, which most connections carry."""
_HIGHEST = 4.2
"""Level of H.264 that all devices play."""
_TRIES = 4
_CALMER = 1.25
"""Bound of the next try, in means of the last one: with twice as much in store a piece stays below twice the mean."""
_APART = 1.15
"""By so much a rung of the same size is heavier, or one of the two is enough."""


def ladder(source: Path, clip: Clip, plan: LadderPlan, workdir: Path, *, tell: tool.Progress | None = None) -> Ladder:
    """Write a ladder into `workdir`, as a bundle named by the digest; `source` is the file of `clip`.

    Raises `MediaError` (`output_invalid`) where what came out is not what was planned, and the errors of `forms.check`
    and `tool.run`.
    """
    forms.check(plan)
    folder = workdir / plan.digest()
    folder.mkdir()
    work = Work.begun(source, clip, plan, folder)
    tries = [Try(f"v{number}", as_film(rung, plan, clip)) for number, rung in enumerate(plan.rungs)]
    made: dict[str, tuple[RungMade, Fragmented]] = {}
    level, heard = sound.PLAIN if work.audible else None, None
    for number in range(_TRIES):
        staging.encode(work, tries, level, tell if number == 0 else None)
        if level is not None:
            heard = _made_loud(work)
            level = None
        again = []
        for one in tries:
            found = _judged(work, one)
            if found[0].peak_bps > PEAK * found[0].average_bps and number + 1 < _TRIES:
                again.append(_calmer(one, found[0], last=number + 2 == _TRIES))
            else:
                made[one.name] = found
        tries = again
        if not tries:
            break
    short = plan.sound.loudness_lufs if levels.short_of(plan.sound, heard) else None
    described = _described(work, _distinct(work, [made[f"v{number}"] for number in range(len(plan.rungs))]))
    before = staging.listened(work) if work.audible else None
    lifted = sound.lifted_db(plan.sound, before, plan.most_lift_db)
    return replace(described, short_of_lufs=short, lifted_db=lifted)


def _calmer(one: Try, found: RungMade, *, last: bool) -> Try:
    """Bound the rate nearer to the mean; as a last resort fill what is calm, which always helps."""
    mean = max(50, found.average_bps // 1000)
    if last:
        return replace(one, rate=Rate(mean, filled=True))
    most = min(round(_CALMER * mean), round(0.8 * (one.plan.recipe.kbps_max or mean)))
    return replace(one, plan=replace(one.plan, recipe=replace(one.plan.recipe, kbps_max=most)))


def _made_loud(work: Work) -> Loudness:
    """Make the sound at another level where it is not as loud as asked: the nearest to it that there is; judge it.

    Raises `MediaError` where it is not what was planned, or too loud.
    """
    tried = [(sound.PLAIN, _heard(work))]

    def make(level: sound.Level) -> Loudness:
        staging.encode(work, [], level, None)
        tried.append((level, _heard(work)))
        return tried[-1][1]

    asked = sound.reachable(work.plan.sound, staging.listened(work), work.plan.most_lift_db)
    found = levels.find(asked, tried[0], make)
    if found != tried[-1][0]:
        make(found)
    heard = tried[-1][1]
    wrong = check.sound_faults(sounding(work.folder / HEARD), heard, (asked, work.plan.recipe), work.whole_s)
    if wrong:
        raise check.refuse(wrong)
    return heard


def _heard(work: Work) -> Loudness:
    return sound.loudness(work.folder / HEARD, work.folder.parent / "measure.log")


def _judged(work: Work, one: Try) -> tuple[RungMade, Fragmented]:
    """Read a rung again. Raises `MediaError` where it is not what was planned."""
    path = work.folder / f"{one.name}.mp4"
    if work.plan.imprint != type(work.plan.imprint)():
        path.write_bytes(imprint.rewrite(path.read_bytes(), "cmaf", work.plan.imprint))
    measured, found = measure(path), fragments.read(path)
    wrong = [*check.faults(measured, None, one.plan), *_faults(work.plan, one.plan, found)]
    if measured.level is not None and measured.level > _HIGHEST and one.plan.width * one.plan.height <= _FULL_HD:
        wrong.append(f"level: {measured.level}")
    if wrong:
        raise check.refuse(tuple(wrong))
    return _weighed(one, found), found


_FULL_HD = 1920 * 1088


def _faults(plan: LadderPlan, film: VideoPlan, found: Fragmented) -> list[str]:
    gop = Fraction(encode.pictures_apart(film)) / Fraction(*film.rate)
    wrong = [f"piece {number}: no IDR" for number, one in enumerate(found.fragments) if not one.clean]
    for number, one in enumerate(found.fragments):
        if abs(one.begins_s - number * plan.groups * gop) > Fraction(1, 1000):
            wrong.append(f"piece {number}: at {float(one.begins_s):.3f} s")
    if not found.fragments:
        wrong.append("pieces: none")
    return wrong


def _weighed(one: Try, found: Fragmented) -> RungMade:
    """Return what a rung weighs. A last piece that is short counts as if it lasted a second at least."""
    lasts = sum((piece.lasts_s for piece in found.fragments), Fraction(0))
    weight = sum(piece.length for piece in found.fragments)
    peak = max(piece.length * 8 / max(float(piece.lasts_s), 1.0) for piece in found.fragments)
    mean = weight * 8 / float(lasts)
    size = one.plan.width, one.plan.height
    return RungMade(one.name, *size, round(mean), round(max(peak, mean)), found.codec, len(found.fragments))


def _distinct(work: Work, made: Sequence[tuple[RungMade, Fragmented]]) -> list[tuple[RungMade, Fragmented]]:
    """Leave out what is hardly lighter than the next of the same size: of calm pictures a bound changes nothing."""
    kept: list[tuple[RungMade, Fragmented]] = []
    for one in made:
        before = kept[-1][0] if kept else None
        same = before is not None and (before.width, before.height) == (one[0].width, one[0].height)
        if before is not None and same and one[0].average_bps < _APART * before.average_bps:
            (work.folder / f"{before.name}.mp4").unlink()
            kept.pop()
        kept.append(one)
    return kept


def _described(work: Work, made: Sequence[tuple[RungMade, Fragmented]]) -> Ladder:
    """Write the playlists and read them again."""
    heard = fragments.read(work.folder / HEARD) if work.audible else None
    beside = _heaviest(heard) if heard is not None else (0, 0)
    variants = []
    for rung, found in made:
        (work.folder / f"{rung.name}.m3u8").write_text(playlists.media(f"{rung.name}.mp4", found), encoding="ascii")
        codecs = (rung.codec, heard.codec) if heard is not None else (rung.codec,)
        rates = (rung.peak_bps + beside[0], rung.average_bps + beside[1])
        variants.append(
            playlists.Variant(
                f"{rung.name}.m3u8",
                rung.width,
                rung.height,
                *rates,
                codecs,
                Fraction(*work.plan.rungs[int(rung.name[1:])].rate),
                heard is not None,
            )
        )
    if heard is not None:
        (work.folder / "sound.m3u8").write_text(playlists.media(HEARD, heard), encoding="ascii")
    begin = max((one for one in variants if one.average_bps <= _FIRST_KBPS * 1000), key=_weight, default=variants[0])
    ordered = [begin, *(one for one in variants if one is not begin)]
    text = playlists.master(ordered, "sound.m3u8" if heard is not None else None)
    (work.folder / MASTER).write_text(text, encoding="ascii")
    _check(work, len(made), heard=heard is not None)
    return _bundled(work, tuple(rung for rung, _ in made))


def _bundled(work: Work, rungs: tuple[RungMade, ...]) -> Ladder:
    """Put all files into one, which takes the place of their folder."""
    names = sorted((path.name for path in work.folder.iterdir()), key=lambda name: (name != MASTER, name))
    path = work.folder.with_suffix(".zip")
    bundle.write(work.folder, path)
    shutil.rmtree(work.folder)
    return Ladder(
        digest=work.plan.digest(),
        path=path.name,
        media_type=bundle.MEDIA_TYPE,
        width=rungs[-1].width,
        height=rungs[-1].height,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        names=tuple(names),
        rungs=rungs,
        duration_s=round(work.whole_s, 4),
    )


def _weight(one: playlists.Variant) -> int:
    return one.average_bps


def _heaviest(found: Fragmented) -> tuple[int, int]:
    lasts = float(sum((piece.lasts_s for piece in found.fragments), Fraction(0)))
    mean = sum(piece.length for piece in found.fragments) * 8 / lasts
    peak = max(piece.length * 8 / max(float(piece.lasts_s), 1.0) for piece in found.fragments)
    return round(max(peak, mean)), round(mean)


def _check(work: Work, rungs: int, *, heard: bool) -> None:
    """Read all playlists again: every piece lies in its file, and all rungs are cut at the same times."""
    variants = playlists.read_master((work.folder / MASTER).read_text(encoding="ascii"))
    uris = [one.uri for one in variants] + (["sound.m3u8"] if heard else [])
    read = {uri: playlists.read_media((work.folder / uri).read_text(encoding="ascii")) for uri in uris}
    for media in read.values():
        size = (work.folder / media.head.uri).stat().st_size
        if max(part.start + part.length for part in media.parts) != size:
            raise MediaError("The pieces of the video do not fit their file. Try again.", code="output_invalid")
    cuts = {tuple(round(part.lasts_s, 3) for part in read[one.uri].parts[:-1]) for one in variants}
    if len(variants) != rungs or len(cuts) != 1:
        raise MediaError(
            "The sizes of the video are not cut alike. Try again.", code="output_invalid", detail=str(cuts)
        )
