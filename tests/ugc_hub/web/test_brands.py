"""The pages of brand kits: typed, sketched, saved with files, and told what is wrong where it was typed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from tests.ugc_hub.web.conftest import Person

FIELDS = {
    "name": "Oat & Co",
    "ground": "#203a2b",
    "words": "#ffffff",
    "call_to_action": "Shop now",
    "font": "DejaVu Sans",
}


def png() -> tuple[io.BytesIO, str]:
    target = io.BytesIO()
    Image.new("RGBA", (300, 120), (200, 0, 0, 255)).save(target, "PNG")
    target.seek(0)
    return target, "logo.png"


def test_a_kit_is_typed_sketched_saved_and_withdrawn(browser: Callable[[str], Person]) -> None:
    designer = browser("designer")
    assert "There is no brand kit yet" in designer.get("/brands").text
    assert "New brand kit" in designer.get("/brands/new").text
    typed: dict[str, Any] = {**FIELDS, "id": "oat", "fresh": "1", "end_title": "oat.example", "end_seconds": "2.5"}
    sketch = designer.post("/brands/sketch", data=typed).text
    assert "Shop now" in sketch
    assert "oat.example" in sketch
    assert "#203a2b" in sketch
    saved = designer.post("/brands", data={**typed, "logo_file": png()}, content_type="multipart/form-data")
    assert saved.status_code == 303
    page = designer.get("/brands/oat").text
    assert "/brands/oat/logo" in page
    assert "Version 1" in page
    logo = designer.get("/brands/oat/logo")
    assert (logo.status_code, logo.headers["Content-Type"]) == (200, "image/png")
    again = designer.post("/brands", data={**FIELDS, "id": "oat", "accent": "#ffcc00", "accent_words": "#000000"})
    assert again.status_code == 303
    assert "300 × 120" in designer.get("/brands/oat").text
    assert "Oat &amp; Co" in designer.get("/brands").text
    assert designer.post("/brands/oat/withdraw", data={}).status_code == 303
    assert "was withdrawn" in designer.get("/brands/oat").text
    assert "There is no brand kit yet" in designer.get("/brands").text


def test_what_is_wrong_is_told_where_it_was_typed_and_nothing_is_saved(browser: Callable[[str], Person]) -> None:
    designer = browser("designer")
    pale = designer.post("/brands", data={**FIELDS, "id": "oat", "fresh": "1", "words": "#203a2c"})
    assert pale.status_code == 422
    assert "cannot be read well" in pale.text
    assert 'value="Oat &amp; Co"' in pale.text
    wrong = (io.BytesIO(b"<svg/>"), "logo.svg")
    refused = designer.post(
        "/brands", data={**FIELDS, "id": "oat", "fresh": "1", "logo_file": wrong}, content_type="multipart/form-data"
    )
    assert refused.status_code == 422
    assert "as PNG" in refused.text
    assert designer.get("/brands/oat").status_code == 404
    assert designer.post("/brands", data={**FIELDS, "id": "Oat!", "fresh": "1"}).status_code == 422
