"""An enum value is used in the transaction that adds it.

**Why.** PostgreSQL lets ALTER TYPE … ADD VALUE run in a transaction and refuses every use of the
value until that has committed: ``unsafe use of new value`` (55P04). In phases ADD VALUE has a step
of its own; ``upgrade()`` is one transaction and needs an autocommit block.

Source: https://www.postgresql.org/docs/current/sql-altertype.html#id-1.9.3.42.7

Bad::

    def upgrade() -> None:
        op.execute("ALTER TYPE mood ADD VALUE 'calm'")
        op.execute("ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'calm'")

Good::

    def upgrade() -> None:
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'calm'")
        op.execute("ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'calm'")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import execute, paste
from phased.rule import node
from phased.syntax import names
from phased.syntax.tree import kind, one, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.model import Statement
    from phased.rule import Context

ALWAYS = True


def judge(context: Context) -> Iterator[str]:
    """A literal that is a value which an earlier statement of the transaction adds."""
    used = _literals(context)
    for earlier in context.before:
        value = _added(earlier, context)
        if value in used:
            yield (
                f"This uses the enum value {value!r} in the transaction that adds it, which "
                "PostgreSQL refuses (55P04: unsafe use of new value). Commit the value first:"
                + paste("with op.get_context().autocommit_block():", f"    {execute(earlier.sql)}")
            )


def _added(earlier: Statement, context: Context) -> str | None:
    which, tree = one(earlier.sql)
    if which != "alter_enum_stmt" or tree.old_val:
        return None
    name = names.of_strings(strings(tree.type_name), context.facts)
    return None if name in context.facts.created else str(tree.new_val)


def _literals(context: Context) -> frozenset[str]:
    _, tree = node(context)
    return frozenset(
        part.sval.sval for part in walk(tree) if kind(part) == "A_Const" and part.HasField("sval")
    )
