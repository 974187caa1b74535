"""A phase function -> the operations it calls and the SQL they stand for, without a database.

Alembic's offline mode renders each operation; `Operations.invoke` is the one funnel through which
operations pass, and the output buffer sees what goes around it (`batch_alter_table`,
`autocommit_block`).
"""

from __future__ import annotations

import io
import sys
import traceback
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn, cast

import postgast
from alembic import context as alembic_context
from alembic import op
from alembic.operations import MigrateOperation, Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import TextClause, text
from sqlalchemy.exc import CompileError, NoInspectionAvailable
from sqlalchemy.schema import DDLElement

from phased import operations as ours
from phased.dialect import dialect
from phased.discovery import modules
from phased.errors import PhasedError
from phased.errors.revisions import AsksForConnection, PhaseRaises
from phased.untouched import untouched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sqlalchemy import Dialect

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


def record(function: Callable[[], object], path: str, *, old_style: bool = False) -> list[Recorded]:
    """Call a phase function and collect what it would do; what it prints goes to stderr.

    Args:
        function: A phase function, `upgrade()` or `downgrade()`.
        path: Of its file.
        old_style: It may hold a connection as long as it asks that for no more than its dialect,
            and the naming convention of the models holds.

    Raises:
        AsksForConnection: It used `op.get_bind()`, an engine or the like.
        PhaseRaises: It raised something of its own.
    """
    tape = Tape(path)
    with _installed(_offline(tape, _metadata() if old_style else None)) as operations:
        _intercept(operations, tape, old_style=old_style)
        error = _error_of(function, tape)
    if error:
        raise error
    return tape.recorded


@contextmanager
def _installed(context: MigrationContext) -> Iterator[Operations]:
    """Let `op` stand for these operations; Alembic's own way leaves it so on an exception."""
    operations, before = Operations(context), vars(op).get("_proxy")
    operations._install_proxy()  # noqa: SLF001 # Alembic has no other way
    try:
        yield operations
    finally:
        operations._remove_proxy()  # noqa: SLF001 # as above
        if before is not None:
            before._install_proxy()  # noqa: SLF001 # as above


def _error_of(function: Callable[[], object], tape: Tape) -> PhasedError | None:
    """What went wrong; to have asked for a connection counts whatever the function made of it."""
    with untouched(tape.refuse), redirect_stdout(sys.stderr):
        error = _raised(function, tape.path)
    return tape.asked or error


def _raised(function: Callable[[], object], path: str) -> PhasedError | None:
    try:
        function()
    except PhasedError as error:
        return error
    except NoInspectionAvailable as error:
        return AsksForConnection(path=path, line=_line_of(error, path))
    except Exception as error:  # noqa: BLE001 # whatever user code raises
        kind, line = type(error).__name__, _line_of(error, path)
        raised = PhaseRaises(path=path, line=line, kind=kind, reason=error)
        raised.__cause__ = error
        return raised
    return None


def undo(operation: MigrateOperation) -> tuple[str, ...] | None:
    """The SQL that takes an operation back, or None where nothing is known to do so."""
    if isinstance(operation, ops.AlterColumnOp) and not _says_what_was(operation):
        return None
    try:
        return render(operation.reverse())
    except (NotImplementedError, AttributeError, ValueError, CompileError):
        return None


def _says_what_was(operation: ops.AlterColumnOp) -> bool:
    """Whether Alembic can turn the operation round: it goes by `existing_…` alone."""
    changes = (
        (operation.modify_name, None, None),
        (operation.modify_type, operation.existing_type, None),
        (operation.modify_nullable, operation.existing_nullable, None),
        (operation.modify_server_default, operation.existing_server_default, False),
        (operation.modify_comment, operation.existing_comment, False),
    )
    return all(new is unset or old is not unset for new, old, unset in changes)


def render(operation: MigrateOperation) -> tuple[str, ...]:
    """The SQL of one operation."""
    tape = Tape("")
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
        self.asked: AsksForConnection | None = None

    def refuse(self) -> NoReturn:
        """Say that a connection was asked for, where there is none."""
        self.asked = self.asked or AsksForConnection(path=self.path, line=line_in(self.path))
        raise self.asked

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


def _metadata() -> Any:
    """The models' metadata, where `env.py` has given it."""
    try:
        return alembic_context.get_context().opts.get("target_metadata")
    except Exception:  # noqa: BLE001 # Alembic raises no other where nothing is configured
        return None


def _offline(tape: Tape, metadata: Any = None) -> MigrationContext:
    opts = {"as_sql": True, "output_buffer": tape, "transactional_ddl": True}
    context = MigrationContext.configure(
        dialect=dialect(), opts={**opts, "target_metadata": metadata}
    )
    context.impl._exec = _exactly(context, tape)  # type: ignore[method-assign] # noqa: SLF001 # the one funnel of all SQL
    return context


def _exactly(context: MigrationContext, tape: Tape) -> Callable[..., None]:
    """Alembic's own turns tabs into spaces, also those inside the user's texts."""

    def write(construct: Any, *_: object, **__: object) -> None:
        element = text(construct) if isinstance(construct, str) else construct
        if isinstance(element, DDLElement):
            tape.write(str(element.compile(dialect=context.dialect)))
        else:
            tape.write(_spelled(element, context))

    return write


def _spelled(element: Any, context: MigrationContext) -> str:
    """A statement with its values; in a text that has none, `:name` is what the user wrote."""
    compiled = element.compile(dialect=context.dialect)
    missing = [name for name, held in compiled.binds.items() if held.required]
    if not missing:
        compiled = element.compile(dialect=context.dialect, compile_kwargs={"literal_binds": True})
    elif len(missing) < len(compiled.binds) or not isinstance(element, TextClause):
        raise CompileError(f"no value is given for {', '.join(missing)}")
    return str(compiled)


def _intercept(operations: Operations, tape: Tape, *, old_style: bool) -> None:
    invoke, context = operations.invoke, operations.get_context()
    absent = cast("Any", _NoConnection(tape, context.dialect))

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
    operations.get_bind = (lambda: absent) if old_style else tape.refuse  # type: ignore[method-assign] # as above
    context.connection = absent


class _NoConnection:
    """Stands where a connection would be, and says who asked for it."""

    def __init__(self, tape: Tape, dialect: Dialect) -> None:
        self._tape = tape
        self.dialect = dialect

    def __getattr__(self, name: str) -> Any:
        if name == "in_transaction":  # asked by `autocommit_block()`, which takes this for a no
            raise AttributeError(name)
        self._tape.refuse()


def _line_of(error: BaseException, path: str) -> int:
    found, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
