"""The trigger that keeps old and new columns in step: its SQL, from a `Sync`.

The two sides are compared with ``*<>``, as the bytes that are stored: a citext that changes case
or a numeric that changes its scale has to arrive on the other side, and types without equality,
such as json, have to work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.naming import invent, quote, relation
from phased.operation import dollar_quoted, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST = "~"  # PostgreSQL fires triggers in byte order of their names
COUNTER = "phased_old_writes"
SIDE = "current_setting('phased.side', true)"
BODY = """#variable_conflict use_column
DECLARE
  agreed record;
BEGIN
  IF {side} = 'backfill' THEN
    IF {missing} THEN
      {up}
    END IF;
  ELSIF TG_OP = 'INSERT' THEN
    IF {both} AND (SELECT relispartition FROM pg_catalog.pg_class WHERE oid = TG_RELID) THEN
      BEGIN -- a row that comes from another partition arrives as an INSERT with both sides
        agreed := NEW;
        {agreed}
        IF {agrees} THEN
          RETURN NEW;
        END IF;
      EXCEPTION WHEN OTHERS THEN
        NULL;
      END;
    END IF;
    IF {named} OR {side} = 'new' THEN
      {down}
    ELSE
      {up}
      PERFORM nextval({sequence});
    END IF;
  ELSIF {new_moved} THEN
    {completed}{down}
  ELSIF {old_moved} THEN
    {up}
    PERFORM nextval({sequence});
  ELSIF {missing} THEN
    {up}
  END IF;
  RETURN NEW;
END"""
COMPLETED = """IF {unfilled} THEN -- what new code did not set is still as the old side has it
      agreed := NEW;
      {agreed}
      {kept}
    END IF;
    """


@dataclass(frozen=True, slots=True)
class Sync:
    """Columns of one table that are kept in step with others, both ways.

    Attributes:
        table: Unquoted table name.
        old: The columns that the running release knows, unquoted.
        new: The columns that the new release knows, unquoted.
        up: For each new column an SQL expression over the row; None for the old column as it is.
        down: For each old column an SQL expression over the row; None for the new column as it is.
        schema: Unquoted schema name, or None for the search path.
    """

    table: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    up: tuple[str, ...] | None = None
    down: tuple[str, ...] | None = None
    schema: str | None = None


def create(sync: Sync) -> tuple[str, ...]:
    """The statements that begin it, in order."""
    function, sequence = function_of(sync), sequence_of(sync)
    table = relation(sync.table, sync.schema)
    on_insert, on_update = triggers_of(sync)
    both = (*sync.old, *sync.new)
    moved = f"{_row('OLD', both)} *<> {_row('NEW', both)} OR {_count('NEW', sync.new)} = 0"
    run = f"EXECUTE FUNCTION {function}()"
    return (
        f"CREATE SEQUENCE {sequence}",
        f"GRANT USAGE ON SEQUENCE {sequence} TO PUBLIC",
        (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS {dollar_quoted(body(sync))}"
        ),
        f"CREATE TRIGGER {on_insert} BEFORE INSERT ON {table} FOR EACH ROW {run}",
        f"CREATE TRIGGER {on_update} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({moved}) {run}",
    )


def drop(sync: Sync) -> tuple[str, ...]:
    """The statements that end it, in order."""
    table = relation(sync.table, sync.schema)
    return (
        *(f"DROP TRIGGER {trigger} ON {table}" for trigger in reversed(triggers_of(sync))),
        f"DROP FUNCTION {function_of(sync)}()",
        f"DROP SEQUENCE {sequence_of(sync)}",
    )


def function_of(sync: Sync) -> str:
    """The trigger function, beside its table."""
    return relation(invent("phased_sync", sync.table, *sync.old, *sync.new), sync.schema)


def sequence_of(sync: Sync) -> str:
    """The sequence that counts writes to the old side, those that were rolled back too."""
    return relation(invent(COUNTER, sync.table, *sync.old, *sync.new), sync.schema)


def triggers_of(sync: Sync) -> tuple[str, str]:
    """The triggers on INSERT and on UPDATE."""
    begin = (f"{LAST}phased_sync", *sync.old, *sync.new)
    return quote(invent(*begin, "insert")), quote(invent(*begin, "update"))


def body(sync: Sync) -> str:
    """The trigger function's body."""
    missing = f"{_count('NEW', sync.new)} = 0 AND {_count('NEW', sync.old)} > 0"
    return BODY.format(
        side=SIDE,
        missing=missing,
        up=_assign("NEW", sync.table, sync.new, sync.up, sync.old),
        down=_assign("NEW", sync.table, sync.old, sync.down, sync.new),
        named=f"{_count('NEW', sync.new)} > 0",
        both=f"{_count('NEW', sync.new)} > 0 AND {_count('NEW', sync.old)} > 0",
        agreed=_assign("agreed", sync.table, sync.new, sync.up, sync.old),
        agrees=f"{_row('agreed', sync.new)} *= {_row('NEW', sync.new)}",
        completed=_completed(sync),
        new_moved=f"{_row('NEW', sync.new)} *<> {_row('OLD', sync.new)}",
        old_moved=f"{_row('NEW', sync.old)} *<> {_row('OLD', sync.old)}",
        sequence=literal(sequence_of(sync)),
    )


def _completed(sync: Sync) -> str:
    """New code that writes some of several columns of a row that is not filled leaves the rest."""
    if len(sync.new) == 1:
        return ""
    pairs = zip(_fields("NEW", sync.new), _fields("agreed", sync.new), strict=True)
    return COMPLETED.format(
        unfilled=f"{_count('OLD', sync.new)} = 0 AND {_count('OLD', sync.old)} > 0",
        agreed=_assign("agreed", sync.table, sync.new, sync.up, sync.old),
        kept=" ".join(f"{new} := COALESCE({new}, {made});" for new, made in pairs),
    )


def values(expressions: Sequence[str] | None, source: Sequence[str]) -> list[str]:
    """The expressions for the columns of one side, in parentheses where they are not columns."""
    if expressions is None:
        return [quote(column) for column in source]
    return [f"({sql}\n)" if "--" in sql else f"({sql})" for sql in expressions]


def _assign(
    record: str,
    table: str,
    target: Sequence[str],
    expressions: Sequence[str] | None,
    source: Sequence[str],
) -> str:
    if expressions is None:
        pairs = zip(_fields(record, target), _fields("NEW", source), strict=True)
        return " ".join(f"{one} := {other};" for one, other in pairs)
    found, into = ", ".join(values(expressions, source)), ", ".join(_fields(record, target))
    return f"SELECT {found} INTO {into} FROM (SELECT (NEW).*) AS {quote(table)};"


def _fields(record: str, columns: Sequence[str]) -> list[str]:
    return [f"{record}.{quote(column)}" for column in columns]


def _row(record: str, columns: Sequence[str]) -> str:
    """A record; two bare ROW() would be compared column by column, by each type's own operator."""
    return f"ROW({', '.join(_fields(record, columns))})::record"


def _count(record: str, columns: Sequence[str]) -> str:
    """How many of the columns are not NULL; ``IS NULL`` looks into composite values."""
    return f"num_nonnulls({', '.join(_fields(record, columns))})"
