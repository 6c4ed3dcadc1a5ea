"""Why a file is not taken, in the language of whoever hands it in: every sentence of the engine, with its values."""

from __future__ import annotations

import ast
import html
import io
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.ugc_hub.submissions.acts import begun, give
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.test_speech import OTHERS, OURS, PLACE
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing.documents import STARTER, Wording, write_terms
from ugc_hub.submissions import say
from workers.media import sniff

REFUSED: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "ugc_hub/submissions/refused.toml").read_text(encoding="utf-8")
)
ENGINE = ROOT / "workers/media"
MEASURING = [
    *(ENGINE / f"{name}.py" for name in ("sniff", "safe", "answer", "child", "sandbox")),
    *sorted(ENGINE.glob("structure/*.py")),
    *sorted(ENGINE.glob("probe/*.py")),
    ROOT / "ugc_hub/ingest/accept.py",
]
REFUSALS = {"Unsupported", "Damaged", "TooLarge", "Truncated", "OutOfSpace", "Gone"}


def sentences(file: Path) -> Iterator[str]:
    """Every sentence that a file refuses with, as it reads with values."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in REFUSALS or not node.args:
            continue
        said = node.args[0]
        parts = said.values if isinstance(said, ast.JoinedStr) else [said]
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "3" for one in parts)


def test_every_refusal_of_the_engine_has_words_in_every_language() -> None:
    found = {one for file in MEASURING for one in sentences(file)}
    assert len(found) > 35
    for locale in OTHERS:
        assert [one for one in sorted(found) if say(one, locale) == one] == [], locale


def test_so_has_everything_that_a_file_may_be_instead() -> None:
    kinds = {words for _, _, words in sniff._FOREIGN} | {*sniff._FOREIGN_BRANDS.values(), sniff.ACCEPTED}
    kinds |= {words for _, words in sniff._SCRIPTED_TEXT}
    assert kinds - set(REFUSED) == set()


def test_translations_take_the_same_values_and_none_is_for_nothing() -> None:
    texts = {
        str(node.value)
        for file in MEASURING
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for key, words in REFUSED.items():
        assert sorted(words) == OTHERS, key
        assert {tuple(sorted(PLACE.findall(one))) for one in words.values()} == {tuple(sorted(PLACE.findall(key)))}, key
        for part in PLACE.split(key):
            assert key == sniff.ACCEPTED or any(part in text for text in texts), key


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "de",
            "Nicht genommen: Das sieht aus wie ein PDF und wird nicht angenommen. Angenommen werden Bilder als JPEG",
        ),
        ("fr", "Non retenu : Cela ressemble à un document PDF, ce qui n’est pas accepté. Sont acceptés : images JPEG"),
    ],
)
def test_a_refusal_with_what_it_names_is_said_whole(locale: str, told: str) -> None:
    words = f"Not taken: This looks like a PDF document, which is not accepted. Accepted are {sniff.ACCEPTED}."
    assert say(words, locale).startswith(told)


def test_a_creator_reads_the_refusal_in_the_language_of_the_terms(hub: Hub, stranger: Person) -> None:
    write_terms(hub, SYSTEM, Wording("Bedingungen", "Ihr dürft das zeigen.", STARTER, locale="de"))
    form = begun(hub)
    give(hub, form, b"\xff\xd8\xff\xe0" + bytes(40), "halb.jpg")
    page = html.unescape(stranger.get(f"/h/{form}/files").text)
    assert "Nicht genommen: Die Datei" in page
    sent = {"files": (io.BytesIO(b"%PDF-1.7 nothing"), "a.pdf")}
    told = html.unescape(stranger.post(f"/h/{form}/files", data=sent, headers=OURS).text)
    assert "a.pdf: Das sieht aus wie ein PDF" in told
    # Browsers with scripts send each file by itself, here one that speaks English.
    sent_by_script = {**OURS, "HX-Request": "true", "Content-Type": "application/octet-stream"}
    answer = stranger.post(f"/h/{form}/files?filename=a.pdf", data=b"%PDF-1.7 nothing", headers=sent_by_script)
    assert "Das sieht aus wie ein PDF" in html.unescape(answer.text)


def test_the_own_page_of_a_creator_speaks_the_language_of_the_browser(browser: Callable[[str], Person]) -> None:
    creator = browser("creator")
    page = creator.get("/mine", headers={"Accept-Language": "de-AT, en;q=0.5"})
    shown = html.unescape(page.text).partition("<main")[2].partition("</main>")[0]
    assert "Meine Inhalte" in shown
    assert 'lang="de"' in shown.partition(">")[0]
    assert '<html lang="en"' in page.text
    assert "My content" not in shown
    assert "My content" in creator.get("/mine").text.partition("<main")[2]
