"""What a throttle is: one reason for a backfill to pause, and the pauses themselves.

A throttle is a module in ``phased/throttles``, found by its file name::

    ASKS = True                  # it asks the server, and so is asked once a second at most
    def pause(look): ...         # a `Pause`, or None; its docstring says why there is one

No pause is for ever: a reason that holds for longer than its patience is passed over, with a word
about it, until it has been seen to be gone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phased.discovery import modules
from phased.wording import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from psycopg import Connection

    from phased.settings import Settings

EVERY = 1.0  # seconds between two questions to the server
TELL_AGAIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Pause:
    """Why to pause.

    Attributes:
        reason: What is the case, in one line.
        seconds: Until it is worth looking again.
        patience: Seconds that the same reason may hold in a row; None for as long as it does.
    """

    reason: str
    seconds: float = EVERY
    patience: float | None = None


@dataclass(slots=True)
class Look:
    """What a throttle may look at.

    Attributes:
        connection: In autocommit.
        settings: What the user set.
        leaves: The tables that are being filled, as ``regclass`` prints them.
        own: Process ids of our connections.
        rate: Rows a second that are allowed; 0 for any number.
        free_at: When the rate allows the next batch, by the monotonic clock.
        waiters: Who waited for the rows of the last batch, each as text.
        took: Seconds of the last batch.
    """

    connection: Connection[Any]
    settings: Settings
    leaves: list[str] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    rate: int = 0
    free_at: float = 0.0
    waiters: list[str] = field(default_factory=list)
    took: float = 0.0


@dataclass(slots=True)
class Pauses:
    """The pauses of one backfill.

    Attributes:
        tell: Takes a text, and the name of the throttle.
        asked: When the server was last asked.
        since: Throttle to when its reason began to hold.
        passed_over: Throttles whose patience is at its end.
        told: When, and what, was last told.
        waited: Seconds of all pauses.
    """

    look: Look
    tell: Callable[[str, str], None]
    asked: float = -EVERY
    since: dict[str, float] = field(default_factory=dict)
    passed_over: set[str] = field(default_factory=set)
    told: tuple[float, str] = (-TELL_AGAIN, "")
    waited: float = 0.0


def hold(pauses: Pauses, wait: Callable[[float], bool]) -> None:
    """Return when there is no reason to pause.

    Args:
        pauses: What is known so far.
        wait: Waits for so many seconds; true when the backfill is to end or to be looked at.
    """
    ask = time.monotonic() - pauses.asked >= EVERY
    while found := _first(pauses, ask=ask):
        name, pause = found
        _tell(pauses, name, pause.reason)
        began = time.monotonic()
        ended = wait(min(pause.seconds, EVERY))
        pauses.waited += time.monotonic() - began
        if ended:
            return
        ask = time.monotonic() - pauses.asked >= EVERY


def _first(pauses: Pauses, *, ask: bool) -> tuple[str, Pause] | None:
    """The first reason there is; those that end are forgotten."""
    if ask:
        pauses.asked = time.monotonic()
    for module in _throttles():
        name = module.__name__.rpartition(".")[2]
        if module.ASKS and not ask and name not in pauses.since:
            continue
        pause = module.pause(pauses.look)
        if pause is None:
            pauses.since.pop(name, None)
            pauses.passed_over.discard(name)
        elif _is_worth(pauses, name, pause):
            return name, pause
    return None


def _is_worth(pauses: Pauses, name: str, pause: Pause) -> bool:
    if name in pauses.passed_over:
        return False
    held = time.monotonic() - pauses.since.setdefault(name, time.monotonic())
    if pause.patience is None or held < pause.patience:
        return True
    pauses.passed_over.add(name)
    pauses.told = (-TELL_AGAIN, "")
    _tell(pauses, name, f"{pause.reason}; going on all the same after {duration(held)}")
    return False


def _tell(pauses: Pauses, name: str, reason: str) -> None:
    when, what = pauses.told
    if what != name or time.monotonic() - when > TELL_AGAIN:
        pauses.told = (time.monotonic(), name)
        pauses.tell(reason, name)


@cache
def _throttles() -> tuple[ModuleType, ...]:
    return tuple(modules(import_module("phased.throttles")))
