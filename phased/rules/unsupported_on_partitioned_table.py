"""A form that PostgreSQL refuses on a partitioned table.

**Why.** CONCURRENTLY, ADD CONSTRAINT … USING INDEX and, before PostgreSQL 18, a foreign key that is
NOT VALID work on ordinary tables alone. On a partitioned table the statement fails, after the ones
before it have run. The way is partition by partition: what the parent needs is made on it alone, on
each partition beside the traffic, and then attached.

Source: https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE

Bad::

    def expand() -> None:
        op.create_index("ix_events_at", "events", ["at"], postgresql_concurrently=True)

Good::

    def expand() -> None:
        op.create_index_on_only("ix_events_at", "events", ["at"])
        op.create_index("ix_events_1_at", "events_1", ["at"], postgresql_concurrently=True)
        op.attach_index("ix_events_at", "ix_events_1_at")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phased.advice import paste
from phased.facts.questions import relation
from phased.rule import commands, node
from phased.syntax import names
from phased.syntax.tree import enum
from phased.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phased.rule import Context

ALWAYS = True
_PARTITIONED = "p"
_NOT_VALID_SINCE = 18
_CONCURRENTLY = "CREATE INDEX CONCURRENTLY"
_USING_INDEX = "ADD CONSTRAINT … USING INDEX"
_NOT_VALID = "a foreign key that is NOT VALID"
_INDEXES = (
    "op.create_index_on_only(...)",
    "op.create_index(..., postgresql_concurrently=True)  # for each partition",
    "op.attach_index(...)  # for each partition",
)
_CONSTRAINTS = (
    "op.create_unique_constraint_on_only(...)",
    "op.create_index(..., unique=True, postgresql_concurrently=True)  # for each partition",
    "op.create_unique_constraint_using_index(...)  # for each partition",
    "op.attach_index(...)  # for each partition",
)


def judge(context: Context) -> Iterator[str]:
    """CONCURRENTLY, USING INDEX and NOT VALID where the facts know the table is partitioned."""
    table = _table(context)
    facts = relation(context.facts, table)
    if facts.kind != _PARTITIONED:
        return
    form = next((form for form in _forms(context)), None)
    if form:
        yield (
            f"{table} is partitioned ({count(len(facts.partitions), 'partition')}), and PostgreSQL "
            f"{context.facts.server} refuses {form} on a partitioned table. {_instead(form)}"
        )


def _table(context: Context) -> str:
    _, statement = node(context)
    known = "relation" in statement.DESCRIPTOR.fields_by_name and statement.HasField("relation")
    return names.of(statement.relation, context.facts) if known else ""


def _forms(context: Context) -> Iterator[str]:
    which, statement = node(context)
    if which == "index_stmt" and statement.concurrent:
        yield _CONCURRENTLY
    for _, command, tree in commands(context):
        constraint = getattr(tree, "def").constraint
        if command != "AT_AddConstraint":
            continue
        if constraint.indexname:
            yield _USING_INDEX
        foreign = enum(constraint, "contype") == "CONSTR_FOREIGN"
        if foreign and constraint.skip_validation and context.facts.server < _NOT_VALID_SINCE:
            yield _NOT_VALID


def _instead(form: str) -> str:
    if form == _NOT_VALID:
        return (
            "Add it NOT VALID to each partition, validate each, and then add it to the parent, "
            "which adopts them without reading a row."
        )
    calls = _INDEXES if form == _CONCURRENTLY else _CONSTRAINTS
    return f"Make it on the parent alone, on each partition, and attach:{paste(*calls)}"
