"""What the doctor says of compositions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from ugc_hub.jobs import doctor
from ugc_hub.settings import Settings


def said(settings: Settings) -> list[tuple[str, str]]:
    return [(one.level, one.message) for one in doctor.media_findings(settings) if one.code == "compositions"]


def test_the_doctor_names_a_broken_composition_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> str:
        if name == "moviepy":
            raise PackageNotFoundError(name)
        return "13.0.0"

    (tmp_path / "mine.py").write_text("def compose(stage: (", encoding="utf-8")
    settings = Settings(compositions_dir=tmp_path)
    monkeypatch.setattr(doctor, "version", gone)
    first, broken = said(settings)
    assert first == ("ok", "Compositions are not made: MoviePy is not installed. In a checkout: make compose.")
    assert broken[0] == "error"
    assert broken[1].startswith("The composition mine is broken. Line 1 is no Python")
    monkeypatch.setattr(doctor, "version", {"pillow": "13.0.0", "moviepy": "2.2.1"}.__getitem__)
    assert said(Settings()) == [("ok", "Compositions are made with MoviePy 2.2.1.")]
