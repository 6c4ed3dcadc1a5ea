import os
from pathlib import Path

import pytest

from workers.queue.rooms import Room, clear, sweep


def abandon(room: Room) -> None:
    """What the kernel does when a worker is killed: the lock is freed, everything else stays."""
    os.close(room._lock)


def test_a_room_is_private_and_goes_away_with_its_worker(tmp_path: Path) -> None:
    room = Room(tmp_path / "run", "w1")
    made = room.make("job-1")
    (made / "file").touch()
    assert made.stat().st_mode & 0o777 == 0o700
    assert list(room.make("job-1").iterdir()) == []
    room.close()
    assert list((tmp_path / "run").iterdir()) == []


def test_a_sweep_takes_back_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    living, dead = Room(tmp_path, "living"), Room(tmp_path, "dead")
    (dead.make("job-7") / "huge").touch()
    living.make("job-8")
    (tmp_path / "dead.wake").touch()
    (tmp_path / "somebody else's file").touch()
    abandon(dead)
    released: list[str] = []
    assert sweep(tmp_path, released.append) == ["dead"]
    assert released == ["dead"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["living", "living.lock", "somebody else's file"]
    assert sweep(tmp_path, released.append) == []
    living.close()


def test_a_worker_stays_on_the_list_of_the_dead_until_its_jobs_were_released(tmp_path: Path) -> None:
    abandon(Room(tmp_path, "dead"))

    def unreachable(_owner: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        sweep(tmp_path, unreachable)
    assert sweep(tmp_path, str) == ["dead"]


def test_clearing_what_is_not_there_is_no_error_and_links_are_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clear(tmp_path / "missing")
    (tmp_path / "original").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to(tmp_path / "original")
    clear(tmp_path / "work")
    assert [path.name for path in tmp_path.iterdir()] == ["original"]
    assert caplog.records == []
