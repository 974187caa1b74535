"""What `env.py` calls: `run(engine, target_metadata=Base.metadata)`.

What only some commands need is imported where they need it: an upgrade that finds nothing to do is
what a pipeline runs most.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from alembic import context
from alembic.util import CommandError, to_list

import phased.impl  # noqa: F401 # importing it replaces Alembic's class for the dialect
from phased import console, control, revisions, stamp
from phased.connection import another, as_engine, connect, refuse_pooler, rights, settle, watching
from phased.errors.running import Interrupted, Stopped
from phased.errors.settings import MisplacedArgument
from phased.first_error import first_error
from phased.gate import Asked
from phased.interrupt import Terminated, terminable
from phased.lock import only_runner
from phased.model import Phase
from phased.naming import relation
from phased.session import OBSERVER, VERB, Session, driver, watched
from phased.stand_in import stand_in
from phased.waiting import waiting_contracts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine, MetaData
    from sqlalchemy.ext.asyncio import AsyncEngine

    from phased.console import Observer


def run(
    engine: Engine | AsyncEngine | Callable[[], Engine],
    *,
    target_metadata: MetaData | Sequence[MetaData],
    **options: Any,
) -> None:
    """Run whichever command Alembic or phased was asked for.

    Args:
        engine: The application's engine, sync or async, or a function that returns one.
        target_metadata: The models' metadata.
        options: Further keywords for `context.configure()`, such as `include_object`.

    Raises:
        PhasedError: Something was refused or failed; from a command line it is printed instead.
    """
    try:
        with terminable(), first_error():
            if context.is_offline_mode():
                _offline(target_metadata, options)
            else:
                _online(as_engine(engine), target_metadata, options)
    except KeyboardInterrupt as signal:
        if not _on_command_line(context.config):
            raise
        stopped = Stopped() if isinstance(signal, Terminated) else Interrupted()
        raise SystemExit(console.fail(stopped, json=_json(context.config))) from None
    except CommandError as error:
        told = revisions.explained(error, context.script)
        if not _on_command_line(context.config):
            raise told from error.__cause__
        raise SystemExit(console.fail(told, json=_json(context.config))) from None


def _online(engine: Engine, metadata: Any, options: dict[str, Any]) -> None:
    revisions.every(context.script)
    with ExitStack() as stack:
        stack.enter_context(rights(engine.url))
        watch = stack.enter_context(watching(engine))
        connection = stack.enter_context(connect(engine))
        notify = stack.enter_context(_observer(context.config))
        own = options.pop("process_revision_directives", None)
        listeners = to_list(options.pop("on_version_apply", None), [])

        def directives(migration: Any, revision: Any, scripts: list[Any]) -> None:
            from phased.drafting import draft

            if own is not None:
                own(migration, revision, scripts)
            draft(session, scripts)

        keywords = _keywords(metadata, options) | {
            "connection": connection,
            "transaction_per_migration": True,
            "on_version_apply": [*listeners, stamp.follow_stamp],
            "process_revision_directives": directives,
        }
        context.configure(**keywords)
        migration = context.get_context()
        session = Session(
            context.config,
            context.script,
            migration,
            connection,
            watch,
            notify,
            partial(another, engine),
        )
        _dispatch(session, engine, stack)


def _dispatch(session: Session, engine: Engine, stack: ExitStack) -> None:
    verb = session.config.attributes.get(VERB)
    if _changes(session):
        refuse_pooler(session.watch, driver(session), engine.url)
        settle(session.watch)
        settle(driver(session))
        tell = control.naming_pauses(watched(session), session.notify)
        stack.enter_context(only_runner(session.watch, _version_table(session), tell))
    if verb is not None:
        verb(session)
    elif _asks_for_contract(session.context):
        _contract(session, Asked.USER, _destination(session))
    else:
        _alembic(session)


def _alembic(session: Session) -> None:
    if not session.context.purge:
        revisions.refuse_ahead(session)
    steps = _steps(session)
    if steps:
        _prepare(session, steps)
    session.connection.rollback()
    context.run_migrations()
    if _upgrading(session.context) and waiting_contracts(session):
        _contract(session, Asked.UPGRADE)


def _prepare(session: Session, steps: list[RevisionStep]) -> None:
    from phased import abort, upgrade

    upgrade.prepare(session, [step.revision for step in steps if step.is_upgrade])
    abort.prepare_downgrade(session, [step.revision for step in steps if not step.is_upgrade])


def _contract(session: Session, asked: Asked, within: set[str] | None = None) -> None:
    from phased.contract import contract

    contract(session, asked, within=within)


def _destination(session: Session) -> set[str]:
    """Every revision at or below the one that the command names."""
    named = session.script.get_revisions(session.context.opts["destination_rev"])
    return set(revisions.applied(session.script, [one.revision for one in named]))


def _keywords(metadata: Any, options: dict[str, Any]) -> dict[str, Any]:
    """What `configure()` is given; how to compare is of no interest to an upgrade."""
    if _names_destination():
        return {"target_metadata": metadata, **options}
    from phased import comparator

    return comparator.options(metadata, **options)


def _steps(session: Session) -> list[RevisionStep]:
    """The revisions that the command is about to run; none for one that runs none."""
    if not _names_destination():
        return []
    stand_in(revisions.every(session.script))
    heads = () if session.context.purge else revisions.heads(session)
    return _moves(session.context, heads)


def _offline_steps(migration: MigrationContext) -> list[RevisionStep]:
    return _moves(migration, migration.get_current_heads()) if _names_destination() else []


def _moves(migration: MigrationContext, heads: tuple[str, ...]) -> list[RevisionStep]:
    """Revisions up or down; a stamp runs none."""
    found = migration.opts["fn"](heads, migration)
    return [step for step in found if hasattr(step, "is_upgrade") and hasattr(step, "revision")]


def _asks_for_contract(migration: MigrationContext) -> bool:
    asked = context.get_x_argument(as_dictionary=True).get("phased")
    if asked is None:
        return False
    if asked != Phase.CONTRACT.word or not _upgrading(migration):
        raise MisplacedArgument(argument=f"phased={asked}")
    return True


def _offline(metadata: Any, options: dict[str, Any]) -> None:
    keywords = {"target_metadata": metadata, "literal_binds": True} | options
    keywords |= {
        "dialect_name": "postgresql",
        "dialect_opts": {"paramstyle": "named"},
        "transaction_per_migration": True,
        "on_version_apply": [*to_list(options.get("on_version_apply"), []), stamp.follow_stamp],
    }
    context.configure(**keywords)
    _write(context.get_context(), context.script)


def _write(migration: MigrationContext, script: ScriptDirectory) -> None:
    from phased import offline
    from phased.settings import Settings

    stand_in(revisions.every(script))
    steps = _offline_steps(migration)
    ups = [step.revision for step in steps if step.is_upgrade]
    downs = [step.revision for step in steps if not step.is_upgrade]
    if _asks_for_contract(migration):
        offline.print_contracts(migration, script, ups, Settings())
        return
    offline.prepare_upgrade(migration, script, ups, Settings())
    offline.prepare_downgrade(migration, downs, Settings())
    context.run_migrations()


def _changes(session: Session) -> bool:
    """Whether the command may change the database, and so must be alone."""
    verb = session.config.attributes.get(VERB)
    return bool(getattr(verb, "changes", False)) if verb else _names_destination()


def _names_destination() -> bool:
    try:
        context.get_revision_argument()
    except KeyError:
        return False
    return True


def _upgrading(migration: MigrationContext) -> bool:
    plan = migration.opts.get("fn")
    return getattr(plan, "__name__", "") == "upgrade"


def _version_table(session: Session) -> str:
    return relation(session.context.version_table, session.context.version_table_schema)


@contextmanager
def _observer(config: Config) -> Iterator[Observer]:
    given = config.attributes.get(OBSERVER)
    if given is not None:
        yield given
    elif _on_command_line(config):
        with console.observer(json=_json(config), stream=sys.stderr) as observer:
            yield observer
    else:
        yield lambda _event: None


def _on_command_line(config: Config) -> bool:
    options = config.cmd_opts
    return options is not None and not getattr(options, "raiseerr", False)


def _json(config: Config) -> bool:
    return bool(getattr(config.cmd_opts, "json", False))
