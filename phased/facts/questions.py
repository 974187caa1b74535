"""What the facts say about a relation, and what may be concluded where they say nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased import naming
from phased.fact import RelationFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.fact import ColumnFacts, ConstraintFacts, Facts, IndexFacts

_PART = re.compile(r'"(?:[^"]|"")*"|[^".]+')
_NO_STORAGE = frozenset("pvfI")
NOTHING = RelationFacts()


def split(name: str) -> tuple[str | None, str]:
    """The unquoted schema (None: the default one) and name of a relation as regclass prints it."""
    parts = [_unquote(part) for part in _PART.findall(name)]
    return (parts[-2] if len(parts) > 1 else None, parts[-1])


def _unquote(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()


def sibling(table: str, name: str) -> str:
    """An index or a sequence that lives in the schema of its table."""
    return naming.relation(name, split(table)[0])


def named(facts: Facts, name: str, schema: str | None = None) -> str:
    """A name in SQL as regclass prints it: through the search path where it has no schema."""
    if schema is not None:
        return naming.relation(name, None if schema == facts.schema else schema)
    for path in facts.search_path:
        found = naming.relation(name, None if path == facts.schema else path)
        if found in facts.relations:
            return found
    first = next(iter(facts.search_path), facts.schema)
    return naming.relation(name, None if first == facts.schema else first)


def normal(facts: Facts, text: str) -> str:
    """A name written as text, as in ``nextval('s')``, as regclass prints it."""
    schema, name = split(text)
    return named(facts, name, schema)


def relation(facts: Facts, name: str) -> RelationFacts:
    """What is known of a relation; nothing when it is not there."""
    return facts.relations.get(name, NOTHING)


def complete(facts: Facts, name: str) -> bool:
    """Whether what the facts do not mention of this relation does not exist."""
    return name in facts.created or (facts.known and name in facts.relations)


def family(facts: Facts, name: str, *, only: bool = False) -> tuple[str, ...]:
    """A table and its partitions or inheritance children."""
    return (name,) if only else (name, *relation(facts, name).partitions)


def stored(facts: Facts, names: Iterable[str]) -> frozenset[str]:
    """Those that have rows of their own: no partitioned tables, no views."""
    return frozenset(n for n in names if relation(facts, n).kind not in _NO_STORAGE)


def column(facts: Facts, table: str, name: str) -> ColumnFacts | None:
    """A column by its unquoted name."""
    return relation(facts, table).columns.get(name)


def constraint(facts: Facts, table: str, name: str) -> ConstraintFacts | None:
    """A constraint by its unquoted name."""
    return relation(facts, table).constraints.get(name)


def index_owner(facts: Facts, index: str) -> tuple[str, IndexFacts] | None:
    """The table an index is on, by the index's name as regclass prints it."""
    schema, name = split(index)
    for table, held in facts.relations.items():
        if name in held.indexes and split(table)[0] == schema:
            return table, held.indexes[name]
    return None


def referencing(facts: Facts, table: str) -> Iterator[tuple[str, str, ConstraintFacts]]:
    """The foreign keys that refer to a table: the child, the constraint's name and facts."""
    for child, held in facts.relations.items():
        for name, found in held.constraints.items():
            if found.kind == "f" and found.references == table:
                yield child, name, found


def sequences(facts: Facts, table: str, column: str | None = None) -> tuple[str, ...]:
    """The sequences that the serial and identity columns of a table own, or one of them."""
    owned = relation(facts, table).sequences
    return tuple(name for name, owner in owned.items() if column in {None, owner})


def read_by(facts: Facts, view: str) -> tuple[str, ...]:
    """What a view reads, and what the views among these read."""
    found: list[str] = []
    waiting = list(relation(facts, view).reads)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found += family(facts, name)
        waiting += relation(facts, name).reads if relation(facts, name).kind == "v" else ()
    return tuple(dict.fromkeys(found))


def depending(facts: Facts, table: str, key: tuple[str, ...]) -> list[tuple[str, str]]:
    """The foreign keys that refer to these columns of a table: the child, and their name."""
    columns = f"({', '.join(naming.quote(column) for column in key)})"
    return [
        (child, name)
        for child, name, held in referencing(facts, table)
        if f"REFERENCES {table}{columns}" in held.definition
    ]


def is_new(facts: Facts, table: str) -> bool:
    """Whether the revision being judged created the table: no old code knows it."""
    return table in facts.created


def is_added(facts: Facts, table: str, columns: Iterable[str]) -> bool:
    """Whether the revision being judged added all of these columns (unquoted), one at least."""
    names = [f"{table}.{naming.quote(name)}" for name in columns]
    return bool(names) and facts.added_columns.issuperset(names)


def is_filled(facts: Facts, table: str, name: str) -> bool:
    """Whether the column has a value in rows whose INSERT leaves it out."""
    held = column(facts, table, name)
    return held is not None and bool(held.default or held.identity or held.generated)


def proved_not_null(facts: Facts, table: str, name: str, *, valid: bool = True) -> bool:
    """Whether the column is NOT NULL already, or a CHECK on it proves that it holds no NULL."""
    held = column(facts, table, name)
    return _validly_not_null(facts, table, name, held) or any(
        name in check.proves_not_null and (check.validated or not valid)
        for check in relation(facts, table).constraints.values()
    )


def _validly_not_null(facts: Facts, table: str, name: str, held: ColumnFacts | None) -> bool:
    if held is None or not held.not_null:
        return False
    constraints = relation(facts, table).constraints.values()
    return not any(c.kind == "n" and c.columns == (name,) and not c.validated for c in constraints)
