from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from revising import assert_rolls, create, metadata, revise, roll, shape
from rolling import calls, run
from sqlalchemy.dialects import postgresql

from phased.errors.changes import TypeChangeNeedsSuccessor
from phased.errors.models import MayBeRename, NeedsFilledBy, PendingContractDrops
from phased.hints import filled_by
from phased.model import Phase

if TYPE_CHECKING:
    from sqlalchemy import Engine

SCHEMAS = pytest.mark.parametrize("schema", [None, "Sales", "public"])


def teams(made: sa.MetaData) -> sa.Table:
    return sa.Table("teams", made, sa.Column("id", sa.Integer, primary_key=True))


def prefixed(schema: str | None, name: str) -> str:
    return name if schema is None else f"{schema}.{name}"


@SCHEMAS
def test_new_tables_with_circular_foreign_keys(engine: Engine, schema: str | None) -> None:
    def circle(made: sa.MetaData) -> None:
        for name, other in (("a", "b"), ("b", "a")):
            sa.Table(
                name,
                made,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("other", sa.ForeignKey(f"{prefixed(schema, other)}.id"), index=True),
                sa.Column("team", sa.ForeignKey("teams.id", ondelete="CASCADE")),
                sa.Column("same", sa.ForeignKey(f"{prefixed(schema, name)}.id")),
                schema=schema,
            )

    revision = assert_rolls(engine, metadata(teams), metadata(teams, circle))
    assert not revision.contract


@SCHEMAS
def test_dropped_tables_with_circular_foreign_keys(engine: Engine, schema: str | None) -> None:
    def circle(made: sa.MetaData) -> None:
        for name, other in (("a", "b"), ("b", "a")):
            sa.Table(
                name,
                made,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("other", sa.ForeignKey(f"{prefixed(schema, other)}.id"), index=True),
                sa.Column("team", sa.ForeignKey("teams.id", ondelete="CASCADE"), unique=True),
                schema=schema,
            )

    # The schema itself stays: nobody knows whose it is.
    def elsewhere(made: sa.MetaData) -> None:
        if schema is not None:
            sa.Table("c", made, sa.Column("id", sa.Integer, primary_key=True), schema=schema)

    old, new = metadata(teams, circle, elsewhere), metadata(teams, elsewhere)
    revision = assert_rolls(engine, old, new)
    assert not any("CASCADE" in text for phase in Phase for text in revision.sql(phase))


def test_the_dropped_table_that_others_refer_to(engine: Engine) -> None:
    def users(*columns: sa.Column[int]) -> object:
        return lambda made: sa.Table(
            "users", made, sa.Column("id", sa.Integer, primary_key=True), *columns
        )

    old = metadata(teams, users(sa.Column("team_id", sa.ForeignKey("teams.id"))))
    revision = assert_rolls(engine, old, metadata(users()))
    contract = revision.sql(Phase.CONTRACT)
    assert contract.index("ALTER TABLE users DROP COLUMN team_id") < contract.index(
        "DROP TABLE teams"
    )


def test_a_new_schema_and_types_that_two_tables_share(engine: Engine) -> None:
    mood = sa.Enum("sad", "it's", name="Mood", schema="Sales")
    email = postgresql.DOMAIN("Email", sa.Text(), check="VALUE ~ '@'", constraint_name="at")

    def tables(made: sa.MetaData) -> None:
        for name in ("A", "b"):
            sa.Table(
                name,
                made,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("mood", mood, nullable=False, server_default="sad"),
                sa.Column("moods", sa.ARRAY(mood)),
                sa.Column("email", email),
                schema="Sales",
            )

    revision = assert_rolls(engine, metadata(teams), metadata(teams, tables))
    assert revision.sql(Phase.EXPAND)[:3] == [
        'CREATE SCHEMA "Sales"',
        "CREATE TYPE \"Sales\".\"Mood\" AS ENUM ('sad', 'it''s')",
        "CREATE DOMAIN \"Email\" AS TEXT CONSTRAINT at CHECK (VALUE ~ '@')",
    ]


def test_a_type_that_is_there_is_not_created_again(engine: Engine) -> None:
    mood = sa.Enum("sad", "glad", name="mood")

    def table(name: str) -> object:
        return lambda made: sa.Table(
            name, made, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood)
        )

    revision = assert_rolls(engine, metadata(table("a")), metadata(table("a"), table("b")))
    assert not any("CREATE TYPE" in text for text in revision.sql(Phase.EXPAND))


def test_a_type_that_another_column_still_uses_is_not_dropped(engine: Engine) -> None:
    mood = sa.Enum("sad", "glad", name="mood")

    def table(name: str) -> object:
        return lambda made: sa.Table(
            name, made, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood)
        )

    revision = assert_rolls(engine, metadata(table("a"), table("b")), metadata(table("a")))
    assert revision.sql(Phase.CONTRACT) == ["DROP TABLE b"]


def test_partitions_are_left_alone(engine: Engine) -> None:
    def events(made: sa.MetaData) -> sa.Table:
        return sa.Table(
            "events",
            made,
            sa.Column("day", sa.Date, primary_key=True),
            postgresql_partition_by="RANGE (day)",
        )

    metadata(events).create_all(engine)
    run(engine, "CREATE TABLE events_2024 PARTITION OF events DEFAULT")
    before = shape(engine)
    assert revise(engine, metadata(events)).empty
    assert shape(engine) == before


def test_no_difference_writes_nothing(engine: Engine) -> None:
    assert_rolls(engine, metadata(teams), metadata(teams))
    assert revise(engine, metadata(teams)).empty


def test_a_filled_not_null_column_on_a_partitioned_table(engine: Engine) -> None:
    def events(*columns: sa.Column[Any]) -> object:
        return lambda made: sa.Table(
            "Events",
            made,
            sa.Column("day", sa.Date, primary_key=True),
            *columns,
            postgresql_partition_by="RANGE (day)",
        )

    create(engine, metadata(events()))
    run(
        engine,
        'CREATE TABLE "Events 2024" PARTITION OF "Events" DEFAULT',
        "INSERT INTO \"Events\" VALUES ('2024-01-01')",
    )
    new = metadata(
        events(
            sa.Column(
                "theYear",
                sa.Integer,
                nullable=False,
                info=filled_by("date_part('year', day)"),
            )
        )
    )
    revision = revise(engine, new)
    roll(engine, revision, Phase.EXPAND)
    run(engine, "INSERT INTO \"Events\" (day) VALUES ('2025-01-01')")
    roll(engine, revision, Phase.BACKFILL, Phase.CONTRACT)
    with engine.connect() as connection:
        years = connection.exec_driver_sql('SELECT "theYear" FROM "Events" ORDER BY 1')
        assert list(years.scalars()) == [2024, 2025]
    assert revise(engine, new).empty


def test_errors_write_nothing(engine: Engine) -> None:
    def users(*columns: sa.Column[Any]) -> object:
        return lambda made: sa.Table(
            "users", made, sa.Column("id", sa.Integer, primary_key=True), *columns
        )

    create(engine, metadata(users(sa.Column("username", sa.Text, nullable=False))))
    before = shape(engine)
    with pytest.raises(MayBeRename):
        revise(engine, metadata(users(sa.Column("handle", sa.Text, nullable=False))))
    with pytest.raises(NeedsFilledBy):
        revise(
            engine,
            metadata(users(sa.Column("handle", sa.Text, nullable=False))),
            answers={"users.username": ""},
        )
    with pytest.raises(TypeChangeNeedsSuccessor, match=r"users\.username from TEXT to INTEGER"):
        revise(engine, metadata(users(sa.Column("username", sa.Integer, nullable=False))))
    assert shape(engine) == before


def test_what_a_pending_contract_drops_cannot_come_back(engine: Engine) -> None:
    def users(*columns: sa.Column[Any]) -> object:
        return lambda made: sa.Table(
            "users", made, sa.Column("id", sa.Integer, primary_key=True), *columns
        )

    old = metadata(users(sa.Column("username", sa.Text, nullable=False)))
    create(engine, old)
    revision = revise(engine, metadata(users()))
    roll(engine, revision, Phase.EXPAND)
    pending = [call.operation for call in calls(revision.contract)]
    with pytest.raises(PendingContractDrops, match=r"users\.username"):
        revise(engine, old, pending=pending)
