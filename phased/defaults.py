"""Which change of a column is a change of its server default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Computed, Identity

if TYPE_CHECKING:
    from alembic.operations.ops import AlterColumnOp


def is_change(op: AlterColumnOp) -> bool:
    """Whether the operation changes a plain server default and nothing else.

    Identity and generated columns have no default: what makes them is another change.
    """
    sides = (op.modify_server_default, op.existing_server_default)
    made = any(isinstance(side, (Computed, Identity)) for side in sides)
    return op.modify_server_default is not False and not made and _nothing_else(op)


def _nothing_else(op: AlterColumnOp) -> bool:
    others = (op.modify_type, op.modify_nullable, op.modify_name)
    return all(change is None for change in others) and op.modify_comment is False
