"""The child process: limits, cancelling, what its end means, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.handles import count, crowded
from tests.peak import grows_less_than
from workers.media.answer import Answer
from workers.media.errors import Cancelled, ChildFailed, Damaged, MediaError, TooLarge
from workers.media.limits import MIB, Limits
from workers.media.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent.parent
ROOT = TESTS.parent
SMALL = Limits(memory_bytes=768 * MIB, cpu_s=2, wall_s=20, file_bytes=8 * MIB, response_bytes=256 * 1024)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(SMALL) as opened:
        yield opened


def _run(box: Sandbox, name: str, workdir: Path, request: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return box.run(f"tests.workers.media.misdeeds:{name}", request or {}, workdir, reads=[TESTS], **more)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _gone(pids: list[int], within_s: float = 30.0) -> bool:
    deadline = time.monotonic() + within_s
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_process_that_holds_a_thousand_files_gets_its_answers(tmp_path: Path) -> None:
    with crowded(), Sandbox(SMALL) as opened:
        assert _run(opened, "echo", tmp_path, {"say": "here"})["said"] == "here"


def test_a_sandbox_leaves_no_file_open(tmp_path: Path) -> None:
    before = count()
    with Sandbox(SMALL) as opened:
        assert _run(opened, "echo", tmp_path, {"say": "here"})["said"] == "here"
    assert count() == before


def test_a_task_answers_and_reports_progress_from_its_own_folder(box: Sandbox, tmp_path: Path) -> None:
    heard: list[tuple[float, str]] = []
    answer = _run(box, "echo", tmp_path, {"say": "grüße"}, progress=lambda part, text: heard.append((part, text)))
    assert answer["said"] == "grüße"
    assert answer["where"] == str(tmp_path)
    assert answer["umask"] == 0o077
    assert heard == [(0.5, "half")]


def test_a_task_hands_over_what_is_finished_before_the_rest(box: Sandbox, tmp_path: Path) -> None:
    parts: list[dict[str, Any]] = []
    wanted = {"length": 100_000, "waits": False}
    assert _run(box, "hand_over", tmp_path, wanted, part=parts.append) == {"third": 3}
    assert parts == [{"first": "x" * 100_000}, {"second": 2}]


def test_a_child_ends_where_nobody_can_keep_what_it_hands_over(box: Sandbox, tmp_path: Path) -> None:
    def full(_part: dict[str, Any]) -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        _run(box, "hand_over", tmp_path, {"length": 1, "waits": True}, part=full)
    assert _gone([int((tmp_path / "pid").read_text())])


def test_the_environment_of_the_caller_stays_with_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with Sandbox(SMALL) as box:
        environment = _run(box, "echo", tmp_path, {"say": ""})["environment"]
    assert set(environment) <= {"PATH", "IMAGEIO_FFMPEG_EXE", "LANG", "LC_ALL", "TMPDIR", "HOME", "TZ", "LC_CTYPE"}


def test_an_error_of_our_family_crosses_with_its_class_code_and_words(box: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="broken") as caught:
        _run(box, "refuse", tmp_path)
    assert (caught.value.code, caught.value.detail) == ("corrupt", "by intent")


def test_any_other_error_is_a_failure_of_the_child_and_keeps_its_trace_for_the_log(
    box: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(ChildFailed) as caught:
        _run(box, "fail", tmp_path, {"zero": 0})
    assert "ZeroDivisionError" in caught.value.detail
    assert "ZeroDivisionError" not in caught.value.message


@pytest.mark.req("R31")
@pytest.mark.parametrize(
    ("task", "code"), [("hog", "too_much_memory"), ("burn", "too_slow"), ("fill", "output_too_large")]
)
def test_memory_processor_and_file_size_of_a_child_are_bounded(
    task: str, code: str, box: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(TooLarge) as caught, grows_less_than(50_000_000):
        _run(box, task, tmp_path)
    assert caught.value.code == code
    assert box.peak_bytes < SMALL.memory_bytes
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= SMALL.file_bytes
    assert _run(box, "echo", tmp_path, {"say": "next"})["said"] == "next"


@pytest.mark.req("R31")
def test_the_wall_clock_stops_a_child_that_only_waits(tmp_path: Path) -> None:
    with Sandbox(Limits(wall_s=0.6)) as box:
        started = time.monotonic()
        with pytest.raises(TooLarge) as caught:
            _run(box, "sleep", tmp_path)
        assert caught.value.code == "too_slow"
        assert time.monotonic() - started < 10
        assert _gone([int(pid) for pid in (tmp_path / "pids").read_text().split()])


@pytest.mark.req("R29")
def test_cancelling_kills_the_child_and_its_children_at_once(box: Sandbox, tmp_path: Path) -> None:
    # What the machine does besides may delay one try; the engine itself would delay them all.
    assert min(_killed_after_s(box, tmp_path, number) for number in range(3)) < 0.5


def _killed_after_s(box: Sandbox, folder: Path, number: int) -> float:
    workdir = folder / str(number)
    workdir.mkdir()
    started: list[float] = []
    cancelled: list[float] = []

    def cancel() -> bool:
        if not started or time.monotonic() < started[0] + 0.2:
            return False
        cancelled.append(time.monotonic())
        return True

    with pytest.raises(Cancelled):
        _run(box, "sleep", workdir, cancelled=cancel, progress=lambda *_: started.append(time.monotonic()))
    took_s = time.monotonic() - cancelled[0]
    pids = [int(pid) for pid in (workdir / "pids").read_text().split()]
    assert len(pids) == 2
    assert _gone(pids)
    assert _run(box, "echo", workdir, {"say": "next"})["said"] == "next"
    return took_s


def test_what_a_task_started_does_not_outlive_it(box: Sandbox, tmp_path: Path) -> None:
    assert _gone([_run(box, "leave_children", tmp_path)["pid"]])


def test_what_left_the_group_of_a_task_does_not_outlive_it_either(box: Sandbox, tmp_path: Path) -> None:
    assert _gone(_run(box, "leave_strangers", tmp_path)["pids"])


def test_what_a_plug_in_started_while_it_was_loaded_lives_as_long_as_the_plug_in(tmp_path: Path) -> None:
    with Sandbox(SMALL, recogniser="tests.workers.media.misdeeds:Helped") as box:
        helper = _run(box, "helper", tmp_path)["pid"]
        assert _gone(_run(box, "leave_strangers", tmp_path)["pids"])
        assert _run(box, "helper", tmp_path)["pid"] == helper
        assert _alive(helper)
    assert _gone([helper])


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("SIGSEGV", Damaged, "decoder_crashed"),
        ("SIGABRT", Damaged, "decoder_crashed"),
        ("SIGKILL", ChildFailed, "child_failed"),
        ("SIGXCPU", TooLarge, "too_slow"),
    ],
)
def test_the_death_of_a_child_becomes_a_sentence(
    name: str, kind: type[MediaError], code: str, box: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        _run(box, "die", tmp_path, {"signal": name})
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(("task", "code"), [("flood", "answer_too_large"), ("babble", "answer_broken")])
def test_a_child_that_talks_too_much_or_nonsense_is_stopped(task: str, code: str, box: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ChildFailed) as caught:
        _run(box, task, tmp_path)
    assert caught.value.code == code
    assert _run(box, "echo", tmp_path, {"say": "next"})["said"] == "next"


@pytest.mark.req("R51")
def test_a_child_reaches_no_network_where_the_kernel_permits_to_take_it_away(box: Sandbox, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = _run(box, "connect", tmp_path, {"port": server.getsockname()[1]})["outcome"]
    walled = {"network", "files"} & set(box.level().split("+"))
    assert (outcome == "connected") == (not walled)


def test_a_child_reads_only_its_own_original_where_the_kernel_can_enforce_it(box: Sandbox, tmp_path: Path) -> None:
    own, other, workdir = tmp_path / "own", tmp_path / "other", tmp_path / "work"
    workdir.mkdir()
    own.write_text("own")
    other.write_text("other")

    def read(path: Path) -> str | None:
        task, reads = "tests.workers.media.misdeeds:read", [TESTS, own]
        text: str | None = box.run(task, {"path": str(path)}, workdir, reads=reads)["text"]
        return text

    assert read(own) == "own"
    assert (read(other) is None) == ("files" in box.level())


def test_a_child_inherits_no_descriptor_but_its_answer(box: Sandbox, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w"):
        names = _run(box, "open_descriptors", tmp_path)["open"]
    assert not [name for name in names if "secret" in name or name.startswith("socket")]


def test_the_level_always_names_the_limits(box: Sandbox) -> None:
    assert box.level().split("+")[0] == "limits"


def test_an_idle_zygote_ends_itself_and_the_next_task_starts_another(tmp_path: Path) -> None:
    with Sandbox(Limits(idle_s=0.3)) as box:
        _run(box, "echo", tmp_path, {"say": ""})
        first = box._process
        assert first is not None
        assert _gone([first.pid])
        assert _run(box, "echo", tmp_path, {"say": "again"})["said"] == "again"
        assert box._process is not None
        assert box._process.pid != first.pid


def test_the_zygote_has_one_thread_so_that_forking_it_is_safe(box: Sandbox, tmp_path: Path) -> None:
    _run(box, "echo", tmp_path, {"say": ""})
    assert box._process is not None
    assert len(os.listdir(f"/proc/{box._process.pid}/task")) == 1


def test_a_killed_zygote_is_reported_as_worth_a_retry_and_replaced(tmp_path: Path) -> None:
    with Sandbox(SMALL) as box:
        _run(box, "echo", tmp_path, {"say": ""})
        victim = box._process
        assert victim is not None
        with pytest.raises(ChildFailed) as caught:
            _run(box, "sleep", tmp_path, progress=lambda *_: victim.kill())
        assert caught.value.retry
        assert _run(box, "echo", tmp_path, {"say": "next"})["said"] == "next"


def test_nothing_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from workers.media.sandbox import Sandbox; box = Sandbox();"
        "box.run('tests.workers.media.misdeeds:sleep', {}, Path(sys.argv[1]), reads=[Path('tests')])"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, env=environ)
    pids_file = tmp_path / "pids"
    deadline = time.monotonic() + 60
    while not pids_file.exists() or not pids_file.read_text():
        assert parent.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _gone([int(pid) for pid in pids_file.read_text().split()])


def test_two_threads_take_turns(box: Sandbox, tmp_path: Path) -> None:
    said: list[str] = []

    def ask(word: str) -> None:
        for _ in range(5):
            said.append(_run(box, "echo", tmp_path, {"say": word})["said"])

    threads = [threading.Thread(target=ask, args=(word,)) for word in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["one"] * 5 + ["two"] * 5


def test_inspecting_a_picture_through_the_sandbox_leaves_only_its_previews(box: Sandbox, tmp_path: Path) -> None:
    source, workdir = tmp_path / "-i picture.jpg", tmp_path / "work"
    workdir.mkdir()
    Image.linear_gradient("L").save(source, "JPEG")
    found = box.inspect(source, workdir)
    assert (found.facts.width, found.facts.height, found.facts.kind) == (256, 256, "image")
    assert sorted(path.name for path in workdir.iterdir()) == ["preview.jpg", "thumb.jpg"]


def test_an_answer_in_pieces_is_put_together() -> None:
    answer = Answer(limit=1000, progress=None)
    text = json.dumps({"result": {"text": "ü"}}).encode() + b"\n"
    for index in range(len(text)):
        answer.feed(text[index : index + 1])
    assert answer.result == {"text": "ü"}
