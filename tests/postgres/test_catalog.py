"""What is read from a real server: facts, emptiness, and the shape that two databases share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from server import VERSION

from phased import catalog
from phased.fact import ColumnFacts, ConstraintFacts, IndexFacts
from phased.statements import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from postgres.observation import Connection

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN word AS varchar(20) CHECK (VALUE <> '');
CREATE DOMAIN plain AS int;
CREATE DOMAIN nested AS word;
CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, m mood DEFAULT 'ok');
CREATE SCHEMA "My";
CREATE TABLE "My"."Posts" (
    "Id" int GENERATED ALWAYS AS IDENTITY, "userId" bigint REFERENCES users, n numeric(10, 2),
    CONSTRAINT proof CHECK (n > 0 AND "userId" IS NOT NULL)
);
CREATE INDEX posts_lower ON "My"."Posts" (lower(n::text), "userId") WHERE n > 5;
CREATE TABLE events (id int, kind text) PARTITION BY RANGE (id);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (0) TO (9) PARTITION BY LIST (kind);
CREATE TABLE events_2a PARTITION OF events_2 DEFAULT;
CREATE TABLE alone (n int, twice int GENERATED ALWAYS AS (n * 2) STORED);
CREATE VIEW best AS SELECT email FROM users;
CREATE MATERIALIZED VIEW top AS SELECT * FROM best;
CREATE FUNCTION noise() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION quiet() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE STATISTICS s ON email, m FROM users;
CREATE POLICY p ON users USING (true);
COMMENT ON COLUMN users.email IS 'where to write'
"""


@pytest.fixture
def filled(connection: Connection) -> Connection:
    run(connection, SCHEMA)
    return connection


def run(connection: Connection, script: str) -> None:
    for statement in parse(script):
        connection.execute(statement.sql.encode())


def test_the_session(filled: Connection) -> None:
    filled.execute("SET timezone = 'Europe/Oslo'")
    facts = catalog.read(filled)
    assert (facts.server, facts.known, facts.time_zone) == (VERSION, True, "Europe/Oslo")
    assert (facts.schema, facts.search_path) == ("public", ("public",))
    assert (facts.created, facts.added_columns) == (frozenset(), frozenset())


def test_relations_are_named_as_regclass_prints_them(filled: Connection) -> None:
    query = "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S')"
    query += " AND relnamespace IN ('public'::regnamespace, '\"My\"'::regnamespace)"
    assert catalog.read(filled).relations.keys() == {name for (name,) in filled.execute(query)}


def test_another_default_schema_qualifies_public(filled: Connection) -> None:
    filled.execute('SET search_path = "My", public')
    facts = catalog.read(filled)
    assert '"Posts"' in facts.relations
    assert "public.users" in facts.relations
    assert facts.relations['"Posts"'].constraints["Posts_userId_fkey"].references == "public.users"
    assert (facts.schema, facts.search_path) == ("My", ("My", "public"))


def test_columns(filled: Connection) -> None:
    relations = catalog.read(filled).relations
    assert relations["users"].columns == {
        "id": ColumnFacts("bigint", not_null=True, default="nextval('users_id_seq'::regclass)"),
        "email": ColumnFacts("text", not_null=True),
        "m": ColumnFacts("mood", default="'ok'::mood"),
    }
    assert relations['"My"."Posts"'].columns == {
        "Id": ColumnFacts("integer", not_null=True, identity="a"),
        "userId": ColumnFacts("bigint"),
        "n": ColumnFacts("numeric(10,2)"),
    }


def test_constraints(filled: Connection) -> None:
    filled.execute('ALTER TABLE "My"."Posts" ADD CHECK (n IS NOT NULL OR n > 1) NOT VALID')
    found = catalog.read(filled).relations['"My"."Posts"'].constraints
    named = {name: held for name, held in found.items() if held.kind != "n"}
    assert named == {
        "Posts_userId_fkey": ConstraintFacts(
            "f", ("userId",), 'FOREIGN KEY ("userId") REFERENCES users(id)', references="users"
        ),
        "proof": ConstraintFacts(
            "c",
            ("n", "userId"),
            'CHECK (((n > (0)::numeric) AND ("userId" IS NOT NULL)))',
            proves_not_null=frozenset({"userId"}),
        ),
        "Posts_n_check": ConstraintFacts(
            "c",
            ("n",),
            "CHECK (((n IS NOT NULL) OR (n > (1)::numeric))) NOT VALID",
            validated=False,
        ),
    }


def test_indexes(filled: Connection) -> None:
    relations = catalog.read(filled).relations
    assert relations["users"].indexes["users_email_key"] == IndexFacts(
        "users",
        ("email",),
        unique=True,
        definition="CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email)",
    )
    assert relations['"My"."Posts"'].indexes["posts_lower"].columns == ("userId",)
    assert relations["users"].constraints["users_email_key"].index == "users_email_key"


def test_an_invalid_index(connection: Connection) -> None:
    run(connection, "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (n)")
    held = catalog.read(connection).relations["t"].indexes["i"]
    assert (held.unique, held.valid) == (True, False)


def test_the_tree_of_partitions(filled: Connection) -> None:
    relations = catalog.read(filled).relations
    assert relations["events"].partitions == ("events_2", "events_2a")
    assert relations["events"].partition_key == "RANGE (id)"
    assert relations["events_2"].parent == "events"
    assert relations["events_2"].default_partition == "events_2a"
    assert [relations[n].kind for n in ("events", "events_2", "events_2a")] == ["p", "p", "r"]


def test_a_child_of_two_parents_counts_once(connection: Connection) -> None:
    run(connection, "CREATE TABLE a (n int); CREATE TABLE b () INHERITS (a)")
    run(connection, "CREATE TABLE c () INHERITS (a, b)")
    relations = catalog.read(connection).relations
    assert relations["a"].partitions == ("b", "c")
    assert relations["c"].parent == "a"


def test_what_belongs_to_a_table(filled: Connection) -> None:
    relations = catalog.read(filled).relations
    assert relations["users"].sequences == {"users_id_seq": "id"}
    assert relations["users"].statistics == ("s",)
    assert relations["top"].reads == ("best",)
    assert relations["best"].reads == ("users",)


def test_functions_and_domains(filled: Connection) -> None:
    facts = catalog.read(filled)
    assert facts.volatile == {"noise"}
    assert facts.domains == {"word": True, "plain": False, "nested": True}
    assert facts.domain_types["word"] == "character varying(20)"


def test_rows_and_size(connection: Connection) -> None:
    run(connection, "CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 5000)")
    assert catalog.read(connection).relations["t"].rows == -1
    connection.execute("ANALYZE t")
    held = catalog.read(connection).relations["t"]
    assert held.rows == 5000
    (size,) = connection.execute("SELECT pg_total_relation_size('t')").fetchone() or (0,)
    assert held.size == size > 0


class Counting(psycopg.Cursor[Any]):
    """Counts what is executed."""

    executed = 0

    def execute(self, *args: Any, **options: Any) -> Any:
        Counting.executed += 1
        return super().execute(*args, **options)


def test_more_tables_are_no_more_queries(connection: Connection) -> None:
    def queries() -> int:
        before = Counting.executed
        catalog.read(connection)
        return Counting.executed - before

    connection.cursor_factory = Counting
    few = queries()
    run(connection, SCHEMA)
    assert queries() == few > 0


def test_a_locked_table_is_not_waited_for(filled: Connection) -> None:
    filled.execute("ALTER TABLE users ADD CONSTRAINT proof CHECK (email IS NOT NULL)")
    filled.execute("ALTER TABLE users ADD CONSTRAINT other CHECK (email <> '' OR email IS NULL)")
    with psycopg.connect(filled.info.dsn) as other:
        other.execute("LOCK TABLE users, events, alone IN ACCESS EXCLUSIVE MODE")
        filled.execute("SET lock_timeout = '1ms'")
        users = catalog.read(filled).relations["users"]
        assert not catalog.is_empty(filled)
    assert users.columns["id"].default == "nextval('users_id_seq'::regclass)"
    assert users.indexes["users_email_key"].columns == ("email",)
    assert users.constraints["proof"].proves_not_null == {"email"}
    assert users.constraints["other"].proves_not_null == frozenset()


@pytest.mark.parametrize(
    ("script", "empty"),
    [
        ("SELECT 1", True),
        ("CREATE TABLE alembic_version (v text); CREATE TABLE phased_step (n int)", True),
        ("CREATE SCHEMA a; CREATE TYPE mood AS ENUM ('a'); CREATE SEQUENCE s", True),
        ("CREATE TEMP TABLE t (n int)", True),
        ("CREATE TABLE t (n int)", False),
        ("CREATE SCHEMA a; CREATE TABLE a.t (n int)", False),
        ("CREATE TABLE phasedout (n int)", False),
        ("CREATE TABLE e (n int) PARTITION BY RANGE (n)", False),
    ],
)
def test_is_empty(script: str, *, empty: bool, connection: Connection) -> None:
    run(connection, script)
    assert catalog.is_empty(connection) == empty


CHANGES = [
    "CREATE TABLE more (id int)",
    "CREATE SCHEMA more",
    "DROP VIEW best CASCADE",
    "CREATE OR REPLACE VIEW best AS SELECT lower(email) AS email FROM users",
    "ALTER TABLE users ADD note text",
    "ALTER TABLE users ALTER m TYPE text",
    "ALTER TABLE users ALTER m SET NOT NULL",
    "ALTER TABLE users ALTER m SET DEFAULT 'sad'",
    "ALTER TABLE users ALTER m DROP DEFAULT",
    'ALTER TABLE "My"."Posts" ALTER "Id" SET GENERATED BY DEFAULT',
    'ALTER TABLE "My"."Posts" ALTER "Id" DROP IDENTITY',
    "ALTER TABLE users RENAME m TO feeling",
    "ALTER TABLE users RENAME CONSTRAINT users_email_key TO one_email",
    "ALTER TABLE users ADD CHECK (email <> '')",
    "ALTER TABLE users ADD CHECK (email <> '') NOT VALID",
    'ALTER TABLE "My"."Posts" DROP CONSTRAINT proof',
    "CREATE INDEX more ON users (m)",
    "CREATE UNIQUE INDEX posts_more ON users (m) WHERE email <> ''",
    "ALTER TYPE mood ADD VALUE 'happy'",
    "ALTER DOMAIN word ADD CONSTRAINT c CHECK (VALUE <> 'x')",
    "ALTER DOMAIN plain SET NOT NULL",
    "ALTER SEQUENCE users_id_seq INCREMENT BY 2",
    "ALTER SEQUENCE users_id_seq OWNED BY NONE",
    "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "DROP FUNCTION one()",
    "DROP TRIGGER t ON users",
    "ALTER TABLE users DISABLE TRIGGER t",
    "DROP STATISTICS s",
    "DROP POLICY p ON users",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE users SET (fillfactor = 70)",
    "ALTER TABLE alone SET UNLOGGED",
    "ALTER TABLE users REPLICA IDENTITY FULL",
    "COMMENT ON COLUMN users.email IS 'x'",
    "COMMENT ON COLUMN users.email IS NULL",
    "ALTER TABLE events DETACH PARTITION events_2",
    "CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM (9) TO (99)",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_in_the_shape(change: str, filled: Connection) -> None:
    before = catalog.shape(filled)
    filled.execute(change.encode())
    assert catalog.shape(filled) != before


NOT_SHAPE = [
    "INSERT INTO users (email) VALUES ('a')",
    "SELECT nextval('users_id_seq')",
    "ANALYZE users",
    "ALTER TABLE users OWNER TO pg_monitor",
    "CREATE TABLE alembic_version (v text CONSTRAINT alembic_version_pkc PRIMARY KEY)",
    "CREATE TABLE phased_step (id bigserial PRIMARY KEY, sql text)",
    "REINDEX TABLE users",
]


@pytest.mark.parametrize("change", NOT_SHAPE)
def test_what_is_no_part_of_the_shape(change: str, filled: Connection) -> None:
    before = catalog.shape(filled)
    filled.execute(change.encode())
    assert catalog.shape(filled) == before


def test_two_ways_to_the_same_shape(connection: Connection) -> None:
    one = shape_of(connection, "CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x', CHECK (a > 0))")
    two = shape_of(
        connection,
        "CREATE TABLE t (b varchar(3)); ALTER TABLE t ADD junk int; ALTER TABLE t ADD a int;"
        "ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;"
        "ALTER TABLE t VALIDATE CONSTRAINT t_a_check; ALTER TABLE t ALTER a SET NOT NULL;"
        "ALTER TABLE t DROP junk; ALTER TABLE t ALTER b TYPE text, ALTER b SET DEFAULT 'x'",
    )
    assert one == two


def shape_of(connection: Connection, script: str) -> dict[str, str]:
    connection.execute("DROP SCHEMA public CASCADE")
    connection.execute("CREATE SCHEMA public")
    run(connection, script)
    return catalog.shape(connection)


@pytest.mark.parametrize("read", [catalog.read, catalog.is_empty, catalog.shape])
def test_reading_leaves_no_transaction_behind(
    read: Callable[[Connection], object], filled: Connection
) -> None:
    read(filled)
    assert filled.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
