"""Columns whose name goes to another column in the same step: what has them prepared fails once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.naming import quote
from phased.syntax import names
from phased.syntax.tree import one

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.fact import Facts
    from phased.model import Statement

SAID = (
    "From here on, statements that a connection has prepared and that select {columns} fail once "
    "on each connection (0A000: cached plan must not change result type), in autocommit each time. "
    "A release that prepares none does not see it: "
    'create_engine(url, connect_args={{"prepare_threshold": None}})'
)


def swapped(statements: Iterable[Statement], facts: Facts) -> list[str]:
    """The columns, with their tables, that are another column after the step."""
    given: set[tuple[str, str]] = set()
    taken: list[str] = []
    for statement in statements:
        if statement.kind != "ALTER TABLE RENAME COLUMN":
            continue
        _, node = one(statement.sql)
        table = names.of(node.relation, facts)
        given.add((table, node.subname))
        if (table, node.newname) in given:
            taken.append(f"{table}.{quote(node.newname)}")
    return taken


def notes(statements: Iterable[Statement], facts: Facts) -> tuple[str, ...]:
    """What prepared statements see at a swap of columns."""
    found = swapped(statements, facts)
    return (SAID.format(columns=" or ".join(found)),) if found else ()
