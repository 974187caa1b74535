"""A key cannot get a wider type in place."""

from __future__ import annotations

from phased.errors.changes import ChangeRefused


class KeyInUse(ChangeRefused):
    """Something hangs on a key column that its successor cannot take over."""

    message = (
        "The models widen {columns}. Its successor is built beside it and takes its name in one "
        "short transaction, without a rewrite of {table} ({cost}); these hang on the column "
        "itself and would be lost or in the way:\n\n"
        "{obstacles}\n\n"
        "Nothing was written, and the database is unchanged.\n"
        "Drop them in a revision of their own before this one and create them again in one after "
        "it:\n\n"
        "    alembic revision -m 'Make way for a wider key'"
    )


class KeyChangesTwice(ChangeRefused):
    """A key column gets a wider type, and something else about it changes too."""

    message = (
        "The models widen {column}, and something else in the same revision is about it: {change}. "
        "The column gives way to a successor, which gets what the column has now.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Make two revisions of it: take one of the two changes out of the models, write and run "
        "the first to its end, and put it back:\n\n"
        "    alembic revision --autogenerate -m 'Widen the key'\n"
        "    alembic upgrade head\n"
        "    phased contract"
    )


class KeySwapPending(ChangeRefused):
    """Something changes about a column that the contract of an earlier revision replaces."""

    message = (
        "The models change {column} ({change}), and the contract of an earlier revision, not run "
        "yet, puts a successor in its place, which has what the column had when that revision was "
        "written.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Run that contract first:\n\n    phased contract"
    )
