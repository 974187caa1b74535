"""Facts after something was created, altered, dropped or renamed. Every change is a new value."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from phased import naming
from phased.fact import ColumnFacts, RelationFacts
from phased.facts.questions import named, relation, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phased.fact import ConstraintFacts, Facts, IndexFacts

V = TypeVar("V")
Change: TypeAlias = "Callable[[Facts, str], Facts]"


def put(facts: Facts, name: str, held: RelationFacts) -> Facts:
    """With this relation as it is now."""
    return replace(facts, relations={**facts.relations, name: held})


def create(facts: Facts, name: str, held: RelationFacts) -> Facts:
    """With a relation that did not exist before."""
    return replace(put(facts, name, held), created=facts.created | {name})


def sequence(facts: Facts, table: str, column: str, name: str) -> Facts:
    """With a new sequence that a column of the table owns."""
    return create(own(facts, table, column, name), name, RelationFacts(kind="S", rows=1))


def own(facts: Facts, table: str, column: str, name: str) -> Facts:
    """With a sequence owned by this column and no other."""
    facts = replace(facts, relations={n: _disown(r, name) for n, r in facts.relations.items()})
    held = relation(facts, table)
    return put(facts, table, replace(held, sequences={**held.sequences, name: column}))


def _disown(held: RelationFacts, name: str) -> RelationFacts:
    if name not in held.sequences:
        return held
    return replace(held, sequences=without(held.sequences, name))


def count(facts: Facts, table: str, name: str) -> Facts:
    """With extended statistics on a table."""
    held = relation(facts, table)
    return put(facts, table, replace(held, statistics=(*held.statistics, name)))


def uncount(facts: Facts, gone: frozenset[str]) -> Facts:
    """Without these extended statistics, whichever table they were on."""
    relations = {
        name: replace(held, statistics=tuple(s for s in held.statistics if s not in gone))
        if gone.intersection(held.statistics)
        else held
        for name, held in facts.relations.items()
    }
    return replace(facts, relations=relations)


def drop(facts: Facts, name: str) -> Facts:
    """Without this relation, the foreign keys that refer to it, and its place in its parents."""
    relations = {
        other: _forgetting(held, name) for other, held in facts.relations.items() if other != name
    }
    return replace(facts, relations=relations, created=facts.created - {name})


def _forgetting(held: RelationFacts, name: str) -> RelationFacts:
    held = _disown(held, name)
    held = attached(held, held.partitions, parent=None if held.parent == name else held.parent)
    if name in held.partitions:
        rest = tuple(partition for partition in held.partitions if partition != name)
        default = _unless(held.default_partition, name)
        held = replace(held, partitions=rest, default_partition=default)
    if any(c.references == name for c in held.constraints.values()):
        kept = {n: c for n, c in held.constraints.items() if c.references != name}
        held = replace(held, constraints=kept)
    return held


def attached(held: RelationFacts, partitions: tuple[str, ...], parent: str | None) -> RelationFacts:
    """With this place in a tree of partitions."""
    if (held.partitions, held.parent) == (partitions, parent):
        return held
    return replace(held, partitions=partitions, parent=parent)


def adopt(facts: Facts, parent: str, child: str, *, default: bool = False) -> Facts:
    """With a table, and what is below it, as a partition or child of another one."""
    below = (child, *relation(facts, child).partitions)
    above: str | None = parent
    while above:
        held = relation(facts, above)
        new = tuple(name for name in below if name not in held.partitions)
        held = replace(held, partitions=(*held.partitions, *new))
        facts = put(facts, above, held)
        above = held.parent
    if default:
        facts = put(facts, parent, replace(relation(facts, parent), default_partition=child))
    return put(facts, child, replace(relation(facts, child), parent=parent))


def orphan(facts: Facts, child: str) -> Facts:
    """With a table, and what is below it, on its own."""
    below = {child, *relation(facts, child).partitions}
    relations = {
        name: replace(
            held,
            partitions=tuple(p for p in held.partitions if p not in below),
            default_partition=_unless(held.default_partition, child),
        )
        if child in held.partitions
        else held
        for name, held in facts.relations.items()
    }
    facts = replace(facts, relations=relations)
    return put(facts, child, replace(relation(facts, child), parent=None))


def _unless(name: str | None, gone: str) -> str | None:
    return None if name == gone else name


def rename(facts: Facts, old: str, new: str) -> Facts:
    """With a relation under its new name, wherever it is mentioned."""
    relations = {
        (new if name == old else name): _renaming(held, old, new)
        if name == old or _mentions(held, old)
        else held
        for name, held in facts.relations.items()
    }
    created = frozenset(new if name == old else name for name in facts.created)
    columns = frozenset(_moved(name, old, new) for name in facts.added_columns)
    return replace(facts, relations=relations, created=created, added_columns=columns)


def _moved(column: str, old: str, new: str) -> str:
    return new + column.removeprefix(old) if column.startswith(f"{old}.") else column


def _mentions(held: RelationFacts, name: str) -> bool:
    """Most relations do not, and making values anew is what takes time where there are many."""
    return (
        name in {held.parent, held.default_partition, *held.partitions, *held.sequences}
        or name in held.reads
        or any(c.references == name for c in held.constraints.values())
    )


def _renaming(held: RelationFacts, old: str, new: str) -> RelationFacts:
    held = replace(
        held,
        partitions=_swap(held.partitions, old, new),
        reads=_swap(held.reads, old, new),
        sequences={(new if s == old else s): c for s, c in held.sequences.items()},
        parent=new if held.parent == old else held.parent,
        default_partition=new if held.default_partition == old else held.default_partition,
        indexes={
            n: replace(i, table=new) if i.table == old else i for n, i in held.indexes.items()
        },
    )
    if any(c.references == old for c in held.constraints.values()):
        kept = {
            n: replace(c, references=new) if c.references == old else c
            for n, c in held.constraints.items()
        }
        held = replace(held, constraints=kept)
    return held


def set_column(facts: Facts, table: str, name: str, **changes: object) -> Facts:
    """With a column changed; one that was not known of has an empty type, and keeps it."""
    held = relation(facts, table)
    known = held.columns.get(name, ColumnFacts(type=""))
    changed = replace(known, **changes)  # type: ignore[arg-type] # the callers name its fields
    if not known.type:
        changed = replace(changed, type="")
    return put(facts, table, replace(held, columns={**held.columns, name: changed}))


def add_column(facts: Facts, table: str, name: str, held: ColumnFacts) -> Facts:
    """With a column that the revision being judged added."""
    columns = {**relation(facts, table).columns, name: held}
    facts = put(facts, table, replace(relation(facts, table), columns=columns))
    return replace(facts, added_columns=facts.added_columns | {_column(table, name)})


def _column(table: str, name: str) -> str:
    return f"{table}.{naming.quote(name)}"


def drop_column(facts: Facts, table: str, name: str, gone: frozenset[str]) -> Facts:
    """Without a column, the constraints that it is part of, and the indexes that go with it."""
    held = relation(facts, table)
    owned = [sequence for sequence, column in held.sequences.items() if column == name]
    held = replace(
        held,
        columns=without(held.columns, name),
        sequences={s: column for s, column in held.sequences.items() if column != name},
        constraints={n: c for n, c in held.constraints.items() if name not in c.columns},
        indexes={n: i for n, i in held.indexes.items() if n not in gone},
    )
    facts = replace(facts, added_columns=facts.added_columns - {_column(table, name)})
    facts = put(facts, table, held)
    for owned_one in owned:
        facts = drop(facts, owned_one)
    return facts


def rename_column(facts: Facts, table: str, old: str, new: str) -> Facts:
    """With a column under its new name, also in constraints and indexes."""
    held = relation(facts, table)
    held = replace(
        held,
        columns={(new if n == old else n): c for n, c in held.columns.items()},
        hanging={(new if n == old else n): c for n, c in held.hanging.items()},
        sequences={s: (new if c == old else c) for s, c in held.sequences.items()},
        partition_key=_in_key(held.partition_key, old, new),
        constraints={n: _of_column(c, old, new) for n, c in held.constraints.items()},
        indexes={
            n: replace(i, columns=_swap(i.columns, old, new)) for n, i in held.indexes.items()
        },
    )
    added = facts.added_columns
    if _column(table, old) in added:
        added = (added - {_column(table, old)}) | {_column(table, new)}
    return put(replace(facts, added_columns=added), table, held)


def _in_key(key: str, old: str, new: str) -> str:
    word = rf'(?<![\w"]){re.escape(naming.quote(old))}(?![\w"])'
    return re.sub(word, lambda _: naming.quote(new), key)


def _of_column(held: ConstraintFacts, old: str, new: str) -> ConstraintFacts:
    proves = frozenset(_swap(tuple(held.proves_not_null), old, new))
    return replace(held, columns=_swap(held.columns, old, new), proves_not_null=proves)


def _swap(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def put_constraint(facts: Facts, table: str, name: str, held: ConstraintFacts) -> Facts:
    """With this constraint as it is now."""
    known = relation(facts, table)
    return put(facts, table, replace(known, constraints={**known.constraints, name: held}))


def validated(facts: Facts, table: str, name: str, *, valid: bool = True) -> Facts:
    """With a constraint no longer NOT VALID; unknown constraints stay unknown."""
    held = relation(facts, table).constraints.get(name)
    if held is None:
        return facts
    return put_constraint(facts, table, name, replace(held, validated=valid))


def drop_constraint(facts: Facts, table: str, name: str) -> Facts:
    """Without a constraint and the index behind it."""
    known = relation(facts, table)
    gone = known.constraints.get(name)
    indexes = known.indexes if gone is None else without(known.indexes, gone.index or "")
    constraints = without(known.constraints, name)
    return put(facts, table, replace(known, constraints=constraints, indexes=indexes))


def put_index(facts: Facts, table: str, name: str, held: IndexFacts) -> Facts:
    """With this index as it is now."""
    known = relation(facts, table)
    return put(facts, table, replace(known, indexes={**known.indexes, name: held}))


def drop_index(facts: Facts, table: str, name: str) -> Facts:
    """Without an index."""
    known = relation(facts, table)
    return put(facts, table, replace(known, indexes=without(known.indexes, name)))


def without(mapping: Mapping[str, V], key: str) -> dict[str, V]:
    """The mapping without one key."""
    return {name: value for name, value in mapping.items() if name != key}


def move(facts: Facts, name: str, schema: str) -> Facts:
    """With a relation in another schema."""
    return rename(facts, name, named(facts, split(name)[1], schema))


def each(facts: Facts, names: tuple[str, ...], change: Change) -> Facts:
    """The same change on several tables, as a change of a partitioned table cascades."""
    for name in names:
        facts = change(facts, name)
    return facts
