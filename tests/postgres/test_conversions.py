"""Conversions that come filled in: every value goes over and comes back, or nothing is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from phased.conversions import Conversion, obvious
from phased.fact import Facts
from phased.naming import quote
from phased.operation import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

OLD, NEW = "Old one", "fresh"
UTC = " AT TIME ZONE 'UTC'"
AWARE, NAIVE = sa.DateTime(timezone=True), sa.DateTime()
MOOD = sa.Enum("sad", "it's", name="Mood", schema="Sales dept")
WIDER = sa.Enum("glad", "it's", "sad", name="mood_v2")


class Code(sa.TypeDecorator[str]):
    impl = sa.String(12)
    cache_ok = True


# What is in the old column, and what is in the new one then; both as text.
SAME = ("", "x", "it's", "\\%:a", "ü\n")
NUMBERS = ("0", "-1", "32767", "-32768")
BIG = (*NUMBERS, "2147483647", "-2147483648")
HUGE = (*BIG, "9223372036854775807", "-9223372036854775808")
UUIDS = ("00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
INSTANTS = {
    "2024-03-31 02:30:00.123456": "2024-03-31 02:30:00.123456+00",
    "infinity": "infinity",
    "0044-03-15 00:00:00 BC": "0044-03-15 00:00:00+00 BC",
}
LABELS = ("sad", "it's")
EXACT: dict[str, tuple[Any, Any, dict[str, str] | tuple[str, ...]]] = {
    "text to integer": (sa.Text(), sa.Integer(), BIG),
    "varchar to bigint": (sa.String(30), sa.BigInteger(), HUGE),
    "text to numeric": (sa.Text(), sa.Numeric(), ("1.50", "-0.000000000000000000001", "NaN")),
    "text to uuid": (sa.Text(), sa.Uuid(), UUIDS),
    "text to json": (sa.Text(), sa.JSON(), ('{"a": 1,  "a": 2}', "null", '"\\u00fc"')),
    "text to varchar": (sa.Text(), sa.String(5), SAME),
    "char to text": (sa.CHAR(3), sa.Text(), {"ab ": "ab", "abc": "abc"}),
    "varchar to another length": (sa.String(5), sa.String(3), ("", "abc")),
    "a type of the user's": (sa.String(12), Code(), SAME),
    "varchar to enum": (sa.String(5), MOOD, LABELS),
    "integer to text": (sa.Integer(), sa.Text(), BIG),
    "uuid to varchar": (sa.Uuid(), sa.String(36), UUIDS),
    "enum to text": (MOOD, sa.Text(), LABELS),
    "json to text": (sa.JSON(), sa.Text(), ('{"a":1,  "a":2}', "null")),
    "enum to enum with more labels": (MOOD, WIDER, LABELS),
    "smallint to integer": (sa.SmallInteger(), sa.Integer(), NUMBERS),
    "integer to bigint": (sa.Integer(), sa.BigInteger(), BIG),
    "bigint to integer": (sa.BigInteger(), sa.Integer(), BIG),
    "integer to numeric": (sa.Integer(), sa.Numeric(), BIG),
    "bigint to numeric with a scale": (sa.BigInteger(), sa.Numeric(20, 1), {"-7": "-7.0"}),
    "whole numeric to bigint": (sa.Numeric(18, 0), sa.BigInteger(), BIG),
    "numeric to a larger scale": (sa.Numeric(5, 2), sa.Numeric(9, 3), {"-1.25": "-1.250"}),
    "integer to double": (sa.Integer(), sa.Double(), BIG),
    "real to double": (sa.REAL(), sa.Double(), {"0.1": "0.10000000149011612", "NaN": "NaN"}),
    "json to jsonb": (sa.JSON(), pg.JSONB(), ('{"a": [1, null]}', "null", '"ü"')),
    "jsonb to json": (pg.JSONB(), sa.JSON(), ('{"a": [1, null]}', "1e400")[:1]),
    "date to timestamp": (sa.Date(), NAIVE, {"2024-02-29": "2024-02-29 00:00:00"}),
    "date to timestamptz": (sa.Date(), AWARE, {"2024-02-29": "2024-02-29 00:00:00+00"}),
    "timestamp to timestamptz": (NAIVE, AWARE, INSTANTS),
    "timestamptz to timestamp": (AWARE, NAIVE, {new: old for old, new in INSTANTS.items()}),
    "more digits of a second": (pg.TIMESTAMP(precision=0), NAIVE, ("2024-01-01 00:00:01",)),
    "texts to integers": (pg.ARRAY(sa.Text()), pg.ARRAY(sa.Integer()), ("{}", "{1,NULL,-2}")),
    "varchars to enums": (pg.ARRAY(sa.String(9)), pg.ARRAY(MOOD), ("{}", "{sad,NULL,it's}")),
    "enums to enums": (pg.ARRAY(MOOD), pg.ARRAY(WIDER), ("{{sad,it's},{sad,NULL}}",)),
    "texts to varchars": (pg.ARRAY(sa.Text()), pg.ARRAY(sa.String(3)), ("{abc,NULL}",)),
    "text to a domain": (sa.Text(), pg.DOMAIN("short", sa.String(3), create_type=False), ("abc",)),
    "a domain to integer": (pg.DOMAIN("digits", sa.Text(), create_type=False), sa.Integer(), BIG),
}
REFUSED: dict[str, tuple[Any, Any, str]] = {
    "too long": (sa.Text(), sa.String(3), "abcd"),
    "too long for a domain": (sa.Text(), pg.DOMAIN("short", sa.String(3)), "abcd"),
    "one of them too long": (pg.ARRAY(sa.Text()), pg.ARRAY(sa.String(3)), "{abcd}"),
    "no number": (sa.Text(), sa.Integer(), "1.5"),
    "no label": (sa.Text(), MOOD, "glad"),
    "too large": (sa.BigInteger(), sa.SmallInteger(), "32768"),
    "too large for the precision": (sa.Integer(), sa.Numeric(4, 2), "100"),
}
DOUBTFUL: dict[str, tuple[Any, Any]] = {
    "digits would be lost": (sa.Numeric(), sa.Integer()),
    "digits of a text would be lost": (sa.Text(), sa.Numeric(9, 2)),
    "a smaller scale": (sa.Numeric(9, 3), sa.Numeric(9, 2)),
    "no scale to one": (sa.Numeric(), sa.Numeric(9, 2)),
    "larger than a double is exact": (sa.BigInteger(), sa.Double()),
    "double to real": (sa.Double(), sa.REAL()),
    "double to numeric": (sa.Double(), sa.Numeric()),
    "the time of day": (NAIVE, sa.Date()),
    "the time of day in a zone": (AWARE, sa.Date()),
    "fractions of a second": (NAIVE, pg.TIMESTAMP(precision=3, timezone=True)),
    "what a setting decides": (sa.Text(), NAIVE),
    "what may be true": (sa.Text(), sa.Boolean()),
    "one to several": (sa.Text(), pg.ARRAY(sa.Text())),
    "a label goes": (WIDER, MOOD),
    "bytes": (sa.Text(), sa.LargeBinary()),
    "instants in arrays": (pg.ARRAY(NAIVE), pg.ARRAY(AWARE)),
    "what SQLAlchemy cannot read": (sa.types.NullType(), sa.Text()),
}


def found(old: Any, new: Any) -> Conversion | None:
    return obvious(sa.Column(OLD, old), sa.Column(NEW, new), Facts())


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        for text in (
            'CREATE SCHEMA "Sales dept"',
            "SET TIME ZONE 'America/New_York'",
            "CREATE DOMAIN short varchar(3)",
            "CREATE DOMAIN digits text CHECK (VALUE ~ '^-?[0-9]+$')",
        ):
            connection.exec_driver_sql(text)
        MOOD.create(connection)
        WIDER.create(connection)
        yield connection


def carry(connection: Connection, old: Any, new: Any, values: Any) -> list[tuple[str, str, bool]]:
    """Old and new values as text, and whether the old ones come back byte for byte."""
    known = found(old, new)
    assert known is not None
    table = sa.Table(
        "t", sa.MetaData(), sa.Column(OLD, old), sa.Column(NEW, new), sa.Column("back", old)
    )
    connection.exec_driver_sql("DROP TABLE IF EXISTS t")
    table.create(connection)
    for value in values:
        given = "NULL" if value is None else literal(value).replace("%", "%%")
        connection.exec_driver_sql(f"INSERT INTO t ({quote(OLD)}) VALUES ({given})")
    connection.exec_driver_sql(f"UPDATE t SET fresh = {known.up}".replace("%", "%%"))
    connection.exec_driver_sql(f"UPDATE t SET back = {known.down}".replace("%", "%%"))
    connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    same = f"ROW({quote(OLD)})::record *= ROW(back)::record"
    query = f"SELECT {quote(OLD)}::text, fresh::text, {same} FROM t"
    return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_every_value_goes_over_and_comes_back(connection: Connection) -> None:
    for name, (old, new, values) in EXACT.items():
        expected = values if isinstance(values, dict) else dict(zip(values, values, strict=True))
        rows = carry(connection, old, new, [*expected, None])
        assert [row[1] for row in rows] == [*expected.values(), None], name
        assert all(row[2] for row in rows), (name, rows)


def test_what_does_not_fit_is_refused(connection: Connection) -> None:
    for old, new, value in REFUSED.values():
        with pytest.raises(sa.exc.DBAPIError), connection.begin_nested():
            carry(connection, old, new, [value])


@pytest.mark.parametrize(("old", "new"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_doubt(old: Any, new: Any) -> None:
    assert found(old, new) is None


def test_what_is_written() -> None:
    assert found(sa.Text(), sa.Integer()) == Conversion('"Old one"::integer', "fresh::text")
    assert found(NAIVE, AWARE) == Conversion(f'"Old one"{UTC}', f"fresh{UTC}")
    assert found(sa.Date(), AWARE) == Conversion(
        f'"Old one"::timestamp{UTC}', f"(fresh{UTC})::date"
    )
    assert found(MOOD, WIDER) == Conversion(
        '"Old one"::text::mood_v2', 'fresh::text::"Sales dept"."Mood"'
    )
