"""ALTER COLUMN TYPE as the server shows it: what is free, what builds indexes, what rewrites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgres.observation import Case, on_this_server, outcomes

if TYPE_CHECKING:
    from postgres.observation import Connection

OSLO = ("SET timezone = 'Europe/Oslo'",)
GMT = ("SET timezone = 'GMT'",)
DOMAINS = """
CREATE DOMAIN word AS text; CREATE DOMAIN short AS text CHECK (length(VALUE) < 100);
CREATE TYPE mood AS ENUM ('sad', 'ok');
"""


def change(
    old: str, new: str, *, extra: str = "", session: tuple[str, ...] = (), index: bool = True
) -> Case:
    """A column with an index, of one type, that gets another one; ``new`` may have a USING."""
    indexed = "CREATE INDEX posts_c ON posts (c)" if index else "SELECT 1"
    table = f"{DOMAINS} CREATE TABLE posts (id bigint PRIMARY KEY, c {old}); {indexed}"
    name = f"{old} to {new} {extra} {' '.join(session)}".strip().replace(" ", "_")
    setup = f"{table}; {extra}" if extra else table
    return Case(name, setup, f"ALTER TABLE posts ALTER COLUMN c TYPE {new}", session=session)


FREE = [
    change("varchar(50)", "varchar(100)"),
    change("varchar(50)", "varchar(50)"),
    change("varchar(50)", "varchar"),
    change("varchar(50)", "text"),
    change("varchar(50)", "text USING c::text"),
    change("text", "varchar"),
    change("text", "text USING c"),
    change("text", "word"),
    change("word", "text"),
    change("short", "text"),
    change("numeric(10,2)", "numeric(12,2)"),
    change("numeric(10,2)", "numeric"),
    change("numeric(10)", "numeric(12)"),
    change("timestamp(3)", "timestamp"),
    change("timestamp(3)", "timestamp(5)"),
    change("timestamptz(3)", "timestamptz(6)"),
    change("time(3)", "time(6)"),
    change("interval", "interval day to second"),
    change("interval(2)", "interval(4)"),
    change("cidr", "inet"),
    change("bit varying(8)", "bit varying(16)"),
    change("bit varying(8)", "bit varying"),
    change("int[]", "int[]"),
    change("mood", "mood"),
]
INDEXES = [
    change("timestamp", "timestamptz", session=GMT),
    change("timestamptz", "timestamp", session=("SET timezone = 'UTC'",)),
    change("timestamptz", "timestamp", session=GMT, index=False),
    change("bit(8)", "bit varying"),
    change("oid", "int USING c::int"),
    change("int", "oid"),
    change("text", 'text COLLATE "C"'),
    change("text", "char varying", extra="CREATE INDEX posts_l ON posts (lower(c))"),
]
REWRITES = [
    change("varchar(100)", "varchar(50)"),
    change("varchar", "varchar(50)"),
    change("text", "varchar(255)"),
    change("text", "text USING trim(c)"),
    change("char(10)", "char(20)"),
    change("char(10)", "text"),
    change("smallint", "int"),
    change("int", "bigint"),
    change("bigint", "int"),
    change("int", "numeric"),
    change("numeric(10,2)", "numeric(12,4)"),
    change("numeric(12,2)", "numeric(10,2)"),
    change("numeric", "numeric(20,2)"),
    change("timestamp", "timestamptz", session=OSLO),
    change("timestamp", "timestamptz(3)", session=GMT),
    change("timestamptz", "timestamptz(3)"),
    change("timestamp", "timestamptz USING c AT TIME ZONE 'UTC'", session=GMT),
    change("date", "timestamp"),
    change("json", "jsonb", index=False),
    change("text", "jsonb USING c::jsonb"),
    change("inet", "cidr"),
    change("uuid", "text"),
    change("bool", "int USING c::int"),
    change("text", "short"),
    change("text", "mood USING c::mood"),
    change("mood", "text"),
    change("int[]", "bigint[]"),
    change("varchar(50)[]", "text[]"),
]
USED = [
    change("varchar(50)", "varchar(99)", extra="ALTER TABLE posts ADD CHECK (c <> '')"),
    change("varchar(50)", "text", extra="CREATE INDEX posts_p ON posts (id) WHERE c <> ''"),
    change("varchar(50)", "text", extra="CREATE UNIQUE INDEX posts_u ON posts (c) INCLUDE (id)"),
    change("int", "bigint", extra="ALTER TABLE posts ADD CHECK (c > 0)"),
    Case(
        "referencing",
        "CREATE TABLE users (id varchar(9) PRIMARY KEY);"
        "CREATE TABLE posts (id int, c varchar(9) REFERENCES users)",
        "ALTER TABLE posts ALTER COLUMN c TYPE text",
    ),
    Case(
        "referenced",
        "CREATE TABLE users (id varchar(9) PRIMARY KEY, name varchar(9));"
        "CREATE TABLE posts (id int, c varchar(9) REFERENCES users)",
        "ALTER TABLE users ALTER COLUMN id TYPE text",
    ),
    Case(
        "beside_the_referenced",
        "CREATE TABLE users (id varchar(9) PRIMARY KEY, name varchar(9));"
        "CREATE TABLE posts (id int, c varchar(9) REFERENCES users)",
        "ALTER TABLE users ALTER COLUMN name TYPE text",
    ),
    Case(
        "partitioned",
        "CREATE TABLE events (id int, c int) PARTITION BY RANGE (id);"
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9)",
        "ALTER TABLE events ALTER COLUMN c TYPE bigint",
    ),
    Case(
        "two_columns",
        "CREATE TABLE posts (a varchar(5), b int)",
        "ALTER TABLE posts ALTER a TYPE text, ALTER b TYPE bigint",
    ),
    Case(
        "quoted",
        'CREATE TABLE "Order" ("Is" varchar(5)); CREATE INDEX ON "Order" (lower("Is"))',
        'ALTER TABLE "Order" ALTER "Is" TYPE text',
    ),
]


@on_this_server([*FREE, *INDEXES, *REWRITES, *USED])
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed
