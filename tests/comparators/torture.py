"""A schema with everything that autogenerate compares, under names that need quotes and not."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SCHEMAS = ("billing", "Odd Schema")


class Mood(enum.Enum):
    happy = "happy"
    sad = 'it\'s "sad"'


class Shouted(sa.types.TypeDecorator[str]):
    impl = sa.String(17)
    cache_ok = True


def metadata() -> sa.MetaData:
    """Everything, created anew: a test may change its own copy."""
    found = sa.MetaData(naming_convention=CONVENTION)
    for table in (_types, _defaults, _keys, _checks, _indexes, _uniques, _rest):
        table(found)
    for schema in SCHEMAS:
        _elsewhere(found, schema)
    return found


def prepare(connection: sa.Connection) -> None:
    """What `create_all()` does not do: schemas."""
    for schema in SCHEMAS:
        connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')


def _types(found: sa.MetaData) -> None:
    c = sa.Column
    sa.Table(
        "types",
        found,
        c("id", sa.BigInteger, primary_key=True),
        c("text", sa.Text),
        c("string", sa.String),
        c("string_20", sa.String(20)),
        c("collated", sa.String(20, collation="C")),
        c("collated_text", sa.Text(collation="POSIX")),
        c("char", sa.CHAR(3)),
        c("small", sa.SmallInteger),
        c("numeric", sa.Numeric),
        c("numeric_9_2", sa.Numeric(9, 2)),
        c("numeric_9", sa.Numeric(9)),
        c("float", sa.Float),
        c("float_20", sa.Float(20)),
        c("double", sa.Double),
        c("boolean", sa.Boolean),
        c("date", sa.Date),
        c("time", sa.Time),
        c("time_3", pg.TIME(precision=3, timezone=True)),
        c("timestamp", sa.DateTime),
        c("timestamptz", sa.DateTime(timezone=True)),
        c("timestamptz_3", pg.TIMESTAMP(precision=3, timezone=True)),
        c("interval", sa.Interval),
        c("interval_2", pg.INTERVAL(precision=2)),
        c("interval_day", pg.INTERVAL(fields="DAY TO SECOND", precision=4)),
        c("bytes", sa.LargeBinary),
        c("uuid", sa.Uuid),
        c("json", sa.JSON),
        c("jsonb", pg.JSONB),
        c("array", pg.ARRAY(sa.String(5))),
        c("matrix", pg.ARRAY(sa.Integer, dimensions=2)),
        c("moods", pg.ARRAY(sa.Enum(Mood, name="Mood"))),
        c("mood", sa.Enum(Mood, name="Mood")),
        c("inet", pg.INET),
        c("cidr", pg.CIDR),
        c("macaddr", pg.MACADDR),
        c("bit", pg.BIT(4)),
        c("varbit", pg.BIT(4, varying=True)),
        c("money", pg.MONEY),
        c("oid", pg.OID),
        c("tsvector", pg.TSVECTOR),
        c("tsquery", pg.TSQUERY),
        c("range", pg.INT4RANGE),
        c("multirange", pg.INT4MULTIRANGE),
        c("decorated", Shouted),
        c("domain", pg.DOMAIN("positive", sa.Integer, check="VALUE > 0")),
        c("Weird Name", sa.Integer, comment='it\'s a 100% "comment"'),
        comment="Every type; 100% 'quoted'",
    )


def _defaults(found: sa.MetaData) -> None:
    c, t = sa.Column, sa.text
    counter = sa.Sequence("counter", metadata=found)
    sa.Table(
        "Defaults",
        found,
        c("id", sa.Integer, primary_key=True),
        c("string", sa.String(20), server_default="plain"),
        c("quoted", sa.String(20), server_default='it\'s "50%" \\ :x'),
        c("empty", sa.Text, server_default=""),
        c("integer", sa.Integer, server_default="5"),
        c("negative", sa.Integer, server_default=t("-5")),
        c("numeric", sa.Numeric(9, 2), server_default="1.50"),
        c("yes", sa.Boolean, nullable=False, server_default=sa.true()),
        c("no", sa.Boolean, server_default=t("false")),
        c("now", sa.DateTime(timezone=True), server_default=sa.func.now()),
        c("current", sa.DateTime, server_default=t("CURRENT_TIMESTAMP")),
        c("zone", sa.DateTime, server_default=t("(now() AT TIME ZONE 'utc')")),
        c("uuid", sa.Uuid, server_default=t("gen_random_uuid()")),
        c("json", sa.JSON, server_default=t("'{\"a\": \"it''s\"}'")),
        c("jsonb", pg.JSONB, server_default=t("'{}'::jsonb")),
        c("plain_jsonb", pg.JSONB, server_default="[]"),
        c("mood", sa.Enum(Mood, name="Mood"), server_default="happy"),
        c("array", pg.ARRAY(sa.Text), server_default="{}"),
        c("constructed", pg.ARRAY(sa.Integer), server_default=t("ARRAY[1, 2]")),
        c("counted", sa.BigInteger, counter, server_default=counter.next_value()),
        c("interval", sa.Interval, server_default=t("'1 day'")),
        c("coalesced", sa.Text, server_default=t("COALESCE(current_user, 'x' || 'y')")),
        c("fetched", sa.Text, server_default=sa.FetchedValue()),
        c("bytes", sa.LargeBinary, server_default=t(r"'\x00ff'")),
        c("Mixed", sa.Text, server_default=t("null")),
    )


def _keys(found: sa.MetaData) -> None:
    c = sa.Column
    sa.Table(
        "identities",
        found,
        c("id", sa.BigInteger, sa.Identity(), primary_key=True),
        c("always", sa.Integer, sa.Identity(always=True, start=10, increment=5, cycle=True)),
        c("limited", sa.SmallInteger, sa.Identity(minvalue=1, maxvalue=100, cache=7)),
        c("doubled", sa.Integer, sa.Computed("limited * 2", persisted=True)),
        c("lowered", sa.Text, sa.Computed("lower(name) || '%'", persisted=True)),
        c("name", sa.Text),
    )
    sa.Table(
        "pairs",
        found,
        c("b", sa.Integer, primary_key=True),
        c("a", sa.Uuid, primary_key=True),
        c("mood", sa.Enum(Mood, name="Mood"), nullable=False),
    )
    sa.Table("keyless", found, c("a", sa.Integer))
    sa.Table("serials", found, c("id", sa.SmallInteger, primary_key=True), c("Parent", sa.Integer))


def _checks(found: sa.MetaData) -> None:
    c = sa.Column
    table = sa.Table(
        "Checks",
        found,
        c("id", sa.Integer, primary_key=True),
        c("age", sa.Integer, sa.CheckConstraint("age > 0", name="age_positive")),
        c("Name", sa.String(30)),
        c("status", sa.Enum("a", "it's", native_enum=False, create_constraint=True, name="st")),
        c("flag", sa.Boolean(create_constraint=True, name="flag")),
        c("data", pg.JSONB),
        sa.CheckConstraint("age between 1 and 150 or \"Name\" like '%x'", name="either"),
        sa.CheckConstraint("data ? 'key' AND jsonb_typeof(data) = 'object'", name="shape"),
        sa.CheckConstraint("age IN (1, 2, 3)", name=sa.schema.conv("named as it is")),
    )
    table.append_constraint(sa.CheckConstraint(table.c["Name"] != "it's 100%", name="not"))
    table.append_constraint(sa.CheckConstraint(sa.func.length(table.c["Name"]) > 2, name="long"))


def _indexes(found: sa.MetaData) -> None:
    c = sa.Column
    table = sa.Table(
        "Indexes",
        found,
        c("id", sa.Integer, primary_key=True),
        c("a", sa.Integer, index=True),
        c("b", sa.Integer, unique=True, index=True),
        c("Name", sa.String(30)),
        c("collated", sa.Text(collation="C")),
        c("data", pg.JSONB),
        c("words", pg.ARRAY(sa.Text)),
        c("mood", sa.Enum(Mood, name="Mood")),
        c("at", sa.DateTime(timezone=True)),
    )
    name, a, b = table.c["Name"], table.c.a, table.c.b
    sa.Index("where", a, postgresql_where=(b > 5) & (name != "it's 100%"))
    sa.Index("where_text", a, postgresql_where=sa.text("\"Name\" LIKE 'x%' OR mood = 'sad'"))
    sa.Index("include", a, postgresql_include=["b", "Name"])
    sa.Index("gin", "data", postgresql_using="gin", _table=table)
    sa.Index(
        "opclass",
        "data",
        postgresql_using="gin",
        postgresql_ops={"data": "jsonb_path_ops"},
        _table=table,
    )
    sa.Index(
        "array",
        "words",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        _table=table,
    )
    sa.Index("pattern", name, postgresql_ops={"Name": "varchar_pattern_ops"})
    sa.Index("fill", a, postgresql_with={"fillfactor": 50})
    sa.Index("nulls", a, b, unique=True, postgresql_nulls_not_distinct=True)
    sa.Index("sorted", a.desc(), b.desc().nulls_last(), name.asc().nulls_first())
    sa.Index("lowered", sa.func.lower(name))
    sa.Index("expression", sa.text("(a + b)"), sa.text('upper("Name") DESC'), _table=table)
    sa.Index("by collation", sa.collate(name, "C"))
    sa.Index("collated", sa.text('"Name" COLLATE "POSIX" text_pattern_ops'), _table=table)
    sa.Index("json path", sa.text("(data ->> 'key')"), _table=table)
    sa.Index("cast", sa.cast(table.c.data["n"].astext, sa.Integer))
    sa.Index("hash", a, postgresql_using="hash")
    sa.Index("brin", table.c.at, postgresql_using="brin", postgresql_with={"pages_per_range": 16})
    sa.Index("concurrent", b, postgresql_concurrently=True)
    sa.Index("Unique Lower", sa.func.lower(name), unique=True)


def _uniques(found: sa.MetaData) -> None:
    c = sa.Column
    sa.Table(
        "uniques",
        found,
        c("id", sa.Integer, primary_key=True),
        c("a", sa.Integer, unique=True),
        c("b", sa.Integer),
        c("C", sa.Integer),
        c("during", pg.TSTZRANGE),
        sa.UniqueConstraint("b", deferrable=True, initially="DEFERRED"),
        sa.UniqueConstraint("a", "b", name="nulls_distinct", postgresql_nulls_not_distinct=True),
        sa.UniqueConstraint("b", "C", name="Included", postgresql_include=["a"]),
        pg.ExcludeConstraint((sa.text("int4range(a, b)"), "&&"), ("during", "&&"), name="exclude"),
        pg.ExcludeConstraint(
            (sa.text("lower(during)"), "="),
            name="Excluded",
            using="btree",
            where=sa.text("a > 0"),
            deferrable=True,
        ),
    )


def _rest(found: sa.MetaData) -> None:
    c, f = sa.Column, sa.ForeignKey
    key: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
    sa.Table(
        "references",
        found,
        c("id", sa.Integer, primary_key=True),
        c("plain", f("serials.id")),
        c("delete", f("serials.id", ondelete="CASCADE", onupdate="SET NULL")),
        c("late", f("serials.id", **key)),
        c("self", f("references.id", ondelete="set null")),
        c("b", sa.Integer),
        c("a", sa.Uuid),
        c("elsewhere", f("billing.Elsewhere.id")),
        sa.ForeignKeyConstraint(["b", "a"], ["pairs.b", "pairs.a"], match="FULL"),
        sa.ForeignKeyConstraint(
            ["b", "a"], ["pairs.b", "pairs.a"], name="columns", ondelete="SET NULL (b)"
        ),
    )
    sa.Table(
        "parts",
        found,
        c("id", sa.Integer, primary_key=True),
        c("at", sa.Date, primary_key=True, index=True),
        c("amount", sa.Integer, sa.CheckConstraint("amount > 0", name="amount")),
        sa.Index("parts_where", "amount", postgresql_where=sa.text("amount > 5")),
        sa.UniqueConstraint("id", "at", "amount"),
        postgresql_partition_by="RANGE (at)",
    )
    sa.Table("unnamed", sa.MetaData(), c("a", sa.Integer)).to_metadata(found)


def _elsewhere(found: sa.MetaData, schema: str) -> None:
    c = sa.Column
    mood = sa.Enum("up", "Down", name="mood", schema=schema)
    table = sa.Table(
        "Elsewhere",
        found,
        c("id", sa.Integer, primary_key=True),
        c("mood", mood, server_default="up"),
        c("moods", pg.ARRAY(mood), server_default=sa.text("'{}'")),
        c("Name", sa.String(10), unique=True),
        c("amount", sa.Numeric(9, 2), sa.CheckConstraint("amount > 0", name="amount")),
        c("parent", sa.ForeignKey(f"{schema}.Elsewhere.id"), index=True),
        c("other", sa.ForeignKey("types.id")),
        schema=schema,
        comment="elsewhere",
    )
    sa.Index("where", table.c.Name, postgresql_where=table.c.mood == "Down")
