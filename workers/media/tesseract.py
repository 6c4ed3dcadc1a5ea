"""Reads words with the program `tesseract`, where somebody has installed it (Debian: `tesseract-ocr`)."""

from __future__ import annotations

import csv
import functools
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from workers.media.errors import ChildFailed, MediaError
from workers.media.reading import Word

if TYPE_CHECKING:
    from PIL import Image

PROGRAM = "tesseract"
CODES = {
    "af": "afr",
    "ar": "ara",
    "bg": "bul",
    "ca": "cat",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "et": "est",
    "fa": "fas",
    "fi": "fin",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "hr": "hrv",
    "hu": "hun",
    "id": "ind",
    "it": "ita",
    "ja": "jpn",
    "ko": "kor",
    "lt": "lit",
    "lv": "lav",
    "nl": "nld",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sk": "slk",
    "sl": "slv",
    "sr": "srp",
    "sv": "swe",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
    "zh": "chi_sim",
}
"""ISO 639-1 and what tesseract calls its data; other data are asked for by tesseract's own name, such as `chi_tra`."""
_NAMES = {code: language for language, code in CODES.items()}
_SPARSE = "11"
"""Page segmentation: words anywhere, as they stand in photos. The default looks for columns and finds none."""
_LARGE = 1200
"""A picture whose longer side is shorter is read in twice its size: letters below 20 pixels are not known."""
_LIST_S = 20.0
_MOST_BYTES = 4 << 20
"""Of an answer: what it says of some 50,000 words, more than fit into any picture."""
_FAILED = "The words in the picture cannot be read."
_WORD = 5
"""Level of a line of the answer that is about one word."""


class Tesseract:
    """The reader that the hub comes with; see `workers.media.reading`."""

    name = "tesseract"
    version = 1

    def languages(self) -> Iterable[str]:
        """Return the languages whose data are installed; none without the program. Asked once in each process."""
        return _installed()

    def read(self, picture: Image.Image, languages: Sequence[str]) -> Iterable[Word]:
        """Return the words of a picture.

        Raises:
            MediaError: the program gave up on this picture.
            ChildFailed: it could not be run.
        """
        from PIL import Image  # by then it is loaded; who only asks for languages is spared it

        if max(picture.size) < _LARGE:
            picture = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        codes = "+".join(CODES.get(language, language) for language in languages)
        words = [PROGRAM, "stdin", "stdout", "-l", codes, "--psm", _SPARSE, "tsv"]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            # Encoded anew: the program's own decoders never see what a stranger has made.
            picture.convert("L").save(given, "PNG", compress_level=1)
            given.seek(0)
            table, status = _run(words, given, said)
            said.seek(0)
            complaint = said.read(500).decode("utf-8", "replace")
        if status or len(table) > _MOST_BYTES:
            detail = f"exit {status}, {len(table)} bytes: {complaint}"
            raise MediaError(_FAILED, code="unreadable_text", detail=detail)
        return words_of(table.decode("utf-8", "replace"))


def _run(words: Sequence[str], given: IO[bytes], said: IO[bytes]) -> tuple[bytes, int]:
    """Return what the program answered, as far as it may, and its status; the time is that of the whole child."""
    try:
        running = subprocess.Popen(words, stdin=given, stdout=subprocess.PIPE, stderr=said, env=_environment())
    except OSError as error:
        raise ChildFailed(_FAILED, code="no_reader", detail=str(error)) from error
    with running:
        assert running.stdout is not None  # noqa: S101 - asked for above
        table = running.stdout.read(_MOST_BYTES + 1)
        if len(table) > _MOST_BYTES:
            running.kill()
    return table, running.returncode


def words_of(table: str) -> list[Word]:
    """Return the words of an answer of tesseract: tab-separated, with a first line of names."""
    found: list[Word] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if int(row["level"]) == _WORD and row["text"] and row["text"].strip():
            place = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
            number = lines.setdefault(place, len(lines))
            found.append(Word(row["text"].strip(), float(row["conf"]) / 100, number))
    return found


@functools.cache
def _installed() -> frozenset[str]:
    if shutil.which(PROGRAM) is None:
        return frozenset()
    words = [PROGRAM, "--list-langs"]
    try:
        done = subprocess.run(words, capture_output=True, check=False, timeout=_LIST_S, env=_environment(), text=True)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()  # a program that cannot even say what it reads is as good as none; doctor tells of it
    names = done.stdout.split("\n")[1:] if done.returncode == 0 else []
    return frozenset(_NAMES.get(name.strip(), name.strip()) for name in names if name.strip() not in ("", "osd"))


def _environment() -> dict[str, str]:
    """One thread: there are as many workers as the machine can feed."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
