"""What commands print: lines that no name can forge, and JSON that every reader understands."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import Any

import click

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON.")
always_json = click.option("--json", is_flag=True, expose_value=False, help="Print JSON; this command always does.")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, format characters (bidi overrides, zero width), halves of pairs, line ends."""
_JOINER = "\u200d"
"""Of the format characters only this one stays: it is part of emoji."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text with everything that could steer a terminal, or is not text at all, written as an escape.

    A byte of a file name that is not UTF-8 becomes `\\udcXX`, as in JSON.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in _UNSEEN and c != _JOINER else c for c in text
    )


def say(line: str, *, err: bool = False) -> None:
    """Print one line; whatever names and messages it holds, it stays one, in the encoding of the terminal."""
    encoding = (sys.stderr if err else sys.stdout).encoding or "utf-8"
    click.echo(printable(line).encode(encoding, "backslashreplace").decode(encoding), err=err)


def show(value: Any) -> None:
    """Print a value as JSON in UTF-8, readable and without escaping other scripts."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    # Half of a pair, as in a file name that is not UTF-8 on disk, cannot be encoded; in JSON it can be escaped.
    text = _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    click.echo(text.encode())
