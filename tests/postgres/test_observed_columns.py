"""ADD, DROP, ALTER and RENAME COLUMN as the server shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgres.observation import Case, on_this_server, outcomes

if TYPE_CHECKING:
    from postgres.observation import Connection

ROWS = (
    "INSERT INTO posts (id, title, score) SELECT g, 'title ' || g, g FROM generate_series(1, 50) g"
)
POSTS = f"CREATE TABLE posts (id bigint PRIMARY KEY, title text, score int); {ROWS}"
USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name text)"
EVENTS = """
CREATE TABLE events (id bigint NOT NULL, kind text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (200) PARTITION BY LIST (kind);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('a')
"""
NEW = (18,)

ADDED = [
    Case("add_nullable", POSTS, "ALTER TABLE posts ADD COLUMN slug text"),
    Case("add_constant", POSTS, "ALTER TABLE posts ADD slug text NOT NULL DEFAULT 'x'"),
    Case("add_now", POSTS, "ALTER TABLE posts ADD COLUMN at timestamptz DEFAULT now()"),
    Case("add_clock", POSTS, "ALTER TABLE posts ADD at timestamptz DEFAULT clock_timestamp()"),
    Case("add_uuid", POSTS, "ALTER TABLE posts ADD COLUMN key uuid DEFAULT gen_random_uuid()"),
    Case("add_uuidv7", POSTS, "ALTER TABLE posts ADD COLUMN key uuid DEFAULT uuidv7()", NEW),
    Case("add_serial", POSTS, "ALTER TABLE posts ADD COLUMN number serial"),
    Case("add_bigserial", POSTS, "ALTER TABLE posts ADD COLUMN number bigserial UNIQUE"),
    Case("add_identity", POSTS, "ALTER TABLE posts ADD number int GENERATED ALWAYS AS IDENTITY"),
    Case(
        "add_stored",
        POSTS,
        "ALTER TABLE posts ADD COLUMN twice int GENERATED ALWAYS AS (score * 2) STORED",
    ),
    Case(
        "add_virtual",
        POSTS,
        "ALTER TABLE posts ADD COLUMN twice int GENERATED ALWAYS AS (score * 2) VIRTUAL",
        NEW,
    ),
    Case(
        "add_virtual_not_null",
        POSTS,
        "ALTER TABLE posts ADD twice int GENERATED ALWAYS AS (score * 2) VIRTUAL NOT NULL",
        NEW,
    ),
    Case("add_check", POSTS, "ALTER TABLE posts ADD COLUMN stars int DEFAULT 1 CHECK (stars > 0)"),
    Case("add_check_null", POSTS, "ALTER TABLE posts ADD COLUMN stars int CHECK (stars > 0)"),
    Case("add_unique", POSTS, "ALTER TABLE posts ADD COLUMN slug text UNIQUE"),
    Case(
        "add_references",
        f"{USERS}; {POSTS}",
        "ALTER TABLE posts ADD COLUMN author_id bigint REFERENCES users",
    ),
    Case(
        "add_references_default",
        f"{USERS}; INSERT INTO users VALUES (1, 'a'); {POSTS}",
        "ALTER TABLE posts ADD COLUMN author_id bigint DEFAULT 1 REFERENCES users (id)",
        may_read=frozenset({"users"}),
    ),
    Case(
        "add_references_itself",
        POSTS,
        "ALTER TABLE posts ADD COLUMN parent bigint REFERENCES posts",
    ),
    Case("add_domain", f"CREATE DOMAIN mail AS text; {POSTS}", "ALTER TABLE posts ADD m mail"),
    Case(
        "add_constrained_domain",
        f"CREATE DOMAIN mail AS text CHECK (VALUE <> ''); {POSTS}",
        "ALTER TABLE posts ADD COLUMN m mail",
    ),
    Case(
        "add_nested_domain",
        f"CREATE DOMAIN a AS int CHECK (VALUE > 0); CREATE DOMAIN b AS a; {POSTS}",
        "ALTER TABLE posts ADD COLUMN m b DEFAULT 1",
    ),
    Case(
        "add_volatile_function",
        "CREATE FUNCTION pick() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';" + POSTS,
        "ALTER TABLE posts ADD COLUMN n int DEFAULT pick()",
    ),
    Case(
        "add_immutable_function",
        "CREATE FUNCTION pick() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';"
        + POSTS,
        "ALTER TABLE posts ADD COLUMN n int DEFAULT pick()",
    ),
    Case(
        "add_inlined_function",
        "CREATE FUNCTION pick() RETURNS int LANGUAGE sql AS 'SELECT 1';" + POSTS,
        "ALTER TABLE posts ADD COLUMN n int DEFAULT pick()",
    ),
    Case(
        "add_if_not_exists", POSTS, "ALTER TABLE posts ADD COLUMN IF NOT EXISTS title text UNIQUE"
    ),
    Case("add_to_partitioned", EVENTS, "ALTER TABLE events ADD COLUMN note text"),
    Case("add_volatile_to_partitioned", EVENTS, "ALTER TABLE events ADD n float DEFAULT random()"),
    Case(
        "add_to_quoted", 'CREATE TABLE "Order" ("userId" int)', 'ALTER TABLE "Order" ADD "Is" int'
    ),
    Case(
        "add_in_schema",
        "CREATE SCHEMA billing; CREATE TABLE billing.invoices (id serial)",
        "ALTER TABLE billing.invoices ADD COLUMN no serial",
    ),
    Case("add_public", POSTS, "ALTER TABLE public.posts ADD COLUMN slug text"),
]

DROPPED = [
    Case("drop", POSTS, "ALTER TABLE posts DROP COLUMN title"),
    Case(
        "drop_indexed",
        f"{POSTS}; CREATE INDEX posts_both ON posts (score, title);"
        " CREATE INDEX posts_lower ON posts (lower(title)); CREATE INDEX posts_s ON posts (score)",
        "ALTER TABLE posts DROP COLUMN title",
    ),
    Case(
        "drop_foreign_key",
        f"{USERS}; CREATE TABLE posts (id int, author_id bigint REFERENCES users)",
        "ALTER TABLE posts DROP COLUMN author_id",
    ),
    Case(
        "drop_serial",
        "CREATE TABLE posts (id serial, title text)",
        "ALTER TABLE posts DROP COLUMN id",
    ),
    Case("drop_if_exists", POSTS, "ALTER TABLE posts DROP COLUMN IF EXISTS nothing"),
    Case(
        "drop_of_partitioned",
        f"{EVENTS}; ALTER TABLE events ADD n int",
        "ALTER TABLE events DROP n",
    ),
    Case("rename", POSTS, "ALTER TABLE posts RENAME COLUMN title TO headline"),
    Case(
        "rename_constrained",
        f"{POSTS}; ALTER TABLE posts ADD CHECK (title IS NOT NULL); CREATE INDEX ON posts (title)",
        "ALTER TABLE posts RENAME COLUMN title TO headline",
    ),
    Case("rename_of_partitioned", EVENTS, "ALTER TABLE events RENAME COLUMN kind TO sort"),
]

PROVED = f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT proof CHECK (title IS NOT NULL AND score > 0)"
ALTERED = [
    Case("set_not_null", POSTS, "ALTER TABLE posts ALTER COLUMN title SET NOT NULL"),
    Case("set_not_null_twice", POSTS, "ALTER TABLE posts ALTER COLUMN id SET NOT NULL"),
    Case("set_not_null_proved", PROVED, "ALTER TABLE posts ALTER COLUMN title SET NOT NULL"),
    Case("set_not_null_not_proved", PROVED, "ALTER TABLE posts ALTER COLUMN score SET NOT NULL"),
    Case(
        "set_not_null_not_valid",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT proof CHECK (title IS NOT NULL) NOT VALID",
        "ALTER TABLE posts ALTER COLUMN title SET NOT NULL",
    ),
    Case("set_not_null_partitioned", EVENTS, "ALTER TABLE events ALTER COLUMN kind SET NOT NULL"),
    Case(
        "set_not_null_named_not_valid",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT nn NOT NULL title NOT VALID",
        "ALTER TABLE posts ALTER COLUMN title SET NOT NULL",
        NEW,
    ),
    Case(
        "drop_not_null",
        PROVED.replace("title text", "title text NOT NULL"),
        "ALTER TABLE posts ALTER COLUMN title DROP NOT NULL",
    ),
    Case(
        "drop_not_null_partitioned",
        f"{EVENTS}; ALTER TABLE events ALTER COLUMN kind SET NOT NULL",
        "ALTER TABLE events ALTER COLUMN kind DROP NOT NULL",
    ),
    Case("drop_not_null_twice", EVENTS, "ALTER TABLE events ALTER COLUMN kind DROP NOT NULL"),
    Case(
        "set_default", POSTS, "ALTER TABLE posts ALTER COLUMN score SET DEFAULT (random() * 9)::int"
    ),
    Case(
        "drop_default",
        f"{POSTS}; ALTER TABLE posts ALTER score SET DEFAULT 1",
        "ALTER TABLE posts ALTER COLUMN score DROP DEFAULT",
    ),
    Case("set_default_partitioned", EVENTS, "ALTER TABLE events ALTER COLUMN kind SET DEFAULT 'a'"),
    Case(
        "add_identity_to_existing",
        POSTS,
        "ALTER TABLE posts ALTER id ADD GENERATED ALWAYS AS IDENTITY",
    ),
    Case(
        "set_identity",
        "CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE posts ALTER id SET GENERATED BY DEFAULT",
    ),
    Case(
        "restart_identity",
        "CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE posts ALTER id RESTART WITH 100",
    ),
    Case(
        "drop_identity",
        "CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE posts ALTER id DROP IDENTITY",
    ),
    Case(
        "drop_expression",
        "CREATE TABLE posts (a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
        "ALTER TABLE posts ALTER b DROP EXPRESSION",
    ),
    Case(
        "set_expression",
        "CREATE TABLE posts (a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
        "ALTER TABLE posts ALTER b SET EXPRESSION AS (a * 3)",
        NEW,
    ),
    Case(
        "set_expression_virtual",
        "CREATE TABLE posts (a int, b int GENERATED ALWAYS AS (a * 2))",
        "ALTER TABLE posts ALTER b SET EXPRESSION AS (a * 3)",
        NEW,
    ),
    Case("set_statistics", POSTS, "ALTER TABLE posts ALTER COLUMN title SET STATISTICS 500"),
    Case(
        "set_statistics_partitioned",
        EVENTS,
        "ALTER TABLE events ALTER COLUMN kind SET STATISTICS 500",
    ),
    Case("set_storage", POSTS, "ALTER TABLE posts ALTER COLUMN title SET STORAGE EXTERNAL"),
    Case("set_compression", POSTS, "ALTER TABLE posts ALTER COLUMN title SET COMPRESSION pglz"),
    Case("set_n_distinct", POSTS, "ALTER TABLE posts ALTER COLUMN title SET (n_distinct = 5)"),
    Case(
        "several",
        POSTS,
        "ALTER TABLE posts ADD a int, ADD b int DEFAULT 2, ALTER title SET NOT NULL",
    ),
]


@on_this_server([*ADDED, *DROPPED, *ALTERED])
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed
