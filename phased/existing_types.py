"""What a call says of a column's type so far, for where no database is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from alembic.operations.ops import AlterColumnOp
from sqlalchemy.exc import CompileError

from phased.dialect import dialect
from phased.fact import ColumnFacts
from phased.facts import changes, questions
from phased.naming import relation
from phased.syntax import types

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.fact import Facts

_DIALECT = dialect()


def believed(operation: MigrateOperation, facts: Facts) -> Facts:
    """The facts, with ``existing_type=`` of an ``alter_column`` where nobody knows better."""
    if not isinstance(operation, AlterColumnOp) or operation.existing_type is None or facts.known:
        return facts
    table, name = relation(operation.table_name, operation.schema), operation.column_name
    if questions.column(facts, table, name) is not None:
        return facts
    try:
        type_ = types.show(types.read(operation.existing_type.compile(dialect=_DIALECT)))
    except CompileError:
        return facts
    held = questions.relation(facts, table)
    columns = {**held.columns, name: ColumnFacts(type_)}
    return changes.put(facts, table, replace(held, columns=columns))
