"""Questions to Alembic's directory of revisions, and to its version table."""

from __future__ import annotations

import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script.revision import MultipleHeads, ResolutionError
from alembic.util import CommandError

from phased.errors.revisions import (
    AmbiguousRevision,
    BrokenHistory,
    BrokenRevision,
    DatabaseAhead,
    NotAtHead,
    SeveralHeads,
    shown_path,
)
from phased.errors.running import UnknownRevision
from phased.naming import relation
from phased.phases import phase_functions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import Script, ScriptDirectory

    from phased.session import Session

AMBIGUOUS = "Multiple revisions start"
NOT_UP_TO_DATE = "Target database is not up to date."


def every(script: ScriptDirectory) -> list[Script]:
    """All revisions, oldest first; each file is imported and looked at.

    Raises:
        BrokenRevision: A file cannot be imported.
        BrokenHistory: The files do not follow one another.
        NoPhases: One has neither phases nor `upgrade()`.
        PhasesAndUpgrade: One has both.
    """
    found = load(script)
    for one in found:
        phase_functions(one)
    return found


def load(script: ScriptDirectory) -> list[Script]:
    """All revisions, oldest first; each file is imported.

    Raises:
        BrokenRevision: A file cannot be imported.
        BrokenHistory: The files do not follow one another.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Revision .* is not present", UserWarning)
            return list(script.walk_revisions())[::-1]
    except CommandError as error:
        raise BrokenHistory(reason=str(error).rstrip(".")) from error
    except Exception as error:  # whatever the code of a file raises
        raise _broken(error, script) from error


def heads(session: Session) -> tuple[str, ...]:
    """What `alembic_version` says, read on the connection that looks around."""
    context = session.context
    table = relation(context.version_table, context.version_table_schema)
    exists = session.watch.execute("SELECT to_regclass(%s)", (table,)).fetchone()
    if not exists or exists[0] is None:
        return ()
    rows = session.watch.execute(f"SELECT version_num FROM {table} ORDER BY 1")
    return tuple(row[0] for row in rows)


def refuse_ahead(session: Session) -> None:
    """Refuse to go on from a revision that no file has.

    Raises:
        DatabaseAhead: The version table names one.
    """
    for head in heads(session):
        if not _known(session.script, head):
            raise DatabaseAhead(revision=head, directory=_directory(session.script))


def applied(script: ScriptDirectory, heads: Iterable[str]) -> list[str]:
    """Every revision at or below the heads, oldest first."""
    known = [one for one in heads if _known(script, one)]
    found = (
        [one.revision for one in script.iterate_revisions(tuple(known), "base")] if known else []
    )
    return list(reversed(found))


def between(script: ScriptDirectory, heads: tuple[str, ...], target: str) -> list[Script]:
    """What an upgrade from these heads to a target runs, in order."""
    found = script.iterate_revisions(target, heads or "base", implicit_base=True)
    return list(reversed(list(found)))


def up_to(script: ScriptDirectory, revision: str | None) -> set[str]:
    """Every revision at or below one; none without it.

    Raises:
        UnknownRevision: There is no such revision.
    """
    return set(applied(script, [one(script, revision).revision])) if revision else set()


def one(script: ScriptDirectory, revision: str) -> Script:
    """The revision with an id, a prefix of one, or a symbol such as `head`.

    Raises:
        AmbiguousRevision: Several begin like this.
        SeveralHeads: It is `head`, and there are several.
        UnknownRevision: There is none.
    """
    try:
        found = script.get_revision(revision)
    except CommandError as error:
        raise explained(error, script) from error
    if found is None:
        raise UnknownRevision(revision=revision, directory=_directory(script))
    return found


def explained(error: CommandError, script: ScriptDirectory) -> CommandError:
    """Alembic's error about revisions in our words; any other as it is."""
    cause = error.__cause__
    if isinstance(cause, MultipleHeads):
        return SeveralHeads(heads=", ".join(sorted(cause.heads)))
    if isinstance(cause, ResolutionError) and AMBIGUOUS in str(cause):
        fitting = str(cause).partition(": ")[2].replace("'", "").removesuffix("...")
        return AmbiguousRevision(revision=cause.argument, fitting=fitting)
    if isinstance(cause, ResolutionError):
        return UnknownRevision(revision=cause.argument, directory=_directory(script))
    if str(error) == NOT_UP_TO_DATE:
        return NotAtHead()
    return error


def _known(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False


def _broken(error: Exception, script: ScriptDirectory) -> BrokenRevision | BrokenHistory:
    """Where in the file it is; a missing file shows as a KeyError of Alembic's."""
    path, line = _place(error, script)
    if path is None and isinstance(error, KeyError):
        return BrokenHistory(reason=f"one of them follows {error}, and no file has that id")
    if isinstance(error, SyntaxError):
        return BrokenRevision(path=error.filename, line=error.lineno, reason=error.msg)
    return BrokenRevision(
        path=path or _directory(script), line=line, reason=f"{type(error).__name__}: {error}"
    )


def _place(error: Exception, script: ScriptDirectory) -> tuple[str | None, int | None]:
    folders = [Path(folder).resolve() for folder in _locations(script)]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).resolve().is_relative_to(folder) for folder in folders):
            return frame.filename, frame.lineno
    return None, 0


def _directory(script: ScriptDirectory) -> str:
    return ", ".join(shown_path(folder) for folder in _locations(script))


def _locations(script: ScriptDirectory) -> list[str]:
    return list(script.version_locations) or [str(Path(script.dir) / "versions")]
