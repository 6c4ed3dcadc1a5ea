"""The storyboard in numbers: the right small picture, the window where the engine cuts it, and words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ugc_hub.framing import AnyFraming
from ugc_hub.framing.cutting import propose
from ugc_hub.framing.filming import FilmChoice, film
from ugc_hub.framing.following import where, window_at
from ugc_hub.presets import catalogue
from ugc_hub.renditions import Board
from ugc_hub.renditions.clips import ClipView
from ugc_hub.web import boards, films, words
from workers.media.shapes import Box
from workers.media.video.shapes import Aim, Clip, Cue, Loudness, Seen, Sheet, Span, VideoPlan

SHEET = Sheet("", 4, 41, 320, 180, 0.5)
SEEN = tuple(Seen(at / 4, ((0.1 + at / 160, 0.3, 0.1, 0.2),)) for at in range(80))
CLIP = Clip(1920, 1080, 600, (30, 1), True, Loudness(-23.4, 4.0, -6.2), (Span(4, 6),), (10.0,), SEEN)
TALL = catalogue().get("universal.vertical.master.9x16")
WIDE = catalogue().get("youtube.bumper.video.16x9")


def board() -> Board:
    parts = {6: propose(CLIP, 6)}
    return Board(ClipView("ast_1", "ready", clip=CLIP, sheet=SHEET.dump()), (Cue(1, 2, "Hello"),), parts)


def planned(choice: FilmChoice) -> VideoPlan:
    plan = film(CLIP, TALL, choice).plan
    assert plan is not None
    return plan


def test_a_moment_is_shown_by_the_small_picture_next_to_it() -> None:
    assert [(one.x, one.y) for one in (boards.picture_at(SHEET, at) for at in (0.0, 0.6, 2.0, 99.0))] == [
        (0, 0),
        (320, 0),
        (0, 180),
        (0, 1800),
    ]
    assert [one.at_s for one in boards.pictures(SHEET, (0, 20), 4)] == [2.5, 7.5, 12.5, 17.5]


@pytest.mark.parametrize(
    ("at_s", "x"), [(-1.0, 0.2), (0.0, 0.2), (1.0, 0.3), (2.0, 0.4), (3.9, 0.4), (4.0, 0.9), (9.0, 0.9)]
)
def test_a_window_glides_from_place_to_place_and_jumps_where_it_is_said(at_s: float, x: float) -> None:
    path = (Aim(0.0, 0.2, 0.5), Aim(2.0, 0.4, 0.5), Aim(4.0, 0.9, 0.5, jump=True))
    assert where(path, at_s)[0] == pytest.approx(x)


def test_the_window_stays_inside_the_picture_and_counts_in_its_pixels() -> None:
    plan = planned(FilmChoice(start_s=2.0, seconds=6, path=(Aim(2.0, 0.0, 0.5), Aim(8.0, 1.0, 0.5))))
    places = [window_at(plan, CLIP, at) for at in (0.0, 3.0, 6.0)]
    width = plan.crop.width
    assert [(one.x, one.width) for one in places] == [(0, width), ((1920 - width) // 2, width), (1920 - width, width)]
    still = replace(plan, path=(), crop=Box(100, 0, 606, 1080))
    assert window_at(still, CLIP, 3.0) == still.crop


def test_the_time_line_has_its_marks_in_per_cent() -> None:
    line = boards.line(board(), SHEET)
    assert len(line["pictures"]) == boards.STRIP
    assert [(one.start, one.width) for one in line["silences"]] == [(20.0, 10.0)]
    assert [one.start for one in line["cuts"]] == [50.0]
    assert [(one.start, one.words) for one in line["cues"]] == [(5.0, "Hello")]
    first = boards.proposals(board())[0]
    assert (first["seconds"], first["best"]) == (6, True)
    assert "faces" in first["why"]


def test_a_version_is_drawn_in_times_of_the_clip_and_one_refused_only_says_why() -> None:
    choice = FilmChoice(start_s=2.0, seconds=6, path=(Aim(3.0, 0.4, 0.5),))
    plan = planned(choice)
    shown = boards.version(board(), SHEET, (TALL, AnyFraming(TALL.id, "ready", (plan,))), choice)
    assert (shown["start_s"], shown["seconds"], len(shown["frames"])) == (2.0, 6.0, boards.FRAMES)
    assert [aim["at_s"] for aim in shown["data"]["path"]] == [3.0]
    assert shown["data"]["hand"] == [{"at_s": 3.0, "x": 0.4, "y": 0.5, "jump": False}]
    assert shown["covered"]
    refused = boards.version(board(), SHEET, (WIDE, AnyFraming(WIDE.id, "refused")), choice)
    assert (refused["plan"], refused["hand"]) == (None, shown["hand"])


def test_what_is_planned_and_measured_is_said_in_words() -> None:
    said = dict(films.planned(planned(FilmChoice(seconds=15)), has_sound=True))
    assert said["Size"] == "1080 × 1920" or said["Size"].startswith("6")
    assert said["Length"] == "15 s, 30 pictures a second"
    assert said["Sound"].startswith("Kept, at −14 LUFS, peaks at most −1")
    assert said["File"].startswith("MP4, H.264")
    made = planned(FilmChoice(seconds=15))
    web = replace(made, max_bytes=None, recipe=replace(made.recipe, kbps_max=1904, audio_kbps=96))
    assert dict(films.planned(web, has_sound=True))["File"] == f"MP4, H.264, aims at {words.size(3_750_000)} at most"
    assert dict(films.planned(planned(FilmChoice(seconds=15, mute=True)), has_sound=True))["Sound"] == "Muted"
    of_clip = dict(films.of_clip(CLIP))
    assert of_clip["Loudness"] == "−23.4 LUFS, peaks at −6.2 dBTP"
    assert (of_clip["Scenes"], of_clip["Silences"]) == ("2", "1, 2 s in all")
    assert "Loudness" not in dict(films.of_clip(replace(CLIP, has_sound=False)))


def test_a_version_that_is_quieter_than_advised_says_so() -> None:
    film = {"codec": "h264", "profile": "High", "audio_codec": "aac", "rate": [30, 1], "video_s": 2.0}
    loud = {"integrated_lufs": -21.5}
    told = "2 s · 30 pictures a second · H.264 High · −21.5 LUFS"
    assert films.made({**film, "loudness": loud, "short_of_lufs": None}) == told
    gone = films.made({**film, "loudness": {**loud, "integrated_lufs": None}})
    assert gone.endswith(" · as good as silent, below −70 LUFS")
    assert films.made({**film, "loudness": loud, "short_of_lufs": -14.0}) == (
        f"{told} · quieter than the −14 LUFS advised: its peaks leave no room"
    )
    faint = {"short_of_lufs": -14.0, "lifted_db": 20.0}
    assert films.made({**film, "loudness": loud, **faint}) == (
        f"{told} · quieter than the −14 LUFS advised: next to silence, and more than 20 dB would lift hiss"
    )
    assert films.made({**film, "loudness": loud, "short_of_lufs": None, "lifted_db": 38.4}) == (
        f"{told} · next to silence, lifted by 38 dB as the platform asks: listen for hiss"
    )
    stream = {"duration_s": 2.0, "rungs": [{}], "short_of_lufs": -16.0}
    assert films.made(stream) == "2 s · 1 size · quieter than the −16 LUFS advised: its peaks leave no room"
