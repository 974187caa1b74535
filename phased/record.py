"""A phase function -> the operations it calls and the SQL they stand for, without a database.

Alembic's offline mode renders each operation; `Operations.invoke` is the one funnel through which
operations pass, and the output buffer sees what goes around it (`batch_alter_table`,
`autocommit_block`).
"""

from __future__ import annotations

import io
import traceback
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn

import postgast
from alembic.operations import MigrateOperation, Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from phased import operations as ours
from phased.discovery import modules
from phased.errors import PhasedError
from phased.errors.revisions import AsksForConnection, PhaseRaises, RevisionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

modules(ours)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call in a phase function.

    Attributes:
        operation: What was called; raw SQL for what went around the funnel.
        sql: The statements it stands for, in order.
        line: Line of the call in the revision file; 0 when it came from elsewhere.
        autocommit: It stood inside an `autocommit_block()`.
    """

    operation: MigrateOperation
    sql: tuple[str, ...]
    line: int
    autocommit: bool = False


def record(function: Callable[[], object], path: str) -> list[Recorded]:
    """Call a phase function and collect what it would do.

    Raises:
        AsksForConnection: It called `op.get_bind()`, `op.get_context().connection` or the like.
    """
    tape = Tape(path)
    with Operations.context(_offline(tape)) as operations:
        _intercept(operations, tape)
        try:
            function()
        except PhasedError:
            raise
        except Exception as error:
            raise _explained(error, path) from error
    return tape.recorded


def undo(operation: MigrateOperation, path: str = "") -> tuple[str, ...] | None:
    """The SQL that takes an operation back, or None where nothing is known to do so."""
    try:
        reverse = operation.reverse()
    except (NotImplementedError, AttributeError, ValueError):
        return None
    return render(reverse, path)


def render(operation: MigrateOperation, path: str = "") -> tuple[str, ...]:
    """The SQL of one operation."""
    tape = Tape(path)
    tape.inside = 1  # everything it writes is its own
    Operations(_offline(tape)).invoke(operation)
    tape.flush_to(operation, 0)
    return tape.recorded[0].sql if tape.recorded else ()


class Tape(io.StringIO):
    """Alembic's output buffer; every write is one statement."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.recorded: list[Recorded] = []
        self.autocommit = False
        self.inside = 0
        self.pending: list[str] = []

    def write(self, text: str) -> int:
        """Keep one statement; what goes around the funnel is raw SQL."""
        statements = [part for part in split(text) if part]
        self.pending += statements
        if statements and not self.inside:
            self._flush_raw(line_in(self.path))
        return len(text)

    def flush_to(self, operation: MigrateOperation, line: int) -> None:
        """What was written since belongs to this operation."""
        if self.pending:
            self.recorded.append(Recorded(operation, tuple(self.pending), line, self.autocommit))
        self.pending = []

    def _flush_raw(self, line: int) -> None:
        boundary = [text.upper() for text in self.pending]
        if boundary in (["COMMIT"], ["BEGIN"]) and line_calls(self.path, "autocommit_block"):
            self.autocommit = boundary == ["COMMIT"]
            self.pending = []
        else:
            self.flush_to(ops.ExecuteSQLOp(";\n".join(self.pending)), line)


def split(sql: str) -> list[str]:
    """The statements in a text; a text that does not parse stays whole."""
    try:
        return [str(part).strip() for part in postgast.split(sql)]
    except postgast.PgQueryError:
        return [sql.strip().rstrip(";")]


def line_in(path: str) -> int:
    """The line that is running in a file, or 0."""
    return next((f.f_lineno for f in _frames() if f.f_code.co_filename == path), 0)


def line_calls(path: str, function: str) -> bool:
    """Whether a function of that name is between us and the file."""
    between = takewhile(lambda frame: frame.f_code.co_filename != path, _frames())
    return any(frame.f_code.co_name == function for frame in between)


def _frames() -> Iterator[FrameType]:
    return (frame for frame, _ in traceback.walk_stack(None))


def _offline(tape: Tape) -> MigrationContext:
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
    return MigrationContext.configure(
        dialect=dialect, opts={"as_sql": True, "output_buffer": tape, "transactional_ddl": True}
    )


def _intercept(operations: Operations, tape: Tape) -> None:
    invoke = operations.invoke

    def recording(operation: MigrateOperation) -> Any:
        tape.inside += 1
        try:
            result = invoke(operation)
        finally:
            tape.inside -= 1
        if not tape.inside:
            tape.flush_to(operation, line_in(tape.path))
        return result

    operations.invoke = recording  # type: ignore[method-assign] # the documented instance hook
    operations.get_bind = lambda: _refuse(tape.path)  # type: ignore[method-assign] # as above


def _refuse(path: str) -> NoReturn:
    raise AsksForConnection(path=path, line=line_in(path))


def _explained(error: Exception, path: str) -> RevisionError:
    line = _line_of(error, path)
    if "MockConnection" in str(error):
        return AsksForConnection(path=path, line=line)
    return PhaseRaises(path=path, line=line, kind=type(error).__name__, reason=error)


def _line_of(error: BaseException, path: str) -> int:
    found, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
