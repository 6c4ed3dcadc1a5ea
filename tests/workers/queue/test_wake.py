import os
import signal
import threading
import time
from pathlib import Path

from tests.handles import ABOVE, crowded
from workers.queue.wake import Ear, Stop, wake


def test_a_call_wakes_every_listener_and_is_kept_for_one_that_is_busy(tmp_path: Path) -> None:
    stop = Stop()
    ears = [Ear(tmp_path, f"worker-{number}") for number in range(3)]
    assert wake(tmp_path) == 3
    for ear in ears:
        assert ear.wait(1.0, stop)
        assert not ear.wait(0.0, stop)
        ear.close()
    assert list(tmp_path.iterdir()) == []
    stop.close()


def test_a_path_that_is_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    stop, ear = Stop(), Ear(folder, "worker")
    assert wake(folder) == 1
    assert ear.wait(1.0, stop)
    ear.close()
    stop.close()


def test_a_worker_that_holds_a_thousand_files_is_woken_like_any_other(tmp_path: Path) -> None:
    with crowded():
        stop, ear = Stop(), Ear(tmp_path, "worker")
        assert stop.fileno() > ABOVE
        assert not ear.wait(0.0, stop)
        wake(tmp_path)
        assert ear.wait(1.0, stop)
        ear.close()
        stop.close()


def test_nobody_there_is_no_error(tmp_path: Path) -> None:
    assert wake(tmp_path / "missing") == 0
    ear = Ear(tmp_path, "dead")
    ear._socket.close()  # as a kill leaves it: the name stays
    assert wake(tmp_path) == 0


def test_a_listener_that_is_told_thousands_of_times_blocks_nobody(tmp_path: Path) -> None:
    stop, ear = Stop(), Ear(tmp_path, "worker")
    for _ in range(3000):
        wake(tmp_path)
    assert ear.wait(1.0, stop)
    assert not ear.wait(0.0, stop)
    ear.close()
    stop.close()


def test_a_stop_ends_the_wait_of_an_idle_worker_and_stays_set(tmp_path: Path) -> None:
    stop, ear = Stop(), Ear(tmp_path, "worker")
    threading.Timer(0.05, stop.set).start()
    began = time.monotonic()
    assert not ear.wait(10.0, stop)
    assert not ear.wait(10.0, stop)
    assert time.monotonic() - began < 5
    assert stop.is_set()
    ear.close()
    stop.close()


def test_a_signal_sets_the_stop_and_is_counted() -> None:
    before = signal.getsignal(signal.SIGUSR1)
    stop = Stop.on_signals(signal.SIGUSR1)
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert stop.times == 2
        stop.clear()
        assert not stop.is_set()
    finally:
        signal.signal(signal.SIGUSR1, before)
        stop.close()
