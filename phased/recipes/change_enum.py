"""Refuse to remove, rename or reorder the labels of an enum type.

**Why.** PostgreSQL has no DROP VALUE, and the order of labels is fixed. RENAME VALUE changes only
the catalog, but from then on every query of the running release that names the old label fails, and
its ORM raises LookupError for every row that has the new one. So the new labels are a type of their
own, and every column that uses them gets a successor; the message says what to paste. The old type
is dropped with the last column that uses it.

One label that is gone and one that is new are taken for a rename. What becomes of rows with a label
that goes is for you to say, in ``up``. Adding labels is another recipe, ``add_enum_value``.

Source: https://www.postgresql.org/docs/current/sql-altertype.html

Bad::

    def expand() -> None:
        op.execute("ALTER TYPE post_state RENAME VALUE 'hidden' TO 'archived'")

Good::

    state: Mapped[str] = mapped_column(
        "state_v2",
        Enum("out", "archived", name="post_state_v2"),
        info=converted_from(
            "state",
            up="(CASE state::text WHEN 'hidden' THEN 'archived' ELSE state::text END)"
            "::post_state_v2",
            down="(CASE state_v2::text WHEN 'archived' THEN 'hidden' ELSE state_v2::text END)"
            "::post_state",
        ),
    )
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NoReturn

from phased.conversions import Conversion, kind
from phased.errors.changes import EnumLabelsChange
from phased.labels import moved, moves
from phased.naming import PLACEHOLDER, quote, relation
from phased.operation import literal
from phased.operations.change_enum import ChangeEnumOp
from phased.pasting import carries_on, elsewhere, successor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column

    from phased.conversions import Kind
    from phased.labels import Moves
    from phased.recipe import Context

    Use = tuple[str, Column[object], Kind]

HANDLES = (ChangeEnumOp,)
GUESS = (
    "This takes {old} for renamed to {new}. If it is not, say in up= what its rows become, and in "
    "down= what the running release reads for {new}."
)
OPEN = (
    "Say in up= what becomes of rows with a label that goes, in place of {placeholder}{down}. How "
    "many there are:"
)
DOWN = ", and in down= what the running release reads for one that comes"


def applies(op: ChangeEnumOp, context: Context) -> bool:
    """Every change of labels that is more than an addition."""
    del op, context
    return True


def phases(op: ChangeEnumOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        EnumLabelsChange: Always.
    """
    found, uses = moves(op.old, op.new), list(_uses(op, context))
    raise EnumLabelsChange(
        type=relation(op.name, op.schema),
        change=_change(found),
        paste="\n".join(_paste(op, found, use) for use in uses),
        more="".join(elsewhere(column) for _, column, _ in uses) + _more(found, uses),
    )


def _uses(op: ChangeEnumOp, context: Context) -> Iterator[Use]:
    """The models' columns of that type: table, column, kind."""
    schema = None if op.schema == context.facts.schema else op.schema
    for name, table in context.tables.items():
        for column in table.columns:
            held = kind(column.type, context.facts)
            if held is not None and held.enum == relation(op.name, schema):
                yield name, column, held


def _paste(op: ChangeEnumOp, found: Moves, use: Use) -> str:
    table, column, held = use
    return f"    # {table}\n" + textwrap.indent(
        carries_on(column, _given(op, found, column, held), enum=successor(op.name)), "    "
    )


def _given(op: ChangeEnumOp, found: Moves, column: Column[object], held: Kind) -> Conversion | None:
    """None where only the order is another one: that is obvious."""
    if not found.removed:
        return None
    old, new = quote(str(column.name)), quote(successor(str(column.name)))
    types = held.enum, held.enum.removesuffix(quote(op.name)) + quote(successor(op.name))
    return Conversion(
        moved(old, found.up, types[1], array=held.type.array),
        moved(new, found.down, types[0], array=held.type.array),
    )


def _more(found: Moves, uses: Iterable[Use]) -> str:
    if found.renamed:
        return "\n" + GUESS.format(old=literal(found.removed[0]), new=literal(found.added[0]))
    if not found.open:
        return ""
    counts = "\n".join(textwrap.indent(_count(found, use), "    ") for use in uses)
    down = DOWN if found.down else ""
    return f"\n{OPEN.format(placeholder=PLACEHOLDER, down=down)}\n\n{counts}"


def _count(found: Moves, use: Use) -> str:
    """A query for the rows that have a label that goes."""
    table, column, held = use
    name, labels = quote(str(column.name)), ", ".join(map(literal, found.removed))
    source, label = table, name
    if held.type.array:
        source, label = f"{table}, unnest({name}) AS label", "label"
    return f"SELECT {label}, count(*) FROM {source} WHERE {label} IN ({labels}) GROUP BY {label};"


def _change(found: Moves) -> str:
    if not found.removed:
        return "they are in another order"
    gone = f"{_listed(found.removed)} {'is' if len(found.removed) == 1 else 'are'} gone"
    came = f"{_listed(found.added)} {'is' if len(found.added) == 1 else 'are'} new"
    return f"{gone}, {came}" if found.added else gone


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(literal(label) for label in labels)
