"""Settings: what is wrong is named at the start; the secret is made once, whoever comes first."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from ugc_hub.errors import BadSettings
from ugc_hub.hub import open_hub
from ugc_hub.settings import ADDRESS, Settings, at_kept_address, declared, keep_address, load_settings, secret


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_set_is_a_hub_on_this_machine() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert settings.database == f"sqlite:///{Path('var/hub.sqlite').absolute()}"
    assert settings.storage == Path("var/objects").absolute().as_uri()
    assert settings.address == "http://127.0.0.1:8000"


def test_variables_win_over_the_file(empty_folder: Path) -> None:
    (empty_folder / "ugc-hub.toml").write_text('port = 9000\nhost = "0.0.0.0"\n')
    settings = load_settings({"UGC_HUB_PORT": "9001"})
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_the_named_file_takes_the_place_of_the_one_in_the_folder(empty_folder: Path) -> None:
    (empty_folder / "ugc-hub.toml").write_text("port = 9000\n")
    (empty_folder / "other.toml").write_text("workers = 7\n")
    settings = load_settings({"UGC_HUB_CONFIG": str(empty_folder / "other.toml")})
    assert (settings.port, settings.workers) == (8000, 7)


def test_an_empty_variable_means_the_default(empty_folder: Path) -> None:
    (empty_folder / "ugc-hub.toml").write_text("port = 9000\n")
    empty = {f"UGC_HUB_{name.upper()}": "" for name in declared(Settings)}
    assert load_settings(empty) == Settings()


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert load_settings({"UGC_HUB_HOST": "::1"}).address == "http://[::1]:8000"


def test_commands_know_where_the_hub_was_last_started() -> None:
    assert at_kept_address(load_settings({})).address == "http://127.0.0.1:8000"
    keep_address(load_settings({"UGC_HUB_PORT": "9000"}))
    keep_address(load_settings({"UGC_HUB_PORT": "9001"}))
    beside = at_kept_address(load_settings({"UGC_HUB_WORKERS": "3"}))
    assert (beside.address, beside.workers, beside.port) == ("http://127.0.0.1:9001", 3, 8000)
    assert [path.name for path in Path("var").iterdir()] == [ADDRESS]


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"UGC_HUB_BASE_URL": "https://hub.example.org"}, "https://hub.example.org"),
        ({"UGC_HUB_PORT": "9002"}, "http://127.0.0.1:9002"),
        ({"UGC_HUB_HOST": "10.0.0.1"}, "http://10.0.0.1:8000"),
    ],
)
def test_an_address_that_is_set_wins_over_the_last_start(environ: dict[str, str], address: str) -> None:
    keep_address(load_settings({"UGC_HUB_PORT": "9000"}))
    assert at_kept_address(load_settings(environ), environ).address == address


def test_where_the_hub_was_started_wins_over_the_port_of_the_file_and_not_over_its_base_url(empty_folder: Path) -> None:
    path = empty_folder / "ugc-hub.toml"
    path.write_text('port = 9000\nbase_url = ""\n')
    keep_address(load_settings({"UGC_HUB_PORT": "9001"}))
    assert at_kept_address(load_settings({}), {}).address == "http://127.0.0.1:9001"
    path.write_text('base_url = "https://hub.example.org"\n')
    assert at_kept_address(load_settings({}), {}).address == "https://hub.example.org"


@pytest.mark.parametrize("kept", [b"", b"javascript:alert(1)\n", b"\xff\xfe\n"])
def test_what_is_no_address_is_not_taken_for_one(kept: bytes) -> None:
    Path("var").mkdir()
    (Path("var") / ADDRESS).write_bytes(kept)
    assert at_kept_address(load_settings({})).address == "http://127.0.0.1:8000"


def test_a_data_folder_that_cannot_be_used_is_told(empty_folder: Path) -> None:
    (empty_folder / "var").write_text("a file")
    with pytest.raises(BadSettings, match="data_dir var cannot be used"):
        keep_address(load_settings({}))


def test_hosts_are_separated_by_commas() -> None:
    assert load_settings({"UGC_HUB_TRUSTED_HOSTS": "a.example, b.example"}).trusted_hosts == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"UGC_HUB_PROT": "1"}, "prot: there is no setting of this name"),
        ({"UGC_HUB_PROT": ""}, "prot: there is no setting of this name"),
        ({"UGC_HUB_PORT": "http"}, "port: "),
        ({"UGC_HUB_PORT": "0"}, "port: "),
        ({"UGC_HUB_PORT": "65536"}, "port: "),
        ({"UGC_HUB_WORKERS": "0"}, "workers: "),
        ({"UGC_HUB_LEASE_S": "inf"}, "lease_s: "),
        ({"UGC_HUB_LEASE_S": "nan"}, "lease_s: "),
        ({"UGC_HUB_LOG_LEVEL": "loud"}, "log_level: "),
        ({"UGC_HUB_BASE_URL": "hub.example.org"}, "base_url: "),
        ({"UGC_HUB_BASE_URL": "javascript:alert(1)"}, "base_url: "),
        ({"UGC_HUB_SMTP_URL": "http://mail"}, "smtp_url: "),
        ({"UGC_HUB_SMTP_URL": "smtp://mail:many"}, "smtp_url: "),
        ({"UGC_HUB_CONFIG": "missing.toml"}, "missing.toml"),
    ],
)
def test_a_wrong_setting_is_an_error_that_names_it(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(environ)
    assert named in caught.value.message


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"port": "http"}, "port: write a whole number"),
        ({"port": True}, "port: write a whole number"),
        ({"port": 8000.5}, "port: write a whole number"),
        ({"port": 0}, "port: write 1 to 65535"),
        ({"lease_s": 0.5}, "lease_s: write 1 or more"),
        ({"lease_s": [1]}, "lease_s: write a number"),
        ({"lease_s": 10**400}, "lease_s: write a number"),
        ({"webhooks_private": "maybe"}, "webhooks_private: write true or false"),
        ({"host": 1}, "host: write a text"),
        ({"data_dir": 1}, "data_dir: write a path"),
        ({"presets_dir": ["a"]}, "presets_dir: write a path"),
        ({"trusted_hosts": "a.example"}, "trusted_hosts: write a list of texts"),
        ({"trusted_hosts": [1]}, "trusted_hosts: write a text"),
        ({"text_languages": ["en", "klingon"]}, "text_languages: write what fits "),
        ({"text_languages": ["en"] * 11}, "text_languages: write at most 10 of them"),
        ({"brand_name": "x" * 201}, "brand_name: write at most 200 characters"),
        ({"log_level": "info\n"}, "log_level: write what fits "),
        ({"base_url": "https://hub.example.org:x"}, "base_url: write http://host or https://host"),
        ({"base_url": "https://hub.example.org:0"}, "base_url: write http://host or https://host"),
        ({"port": 0, "host": 1}, "host: write a text; port: write 1 to 65535"),
    ],
)
def test_what_is_of_another_kind_or_out_of_bounds_is_told_in_words(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        Settings(**values)


def test_texts_of_the_environment_are_read_as_what_they_stand_for() -> None:
    settings = load_settings(
        {
            "UGC_HUB_PORT": " 9000 ",
            "UGC_HUB_UPLOAD_MAX_BYTES": "2_000",
            "UGC_HUB_LEASE_S": "1e1",
            "UGC_HUB_WEBHOOKS_PRIVATE": "Yes",
            "UGC_HUB_PRESETS_DIR": "mine",
            "UGC_HUB_TEXT_LANGUAGES": "de, pt-BR",
        }
    )
    assert (settings.port, settings.upload_max_bytes, settings.lease_s) == (9000, 2000, 10.0)
    assert settings.webhooks_private
    assert settings.presets_dir == Path("mine")
    assert settings.text_languages == ["de", "pt-BR"]


def test_settings_cannot_be_changed_and_a_changed_copy_is_judged() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    assert replace(settings, port="9000").port == 9000  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="port: write 1 to 65535"):
        replace(settings, port=0)


def test_a_worker_starts_without_the_library_that_validates_what_comes_over_the_api() -> None:
    program = (
        "import sys, ugc_hub.cli.serving, ugc_hub.hub, ugc_hub.jobs.handlers, ugc_hub.jobs.indexer\n"
        "import ugc_hub.jobs.schedule, workers.queue.runner\n"
        "print(*(name for name in sys.modules if name.startswith('pydantic')))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=True)
    assert told.stdout.strip() == ""


def test_the_error_does_not_repeat_a_password() -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings({"UGC_HUB_SMTP_URL": "smpt://me:hunter2@mail", "UGC_HUB_SECRET_KEYS": "hunter2"})
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"port = \n", "not valid TOML"),
        (b"host = '\xff'\n", "not valid TOML"),
        (b"[web]\nport = 1\n", "web: there is no setting"),
        (b"PORT = 1\n", "PORT: there is no setting"),
        (b"port = 'x'\n", "port: "),
    ],
)
def test_a_wrong_file_is_an_error_that_names_it(empty_folder: Path, content: bytes, named: str) -> None:
    (empty_folder / "ugc-hub.toml").write_bytes(content)
    with pytest.raises(BadSettings) as caught:
        load_settings({})
    assert named in caught.value.message


def test_other_variables_of_the_machine_are_no_settings() -> None:
    assert load_settings({"PATH": "/bin", "UGC_HUB_CASES": "x", "UGC_HUB_CORPUS": "y"}) == Settings()


def test_the_secret_is_made_once_and_only_the_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "var")
    first = secret(settings)
    assert len(first) == 64
    assert secret(settings) == first
    mode = (tmp_path / "new" / "var" / "secret").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) & 0o007 == 0
    assert os.listdir(tmp_path / "new" / "var") == ["secret"]


@pytest.mark.parametrize("key", ["", "mine"])
def test_a_new_data_folder_is_closed_to_others_whatever_makes_it(tmp_path: Path, key: str) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "var", secret_key=key)
    with closing(open_hub(settings)):
        assert stat.S_IMODE(settings.data_dir.stat().st_mode) & 0o007 == 0


def test_a_hub_without_a_data_folder_opens_where_nothing_needs_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    elsewhere = {"database_url": f"sqlite:///{tmp_path}/a.sqlite", "storage_url": (tmp_path / "objects").as_uri()}
    open_hub(Settings(data_dir=tmp_path / "file" / "var", secret_key="mine", **elsewhere)).close()  # type: ignore[arg-type]


def test_a_draft_left_by_a_killed_start_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_bytes(b"half of")
    assert len(secret(Settings(data_dir=tmp_path))) == 64
    assert os.listdir(tmp_path) == ["secret"]


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(BadSettings, match="empty"):
        secret(Settings(data_dir=tmp_path))


def test_a_data_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSettings, match="data_dir"):
        secret(Settings(data_dir=tmp_path / "file" / "var"))


def test_a_secret_that_is_set_is_not_written_down(tmp_path: Path) -> None:
    assert secret(Settings(data_dir=tmp_path / "var", secret_key="mine")) == b"mine"
    assert not (tmp_path / "var").exists()


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from ugc_hub.settings import Settings, secret\n"
        "sys.stdin.readline()\n"
        "print(secret(Settings(data_dir=Path(sys.argv[1]))).decode())\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "var")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = {process.communicate(timeout=60)[0].strip() for process in started}
    assert told == {(tmp_path / "var" / "secret").read_text()}


def test_threads_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    for round_ in range(5):
        settings, gate = Settings(data_dir=tmp_path / str(round_)), threading.Barrier(16)

        def one(_: int, settings: Settings = settings, gate: threading.Barrier = gate) -> bytes:
            gate.wait()
            return secret(settings)

        with ThreadPoolExecutor(16) as pool:
            assert len(set(pool.map(one, range(16)))) == 1
