"""Values that fit a column: a few shapes for every type, each a function of a number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import types
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine

    Shape = Callable[[int], Any]

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BIGGEST: dict[type[Any], int] = {
    types.SmallInteger: 2**15 - 1,
    types.BigInteger: 2**63 - 1,
    types.Integer: 2**31 - 1,
}


def word(number: int) -> str:
    """A number in base 36: short, lower case, different for every number."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"


@singledispatch
def shapes(kind: TypeEngine[Any], *, unique: bool = False) -> list[Shape]:
    """Ways to make a value of this type from a number, the most natural first.

    Args:
        kind: A column's type.
        unique: Different numbers must give different values.

    Raises:
        TypeError: Nothing is known about the type.
    """
    del unique
    message = f"no values are known for the type {kind!r}"
    raise TypeError(message)


@shapes.register(types.String)
def _text(kind: types.String, *, unique: bool = False) -> list[Shape]:
    del unique
    makers: list[Shape] = [
        lambda n: f"w{word(n)}",
        lambda n: f"W{word(n)}".upper(),
        lambda n: f"w{word(n)}@example.org",
        lambda n: f"https://example.org/{word(n)}",
        lambda n: f"/{word(n)}",
        str,
        lambda n: f"+{n}",
        lambda n: DIGITS[10 + n % 26],
        lambda _: "",
        lambda n: str(UUID(int=n)),
    ]
    return [_shortened(maker, kind.length) for maker in makers]


def _shortened(maker: Shape, length: int | None) -> Shape:
    # The end of a number is kept: it is what differs between numbers that follow one another.
    def shortened(number: int) -> str:
        text = str(maker(number))
        if length is None or len(text) <= length:
            return text
        return (text if text.isalnum() else word(number))[-length:]

    return shortened


@shapes.register(types.Integer)
def _integer(kind: types.Integer, *, unique: bool = False) -> list[Shape]:
    most = next(most for base, most in BIGGEST.items() if isinstance(kind, base))
    small: list[Shape] = [lambda n: n % 100 + 1]
    large: list[Shape] = [lambda n: n % most + 1]
    fixed = [_always(number) for number in (1, 0, 10, 50, 1000)]
    rest: list[Shape] = [lambda n: n % 5 + 1, *fixed, lambda n: -(n % 100 + 1)]
    return large + rest if unique else small + large + rest


@shapes.register(types.Numeric)
def _numeric(kind: types.Numeric[Any], *, unique: bool = False) -> list[Shape]:
    del unique
    whole = 2 if kind.precision is None else kind.precision - (kind.scale or 0)
    number: type[Decimal | float] = Decimal if kind.asdecimal else float
    if whole < 1:
        return [lambda _: number("0.5"), lambda _: number(0)]
    most = min(10**whole, 100) - 1
    return [
        lambda n: number(n % most + 1),
        *(_always(number(each)) for each in (1, 0, 10, 50) if each <= most),
        lambda n: number(-(n % most + 1)),
    ]


@shapes.register(types.Float)
def _float(kind: types.Float[Any], *, unique: bool = False) -> list[Shape]:
    del unique
    number = Decimal if kind.asdecimal else float
    return [lambda n: number(n % 100 + 1), lambda _: number(0), lambda n: number(-(n % 100 + 1))]


@shapes.register(types.Boolean)
def _boolean(kind: types.Boolean, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: n % 2 == 0, lambda _: True, lambda _: False]


@shapes.register(types.Enum)
def _enum(kind: types.Enum, *, unique: bool = False) -> list[Shape]:
    del unique
    members: list[Any] = list(kind.enum_class or kind.enums)
    return [lambda n: members[n % len(members)], *(_always(member) for member in members)]


def _always(value: object) -> Shape:
    return lambda _: value


@shapes.register(types.DateTime)
def _moment(kind: types.DateTime, *, unique: bool = False) -> list[Shape]:
    del unique
    start = EPOCH if kind.timezone else EPOCH.replace(tzinfo=None)
    return [
        lambda n: start + timedelta(seconds=n % 2**28),
        lambda n: start - timedelta(seconds=n % 2**28),
        lambda n: start + timedelta(days=36500, seconds=n % 2**28),
    ]


@shapes.register(types.Date)
def _date(kind: types.Date, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [
        lambda n: date(2020, 1, 1) + timedelta(days=n % 10000),
        lambda n: date(2020, 1, 1) - timedelta(days=n % 10000),
    ]


@shapes.register(types.Time)
def _time(kind: types.Time, *, unique: bool = False) -> list[Shape]:
    del unique
    zone = UTC if kind.timezone else None
    return [lambda n: time(n // 3600 % 24, n // 60 % 60, n % 60, tzinfo=zone)]


@shapes.register(types.Interval)
@shapes.register(postgresql.INTERVAL)
def _interval(kind: TypeEngine[Any], *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: timedelta(seconds=n % 2**28 + 1)]


@shapes.register(types.Uuid)
def _uuid(kind: types.Uuid[Any], *, unique: bool = False) -> list[Shape]:
    del unique
    if kind.as_uuid:
        return [lambda n: UUID(int=n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)]
    return [lambda n: str(UUID(int=n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))]


@shapes.register(types.LargeBinary)
def _bytes(kind: types.LargeBinary, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: n.to_bytes(8, "big")]


@shapes.register(types.JSON)
def _json(kind: types.JSON, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: {"n": n}, lambda n: [n], lambda _: {}, lambda _: []]


@shapes.register(types.ARRAY)
def _array(kind: types.ARRAY[Any], *, unique: bool = False) -> list[Shape]:
    item = shapes(kind.item_type, unique=unique)[0]
    depth = (kind.dimensions or 1) - 1
    return [lambda n: _nested([item(n), item(n + 1)], depth), lambda _: []]


def _nested(value: list[Any], depth: int) -> list[Any]:
    return _nested([value], depth - 1) if depth else value


@shapes.register(postgresql.DOMAIN)
def _domain(kind: postgresql.DOMAIN, *, unique: bool = False) -> list[Shape]:
    return shapes(kind.data_type, unique=unique)


@shapes.register(types.TypeDecorator)
def _decorated(kind: types.TypeDecorator[Any], *, unique: bool = False) -> list[Shape]:
    return shapes(kind.impl_instance, unique=unique)


@shapes.register(postgresql.INET)
def _address(kind: postgresql.INET, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"]


@shapes.register(postgresql.HSTORE)
def _hstore(kind: postgresql.HSTORE, *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: {"n": str(n)}]


@shapes.register(postgresql.TSVECTOR)
def _document(kind: TypeEngine[Any], *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: f"'w{word(n)}'"]


@shapes.register(postgresql.INT4RANGE)
@shapes.register(postgresql.INT8RANGE)
def _range(kind: TypeEngine[Any], *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: postgresql.Range(n % 2**30, n % 2**30 + 1)]


@shapes.register(postgresql.TSTZRANGE)
def _period(kind: TypeEngine[Any], *, unique: bool = False) -> list[Shape]:
    del kind, unique
    return [lambda n: postgresql.Range(EPOCH + timedelta(days=n), EPOCH + timedelta(days=n + 1))]
