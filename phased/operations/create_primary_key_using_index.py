"""``op.create_primary_key_using_index()``: a unique index becomes the primary key."""

from __future__ import annotations

from alembic.operations import Operations

from phased.using_index import UsingIndexOp


@Operations.register_operation("create_primary_key_using_index", "create")
class CreatePrimaryKeyUsingIndexOp(UsingIndexOp):
    """Make the primary key of a unique index that exists; the index takes its name."""

    called = "create_primary_key_using_index"
    kind = "PRIMARY KEY"
    type_ = "primary"
