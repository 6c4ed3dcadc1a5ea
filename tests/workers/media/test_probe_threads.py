"""Decoding threads that complain never wait for Python, and Python never for them."""

from __future__ import annotations

import av
import pytest

from workers.media.probe import container


@pytest.mark.req("R54")
def test_messages_of_decoders_go_nowhere() -> None:
    # With any level set, a message of a decoding thread takes Python's lock: about one in thirty looks at a broken
    # clip then hung until its time was over, because Python held the lock while it waited for that thread to end.
    assert container.VIDEO_CODECS
    assert av.logging.get_level() is None
