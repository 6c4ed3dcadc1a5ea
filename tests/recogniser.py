"""Recognisers of speech as somebody else would write them, outside of what is installed."""

from __future__ import annotations

import wave
from typing import Any

from workers.media.errors import MediaError
from workers.media.speech import Asked, Line, Sound, Speech, Word


class Tells:
    """Tells what it was given, with a time for each word."""

    name = "tells"
    version = 2

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return one line: the shape of the sound, and the language that was asked for."""
        with wave.open(str(sound.path)) as file:
            shape = f"{file.getnchannels()}x{file.getframerate()}x{8 * file.getsampwidth()}"
            loudest = max(abs(one) for one in memoryview(file.readframes(file.getnframes())).cast("h"))
        asked.tell(0.5)
        texts = ("Heard", shape, "loud" if loudest > 100 else "silent", f"{sound.duration_ms}ms")
        words = tuple(Word(200 * number, 200 * number + 150, text) for number, text in enumerate(texts))
        return Speech(asked.language, (Line(0, 750, " ".join(texts), words),))


class Silent(Tells):
    """Hears nothing."""

    name = "silent"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return no lines."""
        return Speech("")


class Careless(Tells):
    """Tells more than can be shown, out of order, over one another, and what no database takes."""

    name = "careless"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return five lines, of which three can be shown."""
        return Speech(
            "en",
            (
                Line(600, 90_000, "Until \x00after\ud800 the end"),
                Line(0, 700, "Over the next Cafe\u0301"),
                Line(500, 400, "Backwards"),
                Line(550, 580, "  "),
                Line(100_000, 110_000, "After the end"),
            ),
        )


class Talks(Tells):
    """Tells a minute without a stop."""

    name = "talks"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return one line of words, and a pause in it."""
        words = [Word(20 * number, 20 * number + 15, "lantern") for number in range(40)]
        return Speech("en", (Line(0, 800, "", (*words, Word(words[-1].end_ms + 100, 990, "again"))),))


class GivesUp(Tells):
    """Says in words why it cannot."""

    name = "gives-up"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Give up."""
        raise MediaError("Only talks in English can be heard.", code="not_english")


class Breaks(Tells):
    """Fails as programs do."""

    name = "breaks"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Fail."""
        raise RuntimeError("secret path")


class Later(Tells):
    """Hears only while it is asked for lines, and fails then."""

    name = "later"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return what breaks when it is looked at."""
        lines: Any = (Line(0, 1 // number, "Heard") for number in (1, 0))
        return Speech("en", lines)


class Leaves(Tells):
    """Ends its program."""

    name = "leaves"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Leave."""
        raise SystemExit(0)


class Endless(Tells):
    """Tells times that are none."""

    name = "endless"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return a line without an end."""
        end: Any = float("inf")
        return Speech("en", (Line(0, end, "On and on"),))


class Versionless:
    """Lacks a version."""

    name = "versionless"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return nothing."""
        return Speech("")


class AtOnce(Tells):
    """Tells what two people say at once, with a command to a terminal in it."""

    name = "at-once"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return two lines that begin together."""
        return Speech("en", (Line(0, 500, "Now\x1b[31m"), Line(0, 700, "No"), Line(800, 900, "Then")))


class Wrong(Tells):
    """Answers with something else."""

    name = "wrong"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return words without times."""
        wrong: Any = ("Hello",)
        return Speech("en", wrong)


class Waits(Tells):
    """Never comes to an end."""

    name = "waits"

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Wait."""
        import time

        asked.tell(0.25)
        while True:
            time.sleep(0.05)
