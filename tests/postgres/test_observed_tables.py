"""CREATE, DROP, RENAME, TRUNCATE and the settings of tables, partitions and children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgres.observation import Case, on_this_server, outcomes

if TYPE_CHECKING:
    from postgres.observation import Connection

POSTS = "CREATE TABLE posts (id bigint PRIMARY KEY, title text); INSERT INTO posts VALUES (1, 'a')"
BOTH = """
CREATE TABLE users (id bigserial PRIMARY KEY, name text);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint REFERENCES users, title text)
"""
RANGE = """
CREATE TABLE events (id bigint NOT NULL, kind text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE TABLE new (id bigint NOT NULL, kind text)
"""
DEFAULT = f"{RANGE}; CREATE TABLE events_rest PARTITION OF events DEFAULT"
LIST = """
CREATE TABLE events (id bigint, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE new (id bigint, kind text NOT NULL)
"""
ATTACH = "ALTER TABLE events ATTACH PARTITION new FOR VALUES FROM (100) TO (200)"
ALL = frozenset({"users", "posts", "events_1", "events_rest"})
FITS = "ALTER TABLE new ADD CHECK (id >= 100 AND id < 200)"

CREATED = [
    Case("create", "SELECT 1", "CREATE TABLE posts (id bigserial PRIMARY KEY, t text UNIQUE)"),
    Case(
        "create_everything",
        "SELECT 1",
        "CREATE TABLE posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL,"
        " b int GENERATED ALWAYS AS (a * 2) STORED, c varchar(5) DEFAULT 'x', d numeric(10),"
        " CHECK (a > 0), CHECK (a < b), UNIQUE (a, c), parent int REFERENCES posts,"
        " EXCLUDE USING btree (a WITH =), CONSTRAINT nn CHECK (c IS NOT NULL))",
    ),
    Case(
        "create_if_not_exists", BOTH, "CREATE TABLE IF NOT EXISTS posts (id int REFERENCES users)"
    ),
    Case(
        "create_referring",
        BOTH,
        "CREATE TABLE comments (id int, post_id bigint REFERENCES posts, user_id bigint,"
        " FOREIGN KEY (user_id) REFERENCES users)",
    ),
    Case("create_like", POSTS, "CREATE TABLE copies (LIKE posts INCLUDING DEFAULTS, n int)"),
    Case(
        "create_as",
        POSTS,
        "CREATE TABLE copies AS SELECT * FROM posts WHERE title = 'a'",
        unknown=frozenset({"copies"}),
    ),
    Case(
        "create_as_no_data",
        POSTS,
        "CREATE TABLE copies AS SELECT * FROM posts WITH NO DATA",
        unknown=frozenset({"copies"}),
    ),
    Case("create_child", POSTS, "CREATE TABLE drafts (n int) INHERITS (posts)"),
    Case(
        "create_partition",
        RANGE,
        "CREATE TABLE e PARTITION OF events FOR VALUES FROM (5000) TO (6000)",
    ),
    Case(
        "create_partition_beside_default",
        DEFAULT,
        "CREATE TABLE e PARTITION OF events FOR VALUES FROM (5000) TO (6000)",
    ),
    Case(
        "create_partition_with_all",
        "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE events (id int PRIMARY KEY,"
        " u int DEFAULT 1 REFERENCES users, CHECK (u > 0)) PARTITION BY RANGE (id);"
        "CREATE INDEX ON events (u)",
        "CREATE TABLE e PARTITION OF events FOR VALUES FROM (1) TO (2)",
    ),
    Case(
        "create_partition_with_options",
        RANGE,
        "CREATE TABLE e PARTITION OF events (kind DEFAULT 'x' NOT NULL, CHECK (id > 1))"
        " FOR VALUES FROM (5000) TO (6000)",
    ),
    Case("create_default_partition", RANGE, "CREATE TABLE e PARTITION OF events DEFAULT"),
    Case(
        "create_quoted",
        'CREATE SCHEMA "My"; CREATE TABLE "My"."User" ("Id" int PRIMARY KEY)',
        'CREATE TABLE "My"."Post" ("Id" serial, "userId" int REFERENCES "My"."User")',
    ),
    Case(
        "create_named_like_keywords",
        "SELECT 1",
        'CREATE TABLE "order" ("user" int, old int UNIQUE)',
    ),
]

DROPPED = [
    Case("drop", POSTS, "DROP TABLE posts"),
    Case("drop_if_exists", POSTS, "DROP TABLE IF EXISTS posts, nothing"),
    Case("drop_child_of_foreign_key", BOTH, "DROP TABLE posts"),
    Case("drop_parent_of_foreign_key", BOTH, "DROP TABLE users CASCADE"),
    Case(
        "drop_serial",
        "CREATE TABLE posts (id serial, n int GENERATED ALWAYS AS IDENTITY)",
        "DROP TABLE posts",
    ),
    Case("drop_partition", RANGE, "DROP TABLE events_1"),
    Case("drop_partition_beside_default", DEFAULT, "DROP TABLE events_1"),
    Case("drop_partitioned", DEFAULT, "DROP TABLE events"),
    Case("drop_two", BOTH, "DROP TABLE posts, users"),
]

CHANGED = [
    Case("rename", BOTH, "ALTER TABLE posts RENAME TO articles"),
    Case("rename_referenced", BOTH, "ALTER TABLE users RENAME TO people"),
    Case("rename_partition", RANGE, "ALTER TABLE events_1 RENAME TO first"),
    Case("rename_partitioned", RANGE, "ALTER TABLE events RENAME TO happenings"),
    Case("set_schema", f"CREATE SCHEMA archive; {BOTH}", "ALTER TABLE users SET SCHEMA archive"),
    Case("owner", BOTH, "ALTER TABLE users OWNER TO pg_monitor"),
    Case("truncate", POSTS, "TRUNCATE posts", may_read=ALL),
    Case("truncate_cascade", BOTH, "TRUNCATE users CASCADE", may_read=ALL),
    Case("truncate_restart", BOTH, "TRUNCATE posts, users RESTART IDENTITY", may_read=ALL),
    Case("truncate_partitioned", DEFAULT, "TRUNCATE events", may_read=ALL),
    Case("fillfactor", POSTS, "ALTER TABLE posts SET (fillfactor = 70)"),
    Case("autovacuum", POSTS, "ALTER TABLE posts SET (autovacuum_enabled = false)"),
    Case("reset_autovacuum", POSTS, "ALTER TABLE posts RESET (autovacuum_enabled)"),
    Case("user_catalog_table", POSTS, "ALTER TABLE posts SET (user_catalog_table = true)"),
    Case("cluster_on", POSTS, "ALTER TABLE posts CLUSTER ON posts_pkey"),
    Case("replica_identity", POSTS, "ALTER TABLE posts REPLICA IDENTITY FULL"),
    Case("set_logged", POSTS, "ALTER TABLE posts SET LOGGED"),
    Case("set_unlogged", POSTS, "ALTER TABLE posts SET UNLOGGED"),
    Case("set_access_method", POSTS, "ALTER TABLE posts SET ACCESS METHOD heap"),
    Case("row_security", POSTS, "ALTER TABLE posts ENABLE ROW LEVEL SECURITY"),
    Case("cluster", POSTS, "CLUSTER posts USING posts_pkey"),
    Case("lock", POSTS, "LOCK TABLE posts"),
    Case("lock_share", POSTS, "LOCK TABLE posts IN SHARE ROW EXCLUSIVE MODE"),
    Case("lock_partitioned", RANGE, "LOCK TABLE events IN ROW EXCLUSIVE MODE"),
    Case("analyze", POSTS, "ANALYZE posts"),
    Case("analyze_partitioned", RANGE, "ANALYZE events"),
    Case(
        "inherit",
        f"{POSTS}; CREATE TABLE kid (id bigint NOT NULL, title text)",
        "ALTER TABLE kid INHERIT posts",
    ),
    Case(
        "no_inherit",
        f"{POSTS}; CREATE TABLE kid () INHERITS (posts)",
        "ALTER TABLE kid NO INHERIT posts",
    ),
]

ATTACHED = [
    Case("attach", RANGE, ATTACH),
    Case("attach_proved", f"{RANGE}; {FITS}", ATTACH),
    Case("attach_proved_not_valid", f"{RANGE}; {FITS} NOT VALID", ATTACH),
    Case("attach_beside_default", f"{DEFAULT}; {FITS}", ATTACH),
    Case("attach_default", RANGE, "ALTER TABLE events ATTACH PARTITION new DEFAULT"),
    Case("attach_indexed", f"{RANGE}; {FITS}; CREATE INDEX events_kind ON events (kind)", ATTACH),
    Case(
        "attach_indexed_twice",
        f"{RANGE}; {FITS}; CREATE INDEX events_kind ON events (kind); CREATE INDEX n ON new (kind)",
        ATTACH,
    ),
    Case("attach_list", LIST, "ALTER TABLE events ATTACH PARTITION new FOR VALUES IN ('a', 'b')"),
    Case(
        "attach_list_proved",
        f"{LIST}; ALTER TABLE new ADD CHECK (kind IN ('a', 'b'))",
        "ALTER TABLE events ATTACH PARTITION new FOR VALUES IN ('a', 'b', 'c')",
    ),
    Case(
        "attach_list_not_proved",
        f"{LIST}; ALTER TABLE new ADD CHECK (kind IN ('a', 'b'))",
        "ALTER TABLE events ATTACH PARTITION new FOR VALUES IN ('a')",
    ),
    Case(
        "attach_primary_key",
        RANGE.replace("bigint NOT NULL, kind text) PART", "bigint PRIMARY KEY, kind text) PART"),
        ATTACH,
    ),
    Case(
        "attach_foreign_key",
        f"CREATE TABLE users (id int PRIMARY KEY); {RANGE};"
        "ALTER TABLE events ADD u int REFERENCES users; ALTER TABLE new ADD u int",
        ATTACH,
        may_read=frozenset({"users"}),
    ),
    Case("detach", RANGE, "ALTER TABLE events DETACH PARTITION events_1"),
    Case("detach_beside_default", DEFAULT, "ALTER TABLE events DETACH PARTITION events_1"),
]


@on_this_server([*CREATED, *DROPPED, *CHANGED, *ATTACHED])
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed
