"""Refuse another type for a column in place.

**Why.** Most type changes write the table and its indexes anew under ACCESS EXCLUSIVE. The few that
only change the catalog (``varchar(50)`` to ``varchar(100)``) still break the running release: a
prepared statement that selects the column fails with "cached plan must not change result type", and
psycopg prepares what runs often. So the new type is a column of its own, in step with the old one;
the message says what to paste. A change that nobody notices is ``change_type_in_place``.

Source: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE

Bad::

    def expand() -> None:
        op.alter_column("invoices", "amount", type_=sa.Numeric())

Good::

    amount: Mapped[Decimal] = mapped_column("amount_v2", Numeric, info=converted_from("amount"))
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NoReturn

from alembic.operations.ops import AlterColumnOp
from sqlalchemy import Column
from sqlalchemy.types import NullType

from phased.conversions import Conversion, obvious, suggested
from phased.dialect import dialect
from phased.errors.changes import PrimaryKeyNeedsWindow, TypeChangeNeedsSuccessor
from phased.in_place import TABLE, answer, stays
from phased.keys import widens
from phased.naming import PLACEHOLDER
from phased.pasting import carries_on, elsewhere, successor
from phased.recipe import cost, facts_of, model_column, primary_key, table_of

if TYPE_CHECKING:
    from typing import Any

    from phased.recipe import Context

HANDLES = (AlterColumnOp,)
WRITES = (
    "PostgreSQL writes {table} ({cost}) anew for that under ACCESS EXCLUSIVE: nobody reads or "
    "writes it until that is done."
)
READS = (
    "PostgreSQL goes through {table} ({cost}) for that under ACCESS EXCLUSIVE, for {what}: nobody "
    "reads or writes it until that is done."
)
REFUSES = "PostgreSQL does not do that in place: {reason}."
TOLD = (
    "In place only the catalog changes, but the values mean something else to the running release, "
    "or compare otherwise."
)
PLANS = (
    "In place only the catalog changes, but prepared statements of the running release that select "
    'the column fail with "cached plan must not change result type", once on each connection.'
)
SETTING = """
Where no release prepares statements, create_engine(url, connect_args={"prepare_threshold": None}),
say so, and it stays one ALTER:

    [tool.phased]
    prepared_statements = false
"""
OBVIOUS = "\nThe revision shows how values are made, both ways.\n"
CASTS = "\nup and down are plain casts: say it otherwise where they lose something or fail.\n"
OPEN = f"\nSay in up= and down= what takes the place of {PLACEHOLDER}.\n"
UNKNOWN = "\nSay in up= and down= how one is made from the other.\n"
NOTHING = Conversion(PLACEHOLDER, PLACEHOLDER)
_DIALECT = dialect()


def applies(op: AlterColumnOp, context: Context) -> bool:
    """Another type that somebody would notice."""
    return op.modify_type is not None and not stays(op, context) and not widens(op, context)


def phases(op: AlterColumnOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        PrimaryKeyNeedsWindow: The column is part of the primary key.
        TypeChangeNeedsSuccessor: It is not.
    """
    _refuse_key(op, context)
    paste, more = _advice(op, context)
    raise TypeChangeNeedsSuccessor(
        table=table_of(op),
        column=op.column_name,
        old=_old(op, context),
        new=_sql(op.modify_type),
        why=_why(op, context),
        paste=textwrap.indent(paste, "    "),
        more=more + (SETTING if _only_plans(op, context) else ""),
    )


def _refuse_key(op: AlterColumnOp, context: Context) -> None:
    key = primary_key(op, context)
    if op.column_name in key:
        names = [successor(name) if name == op.column_name else name for name in key]
        raise PrimaryKeyNeedsWindow(
            table=table_of(op),
            cost=cost(op, context),
            change=f"{op.column_name} from {_old(op, context)} to {_sql(op.modify_type)}",
            columns=", ".join(f'"{name}"' for name in names),
        )


def _old(op: AlterColumnOp, context: Context) -> str:
    """The type so far; as PostgreSQL prints it where SQLAlchemy does not know it."""
    held = facts_of(op, context).columns.get(op.column_name)
    if op.existing_type is None or isinstance(op.existing_type, NullType):
        return held.type if held else "another type"
    return _sql(op.existing_type)


def _why(op: AlterColumnOp, context: Context) -> str:
    found = answer(op, context)
    facts = {"table": table_of(op), "cost": cost(op, context)}
    if found.reason:
        return REFUSES.format(reason=found.reason)
    if TABLE in found.writes:
        return WRITES.format(**facts)
    if found.writes:
        return READS.format(what=", ".join(found.writes), **facts)
    return PLANS if found.alike else TOLD


def _only_plans(op: AlterColumnOp, context: Context) -> bool:
    found = answer(op, context)
    return not found.reason and not found.writes and found.alike


def _advice(op: AlterColumnOp, context: Context) -> tuple[str, str]:
    """The column to paste, and what there is to say about it."""
    found = model_column(op, op.column_name, context)
    column: Column[Any] = Column(op.column_name, op.modify_type) if found is None else found
    old, new = (
        Column(op.column_name, op.existing_type),
        Column(successor(op.column_name), column.type),
    )
    also = elsewhere(column)
    if obvious(old, new, context.facts) is not None:
        return carries_on(column), also + OBVIOUS
    given = suggested(old, new, context.facts)
    if given is None:
        return carries_on(column, NOTHING), also + UNKNOWN
    said = OPEN if PLACEHOLDER in given.up + given.down else CASTS
    return carries_on(column, given), also + said


def _sql(held: Any) -> str:
    return str(held.compile(dialect=_DIALECT))
