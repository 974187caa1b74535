"""SQL that tries `up` and `down` of a sync on the rows that are there, and changes nothing.

A function of the session's own makes the new values and the old ones from them again, with the
assignments that the trigger will make; an error is caught for each row. Values go through
variables, because parameters of functions forget their length: ``varchar(5)`` is ``varchar`` there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phased.dual_write import values
from phased.naming import quote, relation
from phased.operation import dollar_quoted, literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phased.dual_write import Sync

SHOWN = 3
LONGEST = 120  # characters of a value
FUNCTION = "pg_temp.phased_try"
BODY = """#variable_conflict use_column
DECLARE
  {variables}
BEGIN
  problem := 'up';
  SELECT {up} INTO {fresh} FROM (SELECT {before}) AS {table};
  {out}
  problem := 'down';
  SELECT {down} INTO {back} FROM (SELECT {after}) AS {table};
  lossy := ROW({back})::record *<> ROW({old})::record;
  problem := NULL;
EXCEPTION WHEN OTHERS THEN
  problem := problem || ': ' || SQLERRM;
END"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sync and the table it is for, as it is now.

    Attributes:
        columns: The table's columns, unquoted, without the new ones.
        types: Type of each old and each new column, as SQL.
        key: What tells a row from others: the primary key, unquoted.
    """

    sync: Sync
    columns: tuple[str, ...]
    types: Mapping[str, str]
    key: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table, for SQL."""
        return relation(self.sync.table, self.sync.schema)


def attempt(trial: Trial) -> str:
    """CREATE FUNCTION of what is tried on each row."""
    sync = trial.sync
    made, back = _names("made", sync.new), _names("back", sync.old)
    fresh = _names("fresh", sync.new)
    outs = [f"OUT {n} {trial.types[c]}" for n, c in zip(made, sync.new, strict=True)]
    held = zip((*fresh, *back), (*sync.new, *sync.old), strict=True)
    kept = [f"(given).{quote(column)} AS {quote(column)}" for column in trial.columns]
    new = [f"{name} AS {quote(c)}" for name, c in zip(made, sync.new, strict=True)]
    body = BODY.format(
        variables=" ".join(f"{name} {trial.types[column]};" for name, column in held),
        up=", ".join(values(sync.up, sync.old)),
        down=", ".join(values(sync.down, sync.new)),
        fresh=", ".join(fresh),
        out=" ".join(f"{one} := {other};" for one, other in zip(made, fresh, strict=True)),
        back=", ".join(back),
        old=", ".join(f"(given).{quote(column)}" for column in sync.old),
        before=", ".join(kept),
        after=", ".join(kept + new),
        table=quote(sync.table),
    )
    return (
        f"CREATE FUNCTION {FUNCTION}(given {trial.table}, OUT problem text, OUT lossy boolean, "
        f"{', '.join(outs)}) LANGUAGE plpgsql AS {dollar_quoted(body)}"
    )


def readable(trial: Trial) -> str:
    """A query that fails where an expression names what is not there; it reads no row."""
    sync = trial.sync
    columns = ", ".join(f"row_.{quote(column)}" for column in trial.columns)
    new = ", ".join(f"NULL::{trial.types[column]} AS {quote(column)}" for column in sync.new)
    up, down = (
        ", ".join(each) for each in (values(sync.up, sync.old), values(sync.down, sync.new))
    )
    name = quote(sync.table)
    return (
        f"SELECT FROM (SELECT {up} FROM (SELECT {columns} FROM {trial.table} AS row_) AS {name}"
        f" LIMIT 0) AS up, (SELECT {down} FROM (SELECT {columns}, {new} FROM {trial.table} AS row_)"
        f" AS {name} LIMIT 0) AS down"
    )


def counts(trial: Trial) -> str:
    """Rows, rows that fail, rows that come back as something else."""
    return (
        "SELECT count(*), count(tried.problem), count(*) FILTER (WHERE tried.lossy) "
        f"FROM {_tried(trial)}"
    )


def failing(trial: Trial) -> str:
    """A few rows that fail, each with the error."""
    return (
        f"SELECT {_shown(trial)} || ': ' || {_cut('tried.problem')} FROM {_tried(trial)} "
        f"WHERE tried.problem IS NOT NULL LIMIT {SHOWN}"
    )


def lossy(trial: Trial) -> str:
    """A few rows that come back as something else, each with what is made of them."""
    made = _object({c: f"tried.{n}" for n, c in _made(trial)})
    return (
        f"SELECT {_shown(trial)} || ' becomes ' || {made} FROM {_tried(trial)} "
        f"WHERE tried.lossy LIMIT {SHOWN}"
    )


def empty(trial: Trial, column: str) -> str:
    """Rows, and rows that get NULL in a new column."""
    return f"SELECT count(*), count(*) FILTER (WHERE {_null(trial, column)}) FROM {_tried(trial)}"


def emptied(trial: Trial, column: str) -> str:
    """A few rows that get NULL in a new column."""
    return f"SELECT {_shown(trial)} FROM {_tried(trial)} WHERE {_null(trial, column)} LIMIT {SHOWN}"


def colliding(trial: Trial, unique: Sequence[str]) -> str:
    """A few keys that several rows would have, and how many rows each."""
    made = {column: f"tried.{name}" for name, column in _made(trial)}
    keys = {column: made.get(column, f"row_.{quote(column)}") for column in unique}
    grouped = ", ".join(keys.values())
    known = " AND ".join(f"{value} IS NOT NULL" for value in keys.values())
    return (
        f"SELECT {_object(keys)} || ': ' || count(*) || ' rows, such as ' || min({_shown(trial)}) "
        f"FROM {_tried(trial)} WHERE {known} GROUP BY {grouped} HAVING count(*) > 1 LIMIT {SHOWN}"
    )


def _tried(trial: Trial) -> str:
    return f"{trial.table} AS row_, LATERAL {FUNCTION}(row_.*) AS tried"


def _null(trial: Trial, column: str) -> str:
    name = _names("made", trial.sync.new)[trial.sync.new.index(column)]
    return f"num_nulls(tried.{name}) = 1"  # IS NULL looks into composite values


def _made(trial: Trial) -> list[tuple[str, str]]:
    return list(zip(_names("made", trial.sync.new), trial.sync.new, strict=True))


def _names(word: str, columns: Sequence[str]) -> list[str]:
    return [f"{word}_{place}" for place, _ in enumerate(columns)]


def _shown(trial: Trial) -> str:
    columns = dict.fromkeys((*trial.key, *trial.sync.old))
    return _object({column: f"row_.{quote(column)}" for column in columns})


def _object(pairs: Mapping[str, str]) -> str:
    """An expression: ``id = 7, code = abc``, long values cut short."""
    parts = [
        f"{literal(f'{column} = ')} || coalesce({_cut(f'({value})::text')}, 'NULL')"
        for column, value in pairs.items()
    ]
    return f"({' || chr(44) || chr(32) || '.join(parts)})"


def _cut(text: str) -> str:
    return f"left({text}, {LONGEST})"
