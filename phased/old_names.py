"""Tables that are renamed in a step which gives their old names to views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phased.facts.questions import sibling
from phased.syntax import names
from phased.syntax.tree import enum, one
from phased.view_limits import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.fact import Facts
    from phased.model import Statement

NOTHING: tuple[str, Any] = ("", None)
TABLES = {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"}


@dataclass(frozen=True, slots=True)
class Renamed:
    """A table's old name and its new one, as regclass prints them."""

    old: str
    new: str


def renames(statements: Iterable[Statement], facts: Facts) -> Iterator[Renamed]:
    """Every table that takes another name.

    Args:
        statements: In order.
        facts: For the schema of names that have none.
    """
    for statement in statements:
        which, node = one(statement.sql) if statement.kind == "ALTER TABLE RENAME" else NOTHING
        if which == "rename_stmt" and enum(node, "rename_type") in TABLES:
            old = names.of(node.relation, facts)
            yield Renamed(old, sibling(old, node.newname))


def kept_names(statements: Iterable[Statement], facts: Facts) -> Iterator[Renamed]:
    """The renames whose old name a later statement of the same step gives to a view.

    Args:
        statements: Of one step, in order.
        facts: For the schema of names that have none.
    """
    statements = list(statements)
    for place, statement in enumerate(statements):
        views = [each for each in statements[place + 1 :] if each.kind == "CREATE VIEW"]
        for name in renames([statement], facts):
            if any(name.old in view.creates for view in views):
                yield name


def notes(statements: Iterable[Statement], facts: Facts) -> tuple[str, ...]:
    """What the views cannot do for code that takes them for the tables, a line each."""
    found = kept_names(statements, facts)
    return tuple(
        line for name in found for line in said(name.old, name.new, facts.server).splitlines()
    )
