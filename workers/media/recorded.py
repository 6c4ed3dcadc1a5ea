"""Hears nothing itself: tells what was recorded for a sound. For tests, for demonstrations, for results from elsewhere.

The file that it is told to work with (`Asked.files`) is JSON: an object whose names are SHA-256 sums in hex, of a video
as it was given or of its sound, and whose values are what is said:

    {"3f1c…": {"language": "en", "lines": [{"start_ms": 0, "end_ms": 900, "text": "Hello there", "words": [
        {"start_ms": 0, "end_ms": 400, "text": "Hello"}, {"start_ms": 420, "end_ms": 900, "text": "there"}]}]}}
"""

from __future__ import annotations

import json

from workers.media.errors import MediaError
from workers.media.speech import Asked, Sound, Speech


class Recorded:
    """The recogniser that the hub comes with; see `workers.media.speech`."""

    name = "recorded"
    version = 1

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return what the file says of this video, else of this sound.

        Raises:
            MediaError: no file was named, it cannot be read, or it knows neither (`not_recorded`).
        """
        if asked.files is None:
            words = "Recorded captions need their file. Name it by the setting speech_files."
            raise MediaError(words, code="no_recording")
        try:
            known = json.loads(asked.files.read_bytes())
            found = known.get(sound.original_sha256) or known.get(sound.sha256)
            heard = Speech.load({"lines": [], **found}) if found else None
        except (OSError, ValueError, AttributeError, TypeError) as error:
            words = "The file of recorded captions cannot be read. It has to be JSON as the documentation shows it."
            raise MediaError(words, code="no_recording", detail=repr(error)) from error
        if heard is None:
            raise MediaError("Nothing was recorded for this video.", code="not_recorded")
        asked.tell(1.0)
        return heard
