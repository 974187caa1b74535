"""Which change of a column is a change of its server default."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from sqlalchemy import Computed, DefaultClause, Identity, text

from phased.expressions import escaped
from phased.operation import literal

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


def exactly(op: AlterColumnOp) -> AlterColumnOp:
    """The same change with a default that survives rendering.

    Alembic takes a quote off each end of a string: ``'tis`` would become ``tis``.
    """
    default = op.modify_server_default
    value = getattr(default, "arg", default)
    if not isinstance(value, str) or "'" not in {value[:1], value[-1:]}:
        return op
    changed = copy(op)
    changed.modify_server_default = DefaultClause(text(escaped(literal(value))))
    return changed
