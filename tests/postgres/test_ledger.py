from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from running import Project

from phased.errors.running import StepFailed
from phased.ledger import Ledger, RolloutRow, StepRow
from phased.model import Phase, Plan, StepState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg
    from sqlalchemy import URL

PLAN = Plan("b2", "", "b2.py", "sum", ())
ROW = StepRow("b2", "backfill", 1, "print", StepState.RUNNING, 2, 30, 40, {"page": 7})


@pytest.fixture
def project(tmp_path: Path, emptied: URL) -> Project:
    return Project(tmp_path, emptied)


@pytest.fixture
def connection(project: Project) -> Iterator[psycopg.Connection[Any]]:
    with project.connect(autocommit=True) as connection:
        yield connection


@pytest.fixture(params=[None, "billing", "My schema"])
def ledger(connection: psycopg.Connection[Any], request: pytest.FixtureRequest) -> Ledger:
    if request.param:
        connection.execute(f'CREATE SCHEMA "{request.param}"'.encode())
    return Ledger(connection, request.param)


def test_reading_writes_nothing(ledger: Ledger, connection: psycopg.Connection[Any]) -> None:
    connection.execute("SET default_transaction_read_only = on")
    assert not ledger.exists()
    assert ledger.read().rollouts == {}
    assert ledger.read("b2").steps == {}
    assert ledger.uncontracted() == set()
    connection.execute("SET default_transaction_read_only = off")
    ledger.create()
    ledger.begin(PLAN)
    ledger.write(ROW)
    connection.execute("SET default_transaction_read_only = on")
    assert set(ledger.read().rollouts) == {"b2"}
    assert ledger.uncontracted() == {"b2"}


def test_what_is_written_is_read(ledger: Ledger) -> None:
    ledger.create()
    ledger.create()
    ledger.begin(PLAN, "empty database")
    ledger.write(ROW)
    found = ledger.read()
    assert found.steps == {("b2", Phase.BACKFILL, 1): ROW}
    rollout = found.rollouts["b2"]
    assert isinstance(rollout, RolloutRow)
    assert (rollout.checksum, rollout.justification) == ("sum", "empty database")
    assert rollout.started_at
    assert rollout.applied_by
    assert rollout.tool.startswith("phased ")
    assert ledger.read("c3").steps == {}


def test_the_tables_are_in_the_schema_of_the_version_table(
    ledger: Ledger, connection: psycopg.Connection[Any]
) -> None:
    ledger.create()
    found = connection.execute(
        "SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class"
        " WHERE relname IN ('phased_step', 'phased_rollout')"
    ).fetchall()
    schema = ledger.schema or "public"
    assert found == [(f'"{schema}"' if " " in schema else schema,)]


def test_a_second_beginning_keeps_what_the_first_said(ledger: Ledger) -> None:
    ledger.create()
    ledger.begin(PLAN, "empty database")
    before = ledger.read().rollouts["b2"]
    ledger.begin(replace(PLAN, checksum="mended"), "something else")
    after = ledger.read().rollouts["b2"]
    assert after == replace(before, checksum="mended")


def test_a_phase_finishes_once(ledger: Ledger) -> None:
    ledger.create()
    ledger.begin(PLAN)
    ledger.finish("b2", Phase.EXPAND)
    first = ledger.read().rollouts["b2"]
    ledger.finish("b2", Phase.EXPAND)
    ledger.finish("b2", Phase.CONTRACT)
    second = ledger.read().rollouts["b2"]
    assert first.expanded_at
    assert second.expanded_at == first.expanded_at
    assert second.backfilled_at is None
    assert second.contracted_at
    assert ledger.uncontracted() == set()


def test_a_row_without_a_cursor_keeps_the_last_of_the_same_sql(ledger: Ledger) -> None:
    ledger.create()
    ledger.write(ROW)
    failed = replace(ROW, state=StepState.FAILED, cursor=None, error="why")
    ledger.write(failed)
    assert ledger.read().steps["b2", Phase.BACKFILL, 1] == replace(failed, cursor={"page": 7})
    ledger.write(replace(failed, fingerprint="mended"))
    assert ledger.read().steps["b2", Phase.BACKFILL, 1].cursor is None


def test_a_step_that_is_done_has_no_error_and_a_moment(
    ledger: Ledger, connection: psycopg.Connection[Any]
) -> None:
    ledger.create()
    ledger.write(replace(ROW, state=StepState.FAILED, error="why"))
    moment = f"SELECT finished_at IS NOT NULL FROM {ledger.step}".encode()
    assert connection.execute(moment).fetchall() == [(False,)]
    ledger.write(replace(ROW, state=StepState.DONE))
    assert connection.execute(moment).fetchall() == [(True,)]
    assert ledger.read().steps["b2", Phase.BACKFILL, 1].error is None


def test_what_was_not_run_by_us_is_complete(ledger: Ledger) -> None:
    ledger.create()
    ledger.begin(replace(PLAN, revision="a1"), "empty database")
    ledger.adopt("a1", "other", "again")
    found = ledger.read().rollouts["a1"]
    assert (found.checksum, found.justification) == ("other", "empty database")
    assert found.contracted_at
    ledger.forget(["a1"])
    assert ledger.read().rollouts == {}


def test_the_first_justification_stays(ledger: Ledger) -> None:
    ledger.create()
    ledger.begin(PLAN)
    ledger.justify("b2", "phased contract")
    ledger.justify("b2", "another")
    assert ledger.read().rollouts["b2"].justification == "phased contract"


def test_a_column_of_a_newer_version_is_not_in_the_way(
    ledger: Ledger, connection: psycopg.Connection[Any]
) -> None:
    ledger.create()
    ledger.begin(PLAN)
    for table in (ledger.rollout, ledger.step):
        connection.execute(f"ALTER TABLE {table} ADD newer text DEFAULT 'x'".encode())
    ledger.write(ROW)
    assert ledger.read().steps
    assert ledger.read().rollouts


def test_a_run_in_another_schema(project: Project) -> None:
    project.execute('CREATE SCHEMA "My schema"', "CREATE TABLE t (a int)")
    project.options["version_table_schema"] = "My schema"
    project.revision("""
    def expand():
        op.add_column("t", sa.Column("b", sa.Text))
        op.create_index("i", "t", ["b"], postgresql_concurrently=True)

    def backfill():
        op.backfill("t", {"b": "a::text"})

    def contract():
        op.drop_column("t", "a")
    """)
    project.upgrade()
    project.contract()
    states = project.execute(
        'SELECT phase, position, state FROM "My schema".phased_step ORDER BY 1, 2'
    )
    assert states == [
        ("backfill", 0, "done"),
        ("contract", 0, "done"),
        ("expand", 0, "done"),
        ("expand", 1, "done"),
    ]
    assert project.value("SELECT to_regclass('public.phased_step')") is None
    status = project.status()["b2"]
    assert {phase.state for phase in status.phases.values()} == {StepState.DONE}


def test_the_moments_of_a_run(project: Project) -> None:
    project.execute("CREATE TABLE t (a int)")
    project.revision("""
    def expand():
        op.add_column("t", sa.Column("b", sa.Text))

    def contract():
        op.drop_column("t", "a")
    """)
    moments = (
        "SELECT started_at <= expanded_at, backfilled_at IS NOT NULL, contracted_at IS NOT NULL"
        " FROM phased_rollout"
    )
    project.upgrade()
    assert project.execute(moments) == [(True, True, False)]
    project.contract()
    assert project.execute(moments) == [(True, True, True)]
    assert project.value("SELECT justification FROM phased_rollout") == "phased contract"


def test_an_error_is_recorded_without_the_users_rows(project: Project) -> None:
    project.execute("CREATE TABLE t (mail text)", "INSERT INTO t VALUES ('ada@x'), ('ada@x')")
    project.revision("""
    def expand():
        pass

    def contract():
        op.create_index("i", "t", ["mail"], unique=True, postgresql_concurrently=True)
    """)
    project.upgrade()
    with pytest.raises(StepFailed, match="ada@x"):
        project.contract()
    error = project.value("SELECT error FROM phased_step WHERE state = 'failed'")
    assert error == '23505 could not create unique index "i"'


def test_a_first_revision_that_fails_is_recorded(project: Project) -> None:
    """Its tables are there before the step that shares its transaction with the version row."""
    project.execute("CREATE TABLE t (a int)")
    project.revision("def expand():\n    op.execute('COMMENT ON COLUMN t.b IS NULL')")
    with pytest.raises(StepFailed):
        project.upgrade()
    assert project.execute("SELECT state FROM phased_step") == [("failed",)]
    assert project.value("SELECT count(*) FROM alembic_version") == 0
