"""Where a line may end inside of a word: of scripts that are written without blanks between words.

Chinese and Japanese end between nearly all signs. Thai, Lao, Khmer and Burmese end between words, which only a
dictionary tells: that of ICU (https://icu.unicode.org), where it is installed on the machine. Without it a line ends
between two clusters of signs that are read together, and where somebody put a blank of no width (U+200B).
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

_SMALL_KANA = frozenset(
    "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee\u30f5\u30f6"
)
"""They belong to the sign before them."""
_RUN = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4f\u0e81-\u0eff\u1000-\u109f\u1780-\u17dd\u200b]+")
"""Thai, Lao, Burmese and Khmer, without their digits and the sign of the baht."""
_BEFORE_LETTER = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4\u17d2\u1039")
"""Vowels that are written before the letter that they are said after, and what puts the next letter below."""
_AFTER_LETTER = frozenset(
    "\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eaf\u0eb0\u0eb2\u0eb3\u0ec6\u104a\u104b\u17d2\u17d4\u17d5\u17d6\u17d7\u1039\u200b"
)
"""Vowels that are written after their letter, and signs that end something."""
_NO_WIDTH = "\u200b"
_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/opt/icu4c/lib")
_FILES = ("libicuuc.so.[0-9][0-9]", "*/libicuuc.so.[0-9][0-9]")
_LINE, _END = 2, -1
"""The kind of boundary that ICU is asked for (`UBRK_LINE`), and what it answers behind the last one (`UBRK_DONE`)."""


def in_parts(text: str) -> list[str]:
    """Return a text in parts between which a line may end; those that begin a word have a blank before it."""
    return [
        f" {part}" if number and not at else part
        for number, word in enumerate(text.split())
        for at, part in enumerate(pieces(word))
    ]


def pieces(word: str) -> list[str]:
    """Return the parts of a word between which a line may end; in most scripts it has one."""
    ends = {found.start() + end for found in _RUN.finditer(word) for end in _ends(found[0])}
    made: list[str] = []
    for at, sign in enumerate(word):
        if made and not (at in ends or _breaks(made[-1][-1], sign)):
            made[-1] += sign
        else:
            made.append(sign)
    return made


def _ends(run: str) -> list[int]:
    if _NO_WIDTH in run:
        return [at + 1 for at, sign in enumerate(run[:-1]) if sign == _NO_WIDTH]
    known = _dictionary()
    return known(run) if known is not None else clusters(run)


def clusters(run: str) -> list[int]:
    """Return where a line may end in a run of these scripts as far as their letters tell, without a dictionary."""
    return [
        at
        for at in range(1, len(run))
        if unicodedata.category(run[at]) not in ("Mn", "Mc")
        and run[at] not in _AFTER_LETTER
        and run[at - 1] not in _BEFORE_LETTER
    ]


@functools.cache
def _dictionary() -> Callable[[str], list[int]] | None:
    """Return what finds the ends of words by ICU; None where that is not installed."""
    found = (path for folder in _FOLDERS for form in _FILES for path in Path(folder).glob(form))
    for path in sorted(found, key=lambda path: path.name, reverse=True):
        version = path.suffix.removeprefix(".")
        with contextlib.suppress(OSError):  # of another machine
            library = ctypes.CDLL(str(path))
            if hasattr(library, f"ubrk_open_{version}"):
                return functools.partial(_asked, library, version)
    return None


def _asked(library: ctypes.CDLL, version: str, run: str) -> list[int]:
    """Return the ends that ICU finds; all signs of these scripts have one place each in UTF-16."""
    names = (f"ubrk_{name}_{version}" for name in ("open", "next", "close"))
    begin, following, close = (library[name] for name in names)
    begin.restype, following.argtypes, close.argtypes = ctypes.c_void_p, [ctypes.c_void_p], [ctypes.c_void_p]
    status, text = ctypes.c_int(0), ctypes.create_string_buffer(run.encode("utf-16-le") + b"\0\0")
    opened = begin(_LINE, b"th", text, len(run), ctypes.byref(status))
    if status.value > 0 or not opened:
        return clusters(run)
    try:
        return [end for end in iter(functools.partial(following, opened), _END) if end < len(run)]
    finally:
        close(opened)


def _breaks(before: str, after: str) -> bool:
    """Whether a line may end between two signs: beside an ideograph or kana, before no end, and after no opening."""
    if unicodedata.category(before) in ("Ps", "Pi") or after in _SMALL_KANA:
        return False
    return unicodedata.category(after) not in ("Pe", "Pf", "Po", "Lm", "Mn", "Mc") and (_wide(before) or _wide(after))


def _wide(sign: str) -> bool:
    """Whether a sign is written without blanks: neither Hangul nor an emoji."""
    hangul = "\uac00" <= sign <= "\ud7af"
    wide = unicodedata.east_asian_width(sign) in ("W", "F")
    return wide and not hangul and unicodedata.category(sign)[0] in "LP"
