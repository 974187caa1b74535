"""An enum type whose labels are renamed, removed or reordered; only autogenerate sees it."""

from __future__ import annotations

from typing import Any

from alembic.operations import MigrateOperation


class ChangeEnumOp(MigrateOperation):
    """Turn the labels of an enum type into others; adding some is `AddEnumValueOp`.

    Attributes:
        name: Type, unquoted.
        old: Its labels in the database, in order.
        new: Its labels in the models, in order.
        schema: Schema of the type, unquoted.
    """

    def __init__(
        self, name: str, old: tuple[str, ...], new: tuple[str, ...], *, schema: str | None = None
    ) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.schema = schema

    def reverse(self) -> ChangeEnumOp:
        """Back to the old labels."""
        return ChangeEnumOp(self.name, self.new, self.old, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """For ``alembic check``."""
        return ("change_enum", self.schema, self.name, self.old, self.new)
