"""What a rule is: a generator of messages over one statement in its plan.

A rule is a module in ``phased/rules``, found by its file name, named for the bad thing::

    SEVERITY = Severity.WARNING                         # if not an error
    ALWAYS = True                                       # judged on an empty database too
    TOLD = True                                         # a warning that an upgrade says as well

    def judge(context) -> Iterator[str]: ...            # one message a finding
    def judge_source(plan) -> Iterator[tuple[int, str]]: ...   # line and message, if it has one

Its docstring says why, links PostgreSQL's documentation, and shows Bad and Good; ``phased explain``
prints it and a test runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from phased.facts.questions import index_owner, relation
from phased.model import Lock, Phase
from phased.syntax import names, tree
from phased.wording import rows, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phased.fact import Facts
    from phased.model import Plan, Statement, Step

UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask about one statement.

    Attributes:
        plan: The revision.
        step: What commits together, and in which phase.
        statement: What is judged.
        facts: The database right before the statement.
        before: The statements that ran earlier in the same transaction; their locks are held.
        after: The statements that follow in the same transaction.
        autocommit: The statement commits alone.
        pending: Plans of later revisions that are still to run.
        fresh: The database is empty, so no release is running on it.
    """

    plan: Plan
    step: Step
    statement: Statement
    facts: Facts
    before: tuple[Statement, ...] = ()
    after: tuple[Statement, ...] = ()
    autocommit: bool = False
    pending: tuple[Plan, ...] = ()
    fresh: bool = False


class Rule(Protocol):
    """The module of one rule; all but ``judge`` is optional."""

    __name__: str

    def judge(self, context: Context, /) -> Iterator[str]:
        """What is bad about the statement, one message a finding."""
        ...


def phase_name(context: Context) -> str:
    """The function of the revision file that the statement stands in: ``expand()``."""
    return f"{UPGRADE if context.plan.legacy else context.step.phase.word}()"


def before_contract(context: Context) -> bool:
    """Whether old code still runs for certain."""
    return context.step.phase is not Phase.CONTRACT


def existed(context: Context, relations: Iterable[str]) -> list[str]:
    """Those that were there before the revision: somebody may be using them."""
    new = context.facts.created | context.statement.creates
    return sorted(name for name in relations if name not in new)


def blocking(statement: Statement) -> dict[str, Lock]:
    """The locks of a statement that stop reads or writes, by relation."""
    return {name: lock for name, lock in statement.locks.items() if lock.blocks_writes}


def blocked(lock: Lock) -> str:
    """What waits for a lock: ``reads and writes`` or ``writes``."""
    return "reads and writes" if lock.blocks_reads else "writes"


def sized(context: Context, name: str) -> str:
    """A table with its size where the facts know it: ``users (~2.1M rows, 340 MB)``."""
    facts = relation(context.facts, name)
    if not context.facts.known or facts.rows < 0:
        return name
    return f"{name} ({rows(facts.rows)}, {size(facts.size)})"


def node(context: Context) -> tuple[str, Any]:
    """The name and the parse tree of the statement: ``alter_table_stmt``, …."""
    return tree.one(context.statement.sql)


def commands(context: Context) -> Iterator[tuple[str, str, Any]]:
    """What an ``ALTER TABLE`` does: table, name of the command (``AT_AddColumn``), its tree."""
    which, statement = node(context)
    if which != "alter_table_stmt":
        return
    table = names.of(statement.relation, context.facts)
    for each in statement.cmds:
        yield table, tree.enum(each.alter_table_cmd, "subtype"), each.alter_table_cmd


def table_of_index(context: Context, index: str) -> str:
    """The table an index is on; the index itself where the facts do not know."""
    owner = index_owner(context.facts, index)
    return owner[0] if owner else index
