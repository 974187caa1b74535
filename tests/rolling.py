"""What a recipe's phases are as Python and as SQL, and how they run on a real server."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Any

import alembic.op
import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.runtime.migration import MigrationContext
from judging import assert_safe
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import psycopg

import phased.impl  # noqa: F401 # registers itself with Alembic
from phased.catalog import read, shape
from phased.model import Phase
from phased.naming import quote
from phased.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations import MigrateOperation
    from sqlalchemy import Engine

    from phased.fact import Facts
    from phased.recipe import Phases
    from phased.record import Recorded

PREFIXES = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
}


def written(phases: Phases) -> dict[str, list[str]]:
    """The Python of each phase that does something, one text an operation."""
    return {
        phase.word: [rendered(op) for op in getattr(phases, phase.word)]
        for phase in Phase
        if getattr(phases, phase.word)
    }


def sql(phases: Phases) -> dict[str, list[str]]:
    """The SQL of each phase that does something, as recorded from the Python it is written as."""
    return {phase: statements(lines) for phase, lines in written(phases).items()}


def statements(lines: Iterable[str]) -> list[str]:
    """The SQL that a phase function with these lines records."""
    return [" ".join(text.split()) for call in calls(lines) for text in call.sql]


def calls(lines: Iterable[str]) -> list[Recorded]:
    """What a phase function with these lines records."""
    names: dict[str, Any] = {"op": alembic.op, "sa": sa, "postgresql": postgresql}
    code = compile("\n".join(lines), "phase.py", "exec")
    return record(lambda: exec(code, names), "phase.py")  # noqa: S102 # what was rendered runs


def code(phases: Phases) -> str:
    """The phases as functions of a revision file."""
    return "\n\n".join(
        f"def {phase}() -> None:\n{indent(chr(10).join(lines), '    ')}"
        for phase, lines in written(phases).items()
    )


def roll(engine: Engine, phases: Phases) -> None:
    """Run the SQL of the phases in order, each statement by itself."""
    for texts in sql(phases).values():
        run(engine, *texts)


def run(engine: Engine, *texts: str) -> None:
    """Run statements, each by itself, outside a transaction."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for text in texts:
            connection.exec_driver_sql(text.replace("%", "%%"))


def rendered(operation: MigrateOperation) -> str:
    migration = MigrationContext.configure(dialect=psycopg.dialect())
    context = AutogenContext(migration, sa.MetaData(), dict(PREFIXES), autogenerate=False)
    return "\n".join(render_op(context, operation))


def roll_and_compare(
    engine: Engine, old: sa.MetaData, rows: Iterable[str], phases: Phases, new: sa.MetaData
) -> None:
    """Run the phases on a table with rows; the schema must be what `create_all()` makes."""
    assert _rolled(engine, old, rows, phases) == _created(engine, new)


def facts(engine: Engine) -> Facts:
    """What the catalog says now."""
    with engine.connect() as connection:
        return read(connection.connection.driver_connection)  # type: ignore[arg-type] # psycopg's


def _rolled(
    engine: Engine, old: sa.MetaData, rows: Iterable[str], phases: Phases
) -> dict[str, str]:
    old.create_all(engine)
    run(engine, *rows)
    assert_safe(code(phases), facts=facts(engine))
    roll(engine, phases)
    return shape_of(engine)


def _created(engine: Engine, new: sa.MetaData) -> dict[str, str]:
    run(engine, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    for schema in {table.schema for table in new.tables.values()} - {None}:
        run(engine, f"DROP SCHEMA IF EXISTS {quote(str(schema))} CASCADE")
        run(engine, f"CREATE SCHEMA {quote(str(schema))}")
    new.create_all(engine)
    return shape_of(engine)


def shape_of(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return shape(connection.connection.driver_connection)  # type: ignore[arg-type] # psycopg's
