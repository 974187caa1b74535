"""A revision file cannot be used as it is."""

from __future__ import annotations

from pathlib import Path

from phased.errors import PhasedError


class RevisionError(PhasedError):
    """A revision file cannot be used as it is; ``path`` becomes what one would type here."""

    def __init__(self, **facts: object) -> None:
        if "path" in facts:
            facts["path"] = shown_path(str(facts["path"]))
        super().__init__(**facts)


def shown_path(path: str) -> str:
    """The path from where the user is, if it is below."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


class AsksForConnection(RevisionError):
    """A phase function asked for a live connection."""

    message = (
        "{path}:{line} asks for a database connection, and phase functions are recorded without "
        "one.\nNothing has been changed in the database.\n"
        "Say it as an operation: op.execute() for a statement, op.backfill() for rows:\n\n"
        '    op.backfill("users", {{"locale": "\'en\'"}})'
    )


class NoPhases(RevisionError):
    """A revision file has neither phases nor ``upgrade()``."""

    message = (
        "{path} has neither expand() nor upgrade(), so there is nothing to run.\n"
        "Nothing has been changed in the database. Add to the file:\n\n"
        "    def expand() -> None:\n        pass\n\n"
        "    def backfill() -> None:\n        pass\n\n"
        "    def contract() -> None:\n        pass"
    )


class PhasesAndUpgrade(RevisionError):
    """A revision file has phases and ``upgrade()`` too."""

    message = (
        "{path} has both upgrade() and {phases}: it is not clear which of them is the revision.\n"
        "Nothing has been changed in the database. Move what upgrade() does into expand(), "
        "backfill() and contract(), and remove upgrade()."
    )


class BrokenRevision(RevisionError):
    """A revision file cannot be imported."""

    message = (
        "{path} cannot be imported: line {line}: {reason}\n"
        "Nothing has been changed in the database. Mend the file, then run the command again."
    )


class SqlSyntax(RevisionError):
    """A statement that PostgreSQL does not read.

    Attributes:
        sql: The whole text.
        position: The character the error is at, counted from 1; 0 when unknown.
        detail: PostgreSQL's message.
        near: The line the error is on.
    """

    message = (
        "PostgreSQL does not read this statement: {detail}, at character {position}:\n\n"
        "    {near}\n\n"
        "Nothing was run. The statement as a whole:\n\n{sql}\n\n"
        "Correct it in the revision file and run the command again."
    )


class SeveralHeads(RevisionError):
    """Two revisions follow the same one."""

    message = (
        "there are several heads: {heads}. It is not clear which of them `head` means.\n"
        "Nothing has been changed in the database. Join them with a revision that follows both:"
        '\n\n    alembic merge heads -m "merge"'
    )


class PhaseRaises(RevisionError):
    """A phase function raised something when it was recorded."""

    message = (
        "{path}:{line} raises {kind}: {reason}\n"
        "Nothing has been changed in the database. Mend the file, then run the command again."
    )


class ScratchRefused(RevisionError):
    """No scratch database can be made."""

    message = (
        "old-style revisions that ask for a connection are judged on a scratch database, and the "
        "role {user} may not create one: they will be judged while they run.\n"
        "To have them judged before:\n\n    ALTER ROLE {user} CREATEDB"
    )


class NoDowngrade(RevisionError):
    """A revision file has no ``downgrade()``."""

    message = (
        "{path} has no downgrade(), and nothing else says how to go back from where it is.\n"
        "Nothing has been changed in the database. Write one, or roll forward with a new "
        'revision:\n\n    alembic revision -m "..."'
    )


class ScratchFailed(RevisionError):
    """The server does not create a scratch database, or does not let us in."""

    message = (
        "old-style revisions that ask for a connection are judged on a scratch database, and there "
        "is none to be had ({reason}): they will be judged while they run."
    )


class TouchesDatabase(RevisionError):
    """A revision that is only looked at uses a connection of its own."""

    message = (
        "{path}:{line} uses another connection than op.get_bind(), and nothing may be changed "
        "there while the revision is only looked at."
    )


class BrokenHistory(RevisionError):
    """The revisions do not follow one another."""

    message = (
        "the revision files do not follow one another: {reason}.\n"
        "Nothing has been changed in the database. Mend `down_revision` in the file that is wrong, "
        "or bring back the file that is missing, then run the command again."
    )


class AmbiguousRevision(RevisionError):
    """The beginning of an id fits several revisions."""

    message = (
        "{revision!r} is the beginning of several revisions: {fitting}.\n"
        "Nothing has been changed in the database. Type more of the one that you mean."
    )


class DatabaseAhead(RevisionError):
    """The version table names a revision that no file has."""

    message = (
        "the database is at revision {revision}, and no file in {directory} has that id: it was "
        "migrated from newer code, or the file was deleted.\n"
        "Nothing has been changed in the database. Check out the code that has the file, for "
        "instance:\n\n    git pull\n\n"
        "Where the file is gone for good, say which revision the database has:\n\n"
        "    alembic stamp --purge <revision>"
    )


class NotAtHead(RevisionError):
    """A new revision is to be written, and the database lacks earlier ones."""

    message = (
        "the database has not got all revisions yet, so comparing it with the models would "
        "propose them again.\n"
        "Nothing was written, and the database is unchanged. Run first:\n\n"
        "    alembic upgrade heads"
    )
