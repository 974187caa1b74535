"""A release under load: workers that read and write through the ORM until told to stop.

::

    with Release("old", Base, engine, workers=4) as old:
        old.phase = "expand"
        ...
    old.rows()  # [{"release": "old", "phase": "expand", "operation": "insert", "queries": …}]
"""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.workload.entities import entities
from app.workload.measurements import Recorder
from app.workload.once import check_once
from app.workload.operations import possible
from app.workload.rows import settle, survey, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

    from app.workload.entities import Entity, Models
    from app.workload.measurements import Row
    from app.workload.operations import Operation
    from app.workload.rows import Values, Writer

__all__ = ["Release", "check_once"]

CONNECTION_LOST = "08006"


class Release:
    """One build of the application, running.

    Attributes:
        phase: Label for what is measured from now on; set it at any time.
        avoid: Names of operations that are left out; set it at any time.

    Args:
        name: What the release is called in the report.
        models: A declarative base, a registry, a module of models, or mapped classes.
        engine: With a pool of at least ``workers`` connections.
        workers: Threads; each has one transaction at a time.
        seed: The same seed gives the same queries; None for a new one each time. Two runs on one
            database need two seeds, or they write the same keys.
        rate: Transactions a second over all workers; None for as many as go.
        weights: Table name to how much more often than others it is used.
        spared: Says of a row that was there before, by its key, that this release leaves it alone.
    """

    def __init__(  # noqa: PLR0913 # all but three have defaults
        self,
        name: str,
        models: Models,
        engine: Engine,
        *,
        workers: int = 4,
        seed: int | None = None,
        rate: float | None = None,
        weights: Mapping[str, int] | None = None,
        spared: Callable[[Entity, Values], bool] | None = None,
    ) -> None:
        self.name = name
        self.phase = "start"
        self.avoid: frozenset[str] = frozenset()
        self.entities = entities(models)
        self.engine = engine
        self.workers = workers
        self.seed = secrets.randbits(30) if seed is None else seed
        self.pause = workers / rate if rate else 0.0
        self.weights = weights or {}
        self.spared = spared
        self.recorder = Recorder(name)
        self._stopping = Event()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Write the rows that traffic refers to, then begin.

        Raises:
            DBAPIError: The models do not fit the database to begin with.
        """
        with ExitStack() as stack:  # all open at once, so that the pool is full before it counts
            first, *_ = [stack.enter_context(self.engine.connect()) for _ in range(self.workers)]
            known = survey(first, self.entities, self.seed, self.spared)
        writers = [writer(known, self.seed, self.name, place) for place in range(self.workers)]
        for each in writers:
            with Session(self.engine) as session, session.begin():
                settle(each, session)
        self._threads = [Thread(target=self._work, args=[each]) for each in writers]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every worker finish its transaction, then close the connections."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self.engine.dispose()

    def rows(self) -> list[Row]:
        """The report so far, one row a phase and operation."""
        return self.recorder.rows()

    @property
    def messages(self) -> dict[str, str]:
        """SQLSTATE to the first error message with it."""
        return dict(self.recorder.messages)

    def _work(self, pen: Writer) -> None:
        own: dict[Entity, list[Values]] = {entity: [] for entity in self.entities}
        weights = [self.weights.get(entity.table.name, 1) for entity in self.entities]
        while not self._stopping.wait(self.pause):
            [entity] = pen.rng.choices(self.entities, weights)
            sensible = possible(entity, own[entity])
            operation = pen.rng.choice([o for o in sensible if o.__name__ not in self.avoid])
            self._measure(operation, pen, entity, own[entity])

    def _measure(
        self, operation: Operation, pen: Writer, entity: Entity, own: list[Values]
    ) -> None:
        phase, name, begun = self.phase, operation.__name__, time.perf_counter()
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                operation(pen, session, entity, own)
        except Exception as error:  # noqa: BLE001 # whatever a user would have seen is a failure
            self.recorder.fail(phase, name, sqlstate(error), f"{entity.table}: {error}")
        self.recorder.record(phase, name, time.perf_counter() - begun)


def sqlstate(error: Exception) -> str:
    """The SQLSTATE of a database error; the class name of any other."""
    if isinstance(error, DBAPIError):
        return getattr(error.orig, "sqlstate", None) or CONNECTION_LOST
    return type(error).__name__
