"""What cannot run in a transaction is picked up where a killed run left it, never just repeated."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import psycopg

from phased.discovery import modules
from phased.guard import finish
from phased.syntax.tree import one

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from phased.guard import Run
    from phased.model import Step

ORDER = 40


def guard(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """Look at what an earlier attempt left, run, and clear away what a failure leaves."""
    if step.transactional or step.backfill:
        return call_next()
    kind, node = _kind(step)
    if kind is None:
        return call_next()
    if kind.pick_up(node, step, run, begun=_begun(step, run)):
        return _finish(step, run)
    return _clearing(call_next, kind, node, step, run)


def protect(call_next: Callable[[], None], step: Step, run: Run) -> None:
    """The same for a statement that the ledger does not know."""
    kind, node = _kind(step)
    if kind is None:
        call_next()
    elif not kind.pick_up(node, step, run, begun=False):
        _clearing(call_next, kind, node, step, run)


def _kind(step: Step) -> tuple[ModuleType | None, Any]:
    which, node = one(step.statements[0].sql)
    return _kinds().get(which), node


def _clearing(
    call_next: Callable[[], None], kind: ModuleType, node: Any, step: Step, run: Run
) -> None:
    try:
        call_next()
    except psycopg.Error:
        with suppress(psycopg.Error):
            kind.clear(node, step, run)
        raise


def _finish(step: Step, run: Run) -> None:
    with run.connection.transaction():
        finish(step, run, began=time.monotonic())


def _begun(step: Step, run: Run) -> bool:
    """Whether the statement has been sent before; what takes a step back may always have been."""
    row = run.ledger.read().steps.get((run.plan.revision, step.phase, step.position))
    return run.undoing or (row is not None and bool(row.cursor))


@cache
def _kinds() -> dict[str, ModuleType]:
    found = modules(import_module("phased.concurrent"))
    return {node: module for module in found for node in module.NODES}
