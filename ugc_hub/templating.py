"""Where the templates lie: inside the wheel, or in the checkout during development; and what overlays say in them."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).resolve().parent
OVERLAYS = "overlays"


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


def overlay_names(own: Path | None = None) -> list[str]:
    """Return the names of all templates of overlays, in order: the house's, and those in the folder `own`."""
    folders = [templates_dir() / OVERLAYS, *([own] if own is not None else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})


def overlay(name: str, values: Mapping[str, Any], *, own: Path | None = None) -> str:
    """Return the text of one template of an overlay with values put in; a file in the folder `own` comes first.

    Whatever is put in becomes a value of TOML, quoted where it is text: words can never become anything else.

    Raises:
        ValueError: there is no such template, it is none, or it asks for a value that there is not.
    """
    from jinja2 import TemplateError

    try:
        return _overlays(own).get_template(f"{name}.toml").render(**values)
    except TemplateError as error:
        raise ValueError(f"{name}.toml: {error.message or name}") from error


@functools.cache
def _overlays(own: Path | None) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    folders = [*([own] if own is not None else []), templates_dir() / OVERLAYS]
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=False,  # TOML: `_value` quotes what is put in
        finalize=_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _value(value: object) -> str:
    """A value as TOML: texts as basic strings, whose escapes are those of JSON."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    plain = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in str(value))
    return json.dumps(plain, ensure_ascii=False)
