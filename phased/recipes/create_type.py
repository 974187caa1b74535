"""Create a schema, an enum, a domain or a sequence before the columns that use it.

**Why.** Nobody uses it yet: *expand*, one statement each, no lock on any table. ``op.add_column()``
does not create the type of its column, and ``op.create_table()`` creates one that exists already a
second time; so columns name their type with ``create_type=False``.

Source: https://www.postgresql.org/docs/current/sql-createtype.html

Bad::

    def expand() -> None:  # type "mood" does not exist
        op.add_column("users", sa.Column("mood", sa.Enum("sad", "glad", name="mood")))

Good::

    def expand() -> None:
        op.create_enum("mood", ["sad", "glad"])
        op.add_column("users", sa.Column("mood", postgresql.ENUM(name="mood", create_type=False)))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.operations.create_domain import CreateDomainOp
from phased.operations.enum import CreateEnumOp
from phased.operations.schema import CreateSchemaOp
from phased.operations.sequence import CreateSequenceOp
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (CreateSchemaOp, CreateEnumOp, CreateDomainOp, CreateSequenceOp)


def applies(op: CreateEnumOp, context: Context) -> bool:
    """Every new one."""
    del op, context
    return True


def phases(op: CreateEnumOp, context: Context) -> Phases:
    """As it is."""
    del context
    return Phases(expand=(op,))
