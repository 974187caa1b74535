"""A revision changes a setting that the runner relies on.

**Why.** phased queues for a lock with a short ``lock_timeout``, so that a waiting ACCESS EXCLUSIVE
request never stalls the queries behind it for longer than ``max_stall``. A revision that sets
``lock_timeout`` or ``statement_timeout`` takes that away, a timeout makes CONCURRENTLY leave an
INVALID index, and ``search_path`` or ``role`` lead what follows to other tables or rights.

Source: https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT

Bad::

    def expand() -> None:
        op.execute("SET lock_timeout = '5min'")
        op.add_column("users", sa.Column("age", sa.Integer()))

Good::

    def expand() -> None:
        op.add_column("users", sa.Column("age", sa.Integer()))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.model import Severity
from phased.rule import node
from phased.syntax.tree import kind, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

SEVERITY = Severity.WARNING
_WATCHED = {
    "lock_timeout": "Set PHASED_MAX_STALL or PHASED_LOCK_BUDGET instead.",
    "statement_timeout": "phased sets it where a statement may be stopped.",
    "transaction_timeout": "phased sets it where a transaction may be stopped.",
    "idle_in_transaction_session_timeout": "phased never idles in a transaction.",
    "search_path": 'Name the schema in the operation: schema="…".',
    "role": "Connect as the role that owns the tables.",
    "session_authorization": "Connect as the role that owns the tables.",
}


def judge(context: Context) -> Iterator[str]:
    """SET, RESET and set_config() of a watched setting, and DISCARD ALL."""
    for setting in _changed(context):
        if setting in _WATCHED:
            yield (
                f"This changes {setting}, which phased sets for every step: the promise that no "
                f"query waits longer than max_stall no longer holds. {_WATCHED[setting]}"
            )


def _changed(context: Context) -> Iterator[str]:
    which, statement = node(context)
    if which == "variable_set_stmt":
        yield statement.name.lower() or "search_path"
    elif which == "discard_stmt":
        yield "search_path"
    elif which == "select_stmt":
        yield from _by_function(statement)


def _by_function(statement: Any) -> Iterator[str]:
    for call in walk(statement):
        if kind(call) == "FuncCall" and strings(call.funcname)[-1] == "set_config" and call.args:
            yield call.args[0].a_const.sval.sval.lower()
