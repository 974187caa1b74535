"""The nouns of a rollout: phases, locks, statements, steps, plans, facts, findings. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

EMPTY: Mapping[str, str] = MappingProxyType({})


class Phase(IntEnum):
    """When a step runs, judged by what the release that is running experiences."""

    EXPAND = 0
    BACKFILL = 1
    CONTRACT = 2

    @property
    def word(self) -> str:
        """The name as revisions, the ledger and reports spell it: ``expand``."""
        return self.name.lower()


class Lock(StrEnum):
    """A table lock mode, named as ``pg_locks.mode`` names it, weakest first.

    Source: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
    """

    ACCESS_SHARE = "AccessShareLock"
    ROW_SHARE = "RowShareLock"
    ROW_EXCLUSIVE = "RowExclusiveLock"
    SHARE_UPDATE_EXCLUSIVE = "ShareUpdateExclusiveLock"
    SHARE = "ShareLock"
    SHARE_ROW_EXCLUSIVE = "ShareRowExclusiveLock"
    EXCLUSIVE = "ExclusiveLock"
    ACCESS_EXCLUSIVE = "AccessExclusiveLock"

    @property
    def sql(self) -> str:
        """The mode as ``LOCK TABLE … IN … MODE`` spells it: ``ACCESS EXCLUSIVE``."""
        return self.name.replace("_", " ")

    @property
    def strength(self) -> int:
        """Position in the order above; not the conflict table."""
        return list(Lock).index(self)

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT waits for it."""
        return self is Lock.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE and DELETE wait for it."""
        return self.strength >= Lock.SHARE.strength


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement and its price. Relations are named as ``regclass`` prints them.

    Attributes:
        sql: The text, without a trailing semicolon.
        kind: What it is, in PostgreSQL's words: ``ALTER TABLE``, ``CREATE INDEX CONCURRENTLY``.
        locks: The strongest lock it takes on every relation it touches.
        scans: Relations it reads in full.
        rewrites: Relations whose storage it writes anew.
        transactional: Whether it may run inside a transaction block.
        destroys: What is gone for good: ``column users.username``, ``table posts``.
        restricts: What it refuses that old code may still write: ``users.email NOT NULL``.
        creates: Relations, types and schemas that exist only after it.
        line: Line of the operation in its revision file; 0 when unknown.
    """

    sql: str
    kind: str
    locks: Mapping[str, Lock]
    scans: frozenset[str] = frozenset()
    rewrites: frozenset[str] = frozenset()
    transactional: bool = True
    destroys: tuple[str, ...] = ()
    restricts: tuple[str, ...] = ()
    creates: frozenset[str] = frozenset()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Backfill:
    """Fill columns of one table in batches, only where they are still missing.

    Attributes:
        table: Unquoted table name.
        schema: Unquoted schema name, or None for the search path.
        values: Column name (unquoted) to SQL expression over the same row.
        where: SQL condition for rows still to be filled; None means "any of the columns is NULL".
        function: Makes the values instead: from the row's columns to those that change.
        code: A hash of what the function says, where the revision file has it.
    """

    table: str
    values: Mapping[str, str]
    schema: str | None = None
    where: str | None = None
    function: Callable[[dict[str, Any]], Mapping[str, Any] | None] | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What commits together: statements of one phase, or one backfill.

    Attributes:
        phase: The phase it belongs to.
        position: Zero-based place inside its phase.
        statements: One or more when transactional, exactly one otherwise. A backfill has the
            UPDATE of one batch here, for its price.
        backfill: The work, when this step is a backfill.
        undo: The SQL that takes the step back, in the order it runs; None where nothing does.
        autocommit: It stands in an ``autocommit_block()``.
        notes: What whoever runs it has to know, a line each.
    """

    phase: Phase
    position: int
    statements: tuple[Statement, ...]
    backfill: Backfill | None = None
    undo: tuple[str, ...] | None = None
    autocommit: bool = False
    notes: tuple[str, ...] = ()

    @property
    def transactional(self) -> bool:
        """Whether the whole step is one transaction."""
        return self.backfill is None and all(s.transactional for s in self.statements)


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered steps of one revision.

    Attributes:
        revision: Its id.
        message: First line of its docstring.
        path: The revision file, as shown to the user.
        checksum: SHA-256 over the code of the file; comments and formatting do not count.
        down: The revisions it follows.
        steps: In the order they run.
        legacy: It has ``upgrade()`` instead of phases; its steps are all in ``Phase.EXPAND`` and
            Alembic runs them in one transaction.
        source: The text of the file, for waivers.
    """

    revision: str
    message: str
    path: str
    checksum: str
    steps: tuple[Step, ...]
    legacy: bool = False
    source: str = ""
    down: tuple[str, ...] = ()

    def phase(self, phase: Phase) -> tuple[Step, ...]:
        """The steps of one phase."""
        return tuple(step for step in self.steps if step.phase is phase)


class Severity(StrEnum):
    """How much a finding matters: an error stops plan, lint and upgrade."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about one statement of one revision."""

    rule: str
    severity: Severity
    message: str
    revision: str
    path: str
    phase: Phase
    line: int
    sql: str


class StepState(StrEnum):
    """How far a step has come; ``PENDING`` steps have no ledger row."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened while steps ran, for reports.

    Attributes:
        kind: ``run`` (a run begins), ``step`` (a step begins), ``statement``, ``lock`` (a table
            lock is asked for), ``waiting`` (for a lock or another runner), ``attempt`` (a lock
            attempt timed out), ``progress`` (of a backfill or an index build), ``done`` (a step
            is done), ``phase`` (a phase is done), ``pending`` (a contract waits), ``notice``.
        revision: The revision it is about; empty for the run as a whole.
        phase: The phase, if any.
        text: One line for people.
        data: The same for machines; JSON-serialisable values.
    """

    kind: str
    text: str
    revision: str = ""
    phase: Phase | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhaseStatus:
    """How far one phase of one revision has come.

    Attributes:
        state: Of the phase as a whole; a phase without steps is done with the one before it.
        finished_at: When its last step was done; with a time zone.
        by: Who ran it.
        steps_done: Steps that need not run again.
        steps_total: Steps it has.
        detail: One line: the error of a failed step, or what a gate waits for.
    """

    state: StepState = StepState.PENDING
    finished_at: datetime | None = None
    by: str = ""
    steps_done: int = 0
    steps_total: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """One revision as ``phased status`` shows it.

    Attributes:
        revision: Its id.
        message: First line of its docstring.
        path: The revision file, as shown to the user; empty when it is missing.
        down_revisions: The revisions it builds on.
        phases: In order; a phase the revision does not have is absent. A legacy revision has
            ``Phase.EXPAND`` alone.
        is_current: ``alembic_version`` names it.
        is_head: No revision builds on it.
        legacy: It has ``upgrade()`` instead of phases.
        missing: The database knows it and no file has it.
    """

    revision: str
    message: str = ""
    path: str = ""
    down_revisions: tuple[str, ...] = ()
    phases: Mapping[Phase, PhaseStatus] = field(default_factory=dict)
    is_current: bool = False
    is_head: bool = False
    legacy: bool = False
    missing: bool = False
