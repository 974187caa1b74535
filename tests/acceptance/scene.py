"""Two releases at work while a revision is rolled out: at random, and in turns that are known."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import psycopg
from server import conninfo
from sqlalchemy import create_engine
from turns import Book, Turns, seed

from app.traffic import Release
from phased.model import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from phased.model import Event

WORKERS = 2
RATE = 40.0  # transactions a second; more would only take time from the rest
SPREAD = """
SELECT format('ALTER TABLE %s SET (fillfactor = 10)', oid::regclass) FROM pg_class
WHERE relkind = 'r' AND relnamespace::regnamespace::text <> 'information_schema'
  AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%'
"""


@dataclass
class Scene:
    """A database with some hundred rows, and the two releases.

    Attributes:
        models: Release to its models.
        moving: Columns that the releases have in different forms.
        seen: How many batches and steps there were after expand.
        turns: How many turns each release took while rows were being filled.
    """

    engine: Engine
    models: dict[str, Any]
    moving: frozenset[str] = frozenset()
    book: Book = field(default_factory=Book)
    seen: int = 0
    turns: int = 0
    free: dict[str, Release] = field(default_factory=dict)
    taking: dict[str, Turns] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Rows of the old release on many pages, so that a backfill has several batches."""
        with psycopg.connect(conninfo(self.engine.url), autocommit=True) as connection:
            for (statement,) in connection.execute(SPREAD).fetchall():
                connection.execute(statement)
        seed(self.engine, self.models["old"], self.book)
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def begin(self, name: str, *, upserts: bool = True) -> None:
        """A release is deployed."""
        place = len(self.taking)
        url, models = self.engine.url, self.models[name]
        self.taking[name] = Turns(name, models, url, self.book, self.moving, place + 11)
        self.stack.callback(self.taking[name].engine.dispose)
        engine = create_engine(url, pool_size=WORKERS, max_overflow=0)
        free = Release(
            name,
            models,
            engine,
            workers=WORKERS,
            seed=place + 21,
            rate=RATE,
            spared=self.book.spared,
        )
        self.free[name] = free
        self.upsert(name, upserts=upserts)
        self.stack.enter_context(free)
        self.take(2)

    def upsert(self, name: str, *, upserts: bool) -> None:
        """Whether a release uses ON CONFLICT: keys of new columns come after they are filled."""
        self.taking[name].upserts = upserts
        self.free[name].avoid = frozenset(() if upserts else ("upsert",))

    def end(self, name: str) -> None:
        """The last instance of a release is gone."""
        self.free[name].stop()
        self.taking[name].engine.dispose()

    def take(self, times: int, *names: str) -> None:
        """Turns of the releases that are running, or of these."""
        for _ in range(times):
            for name in names or tuple(self.taking):
                self.taking[name].take()

    def watch(self, event: Event) -> None:
        """Deploy the new release once it can run; between any two batches both take a turn."""
        if event.phase is not Phase.BACKFILL or event.kind not in {"step", "progress"}:
            return
        if "new" not in self.taking:
            self.begin("new", upserts=False)
        self.seen += 1
        if self.seen & (self.seen - 1) == 0:  # ever rarer, as it may be hundreds
            self.turns += event.kind == "progress"
            self.take(1)

    def contracting(self, event: Event) -> None:
        """Between any two steps the new release takes a turn."""
        if event.kind == "step":
            self.take(1, "new")

    def errors(self, name: str) -> list[tuple[str, str]]:
        """What users of a release saw, a SQLSTATE and a message each."""
        rows = self.free[name].rows()
        seen = [state for row in rows for state, n in row["sqlstates"].items() for _ in range(n)]
        messages = self.free[name].messages
        return [*self.taking[name].errors, *((state, messages[state]) for state in seen)]

    def lost(self, *names: str) -> Iterator[object]:
        """Rows that do not read as they must by the last writes."""
        for place, readings in self.book.rows.items():
            for name in readings.keys() & set(names):
                found = self.taking[name].read(place) or {}
                expected = readings[name]
                if {column: found.get(column, ...) for column in expected} != expected:
                    yield name, place, expected, found
        for place in self.book.gone:
            for name in names:
                if self.taking[name].read(place) is not None:
                    yield name, place, "deleted"
