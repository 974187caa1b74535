"""The relations of a database with all that belongs to them, from a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from phased.catalog import hanging, queries
from phased.fact import ColumnFacts, ConstraintFacts, IndexFacts, RelationFacts
from phased.naming import relation
from phased.syntax.expressions import not_null_conjuncts
from phased.syntax.tree import one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Rows: TypeAlias = list[tuple[Any, ...]]
Ask: TypeAlias = "Callable[[str], Rows]"


@dataclass(frozen=True, slots=True)
class Tree:
    """Who is a partition or child of whom, and who owns or reads what, by oid."""

    parents: dict[int, int]
    children: defaultdict[int, list[int]]
    defaults: dict[int, int]
    sequences: defaultdict[int, list[tuple[int, str]]]
    reads: defaultdict[int, list[int]]


def name_of(default: str | None, schema: str, name: str) -> str:
    """The name as regclass prints it where the default schema is the only one on the path."""
    return relation(name, None if schema == default else schema)


def read(ask: Ask, default: str | None) -> dict[str, RelationFacts]:
    """Every relation by its name, placed in its tree.

    Args:
        ask: Runs a query and returns its rows.
        default: The default schema.
    """
    rows = ask(queries.RELATIONS)
    names = {oid: name_of(default, schema, name) for oid, schema, name, *_ in rows}
    tree = _tree(ask, names)
    bare = _bare(ask, rows, names)
    statistics, hangs = _statistics(ask, default), hanging.read(ask)
    return {
        name: replace(
            _placed(bare[oid], oid, tree, names),
            statistics=tuple(statistics[oid]),
            hanging=hangs.get(oid, {}),
        )
        for oid, name in names.items()
    }


def _tree(ask: Ask, names: dict[int, str]) -> Tree:
    rows = [row for row in ask(queries.PARENTS) if {row[0], row[1]} <= names.keys()]
    return Tree(
        parents={child: parent for child, parent, _ in reversed(rows)},
        children=_lists((parent, child) for child, parent, _ in rows),
        defaults={parent: child for child, parent, default in rows if default},
        sequences=_lists((row[0], row[1:]) for row in ask(queries.OWNED_SEQUENCES)),
        reads=_lists(ask(queries.READS)),
    )


def _lists(pairs: Iterable[tuple[Any, ...]]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _placed(held: RelationFacts, oid: int, tree: Tree, names: dict[int, str]) -> RelationFacts:
    def named(oids: Iterable[int]) -> tuple[str, ...]:
        return tuple(names[one] for one in oids if one in names)

    return replace(
        held,
        partitions=named(_below(oid, tree.children)),
        parent=names.get(tree.parents.get(oid, 0)),
        default_partition=names.get(tree.defaults.get(oid, 0)),
        sequences={names[one]: column for one, column in tree.sequences[oid] if one in names},
        reads=tuple(sorted(named(tree.reads[oid]))),
    )


def _below(oid: int, children: defaultdict[int, list[int]]) -> list[int]:
    """Partitions and children, and theirs; one with two parents counts once."""
    found = [below for child in children[oid] for below in (child, *_below(child, children))]
    return list(dict.fromkeys(found))


def _bare(ask: Ask, rows: Rows, names: dict[int, str]) -> dict[int, RelationFacts]:
    columns = _grouped(ask(queries.COLUMNS), lambda row: ColumnFacts(*row[2:]))
    constraints = _grouped(ask(queries.CONSTRAINTS), lambda row: _constraint(row, names))
    indexes = _grouped(ask(queries.INDEXES), lambda row: _index(row, names))
    return {
        oid: RelationFacts(
            kind=kind,
            rows=count,
            size=size,
            columns=columns[oid],
            constraints=constraints[oid],
            indexes=indexes[oid],
            partition_key=key or "",
            unlogged=unlogged,
            access_method=method,
        )
        for oid, _, _, kind, count, size, unlogged, method, key in rows
    }


def _grouped(
    rows: Rows, make: Callable[[tuple[Any, ...]], Any]
) -> defaultdict[int, dict[str, Any]]:
    """By the oid of the relation, then by name."""
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[1]] = make(row)
    return found


def _constraint(row: tuple[Any, ...], names: dict[int, str]) -> ConstraintFacts:
    _, _, kind, columns, definition, validated, references, index = row
    proves = _proves(definition) if kind == "c" else frozenset()
    refers = names.get(references)
    return ConstraintFacts(kind, tuple(columns), definition, validated, refers, index, proves)


def _proves(definition: str) -> frozenset[str]:
    if "IS NOT NULL" not in definition:
        return frozenset()
    _, node = one(f"ALTER TABLE t ADD {definition}")
    return not_null_conjuncts(getattr(node.cmds[0].alter_table_cmd, "def").constraint.raw_expr)


def _index(row: tuple[Any, ...], names: dict[int, str]) -> IndexFacts:
    table, _, columns, unique, valid, definition = row
    return IndexFacts(names.get(table, ""), tuple(columns), unique, valid, definition)


def _statistics(ask: Ask, default: str | None) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for oid, schema, name in ask(queries.STATISTICS):
        found[oid].append(name_of(default, schema, name))
    return found
