"""Two columns cannot be kept in step as a revision says."""

from __future__ import annotations

from phased.errors.revisions import RevisionError
from phased.errors.running import RunError


class SyncNeedsExpression(RevisionError):
    """`op.sync_columns` has not got one expression for each column of a side."""

    message = (
        "op.sync_columns() on {table} has to make {columns} from {source}: {direction}= needs "
        "{count} SQL expressions, one for each column, and has {given}.\n"
        "Nothing has been changed in the database. Say how, for instance:\n\n"
        "    op.sync_columns(\n"
        '        "users", old="name", new=("first", "last"),\n'
        "        up=(\"split_part(name, ' ', 1)\", \"split_part(name, ' ', 2)\"),\n"
        "        down=\"concat_ws(' ', first, last)\",\n"
        "    )"
    )


class ExpressionUnreadable(RevisionError):
    """PostgreSQL does not take `up` or `down` for an expression over the table."""

    message = (
        "revision {revision}: PostgreSQL cannot read up= or down= of op.sync_columns() on "
        "{table}: {reason}.\n"
        "Nothing has been changed in the database. Mend the expression:\n\n    {expression}"
    )


class ExpressionVaries(RevisionError):
    """`up` or `down` gives another value each time."""

    message = (
        "revision {revision}: {direction}= of op.sync_columns() on {table} calls {function}, which "
        "does not give the same value twice, so that {old} and {new} could never agree.\n"
        "Nothing has been changed in the database. Take out {function} from\n\n    {expression}\n\n"
        "and fill what it was for with a default, or with filled_by() on a column of its own."
    )


class ConversionFails(RunError):
    """`up` or `down` raises an error on rows that are there."""

    message = (
        "revision {revision}: {failing} of {rows} rows of {table} cannot be carried from {old} to "
        "{new} and back. The running release could not write such values either once the trigger "
        "is there:\n\n{examples}\n\n"
        "Nothing has been changed in the database. Mend the rows, or write an expression that "
        "takes them:\n\n    up   = {up}\n    down = {down}"
    )


class ConversionLeavesNull(RunError):
    """`up` makes NULL of rows, and the new column is to be NOT NULL."""

    message = (
        "revision {revision}: {column} of {table} is to be NOT NULL, and {empty} of {rows} rows "
        "would have NULL there:\n\n{examples}\n\n"
        "Nothing has been changed in the database. Fill {old} in these rows and keep the running "
        "release from leaving it empty, or write an expression that has a value for them, such as "
        "coalesce(…):\n\n    up = {up}"
    )


class ConversionCollides(RunError):
    """`up` makes the same value of several rows, and it has to be unique."""

    message = (
        "revision {revision}: {unique} of {table} is to be unique, and several rows would have "
        "the same:\n\n{examples}\n\n"
        "Nothing has been changed in the database. Mend the rows, or write an expression that "
        "keeps them apart:\n\n    up = {up}"
    )


class MayNotTry(RunError):
    """The role has no right to read the rows that an expression is to be tried on."""

    message = (
        "revision {revision}: role {role} may not read the rows of {table}, to see whether {old} "
        "can be carried to {new}: {reason}.\n"
        "Nothing has been changed in the database. Give it the right, then run the same command "
        "again:\n\n    {grant}"
    )


class FiresAfterSync(RunError):
    """A trigger of the user's sorts after the one of `op.sync_columns`."""

    message = (
        "revision {revision}: trigger {found} on {where} would fire after the one that keeps {new} "
        "in step, and what it changes would not arrive on the other side: PostgreSQL fires "
        "triggers in the order of their names.\n"
        "Nothing has been changed in the database. Give it a name that sorts before ~phased, for "
        "instance:\n\n    ALTER TRIGGER {found} ON {where} RENAME TO …;"
    )


class SyncOfPartitionKey(RunError):
    """The old column is part of a partition key."""

    message = (
        "revision {revision}: {found} is in the partition key of {where}. When new code writes "
        "{new}, a trigger would have to move the row to another partition, which PostgreSQL "
        "refuses.\n"
        "Nothing has been changed in the database. Keep the column: give the attribute its name "
        'with mapped_column("{found}"), or partition a new table by {new}.'
    )


class SyncOfGenerated(RunError):
    """The old column is a generated one."""

    message = (
        "revision {revision}: {found} of {where} is a generated column: what new code writes to "
        "{new} could not be written there, and a trigger cannot read it.\n"
        "Nothing has been changed in the database. Take the columns that it is generated from "
        "for old= instead of {found}, and what it is generated by for up=."
    )


class SyncOfInherited(RunError):
    """The table has children by INHERITS."""

    message = (
        "revision {revision}: {where} has the child {found}, by INHERITS. Rows of a child fire "
        "the child's triggers alone, so that {new} would not be kept in step there.\n"
        "Nothing has been changed in the database. Detach the child, or sync it in a call of its "
        "own:\n\n    ALTER TABLE {found} NO INHERIT {where};"
    )
