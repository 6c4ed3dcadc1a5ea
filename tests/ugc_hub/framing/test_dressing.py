"""Dressing: what a brand adds lies in the safe part, can be read, keeps clear of the logo, or is refused in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from tests.tools import unavailable
from ugc_hub import templating
from ugc_hub.framing import plan as plan_still
from ugc_hub.framing import scenes
from ugc_hub.framing.animating import animation
from ugc_hub.framing.dressing import Outfit, cards_s, dress
from ugc_hub.framing.edits import edits_of
from ugc_hub.framing.filming import FilmChoice, film, safe_of
from ugc_hub.framing.kits import CardWords, Dressing, Kit, Logo
from ugc_hub.framing.laying import wrapped
from ugc_hub.framing.records import Reason
from ugc_hub.presets import Preset, catalogue
from workers.media import fonts
from workers.media.contrast import contrast
from workers.media.errors import PlanImpossible
from workers.media.image import render_pack
from workers.media.layers import MATERIALS, Overlay
from workers.media.legible import least_size, worst_contrast
from workers.media.shapes import Box, ImagePlan, MediaFacts
from workers.media.video.shapes import AnimationPlan, Clip, Cue, VideoPlan

CATALOGUE = catalogue()
LOGO = Logo("a" * 64, 400, 160)
KIT = Kit(
    "oat",
    "Oat & Co",
    ground="#203a2b",
    accent="#f2c14e",
    accent_words="#14171f",
    logo=LOGO,
    call_to_action="Shop now",
    intro=CardWords("Oats, but nice", "A film by our creators", 1.5),
    end=CardWords("oat.example", "", 2.0),
)
WISH = Dressing("oat", ("logo", "lower_third", "call_to_action"), name="Ana Müller", handle="@ana", place="Lisbon")
ALL = Outfit(KIT, WISH, label="Ad")


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    try:
        fonts.house_file("DejaVu Sans", bold=True)
    except PlanImpossible:
        unavailable("the font DejaVu Sans (fonts-dejavu-core)")


def named(kind: str, *, regions: bool) -> Preset:
    """A preset with or without covered strips, by what it is and not by its name."""
    fits = (one for one in CATALOGUE.presets if one.target.kind == kind and bool(one.target.regions) == regions)
    return next(one for one in fits if one.target.ratio == "9:16" and (kind == "video" or one.renderable))


def still(preset: Preset) -> ImagePlan:
    facts = MediaFacts("image", "jpeg", "image/jpeg", ".jpg", 4000, 5000, 4000, 5000)
    return plan_still(facts, preset).plans[0]


def clip(seconds: float = 12) -> Clip:
    return Clip(1080, 1920, round(seconds * 30), (30, 1), has_sound=True)


def video(seconds: float = 12, **choice: object) -> VideoPlan:
    cues = (Cue(1.0, 3.0, "What a lovely oat drink this is"),)
    answer = film(clip(seconds), named("video", regions=True), FilmChoice(**choice), cues=cues)  # type: ignore[arg-type]
    assert answer.plan is not None
    return answer.plan


def within(one: Overlay, box: Box) -> bool:
    across = box.x <= one.x and one.x + one.width <= box.x + box.width
    return across and box.y <= one.y and one.y + one.height <= box.y + box.height


def bounds(overlays: tuple[Overlay, ...], piece: str) -> Box:
    mine = [one for one in overlays if one.piece == piece]
    x, y = min(one.x for one in mine), min(one.y for one in mine)
    right, bottom = max(one.x + one.width for one in mine), max(one.y + one.height for one in mine)
    return Box(x, y, right - x, bottom - y)


def test_everything_lies_in_the_safe_part_of_every_tall_and_square_still() -> None:
    tried = 0
    for preset in CATALOGUE.presets:
        if preset.target.channel not in ("ads", "organic") or not preset.renderable:
            continue
        answer = plan_still(MediaFacts("image", "jpeg", "image/jpeg", ".jpg", 6000, 6000, 6000, 6000), preset)
        if not answer.plans or min(answer.plans[0].width, answer.plans[0].height) < 600:
            continue
        plan = answer.plans[0]
        safe = safe_of(preset, plan.width, plan.height)
        made = dress(plan, ALL, safe)
        assert isinstance(made, ImagePlan), (preset.id, made)
        assert {one.piece for one in made.overlays} == {"logo", "lower_third", "call_to_action", "label"}
        assert all(within(one, safe) for one in made.overlays), preset.id
        boxes = [bounds(made.overlays, piece) for piece in ("logo", "lower_third", "call_to_action", "label")]
        assert not any(meet(*pair) for pair in combinations(boxes, 2)), preset.id
        sizes = [one.size for one in made.overlays if one.kind == "text"]
        assert min(sizes) >= least_size(min(plan.width, plan.height))
        tried += 1
    assert tried > 10


def meet(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def test_the_pixels_that_change_lie_in_the_safe_part(tmp_path: Path) -> None:
    preset = named("image", regions=True)
    bare = replace(still(preset), recipe=replace(still(preset).recipe, format="png", lossless=True), max_bytes=None)
    Image.new("RGB", (4000, 5000), (128, 128, 128)).save(tmp_path / "grey.png")
    (tmp_path / MATERIALS).mkdir()
    Image.new("RGBA", (400, 160), (200, 30, 30, 255)).save(tmp_path / MATERIALS / LOGO.sha256, format="PNG")
    safe = safe_of(preset, bare.width, bare.height)
    assert safe.height < bare.height
    made = dress(bare, ALL, safe)
    assert isinstance(made, ImagePlan)
    files = render_pack(tmp_path / "grey.png", [bare, made], tmp_path)
    first, second = (Image.open(tmp_path / one.path).convert("RGB") for one in files)
    from PIL import ImageChops

    left, top, right, bottom = ImageChops.difference(first, second).getbbox() or (0, 0, 0, 0)
    assert safe.x <= left < right <= safe.x + safe.width
    assert safe.y <= top < bottom <= safe.y + safe.height
    assert (right - left) * (bottom - top) > 0.3 * safe.width * safe.height


def test_nothing_comes_nearer_to_the_logo_than_a_quarter_of_its_height() -> None:
    plan = still(named("image", regions=False))
    made = dress(plan, ALL, Box(0, 0, plan.width, plan.height))
    assert isinstance(made, ImagePlan)
    logo = bounds(made.overlays, "logo")
    clear = round(logo.height / 4)
    around = Box(logo.x - clear, logo.y - clear, logo.width + 2 * clear, logo.height + 2 * clear)
    assert abs(logo.width / logo.height - 2.5) < 0.05
    others = [one for one in made.overlays if one.piece != "logo"]
    assert not any(meet(around, Box(one.x, one.y, one.width, one.height)) for one in others)
    assert around.x >= 0
    assert around.y >= 0
    assert around.x + around.width <= plan.width


def test_words_without_blanks_between_them_get_lines_and_scripts_that_join_are_refused() -> None:
    def lines(text: str, most: int) -> list[str] | None:
        return wrapped(text, lambda line: len(line) <= most)

    assert lines("new oat drink", 7) == ["new oat", "drink"]
    assert lines("oatmilk drink", 6) is None
    assert lines("新燕麦饮料 new", 5) == ["新燕麦饮料", "new"]
    assert lines("新燕麦饮料", 3) == ["新燕麦", "饮料"]
    thai = lines("ผลิตภัณฑ์ใหม่ดีมาก", 14)
    assert thai is not None
    assert len(thai) == 2
    plan = still(named("image", regions=True))
    for said in ("ថ្មី", "ကောင်း", "नया"):
        wish = replace(WISH, pieces=("call_to_action",), call_to_action=said)
        made = dress(plan, replace(ALL, wish=wish), Box(0, 0, plan.width, plan.height))
        assert isinstance(made, Reason)
        assert made.code == "script_not_drawn"


def test_long_words_are_made_smaller_then_refused() -> None:
    plan = still(named("image", regions=True))
    safe = safe_of(named("image", regions=True), plan.width, plan.height)

    def size(name: str) -> int | str:
        wish = replace(WISH, pieces=("lower_third",), name=name)
        made = dress(plan, replace(ALL, wish=wish), safe)
        return made.code if isinstance(made, Reason) else max(one.size for one in made.overlays)

    short, long = size("Ana Müller"), size("Ana Margarida dos Santos Donaudampfschifferin")
    assert isinstance(short, int)
    assert isinstance(long, int)
    assert long < short
    assert size("Ana Müller " * 30) == "lower_third_does_not_fit"
    assert size("Ana \u0645\u0631\u064a\u0645") == "script_not_drawn"
    assert size("Ana \U0001f99c") == "letters_missing"
    told = dress(plan, replace(ALL, wish=replace(WISH, pieces=("lower_third",), name="Ana \U0001f99c")), safe)
    assert isinstance(told, Reason)
    assert "no \U0001f99c in the font" in told.sentence
    assert size('Ana"\n[[panel]]') == short  # words never become anything but words


@pytest.mark.parametrize("changes", [{"ground": "#cccccc"}, {"ground": "#7a7a7a"}])
def test_words_that_cannot_be_read_on_their_ground_are_refused(changes: dict[str, str]) -> None:
    plan = still(named("image", regions=False))
    made = dress(plan, replace(ALL, kit=replace(KIT, **changes)), Box(0, 0, plan.width, plan.height))  # type: ignore[arg-type]
    assert isinstance(made, Reason)
    assert made.code == "low_contrast"
    assert contrast("#ffffff", changes["ground"]) < 4.5


def test_less_shines_through_a_ground_where_words_need_it() -> None:
    plan = still(named("image", regions=False))
    kit, wish = replace(KIT, ground="#ffffff", words="#767676"), replace(WISH, pieces=("lower_third",))
    made = dress(plan, Outfit(kit, wish), Box(0, 0, plan.width, plan.height))
    assert not isinstance(made, Reason), made.sentence
    (panel,) = (one for one in made.overlays if one.kind == "box")
    assert panel.opacity == 1.0
    assert worst_contrast("#767676", "#ffffff", panel.opacity) >= 4.5 > worst_contrast("#767676", "#ffffff", 0.95)
    strong = dress(plan, Outfit(KIT, wish), Box(0, 0, plan.width, plan.height))
    assert not isinstance(strong, Reason)
    assert [one.opacity for one in strong.overlays if one.kind == "box"] == [0.9]


def test_a_logo_that_would_be_too_small_or_is_not_there_is_refused() -> None:
    plan = still(named("image", regions=False))
    whole = Box(0, 0, plan.width, plan.height)
    for logo, code in ((None, "no_logo"), (Logo("b" * 64, 12, 12), "logo_does_not_fit")):
        made = dress(plan, replace(ALL, kit=replace(KIT, logo=logo)), whole)
        assert isinstance(made, Reason)
        assert made.code == code
        assert ("Upload a larger one." if logo else "Upload one,") in made.sentence
    flat = dress(plan, replace(ALL, kit=replace(KIT, logo=Logo("b" * 64, 4000, 30))), whole)
    assert isinstance(flat, Reason)
    assert flat.code == "logo_does_not_fit"
    assert "Upload one that is less long" in flat.sentence


@pytest.mark.parametrize("size", [(320, 50), (320, 100), (728, 90)])
def test_on_a_banner_a_logo_is_as_large_as_it_takes_to_be_recognised(size: tuple[int, int]) -> None:
    plan = replace(still(named("image", regions=False)), width=size[0], height=size[1])
    outfit = Outfit(replace(KIT, logo=Logo("b" * 64, 600, 200)), replace(WISH, pieces=("logo", "call_to_action")))
    made = dress(plan, outfit, Box(0, 0, *size))
    assert not isinstance(made, Reason), made.sentence
    logo = bounds(made.overlays, "logo")
    assert (max(logo.width, logo.height) >= 24, min(logo.width, logo.height) >= 9) == (True, True)
    assert 0 <= logo.y < logo.y + logo.height <= size[1]
    assert logo.width < size[0] / 3


def test_blanks_are_no_words() -> None:
    plan = still(named("image", regions=False))
    wish = Dressing("oat", ("lower_third", "call_to_action"), name="  ", call_to_action=" ")
    made = dress(plan, replace(ALL, wish=wish), Box(0, 0, plan.width, plan.height))
    assert isinstance(made, Reason)
    assert made.code == "lower_third_empty"
    called = dress(plan, Outfit(KIT, replace(wish, name=" Ana ")), Box(0, 0, plan.width, plan.height))
    assert not isinstance(called, Reason)
    assert [one.text for one in called.overlays if one.text] == ["Ana", KIT.call_to_action]


def test_a_label_that_finds_no_room_refuses_the_version() -> None:
    plan = replace(still(named("image", regions=False)), width=60, height=24)
    made = dress(plan, Outfit(label="Collaboration commerciale"), Box(0, 0, 60, 24))
    assert isinstance(made, Reason)
    assert made.code == "label_does_not_fit"
    assert "disclosure label" in made.sentence


def test_a_video_shows_the_label_throughout_and_the_rest_in_its_time() -> None:
    plan = video()
    safe = safe_of(named("video", regions=True), plan.width, plan.height)
    made = dress(plan, ALL, safe)
    assert isinstance(made, VideoPlan)
    times = {one.piece: (one.from_s, one.until_s) for one in made.overlays}
    assert times == {
        "label": (None, None),
        "logo": (None, None),
        "lower_third": (0.5, 4.5),
        "call_to_action": (8.0, None),
    }
    assert all(within(one, safe) for one in made.overlays)
    assert dress(plan, ALL, safe) == made


def test_cards_count_for_the_length_and_carry_the_label() -> None:
    wish = replace(WISH, pieces=("intro", "end"))
    plan = replace(video(), max_s=15.5)
    whole = Box(0, 0, plan.width, plan.height)
    made = dress(plan, replace(ALL, wish=wish), whole)
    assert isinstance(made, VideoPlan)
    assert made.intro is not None
    assert made.end is not None
    assert (made.intro.frames, made.end.frames, made.shown) == (45, 60, plan.frames + 105)
    assert cards_s(replace(ALL, wish=wish)) == 3.5
    for card in (made.intro, made.end):
        assert {"label", "intro" if card is made.intro else "end"} == {one.piece for one in card.overlays}
    long = dress(replace(plan, max_s=15.4), replace(ALL, wish=wish), whole)
    assert isinstance(long, Reason)
    assert long.code == "too_long"
    empty = dress(plan, Outfit(Kit(), wish), whole)
    assert isinstance(empty, Reason)
    assert empty.code == "intro_empty"


def test_captions_move_out_of_the_way() -> None:
    plan = video(captions=True)
    assert plan.captions is not None
    safe = plan.captions.safe
    made = dress(plan, ALL, safe)
    assert isinstance(made, VideoPlan)
    assert made.captions is not None
    room = made.captions.safe
    assert safe.height / 4 <= room.height < safe.height
    assert not any(meet(room, Box(one.x, one.y, one.width, one.height)) for one in made.overlays)


def test_edits_are_those_that_rights_know() -> None:
    plan = still(named("image", regions=False))
    made = dress(plan, ALL, Box(0, 0, plan.width, plan.height))
    assert isinstance(made, ImagePlan)
    assert edits_of(made, 4000, 5000) == edits_of(plan, 4000, 5000) | {"logo_overlay", "caption_overlay"}
    only = dress(plan, Outfit(label="Ad"), Box(0, 0, plan.width, plan.height))
    assert isinstance(only, ImagePlan)
    assert edits_of(only, 4000, 5000) == edits_of(plan, 4000, 5000)
    film = dress(video(), replace(ALL, wish=replace(WISH, pieces=("end",))), Box(0, 0, 1080, 1920))
    assert isinstance(film, VideoPlan)
    assert edits_of(film, 1080, 1920) >= {"stitch"}


def test_a_template_of_ones_own_comes_first_and_a_slip_in_it_is_told(tmp_path: Path) -> None:
    plan = still(named("image", regions=False))
    whole = Box(0, 0, plan.width, plan.height)
    kit = replace(KIT, templates={"lower_third": "ours"})
    outfit = Outfit(kit, replace(WISH, pieces=("lower_third",)), own=tmp_path)
    row = '[[panel.row]]\ntext = {{ words.name }}\ncolour = "#ffffff"\nsize = 0.1\n'
    (tmp_path / "ours.toml").write_text(f'[[panel]]\nplaces = [[0.5, 0.5]]\nground = "#000000"\n{row}')
    assert "ours" in templating.overlay_names(tmp_path)
    made = dress(plan, outfit, whole)
    assert isinstance(made, ImagePlan)
    assert made.overlays[1].text == "Ana Müller"
    wrong = {
        'places = [[0.5, 0.5]]\nground = "#000000"\nsparkle = 1\n': "sparkle is no word",
        'places = [[0.5, 2]]\nground = "#000000"\n': "fractions from 0 to 1",
        'places = [[0.5, 0.5]]\nground = "black"\n': "black is no colour",
        "places = [[0.5, 0.5]]\nground = {{ kit.nothing }}\n": "nothing",
        'places = [[0.5, 0.5]]\nwidth = "wide"\n': "another kind",
    }
    for number, (text, told) in enumerate(wrong.items()):
        (tmp_path / f"wrong{number}.toml").write_text(f"[[panel]]\n{text}{row}")
        found = dress(plan, replace(outfit, kit=replace(kit, templates={"lower_third": f"wrong{number}"})), whole)
        assert isinstance(found, Reason)
        assert found.code == "template_wrong"
        assert told in found.sentence


def test_every_template_of_the_house_can_be_read() -> None:
    names = templating.overlay_names()
    assert names == ["call-to-action", "card", "label", "logo", "lower-third"]
    for name in names:
        text = templating.overlay(name, {"kit": KIT, "words": ALL.words("intro")})
        assert scenes.read(text, name).panels


def test_an_animation_bears_its_kit_from_the_first_picture_on_and_no_cards() -> None:
    preset = CATALOGUE.get("web.animated.webp")
    answer = animation(clip(), preset)
    assert answer.plan is not None
    chosen = replace(WISH, pieces=(*WISH.pieces, "intro", "end"))
    made = dress(answer.plan, replace(ALL, wish=chosen), safe_of(preset, answer.plan.width, answer.plan.height))
    assert isinstance(made, AnimationPlan)
    assert {one.piece for one in made.overlays} == {"label", "logo", "lower_third", "call_to_action"}
    assert {(one.from_s, one.until_s) for one in made.overlays} == {(None, None)}
    assert all(within(one, made.placed) for one in made.overlays)
    assert made.digest() != answer.plan.digest()
    assert AnimationPlan.load(made.dump()) == made
    found = edits_of(made, 1080, 1920)
    assert {"logo_overlay", "caption_overlay", "trim"} <= found
    assert "stitch" not in found
