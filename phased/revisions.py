"""Questions to Alembic's directory of revisions, and to its version table."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from phased.errors.revisions import BrokenRevision
from phased.errors.running import UnknownRevision
from phased.naming import relation
from phased.plan import phase_functions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import Script, ScriptDirectory

    from phased.session import Session


def every(script: ScriptDirectory) -> list[Script]:
    """All revisions, oldest first; each file is imported and looked at.

    Raises:
        BrokenRevision: A file cannot be imported.
        NoPhases: One has neither phases nor `upgrade()`.
        PhasesAndUpgrade: One has both.
    """
    try:
        found = list(script.walk_revisions())
    except SyntaxError as error:
        raise BrokenRevision(path=error.filename, line=error.lineno, reason=error.msg) from error
    except ImportError as error:
        raise _broken(error, script) from error
    found.reverse()
    for one in found:
        phase_functions(one)
    return found


def heads(session: Session) -> tuple[str, ...]:
    """What `alembic_version` says, read on the connection that looks around."""
    context = session.context
    table = relation(context.version_table, context.version_table_schema)
    exists = session.watch.execute("SELECT to_regclass(%s)", (table,)).fetchone()
    if not exists or exists[0] is None:
        return ()
    rows = session.watch.execute(f"SELECT version_num FROM {table} ORDER BY 1")
    return tuple(row[0] for row in rows)


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
        UnknownRevision: There is none.
    """
    from alembic.util import CommandError

    try:
        found = script.get_revision(revision)
    except CommandError:
        found = None
    if found is None:
        raise UnknownRevision(revision=revision, directory=script.versions)
    return found


def _known(script: ScriptDirectory, revision: str) -> bool:
    from alembic.util import CommandError

    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False


def _broken(error: ImportError, script: ScriptDirectory) -> BrokenRevision:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in _files(script)]
    path, line = (frames[-1].filename, frames[-1].lineno) if frames else (script.versions, 0)
    return BrokenRevision(path=path, line=line, reason=str(error))


def _files(script: ScriptDirectory) -> set[str]:
    from pathlib import Path

    return {
        str(file)
        for folder in script.version_locations or [script.versions]
        for file in Path(folder).glob("*.py")
    }
