"""The facts of a database, in nine queries however many tables there are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg.rows import tuple_row

from phased.catalog import queries
from phased.model import ColumnFacts, ConstraintFacts, Facts, IndexFacts, RelationFacts
from phased.naming import relation
from phased.syntax.expressions import not_null_conjuncts
from phased.syntax.tree import one
from phased.syntax.volatility import inlined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from psycopg import Connection

Rows: TypeAlias = list[tuple[Any, ...]]


def read(connection: Connection[Any]) -> Facts:
    """What prices, recipes and rules may ask about the database that is connected to.

    Args:
        connection: One in autocommit leaves no transaction open; otherwise the caller ends it.
    """
    ((server, zone, schema, path),) = _rows(connection, queries.SESSION)
    relations = _rows(connection, queries.RELATIONS)
    names = {oid: _name(schema, namespace, name) for oid, namespace, name, *_ in relations}
    domains = _rows(connection, queries.DOMAINS)
    return Facts(
        server=server,
        relations=_relations(connection, relations, names),
        known=True,
        time_zone=zone,
        volatile=_volatile(_rows(connection, queries.FUNCTIONS)),
        domains=_constrained(domains, schema),
        domain_types={_name(schema, d[1], d[2]): d[4] for d in domains},
        schema=schema or "public",
        search_path=tuple(path) or ("public",),
    )


def is_empty(connection: Connection[Any]) -> bool:
    """Whether there is no table but ``alembic_version`` and those of the ledger."""
    ((found,),) = _rows(connection, queries.HAS_TABLE)
    return not found


def _rows(connection: Connection[Any], query: str) -> Rows:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


def _name(default: str | None, schema: str, name: str) -> str:
    return relation(name, None if schema == default else schema)


def _relations(
    connection: Connection[Any], rows: Rows, names: dict[int, str]
) -> dict[str, RelationFacts]:
    columns = _grouped(_rows(connection, queries.COLUMNS), _column)
    constraints = _grouped(_rows(connection, queries.CONSTRAINTS), _constraint(names))
    indexes = _grouped(_rows(connection, queries.INDEXES), _index(names))
    tree = [row for row in _rows(connection, queries.PARENTS) if {row[0], row[1]} <= names.keys()]
    parents = {child: parent for child, parent, _ in reversed(tree)}
    children = _lists((parent, child) for child, parent, _ in tree)
    defaults = {parent: child for child, parent, default in tree if default}
    owned = _lists(_rows(connection, queries.OWNED_SEQUENCES))
    return {
        names[oid]: RelationFacts(
            kind=kind,
            rows=rows,
            size=size,
            columns=columns[oid],
            constraints=constraints[oid],
            indexes=indexes[oid],
            partitions=tuple(names[below] for below in _below(oid, children)),
            parent=names.get(parents.get(oid, 0)),
            default_partition=names.get(defaults.get(oid, 0)),
            sequences=tuple(names[sequence] for sequence in owned[oid] if sequence in names),
            unlogged=unlogged,
            access_method=method,
        )
        for oid, _, _, kind, rows, size, unlogged, method in rows
    }


def _grouped(
    rows: Rows, make: Callable[[tuple[Any, ...]], Any]
) -> defaultdict[int, dict[str, Any]]:
    """By the oid of the relation, then by name."""
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[1]] = make(row)
    return found


def _column(row: tuple[Any, ...]) -> ColumnFacts:
    return ColumnFacts(*row[2:])


def _constraint(names: dict[int, str]) -> Callable[[tuple[Any, ...]], ConstraintFacts]:
    def make(row: tuple[Any, ...]) -> ConstraintFacts:
        _, _, kind, columns, definition, validated, references, index = row
        return ConstraintFacts(
            kind,
            tuple(columns),
            definition,
            validated,
            names.get(references),
            index,
            _proves(definition) if kind == "c" else frozenset(),
        )

    return make


def _proves(definition: str) -> frozenset[str]:
    if "IS NOT NULL" not in definition:
        return frozenset()
    _, node = one(f"ALTER TABLE t ADD {definition}")
    return not_null_conjuncts(getattr(node.cmds[0].alter_table_cmd, "def").constraint.raw_expr)


def _index(names: dict[int, str]) -> Callable[[tuple[Any, ...]], IndexFacts]:
    def make(row: tuple[Any, ...]) -> IndexFacts:
        table, _, columns, unique, valid, definition = row
        return IndexFacts(names.get(table, ""), tuple(columns), unique, valid, definition)

    return make


def _lists(pairs: Iterable[tuple[Any, ...]]) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _below(oid: int, children: defaultdict[int, list[int]]) -> list[int]:
    """Partitions and children, and theirs; one with two parents counts once."""
    found = [below for child in children[oid] for below in (child, *_below(child, children))]
    return list(dict.fromkeys(found))


def _volatile(rows: Rows) -> frozenset[str]:
    return frozenset(
        name for name, language, body in rows if not (language == "sql" and inlined(body or ""))
    )


def _constrained(rows: Rows, schema: str | None) -> dict[str, bool]:
    """A domain over a constrained domain is constrained too."""
    held = {oid: (over, own) for oid, _, _, over, _, own in rows}

    def judged(oid: int) -> bool:
        over, own = held.get(oid, (0, False))
        return own or (over in held and judged(over))

    return {_name(schema, namespace, name): judged(oid) for oid, namespace, name, *_ in rows}
