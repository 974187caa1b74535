"""Everything one command works with: the configuration, the revisions, and two connections."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from phased.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import psycopg
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

    from phased.fact import Facts
    from phased.guard import Run
    from phased.model import Event, Plan
    from phased.settings import Settings


VERB = "phased.verb"
"""Key in `Config.attributes`: what a command of ours does with the session, instead of Alembic."""
ABORTED = "phased.aborted"
"""Key in `Config.attributes`: the revision that a downgrade takes back, and no other."""
OBSERVER = "phased.observer"
"""Key in `Config.attributes`: who is told what happens, instead of the terminal."""


@dataclass(frozen=True)
class Session:
    """What the commands share.

    Attributes:
        config: Alembic's configuration.
        script: The directory of revisions.
        context: Alembic's migration context over `connection`.
        connection: Where Alembic and the steps work.
        watch: A second connection in autocommit: it holds the runner lock and looks around.
        notify: Takes events.
        another: Opens one more connection, in autocommit.
    """

    config: Config
    script: ScriptDirectory
    context: MigrationContext
    connection: Connection
    watch: psycopg.Connection[Any]
    notify: Callable[[Event], None]
    another: Callable[[], AbstractContextManager[psycopg.Connection[Any]]]

    @cached_property
    def settings(self) -> Settings:
        """What the user set; read when first asked for, which most starts never do."""
        from phased.settings import Settings

        return Settings()


def driver(session: Session) -> psycopg.Connection[Any]:
    """The psycopg connection under Alembic's."""
    return cast("psycopg.Connection[Any]", session.connection.connection.dbapi_connection)


def ledger(session: Session) -> Ledger:
    """The tracking tables over the connection where steps run."""
    return Ledger(driver(session), session.context.version_table_schema)


def watched(session: Session) -> Ledger:
    """The tracking tables over the other connection."""
    return Ledger(session.watch, session.context.version_table_schema)


def run_of(session: Session, plan: Plan, facts: Facts, command: str) -> Run:
    """What the guards of one revision share."""
    from phased.guard import Run

    return Run(
        connection=driver(session),
        watch=session.watch,
        ledger=ledger(session),
        watched=watched(session),
        plan=plan,
        settings=session.settings,
        notify=session.notify,
        command=command,
        facts=facts,
        another=session.another,
    )


@contextmanager
def outside_transaction(session: Session) -> Iterator[None]:
    """In autocommit, where every step opens the transaction it needs."""
    session.connection.rollback()
    with session.context.autocommit_block():
        yield
