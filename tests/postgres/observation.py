"""Run a statement on a real server and write down what it takes."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import pytest
from server import VERSION

from phased import catalog
from phased.facts.questions import index_owner
from phased.model import Lock
from phased.naming import relation
from phased.price import strongest
from phased.statements import evolve, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phased.fact import Facts, RelationFacts
    from phased.model import Statement

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

# Nothing that the planner or parallel workers choose shall make a difference.
STEADY = (
    "SET max_parallel_maintenance_workers = 0",
    "SET max_parallel_workers_per_gather = 0",
    "SET statement_timeout = '30s'",
)
DEADLINE = 20  # seconds until a statement that should wait is given up


@dataclass(frozen=True)
class Case:
    """One statement, what must exist before it, and where it runs.

    Attributes:
        id: The name of the test.
        setup: Statements separated by semicolons, run one by one before.
        sql: The statement that is observed; several are one text.
        versions: The servers that have it.
        blockers: For a statement that cannot run in a transaction: what other sessions hold, one
            after another, so that it waits where its locks can be seen.
        session: Settings of the session that runs it.
        may_read: Relations whose reading does not count: the planner's choice (the referenced
            table when a foreign key is checked), or an empty one (after TRUNCATE).
        unknown: Relations whose columns only the server knows, as of CREATE TABLE AS.
    """

    id: str
    setup: str
    sql: str
    versions: tuple[int, ...] = (16, 18)
    blockers: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    may_read: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@dataclass
class Observation:
    """What a server showed, relations named as regclass prints them."""

    locks: dict[str, Lock] = field(default_factory=dict)
    scans: frozenset[str] = frozenset()
    rewrites: frozenset[str] = frozenset()
    transactional: bool = True
    after: Facts | None = None


def on_this_server(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """The cases that the server of this run has, as parameters of a test."""
    found = [case for case in cases if VERSION in case.versions]
    return pytest.mark.parametrize("case", found, ids=[case.id for case in found])


def outcomes(case: Case, connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``parse`` and ``evolve`` declare, and what the server shows, to be compared with ``==``.

    Compared exactly: locks on tables, partitioned tables, views, materialized views and
    sequences; scans; rewrites; whether a transaction block is allowed; and for statements that
    run in one, that ``evolve`` knows what the catalog has afterwards. Of an index the declared
    lock must be observed; a stronger one than readers and writers take must be declared unless
    its table is locked ACCESS EXCLUSIVE, which leaves nobody to notice it.
    """
    prepare(connection, case)
    facts = catalog.read(connection)
    statements = parse(case.sql, facts=facts)
    seen = observe(connection, case, statements)
    locks = strongest(*(statement.locks for statement in statements))
    declared = {
        "locks": _visible(locks, facts, seen.locks),
        "scans": frozenset().union(*(s.scans for s in statements)) - case.may_read,
        "rewrites": frozenset().union(*(s.rewrites for s in statements)),
        "transactional": all(s.transactional for s in statements),
    }
    observed = {
        "locks": _visible(seen.locks, facts, locks),
        "scans": seen.scans - case.may_read,
        "rewrites": seen.rewrites,
        "transactional": seen.transactional,
    }
    if seen.after is not None:
        for statement in statements:
            facts = evolve(facts, statement)
        declared["after"], observed["after"] = _different(
            known(facts, case.unknown), known(seen.after, case.unknown)
        )
    return declared, observed


def _different(one: dict[str, Any], two: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entries that differ, so that a failure shows no more than that."""
    names = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    return {n: one.get(n) for n in names}, {n: two.get(n) for n in names}


def prepare(connection: Connection, case: Case) -> None:
    """Bring the database to where the statement runs."""
    for setting in STEADY:
        connection.execute(setting)
    for statement in parse(case.setup):
        connection.execute(statement.sql)
    for setting in case.session:
        connection.execute(setting)


def _visible(locks: dict[str, Lock], facts: Facts, other: dict[str, Lock]) -> dict[str, Lock]:
    """The locks that count, by the rule above; ``other`` is the other side of the comparison."""
    found = {}
    for name, lock in locks.items():
        if name in facts.relations or name in other:
            found[name] = lock
            continue
        owner = index_owner(facts, name)
        hidden = owner is not None and locks.get(owner[0]) is Lock.ACCESS_EXCLUSIVE
        if lock.strength > Lock.ROW_EXCLUSIVE.strength and not hidden:
            found[name] = lock
    return found


def observe(connection: Connection, case: Case, statements: list[Statement]) -> Observation:
    """What the server shows while the statement runs."""
    if case.blockers or not all(statement.transactional for statement in statements):
        return _alone(connection, case)
    return _in_transaction(connection, case)


def _in_transaction(connection: Connection, case: Case) -> Observation:
    before = _files(connection)
    with connection.transaction(force_rollback=True):
        counted = _scans_so_far(connection)
        connection.execute(case.sql)
        locks = _locks(connection, connection.info.backend_pid, before)
        scanned = _more(counted, _scans_so_far(connection), before)
        rewritten = _rewritten(before, _files(connection))
        after = catalog.read(connection)
    return Observation(locks, scanned, rewritten, after=after)


def _files(connection: Connection) -> dict[int, tuple[str, int, str]]:
    """By oid: the name, the file node and the kind of every relation of the user."""
    rows = connection.execute(
        "SELECT c.oid, n.nspname, c.relname, c.relfilenode, c.relkind, current_schema()"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind <> 'c'"
        " AND n.nspname NOT IN ('information_schema', 'pg_catalog', 'pg_toast')"
    ).fetchall()
    return {
        oid: (relation(name, None if schema == default else schema), node, kind)
        for oid, schema, name, node, kind, default in rows
    }


def _scans_so_far(connection: Connection) -> dict[int, int]:
    """By oid: how often this backend began to read a whole table since its last report."""
    query = "SELECT oid, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE relkind IN ('r', 'm')"
    return dict(connection.execute(query).fetchall())


def _more(
    before: dict[int, int], after: dict[int, int], names: dict[int, tuple[str, int, str]]
) -> frozenset[str]:
    """The relations that were read; new ones do not count."""
    read = {oid for oid, count in after.items() if oid in names and count > before.get(oid, 0)}
    return frozenset(names[oid][0] for oid in read)


def _rewritten(
    before: dict[int, tuple[str, int, str]], after: dict[int, tuple[str, int, str]]
) -> frozenset[str]:
    """Tables with another file; an index with another file where its table kept its own.

    An index that a change of type builds anew has another oid, so it does not count.
    """
    changed = {
        oid for oid, (_, node, _) in before.items() if oid in after and after[oid][1] != node
    }
    tables = {oid for oid in changed if before[oid][2] in "rm"}
    if tables:
        return frozenset(before[oid][0] for oid in tables)
    return frozenset(before[oid][0] for oid in changed if before[oid][2] in "iI")


def _locks(
    connection: Connection, pid: int, before: dict[int, tuple[str, int, str]]
) -> dict[str, Lock]:
    rows = connection.execute(
        "SELECT relation, mode FROM pg_locks WHERE pid = %s AND locktype = 'relation'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (pid,),
    ).fetchall()
    found = [{before[oid][0]: Lock(mode)} for oid, mode in rows if oid in before]
    return strongest(*found)


def _alone(connection: Connection, case: Case) -> Observation:
    """A statement in autocommit, watched from a second connection wherever it waits."""
    transactional = _allowed_in_transaction(connection, case)
    before = _files(connection)
    connection.execute("SELECT pg_stat_force_next_flush()")
    scans = _scan_counts(connection)
    locks: dict[str, Lock] = {}
    with ExitStack() as stack:
        watcher = stack.enter_context(psycopg.connect(connection.info.dsn, autocommit=True))
        held = [stack.enter_context(_holding(connection.info.dsn, sql)) for sql in case.blockers]
        thread, failures = _started(connection, case.sql)
        pids = [blocker.info.backend_pid for blocker in held]
        for blocker, pid in zip(held, pids, strict=True):
            _wait_until_blocked_by(watcher, connection.info.backend_pid, pid, failures)
            seen = _locks(watcher, connection.info.backend_pid, before)
            locks = strongest(locks, seen)
            blocker.rollback()
        thread.join(DEADLINE)
    assert not thread.is_alive()
    assert failures == []
    connection.execute("SELECT pg_stat_force_next_flush()")
    scanned = _more(scans, _scan_counts(connection), before)
    after = _files(connection)
    rewritten = _rewritten(before, after) | _replaced(before, after)
    return Observation(locks, scanned, rewritten, transactional)


def _replaced(
    before: dict[int, tuple[str, int, str]], after: dict[int, tuple[str, int, str]]
) -> frozenset[str]:
    """Indexes that are there under their old name with another oid."""
    names = {name for oid, (name, _, kind) in before.items() if kind == "i" and oid not in after}
    return frozenset(name for name, _, _ in after.values() if name in names)


def _allowed_in_transaction(connection: Connection, case: Case) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(case.sql)
    except psycopg.errors.ActiveSqlTransaction:
        return False
    return True


def _scan_counts(connection: Connection) -> dict[int, int]:
    connection.execute("SELECT pg_stat_clear_snapshot()")
    return dict(connection.execute("SELECT relid, seq_scan FROM pg_stat_all_tables").fetchall())


def _holding(dsn: str, sql: str) -> Connection:
    blocker = psycopg.connect(dsn)
    blocker.execute(sql.encode())
    return blocker


def _started(connection: Connection, sql: str) -> tuple[threading.Thread, list[Exception]]:
    failures: list[Exception] = []

    def run() -> None:
        try:
            connection.execute(sql.encode())
        except psycopg.Error as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, failures


def _wait_until_blocked_by(
    watcher: Connection, waiting: int, blocker: int, failures: list[Exception]
) -> None:
    """Poll until the server itself says that one backend waits for the other."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert failures == []
        row = watcher.execute("SELECT %s = ANY(pg_blocking_pids(%s))", (blocker, waiting))
        if row.fetchone() == (True,):
            return
    pytest.fail("the statement did not come to wait where it should")


def known(facts: Facts, unknown: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What ``evolve`` promises to know of every relation, comparable with the catalog."""
    return {
        name: held.kind if name in unknown else _known(held)
        for name, held in facts.relations.items()
    }


def _known(held: RelationFacts) -> dict[str, Any]:
    columns = {
        name: (c.type, c.not_null, c.default is not None, c.generated, c.identity)
        for name, c in held.columns.items()
    }
    constraints = {
        name: (c.kind, c.columns, c.validated, c.references, c.index, c.proves_not_null)
        for name, c in held.constraints.items()
        if c.kind != "n" or not c.validated
    }
    indexes = {name: (i.columns, i.unique) for name, i in held.indexes.items()}
    place = (
        held.kind,
        sorted(held.partitions),
        held.parent,
        held.default_partition,
        held.partition_key,
        held.sequences,
    )
    return {
        "columns": columns if held.kind in "rp" else {},
        "constraints": constraints,
        "indexes": indexes,
        "place": place,
        "statistics": held.statistics,
        "reads": held.reads,
    }
