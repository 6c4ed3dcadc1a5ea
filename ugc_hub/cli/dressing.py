"""The options that say what of a brand kit is drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from ugc_hub.errors import Invalid
from ugc_hub.framing.kits import PIECES, Dressing

_PIECES = [piece for piece in PIECES if piece != "label"]
KIT_OPTIONS = (
    click.option("--kit", "kit_id", metavar="ID", help="A brand kit, of which pieces are drawn."),
    click.option("--piece", "pieces", multiple=True, type=click.Choice(_PIECES), help="Default: the logo."),
    click.option("--who", default="", help="Name in the lower third."),
    click.option("--handle", default="", help="Handle in the lower third."),
    click.option("--place", default="", help="Place in the lower third."),
    click.option("--say", "call_to_action", default="", help="The call to action, instead of the kit's own."),
)


def kit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of brand kits; it gets them as `kit`, None where none was named."""

    @wraps(command)
    def dressed(*args: Any, kit_id: str | None, pieces: tuple[str, ...], **known: Any) -> None:
        if kit_id is None and (pieces or any(known[name] for name in ("who", "handle", "place", "call_to_action"))):
            raise Invalid("Name the brand kit that is drawn, by --kit; `ugc-hub brand list` shows them.")
        words = {name: known.pop(name) for name in ("handle", "place", "call_to_action")}
        kit = Dressing(kit_id or "", pieces or ("logo",), name=known.pop("who"), **words)
        command(*args, kit=kit if kit_id else None, **known)

    for option in reversed(KIT_OPTIONS):
        dressed = option(dressed)
    return dressed
