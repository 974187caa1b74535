"""A step could not run, or must not run yet."""

from __future__ import annotations

from typing import ClassVar

from phased.errors import PhasedError


class RunError(PhasedError):
    """A step could not run, or must not run yet."""

    exit_code: ClassVar[int] = 1


class Interrupted(RunError):
    """Ctrl-C, or SIGINT."""

    exit_code: ClassVar[int] = 130
    message = (
        "interrupted: the step under way was rolled back, and what ran before it is kept.\n"
        "Run the same command again to go on from there."
    )


class Stopped(Interrupted):
    """SIGTERM."""

    exit_code: ClassVar[int] = 143


class RevisionEdited(RunError):
    """A step that has run is no longer what the file says."""

    exit_code: ClassVar[int] = 2
    message = (
        "{path} was edited after it was applied: step {position} of {phase}() is {state} in the "
        "database and reads differently now.\n"
        "Nothing has been changed by this run. Put the file back as it was, and make the change "
        "in a new revision:\n\n    git checkout -- {path}"
    )


class LockBudgetSpent(RunError):
    """A step did not get its locks within `lock_budget`."""

    message = (
        "revision {revision}: {phase} step {position} did not get its locks within {budget}. In "
        "the way, as of the last look:\n\n{blockers}\n"
        "The step was rolled back; what ran before it is kept. {advice} run the same command "
        "again:\n\n    {command}"
    )


class HeldTooLong(RunError):
    """A step kept a lock that others wait for longer than its fuse allows."""

    message = (
        "revision {revision}: {phase} step {position} held {locks} for more than {fuse}, and was "
        "cancelled: everything that uses the table was waiting.\n\n    {sql}\n\n"
        "The step was rolled back; what ran before it is kept. See what it costs:\n\n"
        "    phased plan {revision}\n\n"
        "If it was a slow moment of the server, run the same command again:\n\n    {command}"
    )


class NameTaken(RunError):
    """Something that is not of our making bears the name of an index that is to be built."""

    message = (
        "revision {revision}: {phase} step {position} cannot build {index} on {table}: {reason}.\n"
        "It was not made by this revision, so it has been left alone:\n\n    {definition}\n\n"
        "If nobody needs it, drop it:\n\n    {drop};\n\n"
        "Then run the same command again:\n\n    {command}"
    )


class StepFailed(RunError):
    """PostgreSQL refused a statement."""

    message = (
        "revision {revision}: {phase} step {position} failed: {reason}\n\n    {sql}\n\n"
        "The step was rolled back; {kept}. Mend what the message says, then run the same "
        "command again:\n\n    {command}"
    )


class ContractPending(RunError):
    """A revision touches what an earlier pending contract touches."""

    message = (
        "revision {revision} touches {objects}, and the contract of revision {earlier}, which "
        "has not run yet, touches the same.\n"
        "Nothing has been changed in the database. Once no older release is running:\n\n"
        "    phased contract {earlier}"
    )


class CannotAbort(RunError):
    """An expand cannot be taken back by itself."""

    message = (
        "revision {revision} cannot be aborted: {reason}\n"
        "Nothing has been changed in the database. {advice}"
    )


class NotExpanded(RunError):
    """A contract was asked for before its expand and backfill are done."""

    exit_code: ClassVar[int] = 2
    message = (
        "revision {revision} cannot be contracted: its {phase} is not done.\n"
        "Nothing has been changed in the database. Run first:\n\n    alembic upgrade {revision}"
    )


class UnknownRevision(RunError):
    """No revision has that id."""

    exit_code: ClassVar[int] = 2
    message = (
        "there is no revision {revision!r} in {directory}.\n"
        "Nothing has been changed in the database. See which there are:\n\n    alembic history"
    )


class OldStyleFailed(RunError):
    """PostgreSQL refused a statement of an old-style revision."""

    message = (
        "{where}: {function} of revision {revision} failed: {reason}\n\n    {sql}\n\n"
        "{state} Mend what the message says, then run the same command again:\n\n    {command}"
    )


class OldStyleNotLocked(LockBudgetSpent):
    """An old-style revision did not get its locks within `lock_budget`."""

    message = (
        "{where}: {function} of revision {revision} did not get its locks within {budget}. In "
        "the way, as of the last look:\n\n{blockers}\n"
        "{state} {advice} run the same command again:\n\n    {command}"
    )


class OldStyleStuck(RunError):
    """An old-style revision did not get its locks, and cannot begin again."""

    message = (
        "{where}: {function} of revision {revision} did not get its locks ({reason}), and cannot "
        "begin again by itself.\n\n    {sql}\n\n"
        "{state} Then run the same command again:\n\n    {command}"
    )


class OldStyleHeldTooLong(HeldTooLong):
    """An old-style revision kept a lock that others wait for longer than its fuse allows."""

    message = (
        "{where}: {function} of revision {revision} held {locks} for more than {fuse}, and was "
        "cancelled: everything that uses the table was waiting.\n\n    {sql}\n\n"
        "{state} See what it costs:\n\n    phased plan {revision}\n\n"
        "If it was a slow moment of the server, run the same command again:\n\n    {command}"
    )


class OldStyleNameTaken(NameTaken):
    """Something has the name of an index that an old-style revision builds."""

    message = (
        "{where}: {function} of revision {revision} cannot build {index} on {table}: {reason}.\n"
        "It has been left alone:\n\n    {definition}\n\n"
        "{state} If nobody needs it, drop it:\n\n    {drop};\n\n"
        "Then run the same command again:\n\n    {command}"
    )
