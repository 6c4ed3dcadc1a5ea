"""The audit is attested by a clock outside: stamps are kept, checked, and tell when the chain was written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from tests.authority import Authority, authority
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row
from ugc_hub.audit import Head, record, stamping
from ugc_hub.audit.stamping import NotStamped, check, read_roots, verify_stamps
from ugc_hub.cli.root import main
from ugc_hub.errors import BadSettings, Unavailable
from ugc_hub.hub import Hub, open_hub
from ugc_hub.jobs.stamp import stamp_now
from ugc_hub.models import AuditStamp
from ugc_hub.settings import Settings


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Authority]:
    with authority(tmp_path / "authority") as listening:
        yield listening


@pytest.fixture
def attested(migrated_url: str, tmp_path: Path, there: Authority) -> Iterator[Hub]:
    """A hub whose audit is attested."""
    made = make_hub(tmp_path / "var", migrated_url, audit_timestamp_url=there.url, audit_timestamp_roots=there.roots)
    with made.database.write() as session:
        record(session, made.now(), "test.happened", "one")
    yield made
    made.close()


def wrong(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return verify_stamps(session, hub.stamp_roots).wrong


def test_the_newest_entry_is_attested_with_the_time_of_the_authority(attested: Hub) -> None:
    row = stamp_now(attested)
    assert row is not None
    assert abs(row.stamped_at - datetime.now(UTC)) < timedelta(minutes=2)
    with attested.database.read() as session:
        found = verify_stamps(session, attested.stamp_roots)
    assert (found.count, found.wrong) == (1, [])
    assert found.newest is not None
    assert found.newest.sequence == row.sequence


def test_a_stamp_is_of_one_entry_and_of_one_authority_alone(attested: Hub, there: Authority, tmp_path: Path) -> None:
    row = stamp_now(attested)
    assert row is not None
    head = Head(row.sequence, row.hash)
    check(row.token, head, attested.stamp_roots)
    with authority(tmp_path / "other") as other:
        strangers = read_roots(other.roots.read_bytes())
    for token, about, roots in (
        (row.token, Head(row.sequence + 1, row.hash), attested.stamp_roots),
        (row.token, Head(row.sequence, "f" * 64), attested.stamp_roots),
        (row.token, head, strangers),
        (row.token[:-40] + bytes(40), head, attested.stamp_roots),
        (b"no answer", head, attested.stamp_roots),
        (b"", head, attested.stamp_roots),
    ):
        with pytest.raises(NotStamped):
            check(token, about, roots)


def test_a_chain_that_was_written_anew_by_somebody_with_the_secret_is_told_by_its_stamps(attested: Hub) -> None:
    row = stamp_now(attested)
    assert row is not None
    with attested.database.write() as session:
        session.execute(update(AuditStamp).values(hash="0" * 64))
    assert "the chain was written anew" in wrong(attested)[0]


def test_stamps_that_were_edited_or_removed_are_told(attested: Hub) -> None:
    first, second = stamp_now(attested), stamp_now(attested)
    assert first is not None
    assert second is not None
    with attested.database.write() as session:
        session.get_one(AuditStamp, first.id).token = second.token
        session.execute(delete(AuditStamp).where(AuditStamp.id == second.id))
    assert wrong(attested) == [
        f"Time stamp {first.id} of entry {first.sequence}: it is not as it was kept.",
        f"Time stamp {second.id} was kept and is gone.",
    ]


def test_an_authority_that_does_not_answer_or_refuses_is_told_in_words(attested: Hub, there: Authority) -> None:
    there.status = 503
    with pytest.raises(Unavailable, match="answered 503"):
        stamp_now(attested)
    attested.settings = replace(attested.settings, audit_timestamp_url="http://127.0.0.1:9/")
    with pytest.raises(Unavailable, match="does not answer"):
        stamp_now(attested)


def test_an_authority_that_nobody_trusts_gives_no_stamp(attested: Hub, tmp_path: Path) -> None:
    with authority(tmp_path / "other") as other:
        attested.stamp_roots = tuple(read_roots(other.roots.read_bytes()))
    with pytest.raises(Unavailable, match="cannot be believed"):
        stamp_now(attested)
    with attested.database.read() as session:
        assert session.query(AuditStamp).count() == 0


def test_the_request_tells_the_authority_a_hash_and_nothing_else(attested: Hub, there: Authority) -> None:
    asset_row(attested, "secret-name.jpg")
    stamp_now(attested)
    (request,) = there.asked
    assert len(request) < 120
    assert b"secret" not in request


def test_a_setting_that_cannot_work_is_refused_at_the_start(
    there: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing", encoding="ascii")
    for values, words in (
        ({"audit_timestamp_url": there.url}, "belong together"),
        ({"audit_timestamp_roots": there.roots}, "belong together"),
        ({"audit_timestamp_url": there.url, "audit_timestamp_roots": empty}, "no certificates"),
        ({"audit_timestamp_url": there.url, "audit_timestamp_roots": tmp_path / "none"}, "cannot be read"),
    ):
        with pytest.raises(BadSettings, match=words):
            open_hub(Settings(data_dir=tmp_path / "var", **values))
    monkeypatch.setattr(stamping, "available", lambda: False)
    with pytest.raises(BadSettings, match="extra is not installed"):
        open_hub(Settings(data_dir=tmp_path / "var", audit_timestamp_url=there.url, audit_timestamp_roots=there.roots))


def test_the_commands_ask_for_a_stamp_and_check_it(
    there: Authority, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", database_url)
    refused = CliRunner().invoke(main, ["audit", "stamp"])
    assert refused.exit_code == 1
    assert "No authority is set" in refused.stderr
    monkeypatch.setenv("UGC_HUB_AUDIT_TIMESTAMP_URL", there.url)
    monkeypatch.setenv("UGC_HUB_AUDIT_TIMESTAMP_ROOTS", str(there.roots))
    assert CliRunner().invoke(main, ["audit", "stamp"]).stdout == "There is no entry yet.\n"
    assert there.asked == []
    CliRunner().invoke(main, ["user", "add", "ana@example.org"])
    made = CliRunner().invoke(main, ["audit", "stamp"])
    assert made.exit_code == 0, made.output
    assert "is attested on" in made.stdout
    assert "1 time stamps; the newest attests entry" in CliRunner().invoke(main, ["audit", "verify"]).stdout
    told = json.loads(CliRunner().invoke(main, ["audit", "verify", "--json"]).stdout)
    assert (told["timestamps"]["count"], told["timestamps"]["wrong"]) == (1, [])
