"""What the ledger takes for a connection where there is none: it prints each statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from psycopg.sql import Literal

from phased.ledger import Ledger, statements_to_create

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.runtime.migration import MigrationContext


@dataclass(frozen=True, slots=True)
class Paper:
    """Where `--sql` writes."""

    context: MigrationContext

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Print a statement with its parameters in their places."""
        first, *rest = sql.split("%s") if parameters else [sql]
        values = [Literal(value).as_string().strip() for value in parameters]
        pairs = zip(values, rest, strict=True)
        text = first + "".join(value + piece for value, piece in pairs)
        self.context.impl.static_output(f"{text};")


def on_paper(context: MigrationContext) -> Ledger:
    """The tracking tables as a script writes them."""
    return Ledger(cast("Any", Paper(context)), context.version_table_schema)


def create_on_paper(context: MigrationContext) -> None:
    """Print what creates the tracking tables where they are missing."""
    for statement in statements_to_create(context.version_table_schema):
        Paper(context).execute(statement)
