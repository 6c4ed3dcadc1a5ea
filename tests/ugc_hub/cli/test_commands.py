"""The commands: what they print, how they exit, and that errors are one line for the person at the keyboard."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import text

from tests.pictures import encoded, jpeg, picture
from tests.ugc_hub.conftest import make_hub
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.root import COMMANDS, main
from ugc_hub.database import open_database
from ugc_hub.settings import Settings, keep_address, load_settings

SQUARE, LARGE = "meta.fb_feed.image.1x1", "web.srcset.w3840"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs a command for an empty hub and checks what holds for each."""
    make_hub(tmp_path / "var", migrated_url).close()
    return runner(tmp_path, migrated_url, monkeypatch)


@pytest.fixture
def run_first(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """As `run`, but nobody has made the hub yet."""
    return runner(tmp_path, database_url, monkeypatch)


def runner(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")

    def invoke(*words: str, exits: int = 0, given: str | None = None) -> Result:
        result = CliRunner().invoke(main, words, input=given)
        assert result.exit_code == exits, result.output
        assert "Traceback" not in result.output
        if exits == 1 and result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if result.stderr.startswith("Error: "):
            assert result.stderr.count("\n") == 1
            assert re.search(r"\[[a-z_]+\]\n$", result.stderr)
        return result

    return invoke


def told(result: Result) -> object:
    return json.loads(result.stdout)


def test_every_command_and_its_parts_say_what_they_are_for(run_first: Run) -> None:
    listed = run_first("--help").stdout
    for name in COMMANDS:
        assert name in listed
        page = run_first(name, "-h").stdout
        assert page.startswith("Usage:")
        for part in re.findall(r"^  ([a-z]+)  +\S", page.partition("Commands:")[2], re.MULTILINE):
            assert "Usage:" in run_first(name, part, "--help").stdout
    assert not Path("var").exists()  # asking for help makes nothing
    assert run_first("--version").stdout.startswith("main, version") or "version" in run_first("--version").stdout


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(main)
    for name, (_, words) in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(200) == words


def test_commands_that_always_print_json_take_the_option_as_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    (outcome,) = told(run("ingest", "--json", "a.jpg"))["results"]  # type: ignore[index]
    body = {"id": "custom.x", "name": "X", "channel": "web", "width": 300}
    (tmp_path / "x.json").write_text(json.dumps(body))
    (tmp_path / "cases.json").write_text('{"cases": []}')
    for words in (
        ["assets", "show", outcome["asset_id"]],
        ["presets", "save", "x.json"],
        ["presets", "history", "custom.x"],
        ["token", "list"],
        ["rights", "simulate", "cases.json"],
    ):
        assert type(told(run(*words, "--json"))) is type(told(run(*words)))


def test_what_may_be_used_is_worked_out_anew(run: Run) -> None:
    assert run("rights", "rebuild").stdout == "0 assets are open for use; 0 differed from what was kept.\n"
    assert told(run("rights", "rebuild", "--json")) == {"assets": 0, "different": []}


def test_an_unknown_command_or_option_is_a_mistake_of_use(run: Run) -> None:
    for words in (
        ["no-such"],
        ["assets", "list", "--colour"],
        ["ingest"],
        ["jobs", "cancel", "x"],
        ["gc", "--grace", "-1"],
    ):
        assert "Usage:" in run(*words, exits=2).stderr


def test_links_and_copies_name_the_address_where_the_hub_runs(run: Run, tmp_path: Path) -> None:
    keep_address(Settings(data_dir=Path("var"), port=8471))
    assert "http://127.0.0.1:8471/sign-in/" in run("user", "add", "ana@example.org", "--role", "viewer").stdout
    (tmp_path / "photo.jpg").write_bytes(jpeg(1600, 1600, 8))
    (sent,) = told(run("ingest", "--json", "--own", "photo.jpg"))["results"]  # type: ignore[index]
    (row,) = told(run("render", sent["asset_id"], "--preset", SQUARE, "--out", "out", "--json"))["results"]  # type: ignore[index]
    (view,) = row["renditions"]
    assert view["usage"]["status_url"].startswith("http://127.0.0.1:8471/u/")
    data = Path(view["file"]).read_bytes()
    assert view["usage"]["status_url"].encode() in data
    assert (view["size_bytes"], view["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_from_a_photo_to_a_zip(run: Run, tmp_path: Path) -> None:
    photo, broken = tmp_path / "-photo.jpg", tmp_path / "broken.jpg"
    photo.write_bytes(jpeg(1600, 1600))
    broken.write_bytes(b"%PDF-1.7")
    result = told(run("ingest", "--json", "--own", "--creator", "@Ana", "--campaign", "Summer", "--", "-photo.jpg"))
    (outcome,) = result["results"]  # type: ignore[index]
    asset_id = outcome["asset_id"]
    assert (outcome["status"], outcome["path"]) == ("ready", "-photo.jpg")
    assert "duplicate" in run("ingest", "./-photo.jpg").stdout
    assert "refused" in run("ingest", "broken.jpg", "missing.jpg", exits=1).stdout

    (item,) = told(run("assets", "list", "--json", "--creator", "ana", "--text", "photo"))["items"]  # type: ignore[index]
    assert item["id"] == asset_id
    assert told(run("assets", "list", "--json", "--kind", "video")) == {"items": [], "next_cursor": None}
    assert asset_id in run("assets", "list").stdout
    assert told(run("assets", "show", asset_id))["facts"]["width"] == 1600  # type: ignore[index]

    words = ("render", asset_id, "--preset", SQUARE, "--out", "-out", "--json")
    (row,) = told(run(*words))["results"]  # type: ignore[index]
    (file,) = (Path(view["file"]) for view in row["renditions"])
    assert file.read_bytes().startswith(b"\xff\xd8")
    assert "refused" in run("render", asset_id, "--preset", LARGE, "--out", "out", exits=1).stdout
    assert "Error" in run("render", asset_id, "--preset", SQUARE, "--out", str(file / "x"), exits=1).stderr
    several = ("render", asset_id, "--preset", "google.pmax.image.1x1", "--out", "several")
    said = "such as display ads or paid social (YouTube). Say it with --channel display or paid_social.youtube."
    assert said in run(*several, exits=1).stdout
    assert "refused" not in run(*several, "--channel", "display").stdout

    run("pack", asset_id, "--preset", SQUARE, "--out", "pack.zip", "--captions", "de", "--captions", "en")
    with zipfile.ZipFile("pack.zip") as archive:
        assert set(archive.namelist()) == {file.name, "manifest.json"}
    kept = Path("pack.zip").read_bytes()
    wrong = ("pack", asset_id, "--preset", SQUARE, "--out", "pack.zip", "--captions", "no language")
    assert "such as en, pt-BR" in run(*wrong, exits=1).stderr
    empty = run("pack", "ast_unknown", "--preset", SQUARE, "--out", "pack.zip", exits=1).stderr
    assert "pack_empty" in empty
    assert "There is no such asset" in empty
    assert Path("pack.zip").read_bytes() == kept

    listed = told(run("jobs", "list", "--json"))["items"]  # type: ignore[index]
    assert {job["state"] for job in listed} == {"done"}
    assert "render" in run("jobs", "list", "--state", "done").stdout
    for verb in ("cancel", "retry"):
        for number in (str(listed[0]["id"]), "999", "9" * 30):
            assert "Error" in run("jobs", verb, number, exits=1).stderr

    assert told(run("gc", "--dry-run", "--json"))["removed"] == []  # type: ignore[index]
    assert "0 removed" in run("gc").stdout
    findings = told(run("doctor", "--deep", "--json"))["findings"]  # type: ignore[index]
    assert not [finding for finding in findings if finding["level"] == "error"]


def test_users_and_tokens(run: Run) -> None:
    made = run("user", "add", "Ana@Example.org", "--role", "designer", "--name", "Ana").stdout
    assert "ana@example.org (designer)" in made
    assert "/sign-in/" in run("user", "link", "ana@example.org").stdout
    (row,) = told(run("user", "list", "--json"))["items"]  # type: ignore[index]
    assert row == {"email": "ana@example.org", "role": "designer", "name": "Ana", "disabled": False}
    assert "ana@example.org" in run("user", "list").stdout
    for words in (("add", "ana@example.org"), ("add", "no address"), ("add", "b@c", "--role", "x"), ("link", "b@c")):
        assert "Error" in run("user", *words, exits=1).stderr

    token = run("token", "create", "CI", "--user", "ana@example.org", "--scope", "asset.view", "--days", "3").stdout
    assert re.fullmatch(r"ugc_[\w-]{51}\n", token)
    listed = run("token", "list", "--user", "ana@example.org")
    entry = told(listed)[0]  # type: ignore[index]
    assert (entry["name"], entry["scopes"], token.startswith(entry["prefix"])) == ("CI", ["asset.view"], True)
    assert token.strip() not in listed.stdout
    assert "revoked" in run("token", "revoke", entry["id"]).stdout
    assert told(run("token", "list", "--user", "ana@example.org")) == []
    bound = ("--channel", "email", "--territory", "de", "--party", "agency")
    assert run("token", "create", "narrow", *bound, "--user", "ana@example.org").stdout.startswith("ugc_")
    entry = told(run("token", "list", "--user", "ana@example.org"))[0]  # type: ignore[index]
    assert entry["bounds"] == {"channels": ["email"], "territories": ["DE"], "party": "agency"}
    assert "There is no 'UK'" in run("token", "create", "x", "--territory", "UK", exits=1).stderr
    assert run("token", "create", "first").stdout.startswith("ugc_")
    database = open_database(load_settings().database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE users SET disabled_at = '2026-01-01 00:00:00'"))
    database.dispose()
    assert "disabled" in run("user", "link", "ana@example.org", exits=1).stderr
    for words in (("revoke", "tok_x"), ("create", "x", "--scope", "x.y"), ("create", "x", "--user", "b@c")):
        assert "Error" in run("token", *words, exits=1).stderr


def test_presets(run: Run, tmp_path: Path) -> None:
    everything = told(run("presets", "list", "--json"))["items"]  # type: ignore[index]
    ads = told(run("presets", "list", "--json", "--channel", "ads", "--platform", "meta", "--kind", "image"))
    assert 0 < len(ads["items"]) < len(everything)  # type: ignore[index]
    assert SQUARE in run("presets", "list").stdout
    assert told(run("presets", "show", SQUARE, "--json"))["id"] == SQUARE  # type: ignore[index]
    assert SQUARE in run("presets", "show", SQUARE).stdout
    assert "0 findings" in run("presets", "lint").stdout
    body = {"id": "custom.x", "name": "X", "channel": "web", "width": 300}
    assert told(run("presets", "save", "-", given=json.dumps(body)))["id"] == "custom.x"  # type: ignore[index]
    assert [entry["version"] for entry in told(run("presets", "history", "custom.x"))] == [1]  # type: ignore[attr-defined]
    assert "withdrawn" in run("presets", "withdraw", "custom.x").stdout
    (tmp_path / "latin.json").write_bytes(b'{"id": "\xe9"}')
    assert "not valid JSON" in run("presets", "save", "latin.json", exits=1).stderr
    for wrong in ("{", "[]", "{}", "[" * 100_000):
        assert "Error" in run("presets", "save", "-", given=wrong, exits=1).stderr
    for words in (("show", "no.such"), ("history", "no.such"), ("withdraw", "custom.x")):
        assert "[unknown_preset]" in run("presets", *words, exits=1).stderr


def test_an_unknown_preset_is_told_in_the_same_words_wherever_it_is_named(run: Run) -> None:
    wrong = "meta.fb_fed.image.1x1"
    shown = run("presets", "show", wrong, exits=1).stderr
    assert shown == run("render", "ast_x", "--preset", wrong, "--out", "out", exits=1).stderr
    assert shown == run("pack", "ast_x", "--preset", wrong, "--out", "x.zip", exits=1).stderr
    assert f"Did you mean {SQUARE}" in shown
    assert shown.endswith("[unknown_preset]\n")


def test_a_file_declared_own_that_names_somebody_else_is_taken_with_a_warning(run: Run, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Jane Doe"
    (tmp_path / "jane.jpg").write_bytes(encoded(picture(), "JPEG", exif=exif))
    for status in ("ready", "duplicate"):
        (outcome,) = told(run("ingest", "--json", "--own", "jane.jpg"))["results"]  # type: ignore[index]
        assert outcome["status"] == status
        assert "Jane Doe" in outcome["warning"]
    lines = run("ingest", "--own", "jane.jpg").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["duplicate", "warning"]
    assert "creator \u201cJane Doe\u201d" in lines[1]


def test_a_file_that_was_refused_before_is_refused_again_and_kept_as_one_refusal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(jpeg()[:8000])
    first, again = (told(run("ingest", "--json", "cut.jpg", exits=1))["results"][0] for _ in range(2))  # type: ignore[index]
    assert (first["status"], again["status"]) == ("refused", "refused")
    assert (first["asset_id"], first["code"]) == (again["asset_id"], again["code"])


def test_a_wrong_setting_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UGC_HUB_PROT", "1")
    assert "prot: there is no setting of this name" in run("assets", "list", exits=1).stderr
    monkeypatch.delenv("UGC_HUB_PROT")
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert "[unavailable]" in run("assets", "list", exits=1).stderr
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", "")
    monkeypatch.setenv("UGC_HUB_STORAGE_URL", "ftp://host")
    assert "Error" in run("assets", "list", exits=1).stderr
    monkeypatch.setenv("UGC_HUB_DATA_DIR", "/proc/none")
    assert "data_dir" in run("assets", "list", exits=1).stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_no_database_is_one_line(run_first: Run) -> None:
    Path("var").mkdir()
    Path("var/hub.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 40)
    assert run_first("assets", "list", exits=1).stderr.startswith("Error: ")


@pytest.mark.req("R39")
def test_an_emptied_storage_is_one_line(run: Run) -> None:
    run("migrate")
    for path in sorted(Path("var/objects").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert "marker" in run("assets", "list", exits=1).stderr


@pytest.mark.req("R40")
def test_an_older_database_is_only_migrated_when_somebody_says_so(run_first: Run) -> None:
    assert "Migrated." in run_first("migrate").stdout
    assert "Nothing to do." in run_first("migrate").stdout
    database = open_database(load_settings().database)
    for revision, words in (("NULL", "ugc-hub migrate"), ("'9999'", "newer release")):
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            if revision != "NULL":
                connection.execute(text(f"INSERT INTO alembic_version VALUES ({revision})"))
        assert words in run_first("assets", "list", exits=1).stderr
    assert "newer release" in run_first("worker", exits=1).stderr
    database.dispose()


HEAVY = ("cv2", "numpy", "av", "PIL", "boto3", "botocore", "flask", "alembic", "moviepy", "imageio_ffmpeg")
LOOK = """
import sys
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.root import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
print("LOADED", *(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.mark.parametrize("words", [["--help"], ["presets", "list"], ["assets", "list", "--json"], ["jobs", "list"]])
def test_commands_that_only_look_load_nothing_heavy(tmp_path: Path, migrated_url: str, words: list[str]) -> None:
    make_hub(tmp_path / "var", migrated_url).close()
    environ = {"UGC_HUB_DATA_DIR": str(tmp_path / "var"), "UGC_HUB_DATABASE_URL": migrated_url}
    environ |= {"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"}
    program = [sys.executable, "-c", LOOK.format(heavy=HEAVY), *words]
    shown = subprocess.run(program, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[-1] == "LOADED"


def test_search_and_its_index(run: Run, tmp_path: Path) -> None:
    (tmp_path / "beach-sunset.jpg").write_bytes(jpeg(320, 240))
    run("ingest", str(tmp_path / "beach-sunset.jpg"), "--creator", "ana")
    assert "There is no index of the search yet" in run("search", "beach").stderr
    assert told(run("reindex", "--json")) == {"assets": 1}
    found = told(run("search", "sunset", "--facet", "creator", "--choose", "kind=image", "--json"))
    assert found["total"] == 1  # type: ignore[index]
    assert found["items"][0]["file_name"] == "beach-sunset.jpg"  # type: ignore[index]
    assert found["facets"]["creator"][0]["value"] == "ana"  # type: ignore[index]
    assert "1 found." in run("search", "beach").stdout
    assert "needs a value" in run("search", "beach kind:").stderr
    assert "Without kind:video: 1" in run("search", "beach kind:video").stdout
    excluded = told(run("search", "-beach kind:image", "--json"))["excluded"]  # type: ignore[index]
    assert {"clause": "NOT beach", "facet": "", "count": 1, "query": "kind:image"} in excluded
    with opened() as hub:
        catalog.set_text(hub, SYSTEM, found["items"][0]["id"], "ocr", words="All sneakers")  # type: ignore[index]
    run("reindex")
    (item,) = told(run("search", "sneaker", "--json"))["items"]  # type: ignore[index]
    assert item["excerpts"] == {"ocr": {"words": "All sneakers", "found": [[4, 12]]}}
    assert "    in the picture: All sneakers\n" in run("search", "sneaker").stdout


def test_collections_are_filled_listed_and_looked_into(run: Run, tmp_path: Path) -> None:
    (tmp_path / "beach.jpg").write_bytes(jpeg(320, 240))
    (sent,) = told(run("ingest", "--json", "beach.jpg"))["results"]  # type: ignore[index]
    asset_id = sent["asset_id"]
    made = told(run("collection", "add", "Spring", asset_id, "ast_0", "--json"))
    assert made == {"id": made["id"], "added": 1, "known": 0, "passed_over": 1}  # type: ignore[index]
    collection = made["id"]
    assert "0 added, 1 were in it, 0 passed over" in run("collection", "add", collection, asset_id).stdout
    (row,) = told(run("collection", "list", "--text", "SPR", "--json"))["items"]  # type: ignore[index]
    assert (row["id"], row["count"], row["cover"], row["live"]) == (collection, 1, asset_id, None)
    assert "Spring" in run("collection", "list").stdout
    for which in (collection, "spring"):
        assert f"{asset_id}  image" in run("collection", "show", which).stdout
    found = told(run("collection", "show", "Spring", "--json"))
    assert ([one["id"] for one in found["items"]], found["total"], found["name"]) == ([asset_id], 1, "Spring")  # type: ignore[index]
    assert "no such collection" in run("collection", "show", "Summer", exits=1).stderr
    assert "no such collection" in run("collection", "add", "col_0", asset_id, exits=1).stderr
