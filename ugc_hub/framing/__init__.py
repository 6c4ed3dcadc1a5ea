"""Framing: from the facts of an asset and a preset to the exact work of a rendition; pure geometry, no pixels."""

from ugc_hub.framing.clips import makes_of_clips, of_clip
from ugc_hub.framing.edits import beds_of, edits_of
from ugc_hub.framing.filming import FilmChoice
from ugc_hub.framing.planning import plan
from ugc_hub.framing.records import AnyFraming, Choice, Covered, Framing, Reason

__all__ = [
    "AnyFraming",
    "Choice",
    "Covered",
    "FilmChoice",
    "Framing",
    "Reason",
    "beds_of",
    "edits_of",
    "makes_of_clips",
    "of_clip",
    "plan",
]
