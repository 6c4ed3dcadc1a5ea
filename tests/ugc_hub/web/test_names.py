"""Names of downloads and the header that carries them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ugc_hub.web.names import LONGEST, content_disposition, safe_name

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"'
EXTENDED = r"UTF-8''(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-Fa-f]{2})*"
HEADER = re.compile(rf"(attachment|inline)(?:; filename=({QUOTED}))(?:; filename\*=({EXTENDED}))?\Z")
NAMES = st.text() | st.text(alphabet='\r\n\0"\\;%/:..\u202e\u2066é日ä🙂', min_size=1)


def parse(header: str) -> tuple[str, str]:
    """Return disposition and name of a header as RFC 6266 and RFC 8187 read it; anything else is an error."""
    found = HEADER.match(header)
    assert found is not None, header
    kind, quoted, extended = found.groups()
    if extended is not None:
        return kind, unquote(extended.removeprefix("UTF-8''"), errors="strict")
    return kind, re.sub(r"\\(.)", r"\1", quoted[1:-1])


@pytest.mark.req("R58")
@given(NAMES)
@example('a"\r\nSet-Cookie: x=1\r\n\r\n<script>.jpg')
@example("../../etc/passwd")
@example("con.jpg")
@example("\ud800.jpg")
def test_a_header_cannot_be_forged_by_a_name(name: str) -> None:
    header = content_disposition(name, attachment=True)
    kind, read = parse(header)
    assert kind == "attachment"
    assert read == safe_name(name)
    assert header.isascii()
    assert len(header) < 4000


@pytest.mark.req("R58")
@given(NAMES)
def test_a_safe_name_is_no_path_and_shows_what_it_is(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe) <= LONGEST
    assert not set(safe) & set('/\\:*?"<>|')
    assert all(unicodedata.category(character)[0] != "C" for character in safe)
    assert safe.strip(". ") == safe
    assert safe not in {".", ".."}
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Foto Straße.jpg", "Foto Straße.jpg"),
        ("  summer .jpg ", "summer.jpg"),
        ("gpj.\u202efdp.jpg", "gpj.fdp.jpg"),
        ("a/b\\c.jpg", "a_b_c.jpg"),
        ("nul.txt", "_nul.txt"),
        ("...", "download"),
        ("x" * 400 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_keep_what_they_can(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_old_clients_get_a_name_in_ascii() -> None:
    header = content_disposition("Crème brûlée 日本.jpg", attachment=False)
    assert header.startswith("inline; filename=\"Creme brulee __.jpg\"; filename*=UTF-8''Cr%C3%A8me%20")
