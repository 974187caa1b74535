"""A change cannot be made online: what it would do, and what to write instead."""

from __future__ import annotations

from phased.errors.models import ModelError


class ChangeRefused(ModelError):
    """A change that the models ask for cannot be made on a live database."""


class NoOnlineWay(ChangeRefused):
    """No recipe knows how to make this change on a live database."""

    message = (
        "The models ask for a change that has no online way yet: {change}.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Take the change out of the models, or write it by hand:\n\n"
        "    alembic revision -m '…'      # without --autogenerate\n"
    )


class AddingRewritesTable(ChangeRefused):
    """A column of this kind makes PostgreSQL write the whole table anew."""

    message = (
        "Adding {kind} column {table}.{column} makes PostgreSQL rewrite {table} ({cost}) under "
        "ACCESS EXCLUSIVE: nobody reads or writes it until that is done.\n"
        "Nothing was written, and the database is unchanged.\n"
        "{advice}"
    )


class TypeChangeNeedsSuccessor(ChangeRefused):
    """The type of a column is changed in place."""

    message = (
        "The model changes the type of {table}.{column} from {old} to {new}. {why}\n"
        "Nothing was written, and the database is unchanged.\n"
        "Give the new type a column of its own. The attribute keeps its name, and both columns are "
        "kept in step until no old release is left:\n\n{paste}\n{more}"
    )


class ExclusionNeedsWindow(ChangeRefused):
    """An exclusion constraint has no online way."""

    message = (
        "Exclusion constraint {constraint} on {table} has no online way: PostgreSQL builds its "
        "index "
        "under ACCESS EXCLUSIVE while it reads {table} ({cost}).\n"
        "Nothing was written, and the database is unchanged.\n"
        "Take it out of the models, and add it by hand in a maintenance window:\n\n"
        "    alembic revision -m 'Exclude overlapping rows'\n\n"
        "    def contract() -> None:\n"
        "        op.create_exclude_constraint(...)  # phased: allow scan_under_blocking_lock "
        "because ..."
    )


class PrimaryKeyNeedsWindow(ChangeRefused):
    """The primary key of a table changes."""

    message = (
        "The primary key of {table} ({cost}) changes: {change}. PostgreSQL reads the table under "
        "ACCESS EXCLUSIVE for it, foreign keys that refer to the old key have to go first, and the "
        "running release finds its rows by the old key.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Keep the primary key and add a unique constraint for the new one:\n\n"
        "    __table_args__ = (UniqueConstraint({columns}),)\n"
    )


class IdentityChange(ChangeRefused):
    """How a column numbers its rows changes."""

    message = (
        "{table}.{column} changes between identity, serial and neither: {change}. The "
        "statements for "
        "it take ACCESS EXCLUSIVE on {table} ({cost}), leave the sequence where it stands, and "
        "fail "
        "the running release's INSERTs in between.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Put the model back as it was; what it means to write is\n\n"
        "    {attribute}: Mapped[int] = mapped_column({existing})\n"
    )


class GeneratedChange(ChangeRefused):
    """The expression of a generated column changes, comes or goes."""

    message = (
        "{table}.{column} changes how it is generated: {change}. PostgreSQL rewrites {table} "
        "({cost}) "
        "under ACCESS EXCLUSIVE for it, or refuses.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Add a column with the new expression, and take the old one out one release later:\n\n"
        "    {attribute}_v2: Mapped[...] = mapped_column(..., info=filled_by({expression!r}))\n"
    )


class EnumLabelsChange(ChangeRefused):
    """Labels of an enum type are removed, renamed or put in another order."""

    message = (
        "The labels of the enum type {type} change: {change}. PostgreSQL does not remove or "
        "reorder labels, and the release that is running neither reads nor writes a renamed one.\n"
        "Nothing was written, and the database is unchanged.\n"
        "Give the new labels a type of their own, and what uses them a successor. The attributes "
        "keep their names, both columns are kept in step until no old release is left, and the "
        "old type goes with the last column that uses it:\n\n{paste}\n{more}"
    )
