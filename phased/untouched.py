"""While a revision is only looked at, its code does not reach a database by another way.

`upgrade()` may use the application's engine, or ask `alembic.context` for the connection. A look
must not run anything there.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def untouched(refuse: Callable[[], object], allowed: Engine | None = None) -> Iterator[None]:
    """Call `refuse` instead of running a statement of this thread on any engine but one.

    Args:
        refuse: Raises.
        allowed: The engine that is meant.
    """
    thread = threading.get_ident()

    def before(connection: Connection, *_: object) -> None:
        if threading.get_ident() == thread and connection.engine is not allowed:
            refuse()

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)
