"""`op.sync_columns()` on a server: what old and new code read of what the other one writes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from rolling import facts, run

from phased.operations.sync_columns import SyncColumnsOp
from phased.record import render

if TYPE_CHECKING:
    from sqlalchemy import Engine

TABLE = """CREATE TABLE {table} (
    id int GENERATED ALWAYS AS IDENTITY, part int NOT NULL DEFAULT 1,
    "userName" text NOT NULL DEFAULT '0', n2 int, "new" text
) {options}"""
UP, DOWN = '"userName"::int', '"Order".n2::text'


def sync(engine: Engine, schema: str | None = None, **options: Any) -> SyncColumnsOp:
    given = {"old": "userName", "new": "n2", "up": UP, "down": DOWN, **options}
    op = SyncColumnsOp("Order", **given, schema=schema)
    run(engine, *render(op))
    return op


def rows(engine: Engine, columns: str = '"userName", n2', table: str = '"Order"') -> Any:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY id")
        return [tuple(row) for row in found]


def old_writes(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            'SELECT last_value - (NOT is_called)::int FROM "phased_old_writes_Order_userName_n2"'
        )
        return int(found.scalar_one())


@pytest.fixture(params=["plain", "partitioned"])
def order(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    partitioned = request.param == "partitioned"
    options = "PARTITION BY LIST (part)" if partitioned else ""
    run(engine, TABLE.format(table='"Order"', options=options))
    if partitioned:
        run(engine, 'CREATE TABLE "One" PARTITION OF "Order" FOR VALUES IN (1)')
        run(engine, 'CREATE TABLE others PARTITION OF "Order" DEFAULT')
    return engine


def test_both_releases_insert_and_the_default_of_the_old_column_is_for_old_code(
    order: Engine,
) -> None:
    sync(order)
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007'), (DEFAULT)""")
    run(order, """INSERT INTO "Order" (n2) VALUES (8)""")
    run(order, """INSERT INTO "Order" (n2, "userName") VALUES (9, '1')""")
    assert rows(order) == [("007", 7), ("0", 0), ("8", 8), ("9", 9)]


def test_the_side_that_changed_is_written_and_new_wins(order: Engine) -> None:
    sync(order)
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007'), ('008'), ('009'), ('010')""")
    run(order, """UPDATE "Order" SET "userName" = '07' WHERE id = 1""")
    run(order, """UPDATE "Order" SET n2 = 80, "userName" = '008' WHERE id = 2""")
    run(order, """UPDATE "Order" SET n2 = 90, "userName" = '91' WHERE id = 3""")
    run(order, """UPDATE "Order" SET n2 = 10, "userName" = '0010' WHERE id = 4""")
    assert rows(order) == [("07", 7), ("80", 80), ("90", 90), ("0010", 10)]


def test_values_that_did_not_change_are_left_as_they_are(order: Engine) -> None:
    sync(order)
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007')""")
    run(order, """UPDATE "Order" SET n2 = 7, "userName" = '007', "new" = '!'""")
    assert rows(order) == [("007", 7)]
    assert old_writes(order) == 1


def test_a_backfill_never_writes_the_old_side(order: Engine) -> None:
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007')""")
    sync(order)
    with order.begin() as connection:
        connection.exec_driver_sql("SET LOCAL phased.side = 'backfill'")
        connection.exec_driver_sql('UPDATE "Order" SET n2 = "userName"::int WHERE n2 IS NULL')
    assert rows(order) == [("007", 7)]
    assert old_writes(order) == 0


def test_any_update_fills_a_row_that_is_not_filled(order: Engine) -> None:
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007')""")
    sync(order)
    run(order, """UPDATE "Order" SET "new" = '!'""")
    assert rows(order) == [("007", 7)]
    assert old_writes(order) == 0


def test_a_row_that_moves_to_another_partition_keeps_both_sides(order: Engine) -> None:
    sync(order)
    run(order, """INSERT INTO "Order" ("userName") VALUES ('007'), ('008'), ('9')""")
    run(order, """UPDATE "Order" SET part = 2 WHERE id = 1""")
    run(order, """UPDATE "Order" SET part = 2, "userName" = '0080' WHERE id = 2""")
    run(order, """UPDATE "Order" SET part = 2, n2 = 90 WHERE id = 3""")
    assert rows(order) == [("007", 7), ("0080", 80), ("90", 90)]


def test_a_default_that_up_cannot_read_is_no_matter_to_new_code(order: Engine) -> None:
    sync(order)
    run(order, """ALTER TABLE "Order" ALTER "userName" SET DEFAULT 'none'""")
    run(order, """INSERT INTO "Order" (n2) VALUES (8)""")
    assert rows(order) == [("8", 8)]


def test_writes_to_the_old_side_are_counted_even_if_rolled_back(order: Engine) -> None:
    sync(order)
    run(order, """INSERT INTO "Order" (n2) VALUES (8)""", 'UPDATE "Order" SET n2 = 9')
    assert old_writes(order) == 0
    with order.connect() as connection:
        connection.exec_driver_sql("""INSERT INTO "Order" ("userName") VALUES ('1')""")
        connection.rollback()
    assert old_writes(order) == 1
    run(order, """UPDATE "Order" SET "userName" = '10'""")
    assert old_writes(order) == 2


def test_a_session_that_says_it_is_new_may_insert_null(order: Engine) -> None:
    run(order, 'ALTER TABLE "Order" ALTER "userName" DROP NOT NULL')
    sync(order)
    with order.begin() as connection:
        connection.exec_driver_sql("SET LOCAL phased.side = 'new'")
        connection.exec_driver_sql('INSERT INTO "Order" (n2) VALUES (NULL)')
    assert rows(order) == [(None, None)]


def test_null_is_a_value_that_changes_too(order: Engine) -> None:
    run(order, 'ALTER TABLE "Order" ALTER "userName" DROP NOT NULL')
    sync(order)
    run(order, """INSERT INTO "Order" (n2) VALUES (1), (2)""")
    run(order, 'UPDATE "Order" SET n2 = NULL WHERE id = 1')
    run(order, 'UPDATE "Order" SET "userName" = NULL WHERE id = 2')
    assert rows(order) == [(None, None), (None, None)]


def test_it_sees_what_the_other_triggers_changed(engine: Engine) -> None:
    run(engine, TABLE.format(table='"Order"', options=""))
    run(
        engine,
        """CREATE FUNCTION zero() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW."userName" := '0' || NEW."userName"; RETURN NEW; END $$""",
        """CREATE TRIGGER zzz BEFORE INSERT OR UPDATE OF "userName" ON "Order"
        FOR EACH ROW EXECUTE FUNCTION zero()""",
    )
    sync(engine, up='length("userName")', down="repeat('0', n2)")
    run(engine, """INSERT INTO "Order" ("userName") VALUES ('1')""")
    assert rows(engine) == [("01", 2)]


def test_one_of_several_columns_of_a_row_that_is_not_filled(engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE people (id serial, name text, first text, last text)",
        "INSERT INTO people (name) VALUES ('Ann Lee'), ('Bo Ray'), (NULL)",
    )
    up = ("split_part(name, ' ', 1)", "split_part(name, ' ', 2)")
    down = "concat_ws(' ', first, last)"
    run(
        engine,
        *render(SyncColumnsOp("people", old="name", new=("first", "last"), up=up, down=down)),
    )
    run(engine, "UPDATE people SET last = 'Lie' WHERE id IN (1, 3)")
    run(engine, "UPDATE people SET last = NULL, first = 'Bob' WHERE id = 2")
    assert rows(engine, "name, first, last", "people") == [
        ("Ann Lie", "Ann", "Lie"),
        ("Bob Ray", "Bob", "Ray"),
        ("Lie", None, "Lie"),
    ]
    run(engine, "UPDATE people SET last = NULL WHERE id = 2")
    assert rows(engine, "name, first, last", "people")[1] == ("Bob", "Bob", None)


def test_several_columns_on_either_side(engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE people (id serial, name text, first text, last text)",
    )
    first, last = "split_part(name, ' ', 1)", "split_part(name, ' ', 2)"
    down = "concat_ws(' ', first, last)"
    op = SyncColumnsOp("people", old="name", new=("first", "last"), up=(first, last), down=down)
    run(engine, *render(op), "INSERT INTO people (name) VALUES ('Ann Lee')")
    run(engine, "INSERT INTO people (first, last) VALUES ('Bo', 'Ray'), ('Cy', NULL)")
    assert rows(engine, "name, first, last", "people") == [
        ("Ann Lee", "Ann", "Lee"),
        ("Bo Ray", "Bo", "Ray"),
        ("Cy", "Cy", None),
    ]
    run(engine, "UPDATE people SET last = 'Poe' WHERE id = 1")
    run(engine, "UPDATE people SET name = 'Bob Ray' WHERE id = 2")
    assert rows(engine, "name, first, last", "people")[:2] == [
        ("Ann Poe", "Ann", "Poe"),
        ("Bob Ray", "Bob", "Ray"),
    ]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("json", '{"a": 1}', '{"a": 2}'),
        ("point", "(1,2)", "(1,3)"),
        ("numeric", "1.0", "1.00"),
    ],
)
def test_values_are_compared_as_they_are_stored(
    engine: Engine, kind: str, one: str, other: str
) -> None:
    run(
        engine,
        f"CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, a {kind}, b text)",
        *render(SyncColumnsOp("t", old="a", new="b", up="a::text", down="b")),
        f"INSERT INTO t (a) VALUES ('{one}')",
        f"UPDATE t SET a = '{other}'",
    )
    assert rows(engine, "a::text, b", "t") == [(other, other)]


def test_writers_with_other_rights_and_another_search_path(engine: Engine) -> None:
    role = f"writer_{uuid.uuid4().hex}"  # roles belong to the server, not to the database
    run(
        engine,
        'CREATE SCHEMA "Sales"',
        TABLE.format(table='"Sales"."Order"', options=""),
        "CREATE FUNCTION number(text) RETURNS int IMMUTABLE RETURN $1::int",
    )
    sync(engine, "Sales", up='number("userName")')
    run(
        engine,
        'REVOKE ALL ON FUNCTION "Sales"."phased_sync_Order_userName_n2"() FROM PUBLIC',
        f"CREATE ROLE {role}",
        f'GRANT USAGE ON SCHEMA "Sales" TO {role}',
        f'GRANT INSERT ON "Sales"."Order" TO {role}',
    )
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            connection.exec_driver_sql("SET LOCAL search_path = ''")
            connection.exec_driver_sql("""INSERT INTO "Sales"."Order" ("userName") VALUES ('7')""")
        assert rows(engine, table='"Sales"."Order"') == [("7", 7)]
    finally:
        run(engine, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_the_end_leaves_nothing_behind(order: Engine) -> None:
    before = facts(order)
    op = sync(order)
    assert facts(order) != before
    run(order, *render(op.reverse()))
    left = "SELECT proname FROM pg_proc WHERE proname LIKE 'phased%%'"
    with order.connect() as connection:
        assert connection.exec_driver_sql(left).first() is None
    assert facts(order) == before
    run(order, """INSERT INTO "Order" (n2) VALUES (8)""")
    assert rows(order) == [("0", 8)]


def test_an_expression_that_fails_fails_the_write(order: Engine) -> None:
    sync(order)
    with pytest.raises(Exception, match="invalid input syntax") as caught:
        run(order, """INSERT INTO "Order" ("userName") VALUES ('Ann')""")
    assert isinstance(caught.value.__cause__, psycopg.errors.InvalidTextRepresentation)
