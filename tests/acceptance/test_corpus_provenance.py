"""Content Credentials of the corpus say what c2patool found when the manifest was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import manifest
from workers.media import provenance

ROWS = [row for row in manifest("good") if row["c2pa_state"] in ("Valid", "Invalid", "Trusted")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["file"]))
def test_credentials_hold_or_not_as_the_manifest_says(row: dict[str, str], corpus: Path) -> None:
    claims = provenance.read(corpus / "good" / row["file"], row["mime_by_content"])
    assert claims is not None
    assert claims.state == row["c2pa_state"]
    assert set(claims.problems) == set(row["c2pa_codes"].split(";")) - {""}


def test_files_without_credentials_have_none(corpus: Path) -> None:
    plain = next(row for row in manifest("good") if not row["c2pa_state"] and row["mime_by_content"] == "image/jpeg")
    assert provenance.read(corpus / "good" / plain["file"], "image/jpeg") is None
