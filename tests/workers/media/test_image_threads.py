"""Threads that write the same picture in several formats do not take each other's quality."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.pictures import picture
from workers.media.image.encode import _save


@pytest.mark.req("R25")
def test_one_picture_written_at_two_qualities_at_once_keeps_them_apart() -> None:
    shared = picture(320, 320)
    wanted = {quality: _save(shared, format="JPEG", quality=quality) for quality in (30, 80)}
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda quality: (quality, _save(shared, format="JPEG", quality=quality)), [30, 80] * 200)
    assert all(data == wanted[quality] for quality, data in made)
