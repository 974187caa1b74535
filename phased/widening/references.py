"""The foreign keys of the database, read from their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.facts.questions import split
from phased.syntax import tree
from phased.syntax.tree import strings
from phased.widening.column import ForeignKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.fact import ConstraintFacts, Facts
    from phased.syntax.tree import Node
    from phased.widening.column import Place, Widened

ACTIONS = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def constraint(definition: str) -> Node:
    """The tree of a constraint as ``pg_get_constraintdef`` prints it."""
    _, alter = tree.one(f"ALTER TABLE t ADD {definition}")
    return getattr(alter.cmds[0].alter_table_cmd, "def").constraint


def of(facts: Facts) -> Iterator[ForeignKey]:
    """Every foreign key."""
    for child, held in facts.relations.items():
        for name, found in held.constraints.items():
            if found.kind == "f" and found.references is not None and found.definition:
                yield _read(name, child, found)


def touching(facts: Facts, places: Iterable[Place]) -> tuple[ForeignKey, ...]:
    """Those with one of the columns on either side."""
    wanted = set(places)
    return tuple(key for key in of(facts) if wanted & {*ends(key)})


def ends(key: ForeignKey) -> Iterator[Place]:
    """The columns on both sides."""
    yield from ((key.child, name) for name in key.columns)
    yield from ((key.parent, name) for name in key.targets)


def components(columns: Iterable[Widened], keys: Iterable[ForeignKey]) -> list[list[Widened]]:
    """The columns in groups that share tables or foreign keys, and so one swap."""
    groups: list[tuple[set[str], list[Widened]]] = []
    edges = [{key.child, key.parent} for key in keys]
    for column in columns:
        tables = {column.relation}.union(*(edge for edge in edges if column.relation in edge))
        joined = [group for group in groups if group[0] & tables]
        groups = [group for group in groups if group not in joined]
        together = [one for group in joined for one in group[1]]
        groups.append((tables.union(*(group[0] for group in joined)), [*together, column]))
    return [group for _, group in groups]


def _read(name: str, child: str, found: ConstraintFacts) -> ForeignKey:
    node = constraint(found.definition)
    local, remote = tuple(strings(node.fk_attrs)), tuple(strings(node.pk_attrs))
    parent = str(found.references)
    sets = tuple(strings(node.fk_del_set_cols))
    options = _options(node, parent)
    return ForeignKey(name, child, local, parent, remote, found.validated, sets, options)


def _options(node: Node, parent: str) -> dict[str, Any]:
    given = {
        "ondelete": ACTIONS.get(node.fk_del_action),
        "onupdate": ACTIONS.get(node.fk_upd_action),
        "deferrable": True if node.deferrable else None,
        "initially": "DEFERRED" if node.initdeferred else None,
        "match": "FULL" if node.fk_matchtype == "f" else None,
        "referent_schema": split(parent)[0],
    }
    return {key: value for key, value in given.items() if value is not None}
