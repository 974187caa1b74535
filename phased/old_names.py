"""Tables that are renamed in a step which gives their old names to views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.facts.questions import sibling
from phased.syntax import names
from phased.syntax.tree import enum, one
from phased.view_limits import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.fact import Facts
    from phased.model import Statement

TABLES = {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"}


@dataclass(frozen=True, slots=True)
class KeptName:
    """A table's old name, a view's from now on, and its new one; as regclass prints them."""

    old: str
    new: str


def kept_names(statements: Iterable[Statement], facts: Facts) -> Iterator[KeptName]:
    """The renames whose old name a later statement of the same step gives to a view.

    Args:
        statements: Of one step, in order.
        facts: For the schema of names that have none.
    """
    renamed: dict[str, str] = {}
    for statement in statements:
        if statement.kind == "ALTER TABLE RENAME":
            _, node = one(statement.sql)
            if enum(node, "rename_type") in TABLES:
                old = names.of(node.relation, facts)
                renamed[old] = sibling(old, node.newname)
        elif statement.kind == "CREATE VIEW":
            for old in sorted(statement.creates & renamed.keys()):
                yield KeptName(old, renamed[old])


def notes(statements: Iterable[Statement], facts: Facts) -> tuple[str, ...]:
    """What the views cannot do for code that takes them for the tables, a line each."""
    found = kept_names(statements, facts)
    return tuple(
        line for name in found for line in said(name.old, name.new, facts.server).splitlines()
    )
