"""What a partition gets from its parent: indexes, keys, checks and foreign keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.facts import changes
from phased.facts.questions import relation, split
from phased.syntax import constraints
from phased.syntax.indexes import behind

if TYPE_CHECKING:
    from phased.fact import Facts, IndexFacts


def missing(partition: str, parent: str, facts: Facts) -> dict[str, IndexFacts]:
    """The indexes of a parent that its partition lacks, by their names on the parent."""
    held = {_like(index) for index in relation(facts, partition).indexes.values()}
    wanted = relation(facts, parent).indexes
    return {name: index for name, index in wanted.items() if _like(index) not in held}


def _like(index: IndexFacts) -> tuple[tuple[str, ...], bool]:
    return index.columns, index.unique


def completed(facts: Facts, partition: str, parent: str) -> Facts:
    """The facts with all that the partition gets from its parent."""
    for name, index in missing(partition, parent, facts).items():
        facts = _indexed(facts, partition, parent, name, index)
    for name, held in relation(facts, parent).constraints.items():
        if held.kind in "cf" and name not in relation(facts, partition).constraints:
            facts = changes.put_constraint(facts, partition, name, held)
    return facts


def _indexed(facts: Facts, partition: str, parent: str, name: str, index: IndexFacts) -> Facts:
    """An index, with the key that stands behind it; both get names of their own."""
    keys = relation(facts, parent).constraints.values()
    key = next((held for held in keys if held.index == name), None)
    if key is None:
        own = constraints.free_name(split(partition)[1], _parts(index), "idx", partition, facts)
        return changes.put_index(facts, partition, own, replace(index, table=partition))
    own = constraints.invented(key.kind, partition, key.columns, facts)
    held = replace(key, index=own)
    for column in key.columns if key.kind == "p" else ():
        facts = changes.set_column(facts, partition, column, not_null=True)
    return behind(changes.put_constraint(facts, partition, own, held), partition, held)


def _parts(index: IndexFacts) -> tuple[str, ...]:
    """The pieces that the name of an index is made of; one of expressions only says so."""
    return index.columns or ("expr",)
