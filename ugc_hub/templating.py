"""Where the templates lie: inside the wheel, or in the checkout during development."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Return the folder of the Jinja templates.

    The wheel ships it as `ugc_hub/templates`; a checkout has it beside the package.

    Raises:
        FileNotFoundError: neither is there, so the installation is incomplete.
    """
    for folder in (HERE / "templates", HERE.parent / "templates"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the templates are missing: install the wheel again, or run from a whole checkout")
