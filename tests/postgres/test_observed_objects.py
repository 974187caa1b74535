"""Indexes, views, sequences, types, triggers, policies, comments, grants and queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgres.observation import Case, on_this_server, outcomes

if TYPE_CHECKING:
    from postgres.observation import Connection

POSTS = "CREATE TABLE posts (id bigint PRIMARY KEY, title text, score int)"
EVENTS = """
CREATE TABLE events (id bigint NOT NULL, kind text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100)
"""
INDEXED = f"{POSTS}; CREATE INDEX posts_title ON posts (title)"
VIEW = f"{POSTS}; CREATE VIEW best AS SELECT * FROM posts WHERE score > 5"
MATVIEW = f"{POSTS}; CREATE MATERIALIZED VIEW best AS SELECT * FROM posts"
MOOD = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE posts (id bigint, m mood)"
WORD = "CREATE DOMAIN word AS text; CREATE TABLE posts (id bigint, w word)"
FUNCTION = "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
TRIGGER = "CREATE TRIGGER note BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION noted()"
BOTH = """
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint REFERENCES users, title text);
INSERT INTO users SELECT g, 'n' FROM generate_series(1, 3000) g;
INSERT INTO posts SELECT g, g, 't' FROM generate_series(1, 3000) g;
ANALYZE users; ANALYZE posts
"""
NEW = (18,)

INDEXES = [
    Case("create_index", POSTS, "CREATE INDEX posts_title ON posts (title)"),
    Case("create_index_unnamed", POSTS, "CREATE INDEX ON posts (title, lower(title), (score + 1))"),
    Case("create_index_unique", POSTS, "CREATE UNIQUE INDEX one ON posts (title) INCLUDE (score)"),
    Case("create_index_partial", POSTS, "CREATE INDEX i ON posts (title) WHERE score > 1"),
    Case("create_index_brin", POSTS, "CREATE INDEX i ON posts USING brin (id)"),
    Case("create_index_twice", INDEXED, "CREATE INDEX IF NOT EXISTS posts_title ON posts (title)"),
    Case("create_index_partitioned", EVENTS, "CREATE INDEX events_kind ON events (kind)"),
    Case("create_index_only", EVENTS, "CREATE INDEX events_kind ON ONLY events (kind)"),
    Case("drop_index", INDEXED, "DROP INDEX posts_title"),
    Case("drop_index_if_exists", INDEXED, "DROP INDEX IF EXISTS posts_title, nothing"),
    Case(
        "drop_index_partitioned",
        f"{EVENTS}; CREATE INDEX events_kind ON events (kind)",
        "DROP INDEX events_kind",
    ),
    Case("rename_index", INDEXED, "ALTER INDEX posts_title RENAME TO posts_by_title"),
    Case("index_fillfactor", INDEXED, "ALTER INDEX posts_title SET (fillfactor = 70)"),
    Case("comment_on_index", INDEXED, "COMMENT ON INDEX posts_title IS 'x'"),
    Case("reindex_index", INDEXED, "REINDEX INDEX posts_title"),
    Case("reindex_table", INDEXED, "REINDEX TABLE posts"),
    Case(
        "attach_index",
        f"{EVENTS}; CREATE INDEX top ON ONLY events (kind); CREATE INDEX low ON events_1 (kind)",
        "ALTER INDEX top ATTACH PARTITION low",
    ),
]

VIEWS = [
    Case("create_view", POSTS, "CREATE VIEW best AS SELECT * FROM posts"),
    Case("replace_view", VIEW, "CREATE OR REPLACE VIEW best AS SELECT * FROM posts"),
    Case("drop_view", VIEW, "DROP VIEW best"),
    Case("rename_view", VIEW, "ALTER VIEW best RENAME TO finest"),
    Case("view_option", VIEW, "ALTER VIEW best SET (security_barrier = true)"),
    Case("select_view", VIEW, "SELECT * FROM best"),
    Case("create_matview", POSTS, "CREATE MATERIALIZED VIEW best AS SELECT * FROM posts"),
    Case(
        "create_matview_no_data",
        POSTS,
        "CREATE MATERIALIZED VIEW best AS SELECT * FROM posts WITH NO DATA",
    ),
    Case("refresh", MATVIEW, "REFRESH MATERIALIZED VIEW best"),
    Case(
        "refresh_over_view",
        f"{VIEW}; CREATE MATERIALIZED VIEW top AS SELECT * FROM best",
        "REFRESH MATERIALIZED VIEW top",
    ),
    Case(
        "refresh_concurrently",
        f"{MATVIEW}; CREATE UNIQUE INDEX one ON best (id)",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY best",
        may_read=frozenset({"best"}),
    ),
    Case("drop_matview", MATVIEW, "DROP MATERIALIZED VIEW best"),
    Case("index_on_matview", MATVIEW, "CREATE INDEX ON best (title)"),
]

SEQUENCES = [
    Case("create_sequence", "SELECT 1", "CREATE SEQUENCE numbers"),
    Case("create_owned_sequence", POSTS, "CREATE SEQUENCE numbers OWNED BY posts.id"),
    Case("alter_sequence", "CREATE SEQUENCE numbers", "ALTER SEQUENCE numbers INCREMENT BY 10"),
    Case("restart_sequence", "CREATE SEQUENCE numbers", "ALTER SEQUENCE numbers RESTART WITH 7"),
    Case("own_sequence", f"{POSTS}; CREATE SEQUENCE n", "ALTER SEQUENCE n OWNED BY posts.id"),
    Case("rename_sequence", "CREATE TABLE t (id serial)", "ALTER SEQUENCE t_id_seq RENAME TO s"),
    Case("drop_sequence", "CREATE SEQUENCE numbers", "DROP SEQUENCE numbers"),
    Case("setval", "CREATE SEQUENCE numbers", "SELECT setval('numbers', 100)"),
    Case("nextval", 'CREATE SEQUENCE "Numbers"', "SELECT nextval('\"Numbers\"')"),
]

TYPES = [
    Case("create_enum", "SELECT 1", "CREATE TYPE mood AS ENUM ('sad')"),
    Case("add_value", MOOD, "ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok'"),
    Case("rename_value", MOOD, "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'"),
    Case("drop_type_cascade", MOOD, "DROP TYPE mood CASCADE"),
    Case("create_composite", "SELECT 1", "CREATE TYPE pair AS (a int, b int)"),
    Case("add_attribute", "CREATE TYPE pair AS (a int)", "ALTER TYPE pair ADD ATTRIBUTE b int"),
    Case(
        "rename_attribute", "CREATE TYPE pair AS (a int)", "ALTER TYPE pair RENAME ATTRIBUTE a TO b"
    ),
    Case("create_domain", "SELECT 1", "CREATE DOMAIN word AS text CHECK (VALUE <> '')"),
    Case("domain_check", WORD, "ALTER DOMAIN word ADD CHECK (VALUE <> '')"),
    Case("domain_check_not_valid", WORD, "ALTER DOMAIN word ADD CHECK (VALUE <> '') NOT VALID"),
    Case(
        "domain_validate",
        f"{WORD}; ALTER DOMAIN word ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID",
        "ALTER DOMAIN word VALIDATE CONSTRAINT c",
    ),
    Case("domain_not_null", WORD, "ALTER DOMAIN word SET NOT NULL"),
    Case("domain_default", WORD, "ALTER DOMAIN word SET DEFAULT 'x'"),
    Case("create_schema", "SELECT 1", "CREATE SCHEMA archive CREATE TABLE old_posts (id serial)"),
    Case(
        "rename_schema", "CREATE SCHEMA a; CREATE TABLE a.t (id int)", "ALTER SCHEMA a RENAME TO b"
    ),
    Case("drop_schema", "CREATE SCHEMA a; CREATE TABLE a.t (id int)", "DROP SCHEMA a CASCADE"),
]

TRIGGERS = [
    Case("create_function", "SELECT 1", FUNCTION),
    Case("drop_function", FUNCTION, "DROP FUNCTION noted()"),
    Case("create_trigger", f"{POSTS}; {FUNCTION}", TRIGGER),
    Case(
        "replace_trigger",
        f"{POSTS}; {FUNCTION}; {TRIGGER}",
        TRIGGER.replace("CREATE", "CREATE OR REPLACE"),
    ),
    Case(
        "create_trigger_partitioned",
        f"{EVENTS}; {FUNCTION}",
        TRIGGER.replace("posts", "events"),
    ),
    Case(
        "create_statement_trigger_partitioned",
        f"{EVENTS}; {FUNCTION}",
        TRIGGER.replace("posts", "events").replace("ROW", "STATEMENT"),
    ),
    Case(
        "create_constraint_trigger",
        f"{POSTS}; {FUNCTION}",
        "CREATE CONSTRAINT TRIGGER note AFTER INSERT ON posts DEFERRABLE FOR EACH ROW"
        " EXECUTE FUNCTION noted()",
    ),
    Case("drop_trigger", f"{POSTS}; {FUNCTION}; {TRIGGER}", "DROP TRIGGER note ON posts"),
    Case(
        "rename_trigger",
        f"{POSTS}; {FUNCTION}; {TRIGGER}",
        "ALTER TRIGGER note ON posts RENAME TO n",
    ),
    Case(
        "disable_trigger",
        f"{POSTS}; {FUNCTION}; {TRIGGER}",
        "ALTER TABLE posts DISABLE TRIGGER note",
    ),
    Case("disable_all_triggers", BOTH, "ALTER TABLE posts DISABLE TRIGGER ALL"),
    Case("create_rule", POSTS, "CREATE RULE r AS ON DELETE TO posts DO INSTEAD NOTHING"),
    Case("create_policy", POSTS, "CREATE POLICY mine ON posts USING (true)"),
    Case(
        "alter_policy",
        f"{POSTS}; CREATE POLICY mine ON posts",
        "ALTER POLICY mine ON posts USING (true)",
    ),
    Case("drop_policy", f"{POSTS}; CREATE POLICY mine ON posts", "DROP POLICY mine ON posts"),
]

NOTES = [
    Case("comment_on_table", POSTS, "COMMENT ON TABLE posts IS 'x'"),
    Case("comment_on_column", POSTS, "COMMENT ON COLUMN posts.title IS 'x'"),
    Case("comment_on_constraint", POSTS, "COMMENT ON CONSTRAINT posts_pkey ON posts IS 'x'"),
    Case("comment_on_type", MOOD, "COMMENT ON TYPE mood IS 'x'"),
    Case("comment_on_view", VIEW, "COMMENT ON VIEW best IS 'x'"),
    Case("grant", POSTS, "GRANT SELECT ON posts TO PUBLIC"),
    Case("revoke", POSTS, "REVOKE ALL ON posts FROM PUBLIC"),
    Case("grant_on_sequence", "CREATE SEQUENCE n", "GRANT USAGE ON SEQUENCE n TO PUBLIC"),
    Case("create_statistics", POSTS, "CREATE STATISTICS s ON title, score FROM posts"),
    Case(
        "drop_statistics",
        f"{POSTS}; CREATE STATISTICS s ON title, score FROM posts",
        "DROP STATISTICS s",
    ),
    Case("create_publication", POSTS, "CREATE PUBLICATION news FOR TABLE posts"),
    Case(
        "alter_publication", f"{POSTS}; CREATE PUBLICATION n", "ALTER PUBLICATION n ADD TABLE posts"
    ),
]

QUERIES = [
    Case("select", BOTH, "SELECT * FROM users"),
    Case("select_by_key", BOTH, "SELECT * FROM users WHERE id = 7"),
    Case("select_for_update", BOTH, "SELECT * FROM users FOR UPDATE"),
    Case("select_with", BOTH, "WITH users AS (SELECT 1 AS one) SELECT * FROM users"),
    Case("insert", BOTH, "INSERT INTO users VALUES (5000, 'x')"),
    Case("insert_child", BOTH, "INSERT INTO posts VALUES (5000, 1, 'x')"),
    Case("insert_select", BOTH, "INSERT INTO posts SELECT 5000 + id, id, name FROM users"),
    Case("update_all", BOTH, "UPDATE users SET name = 'x'"),
    Case("update_by_key", BOTH, "UPDATE users SET name = 'x' WHERE id = 7"),
    Case("update_foreign_key", BOTH, "UPDATE posts SET author_id = 1"),
    Case("delete_all", BOTH, "DELETE FROM posts"),
    Case(
        "delete_parent",
        f"{BOTH}; DELETE FROM posts WHERE author_id = 7",
        "DELETE FROM users WHERE id = 7",
    ),
    Case("insert_partitioned", EVENTS, "INSERT INTO events VALUES (1, 'a')"),
    Case("update_partitioned", EVENTS, "UPDATE events SET kind = 'b'"),
    Case(
        "do",
        BOTH,
        "DO $$ BEGIN UPDATE posts SET title = 'x'; EXECUTE 'DROP TABLE users CASCADE'; END $$",
    ),
    Case("explain", BOTH, "EXPLAIN UPDATE users SET name = 'x'"),
    Case("copy_to", BOTH, "DECLARE c CURSOR FOR SELECT * FROM users"),
]


@on_this_server([*INDEXES, *VIEWS, *SEQUENCES, *TYPES, *TRIGGERS, *NOTES, *QUERIES])
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed
