"""Change the type of a column in place, where nobody notices.

**Why.** Some changes only write the catalog: ``varchar(50)`` to ``varchar(100)``, ``varchar`` to
``text``. Which ones is not known from a list: PostgreSQL is asked, on an empty copy of the table
with its indexes and checks, when the revision is written. A change stays one statement if nothing
is written anew or read through, indexes compare as before, drivers are told the same type of value,
and statements that were prepared before still run.

That last one almost never holds: a statement that selects the column fails with "cached plan must
not change result type", once on each connection, and psycopg prepares what runs often. Where the
application prepares nothing, ``create_engine(url, connect_args={"prepare_threshold": None})``, say
so with ``prepared_statements = false`` in ``[tool.phased]``; the revision repeats it. Otherwise the
recipe is ``change_type``.

ALTER TYPE forgets the column's statistics, so ANALYZE follows.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE

Bad::

    def contract() -> None:  # new code writes longer names before this runs
        op.alter_column("users", "name", type_=sa.String(100))

Good::

    # pyproject.toml has, under [tool.phased]: prepared_statements = false
    name: Mapped[str] = mapped_column(String(100))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp, ExecuteSQLOp

from phased.in_place import answer, stays
from phased.naming import quote
from phased.operations.note import NoteOp
from phased.recipe import Phases, table_of

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AlterColumnOp,)
NONE_PREPARED = (
    "phased: allow cached_plan_invalidated because the application prepares no statements"
)
SURVIVE = "phased: allow cached_plan_invalidated because prepared statements were tried and run on"


def applies(op: AlterColumnOp, context: Context) -> bool:
    """Another type that changes only the catalog, unseen by the running release."""
    return stays(op, context)


def phases(op: AlterColumnOp, context: Context) -> Phases:
    """As it is; then statistics, which the change forgets."""
    reason = SURVIVE if answer(op, context).plans else NONE_PREPARED
    analyze = ExecuteSQLOp(f"ANALYZE {table_of(op)} ({quote(op.column_name)})")
    return Phases(expand=(NoteOp(reason), op), backfill=(analyze,))
