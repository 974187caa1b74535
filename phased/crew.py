"""The workers of a backfill: one on the run's own connection, each further one on its own."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from psycopg import Connection

    from phased.walk import Walk

    Work = Callable[[Connection[Any], int], None]


def work(here: Walk, action: Work) -> None:
    """Let as many work as are wanted, until nothing is left to do.

    Args:
        here: What they share; they end by themselves when another number is wanted.
        action: What each does, given its connection and how many there are.
    """
    while True:
        workers = here.workers
        if workers == 1:
            action(here.run.connection, 1)
        else:
            _together(here, action, workers)
        if here.workers == workers:
            return


def _together(here: Walk, action: Work, workers: int) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(here.run.another()) for _ in range(workers - 1)]
        connections = [here.run.connection, *opened]
        here.pauses.look.own = [one.info.backend_pid for one in connections]
        with ThreadPoolExecutor(workers, thread_name_prefix="backfill") as pool:
            futures = [pool.submit(_noting, here, action, one, workers) for one in connections]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                _end(here, futures, connections)
        _raise(here)


def _noting(here: Walk, action: Work, connection: Connection[Any], workers: int) -> None:
    """Do it; what went wrong first is what is told: the others are cancelled for it."""
    try:
        action(connection, workers)
    except BaseException as error:
        with here.mutex:
            here.failed = here.failed or error
        raise


def _end(here: Walk, futures: list[Future[None]], connections: list[Connection[Any]]) -> None:
    """Where one has failed, or the run is to end, the others end too."""
    if all(future.done() and not future.exception() for future in futures):
        return
    here.stop.set()
    for future, connection in zip(futures, connections, strict=True):
        if not future.done():
            with suppress(psycopg.Error):
                connection.cancel_safe()
    wait(futures)


def _raise(here: Walk) -> None:
    if here.failed:
        raise here.failed
