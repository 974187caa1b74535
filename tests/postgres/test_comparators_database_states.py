"""What only a database can be: INVALID, NOT VALID, NOT ENFORCED, refused changes, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from server import VERSION
from sqlalchemy.dialects import postgresql as pg

from phased.comparator import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.operations.ops import UpgradeOps
    from sqlalchemy import Connection, Engine


def compared(connection: Connection, models: sa.MetaData, **given: Any) -> UpgradeOps:
    context = MigrationContext.configure(connection, opts=options(models, **given))
    found = produce_migrations(context, models).upgrade_ops
    assert found is not None
    return found


def differences(engine: Engine, database: Sequence[str], *columns: Any, **given: Any) -> list[Any]:
    models = sa.MetaData()
    sa.Table("Things", models, *columns)
    with engine.begin() as connection:
        for statement in database:
            connection.exec_driver_sql(statement)
        return list(compared(connection, models, **given).as_diffs())


def column(name: str = "a", type_: Any = sa.Integer, *given: Any, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, *given, **more)


PLAIN = 'CREATE TABLE "Things" (a int)'


def test_an_invalid_index_is_built_anew(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(PLAIN)
        connection.exec_driver_sql('INSERT INTO "Things" VALUES (1), (1)')
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql('CREATE UNIQUE INDEX CONCURRENTLY "Ix" ON "Things" (a)')
    found = differences(engine, [], column(), sa.Index("Ix", "a", unique=True))
    assert [diff[0] for diff in found] == ["remove_index", "add_index"]


@pytest.mark.parametrize("state", ["", "NOT VALID"])
def test_not_valid_is_no_difference(engine: Engine, state: str) -> None:
    database = [
        PLAIN,
        f'ALTER TABLE "Things" ADD CONSTRAINT positive CHECK (a > 0) {state}',
        'ALTER TABLE "Things" ADD UNIQUE (a)',
        f'ALTER TABLE "Things" ADD CONSTRAINT self FOREIGN KEY (a) REFERENCES "Things" (a) {state}',
    ]
    found = differences(
        engine,
        database,
        column("a", sa.Integer, sa.ForeignKey("Things.a", name="self"), unique=True),
        sa.CheckConstraint("a > 0", name="positive"),
    )
    assert found == []


@pytest.mark.skipif(VERSION < 18, reason="NOT ENFORCED is new in 18")
def test_a_check_that_is_not_enforced_is_made_anew(engine: Engine) -> None:
    database = [PLAIN, 'ALTER TABLE "Things" ADD CONSTRAINT ck CHECK (a > 0) NOT ENFORCED']
    found = differences(engine, database, column(), sa.CheckConstraint("a > 0", name="ck"))
    assert [diff[0] for diff in found] == ["remove_constraint", "add_constraint"]


def test_the_columns_of_a_foreign_key_have_no_order(engine: Engine) -> None:
    database = [
        'CREATE TABLE "Things" (a int, b int, c int, d int, UNIQUE (a, b))',
        'ALTER TABLE "Things" ADD CONSTRAINT fk FOREIGN KEY (c, d) REFERENCES "Things" (b, a)',
    ]
    found = differences(
        engine,
        database,
        *(column(name) for name in "abcd"),
        sa.UniqueConstraint("a", "b"),
        sa.ForeignKeyConstraint(["d", "c"], ["Things.a", "Things.b"], name="fk"),
    )
    assert found == []


def test_a_key_counted_by_a_sequence_of_nobody_is_left_alone(engine: Engine) -> None:
    database = [
        "CREATE SEQUENCE counter",
        """CREATE TABLE "Things" (a int DEFAULT nextval('counter') PRIMARY KEY)""",
    ]
    assert differences(engine, database, column(primary_key=True)) == []


def test_not_null_and_domain_constraints_are_no_checks(engine: Engine) -> None:
    database = [
        "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
        'CREATE TABLE "Things" (a positive CONSTRAINT a_is_there NOT NULL)',
    ]
    type_ = pg.DOMAIN("positive", sa.Integer, check="VALUE > 0")
    assert differences(engine, database, column("a", type_, nullable=False)) == []


def test_constraints_without_a_name_are_known_by_what_they_say(engine: Engine) -> None:
    database = ['CREATE TABLE "Things" (a int CHECK (a > 0) UNIQUE REFERENCES "Things" (a))']
    found = differences(
        engine,
        database,
        column("a", sa.Integer, sa.CheckConstraint("a>0"), sa.ForeignKey("Things.a"), unique=True),
    )
    assert found == []


KEYS = {
    "another key": (
        'CREATE TABLE "Things" (a int PRIMARY KEY, b int NOT NULL)',
        [column(autoincrement=False, nullable=False), column("b", primary_key=True)],
        ["remove_constraint", "add_constraint"],
    ),
    "a key": (
        'CREATE TABLE "Things" (a int NOT NULL)',
        [column(primary_key=True, autoincrement=False)],
        ["add_constraint"],
    ),
    "no key": (
        'CREATE TABLE "Things" (a int PRIMARY KEY)',
        [column(nullable=False)],
        ["remove_constraint"],
    ),
    "a key by another name": (
        'CREATE TABLE "Things" (a int CONSTRAINT "Other" PRIMARY KEY)',
        [column(primary_key=True, autoincrement=False)],
        [],
    ),
    "generated from something else": (
        'CREATE TABLE "Things" (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
        [column(), column("b", sa.Integer, sa.Computed("a * 3", persisted=True))],
        ["change_generated"],
    ),
    "generated in other words": (
        'CREATE TABLE "Things" (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
        [column(), column("b", sa.Integer, sa.Computed("(a*2)", persisted=True))],
        [],
    ),
    "no more generated": (
        'CREATE TABLE "Things" (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
        [column(), column("b")],
        ["change_generated"],
    ),
    "generated from now on": (
        'CREATE TABLE "Things" (a int, b int DEFAULT 5)',
        [column(), column("b", sa.Integer, sa.Computed("a * 3", persisted=True))],
        ["change_generated"],
    ),
    "always an identity": (
        'CREATE TABLE "Things" (a int GENERATED BY DEFAULT AS IDENTITY)',
        [column("a", sa.Integer, sa.Identity(always=True), nullable=False)],
        ["change_identity"],
    ),
    "an identity that counts otherwise": (
        'CREATE TABLE "Things" (a int GENERATED BY DEFAULT AS IDENTITY)',
        [column("a", sa.Integer, sa.Identity(increment=5), nullable=False)],
        ["change_identity"],
    ),
    "an identity from now on": (
        'CREATE TABLE "Things" (a serial)',
        [column("a", sa.Integer, sa.Identity(), nullable=False)],
        ["change_identity"],
    ),
    "no more an identity": (
        'CREATE TABLE "Things" (a int GENERATED ALWAYS AS IDENTITY)',
        [column(nullable=False)],
        ["change_identity"],
    ),
    "an identity where any counter will do": (
        'CREATE TABLE "Things" (a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
        [column(primary_key=True)],
        [],
    ),
    "a serial that is no key": ('CREATE TABLE "Things" (a serial)', [column(nullable=False)], []),
}


@pytest.mark.parametrize(("statement", "columns", "expected"), KEYS.values(), ids=KEYS)
def test_keys_and_generated_columns(
    engine: Engine, statement: str, columns: list[Any], expected: list[str]
) -> None:
    assert [diff[0] for diff in differences(engine, [statement], *columns)] == expected


def test_a_type_changes_without_its_defaults_and_checks(engine: Engine) -> None:
    found = differences(
        engine,
        [
            """CREATE TABLE "Things" (a varchar(9) DEFAULT 'x' CONSTRAINT ck CHECK (a <> ''))""",
            'CREATE INDEX ix ON "Things" (lower(a))',
        ],
        column("a", sa.Text, server_default="x"),
        sa.CheckConstraint("a <> ''", name="ck"),
        sa.Index("ix", sa.text("lower(a)")),
    )
    assert [[one[0] for one in diff] for diff in found] == [["modify_type"]]


def test_a_type_that_is_not_there_yet_is_another(engine: Engine) -> None:
    found = differences(
        engine,
        ["""CREATE TABLE "Things" (a text DEFAULT 'x' CONSTRAINT ck CHECK (a <> ''))"""],
        column("a", sa.Enum("x", "y", name="New"), server_default="x"),
        column("b", sa.Enum("x", "y", name="New")),
        sa.CheckConstraint("a <> ''", name="ck"),
    )
    assert [diff[0] if isinstance(diff, tuple) else diff[0][0] for diff in found] == [
        "add_column",
        "modify_type",
    ]


def test_the_users_own_filters_are_asked(engine: Engine) -> None:
    database = [PLAIN, 'CREATE INDEX ix ON "Things" (a)', 'ALTER TABLE "Things" ADD CHECK (a > 0)']
    seen: list[tuple[str | None, str, bool]] = []

    def include(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:  # noqa: FBT001 # Alembic's
        seen.append((name, kind, reflected))
        return kind in {"table", "column"}

    found = differences(
        engine,
        database,
        column(),
        sa.UniqueConstraint("a", name="uq"),
        include_object=include,
        include_name=lambda name, _, __: name != "ix",
    )
    assert found == []
    assert {("uq", "unique_constraint", False), ("Things_a_check", "check_constraint", True)} <= {
        *seen
    }
    assert not any(name == "ix" for name, _, _ in seen)


def test_a_user_may_compare_types_and_defaults_alone(engine: Engine) -> None:
    columns = [column("a", sa.Text, server_default="x")]
    assert (
        differences(
            engine,
            [PLAIN],
            *columns,
            compare_type=lambda *_: False,
            compare_server_default=lambda *_: False,
        )
        == []
    )


def test_extra_tables_of_partitions_that_a_model_names_are_compared(engine: Engine) -> None:
    models = sa.MetaData()
    sa.Table("Things", models, column(), postgresql_partition_by="RANGE (a)")
    sa.Table("Things_1", models, column(), column("b"))
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE TABLE "Things" (a int) PARTITION BY RANGE (a)')
        connection.exec_driver_sql(
            'CREATE TABLE "Things_1" PARTITION OF "Things" FOR VALUES FROM (1) TO (9)'
        )
        assert [diff[0] for diff in compared(connection, models).as_diffs()] == ["add_column"]
