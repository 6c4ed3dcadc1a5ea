import json
import time
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.workers.queue.hub import job
from workers.queue import jobs as queue
from workers.queue import leases
from workers.queue.shapes import BULK, INTERACTIVE, Backoff, Failure, Job, Options, Progress, Query, Wanted
from workers.queue.table import clock, jobs, metadata

OOPS = Failure("oops", "It did not work.")
NOW = Backoff(base_s=0.0)


def claimed(connection: Connection, owner: str = "w1", **wanted: object) -> Job:
    found = leases.claim(connection, owner, Wanted(**wanted))  # type: ignore[arg-type]
    assert found is not None
    return found


def age(connection: Connection, job_id: int, seconds: float) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(run_at=jobs.c.run_at - seconds, lease_until=jobs.c.lease_until - seconds)
    )


def test_the_databases_clock_agrees_with_the_machines_to_a_few_milliseconds(connection: Connection) -> None:
    assert abs(connection.execute(select(clock())).scalar_one() - time.time()) < 0.25


def test_a_migration_tool_finds_nothing_to_change_in_the_table(engine: Engine) -> None:
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.req("R21")
def test_a_job_exists_only_if_the_transaction_that_enqueued_it_commits(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.begin()
        lost = queue.enqueue(connection, "inspect", {"asset": 1})
        connection.rollback()
    with engine.begin() as connection:
        kept = queue.enqueue(connection, "inspect", {"asset": 2})
    with engine.begin() as connection:
        assert [found.id for found in queue.find(connection)] == [kept]
        assert kept == lost or queue.get(connection, lost) is None


def test_a_new_job_holds_what_it_was_given(connection: Connection) -> None:
    options = Options(key="k", group="asset-7", priority=INTERACTIVE, delay_s=60, max_attempts=2)
    found = queue.get(connection, queue.enqueue(connection, "render", {"ä": [1, None, "\u2028"]}, options=options))
    assert found is not None
    assert (found.kind, found.payload, found.key, found.group) == ("render", {"ä": [1, None, "\u2028"]}, "k", "asset-7")
    assert (found.priority, found.max_attempts, found.state, found.attempts, found.fence) == (10, 2, "queued", 0, 0)
    assert 59 < (found.run_at - found.created_at).total_seconds() < 61
    assert found.created_at.utcoffset() is not None


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": object()}, {"x": b"bytes"}])
def test_a_payload_that_is_not_json_is_refused(connection: Connection, payload: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        queue.enqueue(connection, "inspect", payload)


def test_a_key_gives_the_unfinished_job_that_holds_it(connection: Connection) -> None:
    first = queue.enqueue(connection, "inspect", {"n": 1}, options=Options(key="a"))
    assert queue.enqueue(connection, "inspect", {"n": 2}, options=Options(key="a")) == first
    claimed(connection)
    assert queue.enqueue(connection, "inspect", {"n": 3}, options=Options(key="a")) == first
    assert queue.enqueue(connection, "inspect", {"n": 4}, options=Options(key="b")) != first
    found = queue.get(connection, first)
    assert found is not None
    assert found.payload == {"n": 1}


def test_an_urgent_request_for_the_same_work_makes_the_waiting_job_urgent(connection: Connection) -> None:
    first = queue.enqueue(connection, "render", {}, options=Options(key="a", priority=BULK))
    queue.enqueue(connection, "render", {}, options=Options(key="b"))
    queue.enqueue(connection, "render", {}, options=Options(key="a", priority=INTERACTIVE))
    queue.enqueue(connection, "render", {}, options=Options(key="a", priority=BULK))
    assert (claimed(connection).id, queue.get(connection, first).priority) == (first, INTERACTIVE)  # type: ignore[union-attr]


@pytest.mark.parametrize("end", ["done", "failed", "dead", "cancelled"])
def test_a_finished_job_no_longer_holds_its_key(connection: Connection, end: str) -> None:
    first = queue.enqueue(connection, "inspect", {}, options=Options(key="a", max_attempts=1))
    if end == "cancelled":
        queue.cancel(connection, first)
    else:
        held = claimed(connection)
        if end == "done":
            leases.finish(connection, held)
        else:
            leases.fail(connection, held, replace(OOPS, retry=end == "dead"))
    second = queue.enqueue(connection, "inspect", {}, options=Options(key="a"))
    assert second != first
    assert queue.get(connection, first).state == end  # type: ignore[union-attr]
    # While the new one holds the key, the old one cannot come back.
    assert not queue.retry(connection, first)


def test_a_key_cannot_be_held_twice_even_by_other_means(connection: Connection) -> None:
    queue.enqueue(connection, "inspect", {}, options=Options(key="a"))
    queue.enqueue(connection, "inspect", {}, options=Options(key="b"))
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(update(jobs).values(key="a"))


def test_the_highest_priority_is_claimed_first_and_the_oldest_of_it(connection: Connection) -> None:
    ids = [queue.enqueue(connection, "x", {}, options=Options(priority=p)) for p in (0, -10, 10, 0, 10)]
    assert [claimed(connection).id for _ in ids] == [ids[2], ids[4], ids[0], ids[3], ids[1]]
    assert leases.claim(connection, "w1") is None


@pytest.mark.req("R28")
def test_an_interactive_job_overtakes_five_hundred_bulk_jobs(connection: Connection) -> None:
    for number in range(500):
        queue.enqueue(connection, "render", {"n": number}, options=Options(priority=BULK))
    claimed(connection)
    preview = queue.enqueue(connection, "render", {}, options=Options(priority=INTERACTIVE))
    assert claimed(connection).id == preview


@pytest.mark.req("R28")
def test_a_bulk_job_that_has_waited_long_can_be_taken_whatever_its_priority(connection: Connection) -> None:
    bulk = queue.enqueue(connection, "render", {}, options=Options(priority=BULK))
    queue.enqueue(connection, "render", {}, options=Options(priority=INTERACTIVE))
    assert leases.claim(connection, "w1", Wanted(waited_s=60)) is None
    age(connection, bulk, 61)
    assert claimed(connection, waited_s=60).id == bulk


def test_a_worker_can_be_kept_free_for_urgent_jobs_and_for_its_kinds(connection: Connection) -> None:
    plain = queue.enqueue(connection, "index", {})
    urgent = queue.enqueue(connection, "render", {}, options=Options(priority=INTERACTIVE))
    assert leases.claim(connection, "w1", Wanted(kinds=["mail"])) is None
    assert claimed(connection, min_priority=INTERACTIVE).id == urgent
    assert leases.claim(connection, "w1", Wanted(min_priority=INTERACTIVE)) is None
    assert leases.claim(connection, "w1", Wanted(id=urgent)) is None
    assert claimed(connection, id=plain, kinds=["index", "mail"]).id == plain


def test_a_delayed_job_waits_for_its_time(connection: Connection) -> None:
    late = queue.enqueue(connection, "x", {}, options=Options(delay_s=30, priority=INTERACTIVE))
    assert leases.claim(connection, "w1") is None
    assert queue.lag_s(connection) == 0
    age(connection, late, 31)
    assert 0.9 < queue.lag_s(connection) < 5
    assert claimed(connection).id == late


def test_a_claim_counts_an_attempt_raises_the_fence_and_sets_the_lease(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection, lease_s=7)
    assert (held.state, held.owner, held.attempts, held.fence) == ("running", "w1", 1, 1)
    assert held.lease_until is not None
    assert held.started_at is not None
    assert 6.5 < (held.lease_until - held.started_at).total_seconds() < 7.5
    leases.give_back(connection, held)
    assert claimed(connection, "w2").fence == 2


def test_a_heartbeat_renews_the_lease_and_stores_the_progress(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection, lease_s=1)
    assert leases.heartbeat(connection, held, 60, Progress(1.7, "half\0 way \ud800"))
    found = queue.get(connection, held.id)
    assert found is not None
    assert found.lease_until is not None
    assert held.lease_until is not None
    assert (found.lease_until - held.lease_until).total_seconds() > 50
    assert (found.progress, found.message) == (1.0, "half way ?")
    assert leases.held(connection, held)


def test_a_result_ends_the_job_once(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection)
    assert leases.heartbeat(connection, held, 60, Progress(0.9, "Part 1 of 1: Encoding."))
    assert leases.finish(connection, held, {"width": 3})
    found = queue.get(connection, held.id)
    assert found is not None
    assert (found.state, found.result, found.progress, found.owner) == ("done", {"width": 3}, 1.0, None)
    assert found.message == "Done."
    assert found.finished_at is not None


@pytest.mark.req("R25")
def test_whatever_comes_after_the_settlement_changes_nothing(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection)
    assert leases.finish(connection, held, {"first": True})
    before = queue.get(connection, held.id)
    assert not leases.finish(connection, held, {"first": False})
    assert leases.fail(connection, held, OOPS) is None
    assert leases.give_back(connection, held) is None
    assert not leases.heartbeat(connection, held, 60, Progress(0.5))
    assert not leases.held(connection, held)
    assert leases.release(connection, "w1") == leases.reap(connection) == 0
    assert queue.cancel(connection, held.id) is None
    assert not queue.retry(connection, held.id)
    assert queue.get(connection, held.id) == before


@pytest.mark.req("R24")
def test_an_old_holder_can_write_nothing_once_the_job_was_given_away(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    old = claimed(connection, "old", lease_s=5)
    assert leases.reap(connection) == 0
    age(connection, old.id, 6)
    assert leases.reap(connection) == 1
    new = claimed(connection, "new")
    assert (new.attempts, new.fence, new.error_code) == (2, 2, "lease_expired")
    assert not leases.heartbeat(connection, old, 60)
    assert not leases.finish(connection, old, {"by": "old"})
    assert leases.fail(connection, old, OOPS) is None
    assert leases.finish(connection, new, {"by": "new"})
    assert queue.get(connection, new.id).result == {"by": "new"}  # type: ignore[union-attr]


@pytest.mark.req("R26")
def test_a_job_that_kills_its_workers_dies_when_its_attempts_are_used_up(connection: Connection) -> None:
    job_id = queue.enqueue(connection, "x", {}, options=Options(max_attempts=3))
    for attempt in (1, 2, 3):
        assert claimed(connection).attempts == attempt
        assert leases.release(connection, "somebody else") == 0
        assert leases.release(connection, "w1", backoff=NOW) == 1
    found = queue.get(connection, job_id)
    assert found is not None
    assert (found.state, found.error_code, found.owner) == ("dead", "worker_died", None)
    assert "died" in (found.error or "")
    assert queue.retry(connection, job_id)
    again = claimed(connection)
    assert (again.id, again.attempts, again.fence, again.error, again.finished_at) == (job_id, 1, 4, None, None)


@pytest.mark.req("R27")
def test_a_failed_attempt_waits_for_its_back_off(connection: Connection) -> None:
    queue.enqueue(connection, "x", {}, options=Options(max_attempts=3))
    backoff = Backoff(base_s=10, cap_s=15, random=lambda: 1.0)
    for wait_s in (10, 15):
        held = claimed(connection)
        assert leases.fail(connection, held, OOPS, backoff) == "queued"
        found = queue.get(connection, held.id)
        assert found is not None
        assert (found.error_code, found.error) == ("oops", "It did not work.")
        now = connection.execute(select(clock())).scalar_one()
        assert wait_s - 1 < found.run_at.timestamp() - now <= wait_s + 0.01
        assert leases.claim(connection, "w1") is None
        age(connection, held.id, wait_s)
    assert leases.fail(connection, claimed(connection), OOPS, backoff) == "dead"


def test_an_error_that_another_attempt_cannot_help_fails_at_once(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    assert leases.fail(connection, claimed(connection), replace(OOPS, retry=False)) == "failed"
    assert leases.claim(connection, "w1") is None


def test_a_waiting_job_is_cancelled_at_once(connection: Connection) -> None:
    job_id = queue.enqueue(connection, "x", {})
    assert queue.cancel(connection, job_id) == "cancelled"
    assert queue.cancel(connection, job_id) is None
    assert queue.cancel(connection, 999_999) is None
    assert leases.claim(connection, "w1") is None
    assert queue.retry(connection, job_id)
    assert claimed(connection).id == job_id


@pytest.mark.parametrize("how", ["fail", "give_back", "release", "reap"])
def test_a_running_job_that_is_asked_to_stop_ends_cancelled_however_its_worker_ends(
    connection: Connection, how: str
) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection)
    assert queue.cancel(connection, held.id) == "running"
    assert not leases.heartbeat(connection, held, 60)
    assert not leases.held(connection, held)
    age(connection, held.id, 100)
    if how == "fail":
        leases.fail(connection, held, OOPS)
    elif how == "give_back":
        leases.give_back(connection, held)
    elif how == "release":
        leases.release(connection, "w1")
    else:
        leases.reap(connection)
    found = queue.get(connection, held.id)
    assert found is not None
    assert (found.state, found.finished_at is not None) == ("cancelled", True)


def test_work_that_was_finished_before_the_cancel_was_noticed_counts(connection: Connection) -> None:
    queue.enqueue(connection, "x", {})
    held = claimed(connection)
    queue.cancel(connection, held.id)
    assert leases.finish(connection, held)
    assert queue.get(connection, held.id).state == "done"  # type: ignore[union-attr]


def test_a_job_given_back_keeps_its_attempts_and_is_due_at_once(connection: Connection) -> None:
    queue.enqueue(connection, "x", {}, options=Options(max_attempts=1))
    assert leases.give_back(connection, claimed(connection)) == "queued"
    assert claimed(connection).attempts == 1


def test_jobs_are_listed_newest_first_by_state_kind_and_group_in_pages(connection: Connection) -> None:
    ids = [
        queue.enqueue(connection, "index" if n % 2 else "render", {}, options=Options(group=f"asset-{n % 3}"))
        for n in range(12)
    ]
    first = queue.find(connection, Query(limit=5))
    rest = queue.find(connection, Query(limit=100, before=first[-1].id))
    assert [found.id for found in first + rest] == ids[::-1]
    assert {found.id for found in queue.find(connection, Query(kind="index", group="asset-1"))} == {ids[1], ids[7]}
    claimed(connection)
    assert [found.id for found in queue.find(connection, Query(state="running"))] == ids[:1]
    assert queue.counts(connection) == {
        "queued": 11, "running": 1, "done": 0, "failed": 0, "dead": 0, "cancelled": 0,
    }  # fmt: skip


def test_only_old_finished_jobs_are_purged_and_their_ids_never_come_back(engine: Engine) -> None:
    with engine.begin() as connection:
        waiting = queue.enqueue(connection, "x", {})
        queue.cancel(connection, queue.enqueue(connection, "x", {}))
        last = queue.enqueue(connection, "x", {})
        queue.cancel(connection, last)
        assert queue.purge(connection, 60) == 0
        connection.execute(update(jobs).values(finished_at=jobs.c.finished_at - 61))
        assert queue.purge(connection, 60, limit=1) == 1
        assert queue.purge(connection, 60) == 1
        assert [found.id for found in queue.find(connection)] == [waiting]
        assert queue.enqueue(connection, "x", {}) > last


def test_the_end_of_a_job_commits_with_the_rows_of_its_handler_or_not_at_all(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (words TEXT)"))
        queue.enqueue(connection, "x", {})
        held = claimed(connection)
    with engine.connect() as connection:
        connection.begin()
        connection.execute(text("INSERT INTO notes VALUES ('lost')"))
        assert leases.finish(connection, held)
        connection.rollback()
    assert job(engine, held.id).state == "running"
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('kept')"))
        assert leases.finish(connection, held)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT words FROM notes")).scalars().all() == ["kept"]
    assert job(engine, held.id).state == "done"


def test_claims_read_the_index_in_the_order_of_priority(engine: Engine) -> None:
    seen: list[tuple[str, object]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    with engine.begin() as connection:
        for _ in range(300):
            queue.enqueue(connection, "x", {})
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        claimed(connection, kinds=["x", "y"])
        statement, parameters = seen[-1]
        explain = "EXPLAIN (FORMAT JSON) " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = connection.exec_driver_sql(explain + statement, parameters).all()  # type: ignore[arg-type]
    assert "ix_jobs_claim" in json.dumps([list(row) for row in plan])
