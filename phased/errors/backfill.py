"""A backfill is paused, or its function is not what it should be."""

from __future__ import annotations

from typing import ClassVar

from phased.errors.revisions import RevisionError
from phased.errors.running import RunError


class BackfillPaused(RunError):
    """An upgrade came to a backfill that somebody has paused."""

    message = (
        "revision {revision}: the backfill of {table} is paused, by {by} since {at}.\n"
        "{filled:,} rows are filled, and stay so; nothing after it has run. To go on with it:\n\n"
        "    phased backfill resume\n    {command}"
    )


class NoBackfill(RunError):
    """There is no backfill to pause, resume or tune."""

    exit_code: ClassVar[int] = 2
    message = (
        "no backfill is under way{which}.\n"
        "Nothing has been changed in the database. See where every revision stands:\n\n"
        "    phased status"
    )


class NothingToTune(RunError):
    """`phased backfill tune` was not told what to change."""

    exit_code: ClassVar[int] = 2
    message = (
        "phased backfill tune was not told what to change.\n"
        "Nothing has been changed in the database. Say what, for instance:\n\n"
        "    phased backfill tune --rate 5000 --batch-duration 50ms --workers 2"
    )


class FunctionFailed(RunError):
    """The function of `op.backfill_rows()` raised an error."""

    message = (
        "{function}() of op.backfill_rows() on {table} failed for a row: {reason}\n\n    {row}\n\n"
        "Its batch was rolled back; the batches before it are kept. Mend the function, then run "
        "the same command again:\n\n    alembic upgrade head"
    )


class FunctionReturns(RunError):
    """The function of `op.backfill_rows()` did not return new values of the row's columns."""

    message = (
        "{function}() of op.backfill_rows() on {table} returned {returned} for a row; it has to "
        "return a dict of those of the row's columns that change, or None:\n\n    {row}\n\n"
        "Its batch was rolled back; the batches before it are kept. Mend the function, or name "
        "the column in columns=, then run the same command again:\n\n    alembic upgrade head"
    )


class NoScript(RevisionError):
    """`--sql` was asked of a revision with a function over rows."""

    message = (
        "revision {revision} fills {table} with a Python function, {function}(): a script of SQL "
        "cannot do that.\n"
        "Nothing was printed. Run it on a connection:\n\n    alembic upgrade {revision}"
    )
