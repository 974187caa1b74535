"""What hangs on old columns beyond the models, and how the new ones get the same; one kind a file.

A module has one function, which asks the database while a revision is written::

    def read(connection: Connection, op: SucceedOp) -> Iterable[Dependent]: ...
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from phased.discovery import modules
from phased.recipe import table_of
from phased.succession import SucceedOp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.operations import MigrateOperation
    from sqlalchemy import Connection

    from phased.dependent import Dependent

    Carried = dict[tuple[str, tuple[str, ...]], tuple[Dependent, ...]]


def of(connection: Connection | None, changes: Iterable[MigrateOperation]) -> Carried:
    """What comes along with each succession.

    Args:
        connection: To the database that the revision is written against.
        changes: Those of the revision.
    """
    if connection is None:
        return {}
    kinds = modules(sys.modules[__name__])
    found = [op for op in changes if isinstance(op, SucceedOp)]
    return {
        (table_of(op), op.old): tuple(one for kind in kinds for one in kind.read(connection, op))
        for op in found
    }
