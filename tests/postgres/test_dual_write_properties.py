"""Random old writers, new writers and backfills, against a model of what each side must read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.errors import UniqueViolation

from phased import batch
from phased.cursor import Range
from phased.model import Backfill
from phased.operations.sync_columns import SyncColumnsOp
from phased.record import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Connection

DEFAULT = "00"
TABLE = f"""CREATE TABLE t (
    id int PRIMARY KEY, code text DEFAULT '{DEFAULT}' UNIQUE, n int UNIQUE, note text
)"""
SYNC = SyncColumnsOp("t", old="code", new="n", up="code::int", down="n::text")
WORK = Backfill("t", {"n": "code::int"})


@dataclass(frozen=True)
class Row:
    """What both sides must read; ``n`` is None until the row is filled."""

    id: int
    code: str | None
    n: int | None


Table: TypeAlias = "dict[int, Row]"


class Conflict(Exception):
    """Two rows have the same key."""


def up(code: str | None) -> int | None:
    return None if code is None else int(code)


def down(n: int | None) -> str | None:
    return None if n is None else str(n)


def checked(rows: list[Row]) -> Table:
    for key in ("id", "code", "n"):
        held = [getattr(row, key) for row in rows if getattr(row, key) is not None]
        if len(held) != len(set(held)):
            raise Conflict(key)
    return {row.id: row for row in rows}


def proposed(at: int, code: str | None, n: int | None) -> Row:
    """An INSERT: only a new writer names n."""
    return Row(at, code, up(code)) if n is None else Row(at, down(n), n)


def changed(row: Row, code: str | None, n: int | None) -> Row:
    """An UPDATE, by value; the new side wins."""
    if n != row.n:
        return replace(row, code=down(n), n=n)
    return replace(row, code=code, n=n if code == row.code and n is not None else up(code))


@dataclass(frozen=True)
class Act:
    """One statement and what it does to the model."""

    sql: str
    effect: Callable[[Table], Table]
    copied: str = ""
    guarded: bool = False


def sql(value: str | int | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def insert(at: int, columns: str, values: str, row: Row) -> Act:
    return Act(
        f"INSERT INTO t (id{columns}) VALUES ({at}{values})",
        lambda table: checked([*table.values(), row]),
    )


def update(at: int, sets: str, change: Callable[[Row], Row]) -> Act:
    def effect(table: Table) -> Table:
        return checked([change(row) if row.id == at else row for row in table.values()])

    return Act(f"UPDATE t SET {sets} WHERE id = {at}", effect)


def upsert(act: Act, row: Row, key: str, sets: str, change: Callable[[Row], Row]) -> Act:
    def effect(table: Table) -> Table:
        wanted = getattr(row, key)
        hit = [held for held in table.values() if getattr(held, key) == wanted]
        if wanted is None or not hit:
            return act.effect(table)
        return checked([change(held) if held in hit else held for held in table.values()])

    return Act(f"{act.sql} ON CONFLICT ({key}) DO UPDATE SET {sets}", effect)


def copy(column: str, rows: list[Row]) -> Act:
    lines = [f"{row.id}\t{getattr(row, column)}\n" for row in rows]
    command = f"COPY t (id, {column}) FROM STDIN"
    return Act(command, lambda table: checked([*table.values(), *rows]), "".join(lines))


def filled_row(row: Row) -> Row:
    return row if row.n is not None else replace(row, n=up(row.code))


def filled(table: Table) -> Table:
    return checked(
        [row if row.n is not None else replace(row, n=up(row.code)) for row in table.values()]
    )


def touched(row: Row) -> Row:
    return changed(row, row.code, row.n)


BACKFILL = Act(batch.sql(WORK, "t", Range(0, 1000)), filled, guarded=True)
IDS = st.integers(1, 6)
CODES = st.integers(0, 15).map(lambda number: f"0{number}")
NUMBERS = st.integers(0, 15)


def old_insert(at: int, code: str | None) -> Act:
    return insert(at, ", code", f", {sql(code)}", proposed(at, code, None))


def new_insert(at: int, n: int) -> Act:
    return insert(at, ", n", f", {n}", proposed(at, None, n))


def neither_insert(at: int) -> Act:
    return insert(at, "", "", proposed(at, DEFAULT, None))


def old_update(at: int, code: str | None) -> Act:
    return update(at, f"code = {sql(code)}", lambda row: changed(row, code, row.n))


def new_update(at: int, n: int | None) -> Act:
    return update(at, f"n = {sql(n)}", lambda row: changed(row, row.code, n))


def both_update(at: int, code: str, n: int) -> Act:
    return update(at, f"code = {sql(code)}, n = {n}", lambda row: changed(row, code, n))


def mapper_update(at: int) -> Act:
    """As mappers do that write every column back."""
    return update(at, "code = code, n = n, note = 'y'", touched)


def old_upsert(at: int, code: str) -> Act:
    row = proposed(at, code, None)
    return upsert(old_insert(at, code), row, "code", "note = EXCLUDED.note", touched)


def new_upsert(at: int, n: int) -> Act:
    row = proposed(at, None, n)
    return upsert(new_insert(at, n), row, "n", "note = EXCLUDED.note", touched)


def old_upsert_of_key(at: int, code: str) -> Act:
    act, row = old_insert(at, code), proposed(at, code, None)
    return upsert(act, row, "id", "code = EXCLUDED.code", lambda held: changed(held, code, held.n))


def new_upsert_of_key(at: int, n: int) -> Act:
    act, row = new_insert(at, n), proposed(at, None, n)
    return upsert(act, row, "id", "n = EXCLUDED.n", lambda held: changed(held, held.code, n))


def old_copy(pairs: list[tuple[int, str]]) -> Act:
    return copy("code", [proposed(at, code, None) for at, code in pairs])


def new_copy(pairs: list[tuple[int, int]]) -> Act:
    return copy("n", [proposed(at, None, n) for at, n in pairs])


def delete(at: int) -> Act:
    return Act(
        f"DELETE FROM t WHERE id = {at}",
        lambda table: {key: row for key, row in table.items() if key != at},
    )


ACTS = st.one_of(
    st.just(BACKFILL),
    st.builds(old_insert, IDS, CODES | st.none()),
    st.builds(new_insert, IDS, NUMBERS),
    st.builds(neither_insert, IDS),
    st.builds(old_update, IDS, CODES | st.none()),
    st.builds(new_update, IDS, NUMBERS | st.none()),
    st.builds(both_update, IDS, CODES, NUMBERS),
    st.builds(mapper_update, IDS),
    st.builds(old_upsert, IDS, CODES),
    st.builds(new_upsert, IDS, NUMBERS),
    st.builds(old_upsert_of_key, IDS, CODES),
    st.builds(new_upsert_of_key, IDS, NUMBERS),
    st.builds(old_copy, st.lists(st.tuples(IDS, CODES), max_size=3)),
    st.builds(new_copy, st.lists(st.tuples(IDS, NUMBERS), max_size=3)),
    st.builds(delete, IDS),
)
TRANSACTIONS = st.lists(
    st.tuples(st.lists(ACTS, min_size=1, max_size=3), st.sampled_from([True, True, False])),
    min_size=1,
    max_size=8,
)
ROWS_BEFORE = st.dictionaries(IDS, NUMBERS, max_size=4).filter(
    lambda rows: len(set(rows.values())) == len(rows)
)
OFTEN = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it is emptied for each example
)

ONE_IS_ENOUGH = settings(OFTEN, phases=[Phase.generate], report_multiple_bugs=False)


@contextmanager
def rolled_back_unless(connection: Connection, *, commits: bool) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT" if commits else "ROLLBACK")


def run(connection: Connection, act: Act) -> bool:
    """Whether the server took it."""
    try:
        with connection.transaction():
            if act.guarded:
                connection.execute(batch.TIMEOUTS.format(lock=1000, statement=0).encode())
            if act.sql.startswith("COPY"):
                with connection.cursor().copy(act.sql.encode()) as stream:
                    stream.write(act.copied)
            else:
                connection.execute(act.sql.encode())
    except UniqueViolation:
        return False
    finally:
        connection.execute("SET LOCAL phased.side = ''")
    return True


def expected(act: Act, table: Table) -> Table | None:
    try:
        return act.effect(table)
    except Conflict:
        return None


def found(connection: Connection) -> Table:
    rows = connection.execute("SELECT id, code, n FROM t").fetchall()
    return {row[0]: Row(*row) for row in rows}


def begin(connection: Connection, numbers: dict[int, int]) -> Table:
    connection.execute("TRUNCATE t")
    table = {at: Row(at, f"00{number}", None) for at, number in numbers.items()}
    connection.execute("SET session_replication_role = replica")  # they were there before
    for row in table.values():
        connection.execute("INSERT INTO t (id, code) VALUES (%s, %s)", (row.id, row.code))
    connection.execute("SET session_replication_role = DEFAULT")
    return table


def play(
    connection: Connection, numbers: dict[int, int], history: list[tuple[list[Act], bool]]
) -> None:
    table = begin(connection, numbers)
    for acts, commits in [*history, ([BACKFILL], True)]:
        before = table
        with rolled_back_unless(connection, commits=commits):
            for act in acts:
                after = expected(act, table)
                assert run(connection, act) is (after is not None), act.sql
                table = table if after is None else after
                assert found(connection) == table, act.sql
        table = table if commits else before
        assert found(connection) == table
    if expected(BACKFILL, table) is not None:
        assert all(row.n == up(row.code) for row in found(connection).values())


@pytest.mark.usefixtures("server")
def test_each_side_reads_what_the_other_one_wrote(connection: Connection) -> None:
    connection.execute(TABLE)
    for statement in render(SYNC):
        connection.execute(statement.encode())

    @OFTEN
    @given(ROWS_BEFORE, TRANSACTIONS)
    def property_holds(numbers: dict[int, int], history: list[tuple[list[Act], bool]]) -> None:
        play(connection, numbers, history)

    property_holds()


BROKEN = {
    "no guard for the backfill": ("= 'backfill'", "= 'nobody'"),
    "INSERT fills what is NULL": ("IF num_nonnulls(NEW.n) > 0 OR", "IF NEW.code IS NULL OR"),
    "new values are not seen": ("ELSIF ROW(NEW.n)", "ELSIF false AND ROW(NEW.n)"),
    "old values are not seen": ("ELSIF ROW(NEW.code)", "ELSIF false AND ROW(NEW.code)"),
    "other updates do not fill": (" OR num_nonnulls(NEW.n) = 0)", ")"),
    "updates are not seen": ("BEFORE UPDATE ON", "BEFORE UPDATE OF note ON"),
}


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_trigger_is_noticed(connection: Connection, name: str) -> None:
    right, wrong = BROKEN[name]
    statements = render(SYNC)
    assert sum(right in statement for statement in statements)
    connection.execute(TABLE)
    for statement in statements:
        connection.execute(statement.replace(right, wrong).encode())

    @ONE_IS_ENOUGH
    @given(ROWS_BEFORE, TRANSACTIONS)
    def property_holds(numbers: dict[int, int], history: list[tuple[list[Act], bool]]) -> None:
        play(connection, numbers, history)

    with pytest.raises(AssertionError):
        property_holds()
