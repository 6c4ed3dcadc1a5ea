"""Framing: from the facts of an asset and a preset to the exact work of a rendition; pure geometry, no pixels."""

from ugc_hub.framing.edits import edits_of
from ugc_hub.framing.planning import plan
from ugc_hub.framing.records import Choice, Covered, Framing, Reason

__all__ = ["Choice", "Covered", "Framing", "Reason", "edits_of", "plan"]
