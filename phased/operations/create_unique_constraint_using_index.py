"""``op.create_unique_constraint_using_index()``: a unique index becomes a constraint."""

from __future__ import annotations

from alembic.operations import Operations

from phased.using_index import UsingIndexOp


@Operations.register_operation("create_unique_constraint_using_index", "create")
class CreateUniqueConstraintUsingIndexOp(UsingIndexOp):
    """Make a UNIQUE constraint of a unique index that exists; the index takes its name."""

    called = "create_unique_constraint_using_index"
    kind = "UNIQUE"
    type_ = "unique"
