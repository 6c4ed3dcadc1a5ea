"""Routes whose addresses are built when the first is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class Route(Rule):
    """A rule that writes the two functions that build its addresses when they are needed, and not at the start.

    Werkzeug writes them as code and compiles it: a tenth of the start for some four hundred rules, of which a process
    builds addresses for a part.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled = super()._compile_builder

        def first(rule: Route, /, **values: Any) -> tuple[str, str]:
            built: Builder = compiled(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", built)
            return built(**values)

        return first
