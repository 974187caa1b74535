"""Two columns cannot be kept in step as a revision says."""

from __future__ import annotations

from phased.errors.revisions import RevisionError


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
