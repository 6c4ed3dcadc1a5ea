"""The one function that finds templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from ugc_hub import templating


def test_the_checkout_has_templates_beside_the_package() -> None:
    assert (templating.templates_dir() / "base.html").is_file()


def test_the_wheel_has_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ugc_hub" / "templates").mkdir(parents=True)
    monkeypatch.setattr(templating, "HERE", tmp_path / "ugc_hub")
    assert templating.templates_dir() == tmp_path / "ugc_hub" / "templates"


def test_an_incomplete_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "HERE", tmp_path / "ugc_hub")
    with pytest.raises(FileNotFoundError, match="install the wheel again"):
        templating.templates_dir()
