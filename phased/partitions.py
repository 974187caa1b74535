"""The partitions below a table, as the facts know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.facts.questions import relation, split
from phased.recipe import facts_of, table_of

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation

    from phased.recipe import Context

FOREIGN = "f"
PARTITIONED = "p"


@dataclass(frozen=True, slots=True)
class Partition:
    """One table below a partitioned one.

    Attributes:
        relation: As ``regclass`` prints it.
        name: Unquoted.
        schema: Unquoted; None for the default one.
        parent: The relation right above it.
        partitioned: Whether it has partitions of its own instead of rows.
    """

    relation: str
    name: str
    schema: str | None
    parent: str
    partitioned: bool


def is_partitioned(op: MigrateOperation, context: Context) -> bool:
    """Whether the operation's table is partitioned, by the catalog or else by its model."""
    if facts_of(op, context).kind == PARTITIONED:
        return True
    table = context.tables.get(table_of(op))
    return table is not None and bool(table.dialect_options["postgresql"]["partition_by"])


def partitions(op: MigrateOperation, context: Context) -> tuple[Partition, ...]:
    """Every table below the operation's, parents first; foreign tables left out."""
    return tuple(_below(table_of(op), facts_of(op, context).partitions, context))


def leaves(op: MigrateOperation, context: Context) -> tuple[Partition, ...]:
    """The partitions that hold rows."""
    return tuple(p for p in partitions(op, context) if not p.partitioned)


def _below(parent: str, names: tuple[str, ...], context: Context) -> list[Partition]:
    found: list[Partition] = []
    for name in sorted(names):
        facts = relation(context.facts, name)
        if facts.parent == parent and facts.kind != FOREIGN:
            schema, bare = split(name)
            found.append(Partition(name, bare, schema, parent, facts.kind == PARTITIONED))
            found += _below(name, names, context)
    return found
