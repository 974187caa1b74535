"""Another type for a column in place: what PostgreSQL said of it on an empty copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.keys import widens
from phased.recipe import table_of

if TYPE_CHECKING:
    from alembic.operations.ops import AlterColumnOp

    from phased.recipe import Context

TABLE = "the table"  # among what is written anew


@dataclass(frozen=True, slots=True)
class InPlace:
    """One ALTER COLUMN TYPE, as it went on an empty copy of the table.

    Attributes:
        reason: Why PostgreSQL refuses it; empty where it does not.
        writes: What it writes anew or reads through: the table, indexes, checks.
        alike: Drivers are told the same type of value, and indexes compare as before.
        plans: Statements prepared before run after it.
    """

    reason: str = ""
    writes: tuple[str, ...] = ()
    alike: bool = False
    plans: bool = False


def stays(op: AlterColumnOp, context: Context) -> bool:
    """Whether another type is one ALTER that no release notices."""
    if op.modify_type is None or widens(op, context):
        return False
    found = answer(op, context)
    unseen = found.plans or not context.prepared_statements
    return not found.reason and not found.writes and found.alike and unseen


def answer(op: AlterColumnOp, context: Context) -> InPlace:
    """What PostgreSQL said; where nobody asked, it is taken to refuse."""
    return context.in_place.get((table_of(op), op.column_name), InPlace("it was not asked"))
