"""A column that becomes generated, stops being so, or gets another expression.

Only autogenerate sees it.
"""

from __future__ import annotations

from typing import Any

from alembic.operations import MigrateOperation


class ChangeGeneratedOp(MigrateOperation):
    """Make a column generated, make it plain, or generate it from another expression.

    Attributes:
        table_name: Table, unquoted.
        column_name: Column, unquoted.
        old: As the database has it, such as
            ``GENERATED ALWAYS AS (a + 1) STORED``; None for neither.
        new: As the models have it.
        schema: Schema of the table, unquoted.
    """

    def __init__(
        self,
        table_name: str,
        column_name: str,
        old: str | None,
        new: str | None,
        *,
        schema: str | None = None,
    ) -> None:
        self.table_name = table_name
        self.column_name = column_name
        self.old = old
        self.new = new
        self.schema = schema

    def reverse(self) -> ChangeGeneratedOp:
        """Back to what it was."""
        names = (self.table_name, self.column_name)
        return ChangeGeneratedOp(*names, self.new, self.old, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        names = (self.schema, self.table_name, self.column_name)
        return ("change_generated", *names, self.old, self.new)
