"""A revision begins, commits or rolls back a transaction itself.

**Why.** Schema changes and the record that they were made commit together. A COMMIT in between ends
that: what runs after it is not undone by a failure, the version is recorded without the change or
the change without the version, and ``SET LOCAL lock_timeout`` is gone. What must commit on its own
gets a step of its own: CONCURRENTLY in the phases, ``autocommit_block()`` in ``upgrade()``.

Source: https://www.postgresql.org/docs/current/tutorial-transactions.html

Bad::

    def expand() -> None:
        op.execute("COMMIT")
        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)

Good::

    def expand() -> None:
        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phased.advice import paste
from phased.rule import node, phase_name
from phased.syntax.tree import enum, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

ALWAYS = True
_SAVEPOINTS = {"SAVEPOINT", "RELEASE", "ROLLBACK TO"}
_IN_BODY = re.compile(r"(?i)\b(COMMIT|ROLLBACK)\b(?:\s+AND\s+(?:NO\s+)?CHAIN)?\s*;")


def judge(context: Context) -> Iterator[str]:
    """BEGIN, COMMIT, ROLLBACK and the like, also in the body of a DO; in phases SAVEPOINT, too."""
    word = _word(context)
    if word:
        yield (
            f"{word} in {phase_name(context)} breaks the transaction that the change and its "
            "record commit in: a failure after it leaves the database half changed. "
            f"{_instead(context)}"
        )


def _word(context: Context) -> str:
    which, statement = node(context)
    if which == "transaction_stmt":
        word = enum(statement, "kind").removeprefix("TRANS_STMT_").replace("_", " ")
        return "" if context.plan.legacy and word in _SAVEPOINTS else word
    if which == "do_stmt":
        texts = (part.sval for part in walk(statement) if part.DESCRIPTOR.name == "String")
        found = _IN_BODY.search("\n".join(texts))
        return found[1].upper() if found else ""
    return ""


def _instead(context: Context) -> str:
    if not context.plan.legacy:
        return "Remove it: what cannot run in a transaction gets a step of its own."
    return "Remove it, and put what must not run in a transaction into a block:" + paste(
        "with op.get_context().autocommit_block():", "    ..."
    )
