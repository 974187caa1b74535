"""What a change of type does in place is PostgreSQL's answer, not a list's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations.ops import AlterColumnOp
from rolling import facts, run
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql import psycopg as postgresql

from phased import alter_type
from phased.compiled import compiler, type_of
from phased.in_place import InPlace
from phased.naming import quote, relation
from phased.operations.create_domain import CreateDomainOp
from phased.recipe import Context
from phased.statements import parse

if TYPE_CHECKING:
    from sqlalchemy import Engine

SCHEMA = "Sales dept"
TABLE = """
    CREATE SCHEMA "Sales dept";
    CREATE DOMAIN "Sales dept".name AS varchar(50);
    CREATE DOMAIN "Sales dept".short AS text CHECK (length(VALUE) < 5);
    CREATE TYPE "Sales dept".mood AS ENUM ('sad');
    CREATE TABLE "Sales dept"."Order" (
        id int GENERATED ALWAYS AS IDENTITY, dropped int,
        plain varchar(50), "in Index" varchar(50) UNIQUE, expressed varchar(50),
        checked varchar(50) CHECK (checked <> '%'), selected varchar(50) NOT NULL,
        generated varchar(50), made text GENERATED ALWAYS AS (lower(generated)) STORED,
        whole int DEFAULT 1, price numeric(9, 2), at timestamp(3), took interval(3),
        words varchar(9)[], net cidr, doc xml, fixed char(5)
    );
    ALTER TABLE "Sales dept"."Order" DROP COLUMN dropped;
    CREATE INDEX ix ON "Sales dept"."Order" (lower(expressed));
    CREATE VIEW "Sales dept".v AS SELECT selected FROM "Sales dept"."Order";
    CREATE TABLE "Sales dept".parted (n int, word varchar(5)) PARTITION BY LIST (n);
    CREATE TABLE "Sales dept".one PARTITION OF "Sales dept".parted FOR VALUES IN (1);
    CREATE INDEX own ON "Sales dept".one (upper(word))
"""
FREE = InPlace(alike=True)
LOWER = "the index on lower(expressed::text)"
OTHER = InPlace()  # free as well, but the values are others to drivers or to indexes
ANEW = InPlace(writes=('the index on "in Index"', LOWER, "the table"))
CASES: dict[str, tuple[str, Any, InPlace]] = {
    "longer": ("plain", sa.String(100), FREE),
    "as long as one likes": ("plain", sa.String(), FREE),
    "varchar to text": ("plain", sa.Text(), FREE),
    "shorter": ("plain", sa.String(20), ANEW),
    "another collation": ("plain", sa.String(100, collation="C"), OTHER),
    "a domain over the same": ("plain", pg.DOMAIN("name", sa.String(50), schema=SCHEMA), FREE),
    "a domain with a check": ("plain", pg.DOMAIN("short", sa.Text(), schema=SCHEMA), ANEW),
    "an enum": (
        "plain",
        sa.Enum("sad", name="mood", schema=SCHEMA),
        InPlace(f'column "plain" cannot be cast automatically to type {quote(SCHEMA)}.mood'),
    ),
    "a type that is not there yet": (
        "plain",
        sa.Enum("sad", name="mood_v2", schema=SCHEMA),
        InPlace('type "Sales dept.mood_v2" does not exist'),
    ),
    "in an index that is kept": ("in Index", sa.Text(), FREE),
    "in an expression of an index": (
        "expressed",
        sa.Text(),
        InPlace(writes=(LOWER,), alike=True),
    ),
    "in a check": (
        "checked",
        sa.String(80),
        InPlace(writes=("the check Order_checked_check",), alike=True),
    ),
    "in a view": ("selected", sa.Text(), InPlace('rule _RETURN on view "Sales dept".v uses it')),
    "in a generated column": (
        "generated",
        sa.Text(),
        InPlace("cannot alter type of a column used by a generated column"),
    ),
    "integer to bigint": ("whole", sa.BigInteger(), ANEW),
    "integer to oid": ("whole", pg.OID(), OTHER),
    "a larger precision": ("price", sa.Numeric(11, 2), FREE),
    "any precision": ("price", sa.Numeric(), FREE),
    "a larger scale": ("price", sa.Numeric(11, 3), ANEW),
    "more digits of a second": ("at", sa.DateTime(), FREE),
    "with a time zone": ("at", sa.DateTime(timezone=True), OTHER),
    "a longer interval": ("took", sa.Interval(), FREE),
    "arrays": ("words", sa.ARRAY(sa.String(19)), ANEW),
    "cidr to inet": ("net", pg.INET(), OTHER),
    "xml to text": ("doc", sa.Text(), OTHER),
    "char to text": ("fixed", sa.Text(), ANEW),
}
# Rules price the same statement from a list; there an honest difference is a rewrite too many.
DEARER = {"another collation", "with a time zone"}


def ask(engine: Engine, column: str, type_: Any, name: str = "Order") -> InPlace:
    table = sa.Table(name, sa.MetaData(schema=SCHEMA), sa.Column(column, type_))
    op = AlterColumnOp(name, column, schema=SCHEMA, modify_type=type_)
    key = relation(name, SCHEMA)
    with engine.connect() as connection:
        known = Context(facts(engine), {key: table})
        found = alter_type.ask(connection, [op], known)
        prepared = connection.exec_driver_sql("SELECT name FROM pg_prepared_statements").all()
        temporary = connection.exec_driver_sql("SELECT to_regclass('pg_temp.\"Order\"')").scalar()
        assert (prepared, temporary) == ([], None)
    return found[key, column]


@pytest.fixture
def tables(engine: Engine) -> Engine:
    run(engine, *TABLE.split(";"))
    return engine


def test_postgresql_answers(tables: Engine) -> None:
    found = {name: ask(tables, column, type_) for name, (column, type_, _) in CASES.items()}
    assert found == {name: expected for name, (_, _, expected) in CASES.items()}


def test_types_that_the_revision_makes_are_there(tables: Engine) -> None:
    fresh = pg.DOMAIN("It's {new} %", sa.String(50))
    table = sa.Table("parted", sa.MetaData(schema=SCHEMA), sa.Column("word", fresh))
    op = AlterColumnOp("parted", "word", schema=SCHEMA, modify_type=fresh)
    made = CreateDomainOp("It's {new} %", "varchar(5)", schema=SCHEMA)
    context = Context(tables={relation("parted", SCHEMA): table})
    with tables.connect() as connection:
        found = alter_type.ask(connection, [made, op], context)
    assert found == {(relation("parted", SCHEMA), "word"): FREE}


def test_one_connection_may_ask_again_and_in_autocommit(tables: Engine) -> None:
    column = sa.Column("plain", sa.Text())
    table = sa.Table("Order", sa.MetaData(schema=SCHEMA), column)
    op = AlterColumnOp("Order", "plain", schema=SCHEMA, modify_type=sa.Text())
    context = Context(tables={relation("Order", SCHEMA): table})
    for level in ("READ COMMITTED", "AUTOCOMMIT"):
        with tables.connect().execution_options(isolation_level=level) as connection:
            for _ in range(7):  # psycopg prepares what it runs for the sixth time
                (found,) = alter_type.ask(connection, [op], context).values()
                assert found == FREE


def test_rules_agree_with_the_answer(tables: Engine) -> None:
    known = facts(tables)
    for name, (column, type_, expected) in CASES.items():
        if expected.reason or name in DEARER:
            continue
        kind = type_of(sa.Column(column, type_), compiler(postgresql.dialect()))
        sql = f'ALTER TABLE "Sales dept"."Order" ALTER COLUMN {quote(column)} TYPE {kind}'
        (statement,) = parse(sql, facts=known)
        dear = bool(statement.scans or statement.rewrites)
        assert dear == bool(expected.writes), (name, statement)


def test_partitions_have_indexes_of_their_own(tables: Engine) -> None:
    found = ask(tables, "word", sa.Text(), "parted")
    assert found == InPlace(writes=("the index on upper(word::text)",), alike=True)
    assert ask(tables, "n", sa.BigInteger(), "parted").reason == "the partition key uses it"


def test_what_a_lock_of_others_would_stop_is_not_asked_of_the_table(tables: Engine) -> None:
    with tables.connect() as other:
        other.exec_driver_sql('LOCK TABLE "Sales dept"."Order" IN SHARE ROW EXCLUSIVE MODE')
        assert ask(tables, "plain", sa.Text()) == FREE
