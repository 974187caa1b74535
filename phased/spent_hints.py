"""Hints that have done their work: what the models say came from elsewhere has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phased.hints import CONVERTED_FROM, RENAMED_FROM
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column, MetaData, Table

    from phased.fact import Facts

SPENT = "done with, harmless, and better taken out of the models: {}"


def remark(metadata: Iterable[MetaData], facts: Facts) -> str | None:
    """One line about every hint that may go; None where there is none.

    Args:
        metadata: The models.
        facts: The database that they are compared with.
    """
    tables = [table for one in metadata for table in one.tables.values()]
    found = [text for table in tables for text in _of_table(table, facts)]
    return SPENT.format(", ".join(found)) if found else None


def _of_table(table: Table, facts: Facts) -> Iterator[str]:
    name = _name(table, table.name, facts)
    held = facts.relations.get(name)
    if held is None:
        return
    was = table.info.get(RENAMED_FROM)
    if was is not None and _name(table, str(was), facts) not in facts.relations:
        yield f"renamed_from({str(was)!r}) on {name}"
    for column in table.columns:
        hint, old = _hint(column)
        if old and column.name in held.columns and not set(old) & set(held.columns):
            yield f"{hint}({', '.join(map(repr, old))}) on {name}.{quote(column.name)}"


def _name(table: Table, name: str, facts: Facts) -> str:
    return relation(name, None if table.schema == facts.schema else table.schema)


def _hint(column: Column[Any]) -> tuple[str, tuple[str, ...]]:
    """The hint about where a column came from, and the columns that it names."""
    if RENAMED_FROM in column.info:
        return "renamed_from", (str(column.info[RENAMED_FROM]),)
    converted = column.info.get(CONVERTED_FROM)
    return "converted_from", tuple(converted["columns"]) if converted else ()
