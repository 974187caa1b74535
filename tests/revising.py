"""Models before and after -> the revision that autogenerate writes, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from rolling import calls, facts, rendered, run, shape_of, statements

from phased.autogenerate import write_phases
from phased.comparator import options
from phased.model import Phase
from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alembic.operations import MigrateOperation, ops
    from sqlalchemy import Engine

    from phased.rename import Ask

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class Revision:
    """The Python of each phase, one text an operation, and of the way back."""

    expand: list[str]
    backfill: list[str]
    contract: list[str]
    downgrade: list[str]
    recorded: dict[Phase, list[MigrateOperation]]

    @property
    def empty(self) -> bool:
        return not (self.expand or self.backfill or self.contract or self.downgrade)

    def phase(self, phase: Phase) -> list[str]:
        return list(getattr(self, phase.word))

    def sql(self, phase: Phase) -> list[str]:
        return statements(self.phase(phase))


def metadata(*tables: Any) -> sa.MetaData:
    """MetaData with a naming convention; a table is a function of it."""
    made = sa.MetaData(naming_convention=NAMES)
    for table in tables:
        table(made)
    return made


def create(engine: Engine, models: sa.MetaData, rows: Iterable[str] = ()) -> None:
    """The schema of the models, with rows."""
    for schema in {table.schema for table in models.tables.values()} - {None}:
        run(engine, f"CREATE SCHEMA IF NOT EXISTS {quote(str(schema))}")
    models.create_all(engine)
    run(engine, *rows)


def revise(  # noqa: PLR0913 # each is something else that the command line or a setting says
    engine: Engine,
    models: sa.MetaData,
    *,
    pending: Sequence[MigrateOperation] = (),
    answers: Mapping[str, str] | None = None,
    ask: Ask | None = None,
    prepared_statements: bool = True,
    **filters: Any,
) -> Revision:
    """What ``alembic revision --autogenerate`` writes for these models on this database."""
    known = facts(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(options(models, **filters)))
        script = produce_migrations(context, models)
        write_phases(
            context,
            [script],
            facts=known,
            pending=pending,
            rename_answers=answers,
            ask=ask,
            prepared_statements=prepared_statements,
        )
    return _revision(script)


def _revision(script: ops.MigrationScript) -> Revision:
    by_phase = {
        phase: list(part.ops) for phase, part in zip(Phase, script.upgrade_ops_list, strict=True)
    }
    texts = {phase.word: _texts(found) for phase, found in by_phase.items()}
    assert len(script.downgrade_ops_list) == len(Phase)
    return Revision(**texts, downgrade=_texts(script.downgrade_ops_list[0].ops), recorded=by_phase)


def _texts(operations: Iterable[MigrateOperation]) -> list[str]:
    return [text for text in map(rendered, operations) if text]


def roll(engine: Engine, revision: Revision, *phases: Phase) -> None:
    """Run the SQL of the phases, all of them unless told otherwise."""
    for phase in phases or Phase:
        run(engine, *revision.sql(phase))


def shape(engine: Engine) -> dict[str, str]:
    """The catalogs, to compare."""
    return shape_of(engine)


def recreate(engine: Engine, models: sa.MetaData) -> dict[str, str]:
    """The catalogs after ``create_all()`` on an empty database."""
    names = {table.schema for table in models.tables.values()} | {"public"}
    with engine.connect() as connection:
        names |= {n for n in sa.inspect(connection).get_schema_names() if n != "information_schema"}
    for schema in names - {None}:
        run(engine, f"DROP SCHEMA IF EXISTS {quote(str(schema))} CASCADE")
    run(engine, "CREATE SCHEMA public")
    create(engine, models)
    return shape_of(engine)


def assert_rolls(
    engine: Engine, old: sa.MetaData, new: sa.MetaData, rows: Iterable[str] = (), **options: Any
) -> Revision:
    """Write, roll, compare with ``create_all()``, and take it all back.

    Before contract, with it pending, and after it there is nothing more to write.
    """
    create(engine, old, rows)
    revision = revise(engine, new, **options)
    roll(engine, revision, Phase.EXPAND, Phase.BACKFILL)
    between = revise(engine, new, pending=[call.operation for call in calls(revision.contract)])
    assert between.empty, between
    roll(engine, revision, Phase.CONTRACT)
    again = revise(engine, new)
    assert again.empty, again
    rolled = shape(engine)
    run(engine, *statements(revision.downgrade))
    assert rolled == recreate(engine, new)
    return revision
