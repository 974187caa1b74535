"""Add a value to an enum type.

**Why.** ALTER TYPE … ADD VALUE changes only the catalog and locks no table, so it is *expand*: new
code may write the value as soon as it runs. But old code may read it then, and the ORM of a release
whose enum does not have the value raises LookupError for the row. So the release before this one
must be able to read what it does not know, or the value is written only after the contract.

The value cannot be used in the transaction that adds it. A value can neither be removed nor,
without every reader knowing both, be renamed: that is a change of the column's type.

Source: https://www.postgresql.org/docs/current/sql-altertype.html

Bad::

    def contract() -> None:  # new code has been failing to write it since it was deployed
        op.add_enum_value("post_state", "archived")

Good::

    def expand() -> None:
        # Readers must tolerate 'archived' before anybody writes it …
        op.add_enum_value("post_state", "archived")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.operations.add_enum_value import AddEnumValueOp
from phased.operations.note import NoteOp
from phased.recipe import Phases

if TYPE_CHECKING:
    from phased.recipe import Context

HANDLES = (AddEnumValueOp,)
READERS_FIRST = (
    "Before anybody writes {value!r}, every reader must tolerate it: the release that is running "
    "now raises LookupError for a row that holds a value its {name} does not have."
)


def applies(op: AddEnumValueOp, context: Context) -> bool:
    """Every new value."""
    del op, context
    return True


def phases(op: AddEnumValueOp, context: Context) -> Phases:
    """In expand, with a word of warning."""
    del context
    warning = NoteOp(READERS_FIRST.format(value=op.value, name=op.name))
    return Phases(expand=(warning, op))
