from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from rolling import rendered

from phased.function_code import code_of
from phased.operations.backfill_rows import BackfillRowsOp
from phased.record import record, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine


def slug(row: dict[str, Any]) -> dict[str, Any]:
    """Which a comment does not change."""
    return {"userSlug": row["name"].casefold()}


ORDER = BackfillRowsOp("Order", slug, columns=["name", "userSlug"], schema="Sales")


def test_its_sql_is_for_readers() -> None:
    (sql,) = render(ORDER)
    assert " ".join(sql.split()) == (
        'UPDATE "Sales"."Order" SET name = made.name, "userSlug" = made."userSlug"'
        ' FROM slug("Order".*) AS made WHERE "Order".name IS NULL OR "Order"."userSlug" IS NULL'
    )
    (sql,) = render(BackfillRowsOp("users", slug, columns=["name"], where="name <> ''"))
    assert sql.endswith("WHERE name <> ''")


def test_what_it_is_written_as_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "revision.py"
    path.write_text(f"def backfill():\n{textwrap.indent(rendered(ORDER), '    ')}\n")
    names: dict[str, Any] = {"slug": slug}
    exec(compile(f"from alembic import op\n{path.read_text()}", str(path), "exec"), names)  # noqa: S102 # what a revision is
    (found,) = record(names["backfill"], str(path))
    assert found.operation.to_diff_tuple() == ORDER.to_diff_tuple()
    assert isinstance(found.operation, BackfillRowsOp)
    assert found.operation.function is slug
    assert list(found.sql) == list(render(ORDER))


def test_it_has_nothing_to_take_back() -> None:
    assert render(ORDER.reverse()) == ()
    assert rendered(ORDER.reverse()) == ""


def function(path: Path, text: str) -> Callable[..., Any]:
    path.write_text(text)
    names: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), names)  # noqa: S102 # what a revision is
    found: Callable[..., Any] = names["f"]
    return found


def test_the_code_of_a_function_counts(tmp_path: Path) -> None:
    path = tmp_path / "revision.py"
    first = code_of(function(path, "def f(row):\n    return {'a': 1}\n"))
    lower = "X = 1\n\n\ndef f(row):\n    '''Says why.'''\n    return {'a': 1}  # one\n"
    assert code_of(function(path, lower)) == first
    assert code_of(function(path, "def f(row):\n    return {'a': 2}\n")) != first
    one = code_of(function(path, "f = lambda row: {'a': 1}\n"))
    assert code_of(function(path, "f = (lambda row: {'a': 1})  # one\n")) == one
    assert code_of(function(path, "f = lambda row: {'a': 2}\n")) != one
    assert code_of(len) != code_of(print)


def test_plain_alembic_fills_all_rows_in_its_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text('CREATE TABLE "Order" (name text, "userSlug" text)'))
        connection.execute(sa.text("INSERT INTO \"Order\" VALUES ('Ada'), ('Grace')"))
        operations = Operations(MigrationContext.configure(connection))
        operations.invoke(BackfillRowsOp("Order", slug, columns=["name", "userSlug"]))
        found = connection.execute(sa.text('SELECT name, "userSlug" FROM "Order" ORDER BY 1'))
        assert [tuple(row) for row in found] == [("Ada", "ada"), ("Grace", "grace")]
        side = connection.execute(sa.text("SELECT current_setting('phased.side')")).scalar()
        assert not side
        connection.rollback()
        assert not sa.inspect(engine).has_table("Order")
