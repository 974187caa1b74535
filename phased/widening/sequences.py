"""The sequence of a key on its way to the successor, with the value it has reached.

A serial's sequence changes hands. An identity's cannot: its successor begins where it stood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations.ops import ExecuteSQLOp

from phased.expressions import escaped
from phased.naming import quote
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phased.widening.column import OwnedSequence, Widened

WORDS = {"a": "ALWAYS", "d": "BY DEFAULT"}


def execute(sql: str) -> ExecuteSQLOp:
    """SQL as it stands."""
    return ExecuteSQLOp(escaped(sql))


def held(sequences: Sequence[OwnedSequence], word: dict[str, str]) -> Iterator[ExecuteSQLOp]:
    """From here on ``nextval`` waits: nobody gets a value that the successor gives again."""
    for place, one in enumerate(sequences):
        if one.narrow:
            yield execute(f"ALTER SEQUENCE {one.name} AS {word[one.name]}")
        if one.identity:
            yield execute(
                f"SELECT set_config('phased.last_value_{place}', last_value::text, true), "
                f"set_config('phased.is_called_{place}', is_called::text, true) FROM {one.name}"
            )


def handed_over(sequences: Sequence[OwnedSequence], column: Widened) -> Iterator[ExecuteSQLOp]:
    """What the old column owns by itself, before it is dropped."""
    for one in sequences:
        if one.place == column.place and not one.identity:
            owner = f"{column.relation}.{quote(column.mirror)}"
            yield execute(f"ALTER SEQUENCE {one.name} OWNED BY {owner}")


def begun_again(sequences: Sequence[OwnedSequence], column: Widened) -> Iterator[ExecuteSQLOp]:
    """An identity on the new column, as the old one was, and as far."""
    for place, one in enumerate(sequences):
        if one.place != column.place or not one.identity:
            continue
        options = f" ({one.options})" if one.options else ""
        yield execute(
            f"ALTER TABLE {column.relation} ALTER COLUMN {quote(column.name)} "
            f"ADD GENERATED {WORDS[one.identity]} AS IDENTITY{options}"
        )
        yield execute(
            f"SELECT setval({literal(one.name)}, "
            f"current_setting('phased.last_value_{place}')::bigint, "
            f"current_setting('phased.is_called_{place}')::boolean)"
        )
        yield from map(execute, one.after)
