from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from rolling import run

from phased.operations.keep_filled import KeepFilledOp
from phased.record import render

if TYPE_CHECKING:
    from sqlalchemy import Engine

ORDER = """CREATE TABLE {table} (
    id int GENERATED ALWAYS AS IDENTITY, "userName" text, "new" text, slug text, "X y" text
) {options}"""
FILL = {"slug": 'lower("userName")', "X y": '"Order"."userName" || "new"'}


def keep(engine: Engine, values: dict[str, str] = FILL, schema: str | None = None) -> KeepFilledOp:
    op = KeepFilledOp("Order", values, schema=schema)
    run(engine, *render(op))
    return op


def rows(engine: Engine, columns: str = '"userName", slug, "X y"', table: str = '"Order"') -> Any:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY id")
        return [tuple(row) for row in found]


@pytest.fixture(params=["plain", "partitioned"])
def order(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    partitioned = request.param == "partitioned"
    options = 'PARTITION BY LIST ("userName")' if partitioned else ""
    run(engine, ORDER.format(table='"Order"', options=options))
    if partitioned:
        run(engine, 'CREATE TABLE "Ann" PARTITION OF "Order" FOR VALUES IN (\'Ann\')')
        run(engine, 'CREATE TABLE others PARTITION OF "Order" DEFAULT')
    return engine


def test_old_code_inserts_without_the_column(order: Engine) -> None:
    keep(order)
    run(order, """INSERT INTO "Order" ("userName", "new") VALUES ('Ann', '!'), ('Bob', NULL)""")
    assert rows(order) == [("Ann", "ann", "Ann!"), ("Bob", "bob", None)]


def test_new_code_keeps_what_it_wrote(order: Engine) -> None:
    keep(order)
    run(order, """INSERT INTO "Order" ("userName", "new", slug) VALUES ('Ann', '!', 'mine')""")
    run(order, """UPDATE "Order" SET "X y" = 'too' WHERE slug = 'mine'""")
    assert rows(order) == [("Ann", "mine", "too")]


def test_an_update_of_another_column_fills_a_row_that_was_there_before(order: Engine) -> None:
    run(order, """INSERT INTO "Order" ("userName", "new") VALUES ('Ann', '!')""")
    keep(order)
    assert rows(order) == [("Ann", None, None)]
    run(order, """UPDATE "Order" SET "new" = '?'""")
    assert rows(order) == [("Ann", "ann", "Ann?")]


def test_stop_filling_leaves_nothing_behind(order: Engine) -> None:
    op = keep(order)
    run(order, *render(op.reverse()))
    run(order, """INSERT INTO "Order" ("userName") VALUES ('Ann')""")
    assert rows(order) == [("Ann", None, None)]
    left = "SELECT 1 FROM pg_proc WHERE proname LIKE 'phased%%'"
    with order.connect() as connection:
        assert connection.exec_driver_sql(left).first() is None


def test_it_sees_what_the_other_triggers_changed(engine: Engine) -> None:
    run(engine, ORDER.format(table='"Order"', options=""))
    run(
        engine,
        """CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW."userName" := 'Zoe'; RETURN NEW; END $$""",
        """CREATE TRIGGER zzz_rename BEFORE INSERT ON "Order"
        FOR EACH ROW EXECUTE FUNCTION rename()""",
    )
    keep(engine)
    run(engine, """INSERT INTO "Order" ("userName") VALUES ('Ann')""")
    assert rows(engine) == [("Zoe", "zoe", None)]


def test_writers_with_other_rights_and_another_search_path(engine: Engine) -> None:
    role = f"writer_{uuid.uuid4().hex}"  # roles belong to the server, not to the database
    run(
        engine,
        'CREATE SCHEMA "Sales"',
        ORDER.format(table='"Sales"."Order"', options=""),
        "CREATE FUNCTION slugify(text) RETURNS text IMMUTABLE RETURN 'slug of ' || $1",
    )
    keep(engine, {"slug": 'slugify("userName")'}, "Sales")
    run(
        engine,
        'REVOKE ALL ON FUNCTION "Sales"."phased_fill_Order_slug"() FROM PUBLIC',
        f"CREATE ROLE {role}",
        f'GRANT USAGE ON SCHEMA "Sales" TO {role}',
        f'GRANT INSERT ON "Sales"."Order" TO {role}',
    )
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            connection.exec_driver_sql("SET LOCAL search_path = ''")
            connection.exec_driver_sql(
                """INSERT INTO "Sales"."Order" ("userName") VALUES ('Ann')"""
            )
        assert rows(engine, "slug", '"Sales"."Order"') == [("slug of Ann",)]
    finally:
        run(engine, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_an_expression_that_fails_fails_the_write(engine: Engine) -> None:
    run(engine, ORDER.format(table='"Order"', options=""))
    keep(engine, {"slug": '("userName"::int)::text'})
    with pytest.raises(Exception, match="invalid input syntax") as caught:
        run(engine, """INSERT INTO "Order" ("userName") VALUES ('Ann')""")
    assert isinstance(caught.value.__cause__, psycopg.errors.InvalidTextRepresentation)
