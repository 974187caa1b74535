"""Refuse to remove, rename or reorder the labels of an enum type.

**Why.** PostgreSQL has no DROP VALUE, and the order of labels is fixed. RENAME VALUE changes only
the catalog, but from then on every query of the running release that names the old label fails, and
its ORM raises LookupError for every row that has the new one. Adding labels is another recipe,
``add_enum_value``.

Source: https://www.postgresql.org/docs/current/sql-altertype.html

Bad::

    def expand() -> None:
        op.execute("ALTER TYPE post_state RENAME VALUE 'hidden' TO 'archived'")

Good::

    def expand() -> None:  # both labels; the code stops writing 'hidden'
        op.add_enum_value("post_state", "archived")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from phased.errors.changes import EnumLabelsChange
from phased.naming import quote, relation
from phased.operations.change_enum import ChangeEnumOp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.recipe import Context

HANDLES = (ChangeEnumOp,)


def applies(op: ChangeEnumOp, context: Context) -> bool:
    """Every change of labels that is more than an addition."""
    del op, context
    return True


def phases(op: ChangeEnumOp, context: Context) -> NoReturn:
    """There are none.

    Raises:
        EnumLabelsChange: Always.
    """
    del context
    added = [label for label in op.new if label not in op.old]
    raise EnumLabelsChange(
        type=relation(op.name, op.schema),
        name=op.name,
        change=_change(op, added),
        labels=_listed([*op.old, *added]),
        new=_listed(op.new),
        successor=quote(f"{op.name}_v2"),
    )


def _change(op: ChangeEnumOp, added: list[str]) -> str:
    removed = [label for label in op.old if label not in op.new]
    if not removed:
        return "they are in another order"
    gone = f"{_listed(removed)} {'is' if len(removed) == 1 else 'are'} gone"
    return f"{gone}, {_listed(added)} {'is' if len(added) == 1 else 'are'} new" if added else gone


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(repr(label) for label in labels)
