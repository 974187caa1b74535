"""Revisions run for real, in this process, with every event kept."""

from __future__ import annotations

import textwrap
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from alembic import command
from alembic.config import Config
from server import conninfo
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from phased import abort as aborting
from phased.contract import contract
from phased.gate import Asked
from phased.overview import overview
from phased.session import OBSERVER
from phased.verb import in_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from phased.model import Event, RevisionStatus
    from phased.session import Session

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ENV = """\
from alembic import context
from running import NAMES
from sqlalchemy import MetaData
from phased.environment import run

attributes = context.config.attributes
run(attributes["engine"], target_metadata=MetaData(naming_convention=NAMES),
    **attributes.get("options", {}))
"""
REVISION = '''\
"""Revision {revision}."""
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}

{body}
'''


@dataclass
class Project:
    """A folder of revisions and the database they run on.

    Attributes:
        events: Of every command so far.
        watching: Called with each event as it happens.
        options: For `context.configure()`.
    """

    folder: Path
    url: URL
    events: list[Event] = field(default_factory=list)
    watching: list[Callable[[Event], None]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    last: str | None = None

    def __post_init__(self) -> None:
        (self.folder / "versions").mkdir(parents=True, exist_ok=True)
        env = self.folder / "env.py"
        if not env.exists():  # several processes share the folder
            env.write_text(ENV)

    @property
    def dsn(self) -> str:
        """The database as psycopg takes it."""
        return conninfo(self.url)

    def revision(self, body: str, revision: str = "b2", down: str | None = None) -> Path:
        """Write a revision; written again, it replaces the first."""
        path = self.folder / "versions" / f"{revision}.py"
        text = textwrap.dedent(body).strip("\n")
        path.write_text(REVISION.format(revision=revision, down=down, body=text))
        return path

    def upgrade(self, revision: str = "head") -> list[Event]:
        """`alembic upgrade`; the events of this run."""
        return self._run(lambda config: command.upgrade(config, revision))

    def downgrade(self, revision: str) -> list[Event]:
        """`alembic downgrade`."""
        return self._run(lambda config: command.downgrade(config, revision))

    def contract(self) -> list[Event]:
        """`phased contract`."""
        return self._in_session(lambda session: contract(session, Asked.USER))

    def abort(self, revision: str = "b2") -> list[Event]:
        """`phased abort` of what did not get as far as `alembic_version`."""
        return self._in_session(lambda session: aborting.abort(session, revision))

    def status(self) -> dict[str, RevisionStatus]:
        """`phased status`, by revision."""
        with self._config() as config:
            found = in_session(config, overview)
        return {row.revision: row for row in found}

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """Another session."""
        return psycopg.connect(self.dsn, **options)

    def execute(self, *statements: str) -> list[Any]:
        """Statements of another session; the rows of the last."""
        with self.connect(autocommit=True) as connection:
            for sql in statements:
                cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def value(self, sql: str) -> Any:
        """The only value of a query."""
        ((found,),) = self.execute(sql)
        return found

    def _in_session(self, action: Callable[[Session], object]) -> list[Event]:
        return self._run(lambda config: in_session(config, action, changes=True))

    def _run(self, action: Callable[[Config], object]) -> list[Event]:
        before = len(self.events)
        with self._config() as config:
            action(config)
        return self.events[before:]

    @contextmanager
    def _config(self) -> Iterator[Config]:
        with ExitStack() as stack:
            engine = create_engine(self.url, poolclass=NullPool)
            stack.callback(engine.dispose)
            config = Config()
            config.set_main_option("script_location", str(self.folder))
            config.attributes.update(
                {"engine": engine, "options": dict(self.options), OBSERVER: self._notify}
            )
            yield config

    def _notify(self, event: Event) -> None:
        self.events.append(event)
        for watcher in list(self.watching):
            watcher(event)


def of(events: list[Event], kind: str) -> list[Event]:
    """The events of one kind."""
    return [event for event in events if event.kind == kind]


def statements(events: list[Event]) -> list[str]:
    """The SQL that was sent, on one line each."""
    return [" ".join(event.text.split()) for event in of(events, "statement")]


def wait_until(connection: psycopg.Connection[Any], condition: str) -> None:
    """Ask another session until a condition holds; fails after half a minute."""
    connection.execute(waiting_until(condition).encode())


def waiting_until(condition: str) -> str:
    """A statement that does not end before a condition holds."""
    return (
        "DO $$ BEGIN FOR attempt IN 1..3000 LOOP"
        f" IF ({condition}) THEN RETURN; END IF;"
        " PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;"
        " RAISE EXCEPTION 'it never came to that'; END $$"
    )


def wait_until_old(connection: psycopg.Connection[Any], pid: int, milliseconds: int) -> None:
    """Wait until the transaction of a session has an age."""
    age = f"clock_timestamp() - xact_start > interval '{milliseconds} milliseconds'"
    wait_until(connection, f"EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid} AND {age})")
