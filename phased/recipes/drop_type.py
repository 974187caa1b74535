"""Drop an enum that no column uses any more.

**Why.** The columns that used it go in *contract*, so the type does too, after them. PostgreSQL
refuses while anything uses it, and CASCADE is not used.

Source: https://www.postgresql.org/docs/current/sql-droptype.html

Bad::

    def expand() -> None:
        op.drop_enum("mood")

Good::

    def contract() -> None:
        op.drop_column("users", "mood")
        op.drop_enum("mood")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.operations.create_domain import DropDomainOp
from phased.operations.enum import DropEnumOp
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (DropEnumOp, DropDomainOp)


def applies(op: DropEnumOp, context: Context) -> bool:
    """Every type that leaves the models."""
    del op, context
    return True


def phases(op: DropEnumOp, context: Context) -> Phases:
    """When nobody uses it."""
    del context
    return Phases(contract=(op,))
