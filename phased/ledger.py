"""The tracking tables beside ``alembic_version``: the only code that reads or writes them."""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row, kwargs_row

from phased.model import Phase, StepState
from phased.naming import relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from psycopg import Connection

    from phased.model import Plan, Step

ROLLOUT = "phased_rollout"
STEP = "phased_step"
TABLES = frozenset({ROLLOUT, STEP})


@dataclass(frozen=True, slots=True)
class RolloutRow:
    """One revision: what was applied, when each phase finished, how the contract was justified."""

    revision: str
    checksum: str
    started_at: datetime | None = None
    expanded_at: datetime | None = None
    backfilled_at: datetime | None = None
    contracted_at: datetime | None = None
    applied_by: str = ""
    tool: str = ""
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: how far it came, what it cost, where a backfill stands."""

    revision: str
    phase: str
    position: int
    fingerprint: str
    state: StepState
    attempts: int = 0
    waited_ms: int = 0
    duration_ms: int = 0
    cursor: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything in the ledger, by revision and by (revision, phase, position)."""

    rollouts: Mapping[str, RolloutRow]
    steps: Mapping[tuple[str, Phase, int], StepRow]


def statements_to_create(schema: str | None) -> tuple[str, str]:
    """The SQL that creates the two tables."""
    rollout, step = relation(ROLLOUT, schema), relation(STEP, schema)
    revisions = (
        f"CREATE TABLE IF NOT EXISTS {rollout} (revision text PRIMARY KEY, checksum text NOT NULL,"
        " started_at timestamptz NOT NULL DEFAULT now(), expanded_at timestamptz,"
        " backfilled_at timestamptz, contracted_at timestamptz,"
        " applied_by text NOT NULL, tool text NOT NULL, justification text)"
    )
    steps = (
        f"CREATE TABLE IF NOT EXISTS {step} (revision text NOT NULL, phase text NOT NULL,"
        " position int NOT NULL, fingerprint text NOT NULL, state text NOT NULL,"
        " attempts int NOT NULL DEFAULT 0, waited_ms bigint NOT NULL DEFAULT 0,"
        " duration_ms bigint NOT NULL DEFAULT 0, cursor jsonb, error text,"
        " started_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz,"
        " PRIMARY KEY (revision, phase, position))"
    )
    return revisions, steps


@dataclass(frozen=True, slots=True)
class Ledger:
    """The two tables in one schema, over one connection."""

    connection: Connection[Any]
    schema: str | None = None

    @property
    def rollout(self) -> str:
        """The qualified name of the table of revisions."""
        return relation(ROLLOUT, self.schema)

    @property
    def step(self) -> str:
        """The qualified name of the table of steps."""
        return relation(STEP, self.schema)

    def exists(self) -> bool:
        """Whether the tables are there; asking takes no lock that could be in anybody's way."""
        row = self.connection.execute("SELECT to_regclass(%s) IS NOT NULL", (self.step,)).fetchone()
        return bool(row and row[0])

    def create(self) -> None:
        """Create the tables where they are missing."""
        if self.exists():
            return
        for statement in statements_to_create(self.schema):
            self.connection.execute(statement)

    def read(self, revision: str | None = None) -> Entries:
        """Everything recorded, or of one revision; nothing, where the tables are missing.

        Writes nothing.
        """
        if not self.exists():
            return Entries({}, {})
        steps = self._steps(revision)
        return Entries(
            {row.revision: row for row in self._rollouts(revision)},
            {(row.revision, Phase[row.phase.upper()], row.position): row for row in steps},
        )

    def uncontracted(self) -> set[str]:
        """Revisions whose contract has not run."""
        if not self.exists():
            return set()
        found = self.connection.execute(
            f"SELECT revision FROM {self.rollout} WHERE contracted_at IS NULL"
        )
        return {row[0] for row in found}

    def begin(self, plan: Plan, justification: str | None = None) -> None:
        """Say that a revision has been started; keeps what an earlier run said."""
        self.connection.execute(
            f"INSERT INTO {self.rollout} (revision, checksum, applied_by, tool, justification)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (revision) DO UPDATE SET"
            " checksum = excluded.checksum, justification ="
            " coalesce(phased_rollout.justification, excluded.justification)",
            (plan.revision, plan.checksum, applied_by(), tool(), justification),
        )

    def finish(self, revision: str, phase: Phase) -> None:
        """Say that a phase of a revision is done."""
        self.connection.execute(
            f"UPDATE {self.rollout} SET {finished_column(phase)} = clock_timestamp()"
            f" WHERE revision = %s AND {finished_column(phase)} IS NULL",
            (revision,),
        )

    def adopt(self, revision: str, checksum: str, justification: str) -> None:
        """Say that a revision without phases is complete."""
        self.connection.execute(
            f"INSERT INTO {self.rollout} (revision, checksum, expanded_at, backfilled_at,"
            " contracted_at, applied_by, tool, justification)"
            " VALUES (%s, %s, now(), now(), now(), %s, %s, %s) ON CONFLICT (revision) DO UPDATE"
            " SET checksum = excluded.checksum, expanded_at = now(), backfilled_at = now(),"
            " contracted_at = now()",
            (revision, checksum, applied_by(), tool(), justification),
        )

    def justify(self, revision: str, justification: str) -> None:
        """Say why a contract was allowed to begin."""
        self.connection.execute(
            f"UPDATE {self.rollout} SET justification = coalesce(justification, %s)"
            " WHERE revision = %s",
            (justification, revision),
        )

    def forget(self, revisions: Iterable[str]) -> None:
        """Remove what is recorded of revisions that are no longer applied."""
        gone = list(revisions)
        self.connection.execute(f"DELETE FROM {self.step} WHERE revision = ANY(%s)", (gone,))
        self.connection.execute(f"DELETE FROM {self.rollout} WHERE revision = ANY(%s)", (gone,))

    def complete(self, revisions: Iterable[str], justification: str) -> None:
        """Say that revisions are complete of which only a part had run."""
        named = list(revisions)
        half_run = "revision = ANY(%s) AND backfilled_at IS NULL"
        self.connection.execute(
            f"DELETE FROM {self.step} WHERE revision IN"
            f" (SELECT revision FROM {self.rollout} WHERE {half_run})",
            (named,),
        )
        self.connection.execute(
            f"UPDATE {self.rollout} SET expanded_at = coalesce(expanded_at, now()),"
            f" backfilled_at = now(), contracted_at = now(), justification = %s WHERE {half_run}",
            (justification, named),
        )

    def forget_step(self, revision: str, step: Step) -> None:
        """Remove the row of a step that has been taken back."""
        self.connection.execute(
            f"DELETE FROM {self.step} WHERE revision = %s AND phase = %s AND position = %s",
            (revision, step.phase.word, step.position),
        )

    def write(self, row: StepRow) -> None:
        """Record where a step stands; without a cursor the last one of the same SQL is kept."""
        finished = "clock_timestamp()" if row.state is StepState.DONE else "NULL"
        self.connection.execute(
            f"INSERT INTO {self.step} (revision, phase, position, fingerprint, state, attempts,"
            " waited_ms, duration_ms, cursor, error, finished_at)"
            f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, {finished})"
            " ON CONFLICT (revision, phase, position) DO UPDATE SET"
            " fingerprint = excluded.fingerprint, state = excluded.state,"
            " attempts = excluded.attempts, waited_ms = excluded.waited_ms,"
            " duration_ms = excluded.duration_ms, error = excluded.error,"
            " cursor = coalesce(excluded.cursor, CASE excluded.fingerprint"
            " WHEN phased_step.fingerprint THEN phased_step.cursor END),"
            " finished_at = excluded.finished_at",
            (*_values(row),),
        )

    def checkpoint(self, row: StepRow, asking: str = "NULL", *values: object) -> tuple[Any, ...]:
        """Record where a backfill stands; what somebody asks of it, and what we ask ourselves.

        Args:
            row: With its cursor.
            asking: One or more SQL expressions.
            values: Their parameters.
        """
        found = self.connection.execute(
            f"UPDATE {self.step} SET attempts = %s, waited_ms = %s, cursor = %s::jsonb ||"
            " jsonb_build_object('control', coalesce(cursor -> 'control', '{}'))"
            " WHERE revision = %s AND phase = %s AND position = %s"
            f" RETURNING cursor -> 'control', {asking}",
            (row.attempts, row.waited_ms, json.dumps(row.cursor), *_place(row), *values),
        ).fetchone()
        return found or ()

    def _rollouts(self, revision: str | None) -> list[RolloutRow]:
        with self.connection.cursor(row_factory=class_row(RolloutRow)) as cursor:
            return cursor.execute(
                f"SELECT {_columns(RolloutRow)} FROM {self.rollout}"
                " WHERE revision = coalesce(%s, revision)",
                (revision,),
            ).fetchall()

    def _steps(self, revision: str | None) -> list[StepRow]:
        with self.connection.cursor(row_factory=kwargs_row(_stored)) as cursor:
            return cursor.execute(
                f"SELECT {_columns(StepRow)} FROM {self.step}"
                " WHERE revision = coalesce(%s, revision)",
                (revision,),
            ).fetchall()


def _place(row: StepRow) -> tuple[str, str, int]:
    return row.revision, row.phase, row.position


def _columns(row: type[RolloutRow | StepRow]) -> str:
    """The columns of a table; one that a newer version added is not asked for."""
    return ", ".join(field.name for field in fields(row))


def finished_column(phase: Phase) -> str:
    """The column of the table of revisions that says when a phase finished."""
    return {
        Phase.EXPAND: "expanded_at",
        Phase.BACKFILL: "backfilled_at",
        Phase.CONTRACT: "contracted_at",
    }[phase]


def applied_by() -> str:
    """Who runs this process, as the operating system names them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def tool() -> str:
    """The tool and its version: ``phased 0.1.0``."""
    return f"phased {version('phased')}"


def _stored(state: str, **values: Any) -> StepRow:
    return StepRow(state=StepState(state), **values)


def _values(row: StepRow) -> tuple[object, ...]:
    cursor = None if row.cursor is None else json.dumps(row.cursor)
    facts = row.revision, row.phase, row.position, row.fingerprint, row.state.value
    return (*facts, row.attempts, row.waited_ms, row.duration_ms, cursor, row.error)
