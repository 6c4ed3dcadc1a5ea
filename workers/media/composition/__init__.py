"""Compositions: small Python functions from normalised clips to a clip, with MoviePy as what they are written in.

A file of a folder is a composition. It says what it is in `ABOUT`, which is read without running anything, and makes
its clip in `compose`, which runs in a child process with the limits of videos, without a network:

    ABOUT = About("Silver", "Shows a clip in black and white.", clips=(1, 1), parameters=(SHAPE,))

    def compose(stage: Stage) -> VideoClip:
        return stage.fitted(stage.clips[0]).with_effects([vfx.BlackAndWhite()])
"""

from workers.media.composition.shapes import SHAPE, About, Parameter, choice, colour, number, seconds, text
from workers.media.composition.stage import Stage

__all__ = ["SHAPE", "About", "Parameter", "Stage", "choice", "colour", "number", "seconds", "text"]
