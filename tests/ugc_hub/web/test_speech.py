"""The pages of links in the language of the terms: every sentence of them, and no page that speaks two languages."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.pictures import jpeg
from tests.support import ROOT
from tests.ugc_hub.submissions.acts import ANA, ANSWERS, begun, give, link_token, signed
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing.documents import STARTER, Wording, write_terms
from ugc_hub.models import ConsentRecord, SubmissionForm
from ugc_hub.permissions.links import own_page
from ugc_hub.permissions.wording import LOCALES
from ugc_hub.submissions import Brief, say, sign
from ugc_hub.submissions.answers import read_answers
from ugc_hub.submissions.checking import Seen, check
from ugc_hub.web.pages.handing import WORDS_OF_SENDING

SAID: dict[str, dict[str, str]] = tomllib.loads((ROOT / "ugc_hub/submissions/said.toml").read_text(encoding="utf-8"))
OTHERS = sorted(set(LOCALES) - {"en"})
PLACE = re.compile(r"\{[a-z_]+\}")
OURS = {"Sec-Fetch-Site": "same-origin"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def asked_for() -> Iterator[str]:
    """What templates and the script of the form ask for by its English words."""
    for file in TEMPLATES:
        text = file.read_text(encoding="utf-8")
        for one in re.findall(r"""\bsay\((?:"([^"]+)"|'([^']+)')""", text):
            yield "".join(one)
    script = (ROOT / "ugc_hub/web/static/js/handing.js").read_text(encoding="utf-8")
    yield from re.findall(r'\bsay\("([^"]+)"', script)
    yield from WORDS_OF_SENDING


def test_every_sentence_has_words_in_every_language_with_the_same_values() -> None:
    assert set(asked_for()) <= set(SAID)
    for key, words in SAID.items():
        assert sorted(words) == OTHERS, key
        assert {tuple(sorted(PLACE.findall(one))) for one in words.values()} == {tuple(sorted(PLACE.findall(key)))}, key


def test_every_translation_belongs_to_something_that_is_said() -> None:
    places = [*TEMPLATES, ROOT / "ugc_hub/web/static/js/handing.js", ROOT / "ugc_hub/creators.py"]
    places += [
        path
        for room in ("submissions", "permissions", "web", "accounts")
        for path in (ROOT / "ugc_hub" / room).rglob("*.py")
    ]
    source = "\n".join(path.read_text(encoding="utf-8") for path in places)
    combined = {"photos or animations", "photos or videos", "animations or videos"}
    for key in SAID.keys() - combined:
        parts = [part for part in PLACE.split(key.replace("; being shown", "{x}; being shown")) if part.strip(" .;:")]
        assert all(part in source for part in parts), key


def test_what_differs_and_what_is_missing_is_said_in_every_language() -> None:
    brief = Brief("", kinds=("image",), orientation="portrait", min_short_px=600, max_bytes=10, sound="required")
    timed = Brief("", kinds=("video",), min_duration_s=5, sound="none", max_bytes=10)
    long = Brief("", kinds=("video",), max_duration_s=5)
    film = {"duration_s": 2.0, "has_sound": False, "looks_like_another": True}
    found = [*check(brief, Seen("video", 900, 500, 2_500_000, **film))]  # type: ignore[arg-type]
    found += check(timed, Seen("video", 900, 500, 2_500_000, 2.0, True)) + check(long, Seen("video", 9, 9, 1, 8.0))
    words = {one.words for one in found}
    assert len({one.code for one in found}) == 7
    for answers in ({}, {"people": "others", "of_age": "no", "music": "present", "belongings": "some"}):
        with pytest.raises(Invalid) as told:
            read_answers(answers)
        words |= set(told.value.extra["fields"].values())
    for locale in OTHERS:
        same = [one for one in words if say(one, locale) == one]
        assert same == [], locale
        assert say("The shorter side should have 600 pixels or more; it has 1,500.", locale).count("600") == 1


def test_what_somebody_typed_is_filled_in_and_never_translated() -> None:
    assert say("Say whether Nobody is 18 or older.", "de") == "Sag, ob Nobody 18 oder älter ist."
    assert say("Something has to change: {note}", "de", note="{email} Name") == "Etwas muss anders werden: {email} Name"
    assert say("It should be square; it has 9 × 4 pixels.", "de") == "Es sollte quadratisch sein; es hat 9 × 4 Pixel."
    assert say("A sentence that nobody wrote.", "de") == "A sentence that nobody wrote."


def english(page: str) -> list[str]:
    """Sentences that the page says in English."""
    seen = html.unescape(re.sub(r'data-said="[^"]*"', "", page))
    return [key for key, words in SAID.items() if " " in key and "{" not in key and words["de"] != key and key in seen]


@pytest.fixture
def german(hub: Hub) -> Hub:
    """A hub whose terms are written in German."""
    write_terms(hub, SYSTEM, Wording("Bedingungen", "Ihr dürft das zeigen.", STARTER, locale="de-DE"))
    submissions.save_brief(hub, SYSTEM, "Herbst", brief=Brief("Draußen.", orientation="portrait", min_duration_s=2.5))
    return hub


def test_pages_of_a_link_speak_the_language_of_the_terms_and_no_other(german: Hub, stranger: Person) -> None:
    token, form = link_token(german, campaign="Herbst"), begun(german, campaign="Herbst")
    give(german, form, jpeg(900, 700, 3), "quer.jpg")
    answers: dict[str, Any] = {**ANSWERS, "people": "others", "other-0-is_adult": "no", "of_age": "no"}
    pages = {
        "link": stranger.get(f"/s/{token}"),
        "wrong": stranger.post(f"/s/{token}", data={"name": "www.x"}, headers=OURS),
        "form": stranger.get(f"/h/{form}"),
        "missing": stranger.post(f"/h/{form}", data={}, headers=OURS),
        "young": stranger.post(f"/h/{form}", data=answers, headers=OURS),
        "files": stranger.get(f"/h/{form}/files"),
        "confirm": stranger.get(f"/c/{sign(german, 'confirm', 'sub_' + form.partition('.')[0])}"),
    }
    for name, answer in pages.items():
        assert english(answer.text) == [], name
        assert name == "files" or '<html lang="de"' in answer.text, name
    assert "mindestens 2.5 Sekunden" in pages["link"].text
    assert "Es sollte höher als breit sein; es hat 900 × 700 Pixel." in pages["form"].text
    assert "Unsere Website und unser Shop" in html.unescape(pages["form"].text)
    assert "Schreib einen Namen, ohne Adressen." in pages["wrong"].text
    assert html.unescape(pages["form"].text).count("Wird gesendet, {percent} %") == 1


def test_a_guardian_and_whoever_has_handed_in_are_spoken_to_in_it_too(german: Hub, stranger: Person) -> None:
    form = begun(german)
    give(german, form)
    page = stranger.get(f"/h/{form}").text
    terms = re.search(r'name="terms" value="([^"]+)"', page)
    assert terms is not None
    young = {"of_age": "no", "guardian_name": "Eva Lima", "guardian_email": "eva@example.org"}
    sent = {**ANSWERS, **young, "terms": terms[1], "signed_name": ANA.name, "agree": "1"}
    assert stranger.post(f"/h/{form}", data=sent, headers=OURS).status_code == 303
    assert "Danke! Es ist eingereicht." in stranger.get(f"/h/{form}").text
    with german.database.read() as session:
        asked = next(one.id for one in session.query(ConsentRecord) if one.role == "guardian")
    guardian = f"/g/{sign(german, 'guardian', asked)}"
    asking, half = stranger.get(guardian), stranger.post(guardian, data={"answer": "yes"}, headers=OURS)
    unclear = stranger.post(guardian, data={"signed_name": "Eva Lima", "agree": "1"}, headers=OURS)
    assert (unclear.status_code, "Sag, ob du zustimmst." in unclear.text) == (422, True), "a refusal is final"
    stranger.post(guardian, data={"answer": "yes", "signed_name": "Eva Lima", "agree": "1"}, headers=OURS)
    for answer in (asking, half, stranger.get(guardian), stranger.get(f"/h/{form}")):
        assert english(answer.text) == []
    assert "Darf Ana Lima gezeigt werden?" in asking.text
    own = stranger.get(f"/w/{sign(german, 'withdraw', asked)}").text
    assert "Zurücknehmen, was du erlaubt hast" in own


def test_what_somebody_agreed_to_is_told_in_it_with_where_it_runs(german: Hub, stranger: Person) -> None:
    form = begun(german)
    asset = give(german, form)
    submissions.hand_in(german, form, ANSWERS, signed(german))
    with german.database.write() as session:
        person = session.get_one(SubmissionForm, "sub_" + form.partition(".")[0]).person_id
        licensing.set_status(german, session, SYSTEM, asset_id=asset, status="active")
    path = own_page(german, person).removeprefix(german.settings.address)
    page = stranger.get(path)
    assert english(page.text) == []
    text = html.unescape(page.text)
    assert "Meine Inhalte" in text
    assert re.search(
        r"Die Inhalte: .*Unsere Website und unser Shop; in: Die ganze Welt; vom \d\d\.\d\d\.\d{4} bis ", text
    )
    assert "Zuschneiden" in text
    whole = re.search(r'href="(/m/[\w.-]+/terms/[\w]+)"', page.text)
    assert whole is not None
    assert "Ihr dürft das zeigen." in stranger.get(whole[1]).text


def test_a_link_that_nobody_made_is_answered_in_the_language_of_the_browser(hub: Hub, stranger: Person) -> None:
    wrong = stranger.get("/s/x", headers={"Accept-Language": "fr-CH, de;q=0.5"}).text
    assert "Ce lien n’est pas valide." in html.unescape(wrong)
    assert '<html lang="fr"' in wrong
    assert "Not Found" not in wrong, "nor is the title of the window English"
    sent = stranger.post("/s/x", data={"name": "Ana"}, headers={**OURS, "Accept-Language": "de"}).text
    assert "Was du eingegeben hast, ist noch da." in html.unescape(sent)
    spent = stranger.get("/r/x", headers={"Accept-Language": "es-MX"}).text
    assert ("Quizá lo sustituyó uno más nuevo" in spent, '<html lang="es"' in spent) == (True, True)
    assert "There is nothing at this address." in stranger.get("/nothing", headers={"Accept-Language": "fr"}).text
