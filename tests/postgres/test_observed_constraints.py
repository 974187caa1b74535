"""ADD, VALIDATE, ALTER, RENAME and DROP CONSTRAINT as the server shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgres.observation import Case, on_this_server, outcomes

if TYPE_CHECKING:
    from postgres.observation import Connection

POSTS = "CREATE TABLE posts (id bigint PRIMARY KEY, title text, score int)"
BOTH = """
CREATE TABLE users (id bigint PRIMARY KEY, name text UNIQUE);
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint, title text);
INSERT INTO users VALUES (1, 'a'); INSERT INTO posts VALUES (1, 1, 't')
"""
KEY = "ALTER TABLE posts ADD CONSTRAINT posts_fk FOREIGN KEY (author_id) REFERENCES users (id)"
EVENTS = """
CREATE TABLE events (id bigint NOT NULL, author_id bigint) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
CREATE TABLE users (id bigint PRIMARY KEY)
"""
TREE = """
CREATE TABLE users (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE users_1 PARTITION OF users FOR VALUES FROM (0) TO (100);
CREATE TABLE posts (id bigint, author_id bigint)
"""
NEW = (18,)
USERS = frozenset({"users", "users_1"})

CHECKS = [
    Case("check", POSTS, "ALTER TABLE posts ADD CONSTRAINT good CHECK (score > 0)"),
    Case("check_unnamed", POSTS, "ALTER TABLE posts ADD CHECK (score > 0), ADD CHECK (score < 9)"),
    Case("check_two_columns", POSTS, "ALTER TABLE posts ADD CHECK (score > 0 OR title IS NULL)"),
    Case("check_not_valid", POSTS, "ALTER TABLE posts ADD CHECK (title IS NOT NULL) NOT VALID"),
    Case("check_not_enforced", POSTS, "ALTER TABLE posts ADD CHECK (score > 0) NOT ENFORCED", NEW),
    Case("check_partitioned", EVENTS, "ALTER TABLE events ADD CONSTRAINT good CHECK (id > 0)"),
    Case(
        "check_not_valid_partitioned",
        EVENTS,
        "ALTER TABLE events ADD CONSTRAINT good CHECK (author_id > 0) NOT VALID",
    ),
    Case(
        "validate_check",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT good CHECK (title IS NOT NULL) NOT VALID",
        "ALTER TABLE posts VALIDATE CONSTRAINT good",
    ),
    Case(
        "validate_valid",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT good CHECK (score > 0)",
        "ALTER TABLE posts VALIDATE CONSTRAINT good",
    ),
    Case(
        "validate_check_partitioned",
        f"{EVENTS}; ALTER TABLE events ADD CONSTRAINT good CHECK (author_id > 0) NOT VALID",
        "ALTER TABLE events VALIDATE CONSTRAINT good",
    ),
    Case(
        "drop_check",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT good CHECK (score > 0)",
        "ALTER TABLE posts DROP CONSTRAINT good",
    ),
    Case(
        "drop_check_partitioned",
        f"{EVENTS}; ALTER TABLE events ADD CONSTRAINT good CHECK (author_id > 0)",
        "ALTER TABLE events DROP CONSTRAINT good",
    ),
    Case("drop_if_exists", POSTS, "ALTER TABLE posts DROP CONSTRAINT IF EXISTS nothing"),
    Case(
        "rename_check",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT good CHECK (score > 0)",
        "ALTER TABLE posts RENAME CONSTRAINT good TO better",
    ),
    Case("not_null", POSTS, "ALTER TABLE posts ADD CONSTRAINT nn NOT NULL title", NEW),
    Case(
        "not_null_not_valid",
        POSTS,
        "ALTER TABLE posts ADD CONSTRAINT nn NOT NULL title NOT VALID",
        NEW,
    ),
    Case(
        "validate_not_null",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT nn NOT NULL title NOT VALID",
        "ALTER TABLE posts VALIDATE CONSTRAINT nn",
        NEW,
    ),
    Case(
        "drop_not_null_by_name",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT nn NOT NULL title NOT VALID",
        "ALTER TABLE posts DROP CONSTRAINT nn",
        NEW,
    ),
]

FOREIGN_KEYS = [
    Case("foreign_key", BOTH, KEY, may_read=USERS),
    Case("foreign_key_not_valid", BOTH, f"{KEY} NOT VALID"),
    Case("foreign_key_not_enforced", BOTH, f"{KEY} NOT ENFORCED", NEW),
    Case(
        "foreign_key_unnamed",
        BOTH,
        "ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES users ON DELETE CASCADE",
        may_read=USERS,
    ),
    Case(
        "validate_foreign_key",
        f"{BOTH}; {KEY} NOT VALID",
        "ALTER TABLE posts VALIDATE CONSTRAINT posts_fk",
        may_read=USERS,
    ),
    Case("drop_foreign_key", f"{BOTH}; {KEY}", "ALTER TABLE posts DROP CONSTRAINT posts_fk"),
    Case(
        "rename_foreign_key",
        f"{BOTH}; {KEY}",
        "ALTER TABLE posts RENAME CONSTRAINT posts_fk TO written_by",
    ),
    Case(
        "alter_foreign_key",
        f"{BOTH}; {KEY}",
        "ALTER TABLE posts ALTER CONSTRAINT posts_fk DEFERRABLE INITIALLY DEFERRED",
    ),
    Case(
        "enforce_foreign_key",
        f"{BOTH}; {KEY} NOT ENFORCED",
        "ALTER TABLE posts ALTER CONSTRAINT posts_fk ENFORCED",
        NEW,
        may_read=USERS,
    ),
    Case(
        "foreign_key_of_partitioned",
        EVENTS,
        "ALTER TABLE events ADD FOREIGN KEY (author_id) REFERENCES users",
        may_read=USERS,
    ),
    Case(
        "foreign_key_of_partitioned_not_valid",
        EVENTS,
        "ALTER TABLE events ADD FOREIGN KEY (author_id) REFERENCES users NOT VALID",
        NEW,
    ),
    Case(
        "drop_foreign_key_of_partitioned",
        f"{EVENTS}; ALTER TABLE events ADD CONSTRAINT k FOREIGN KEY (author_id) REFERENCES users",
        "ALTER TABLE events DROP CONSTRAINT k",
    ),
    Case(
        "foreign_key_to_partitioned",
        TREE,
        "ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES users",
        may_read=USERS,
    ),
    Case(
        "drop_foreign_key_to_partitioned",
        f"{TREE}; ALTER TABLE posts ADD CONSTRAINT k FOREIGN KEY (author_id) REFERENCES users",
        "ALTER TABLE posts DROP CONSTRAINT k",
    ),
    Case(
        "foreign_key_between_schemas",
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.users (id int PRIMARY KEY);"
        'CREATE TABLE b."Posts" ("userId" int)',
        'ALTER TABLE b."Posts" ADD FOREIGN KEY ("userId") REFERENCES a.users',
        may_read=frozenset({"a.users"}),
    ),
]

KEYS = [
    Case("unique", POSTS, "ALTER TABLE posts ADD CONSTRAINT one UNIQUE (title)"),
    Case("unique_unnamed", POSTS, "ALTER TABLE posts ADD UNIQUE (title, score)"),
    Case(
        "unique_using_index",
        f"{POSTS}; CREATE UNIQUE INDEX one ON posts (title)",
        "ALTER TABLE posts ADD CONSTRAINT only_one UNIQUE USING INDEX one",
    ),
    Case(
        "drop_unique",
        f"{POSTS}; ALTER TABLE posts ADD CONSTRAINT one UNIQUE (title)",
        "ALTER TABLE posts DROP CONSTRAINT one",
    ),
    Case(
        "primary_key",
        "CREATE TABLE posts (id int, b int)",
        "ALTER TABLE posts ADD PRIMARY KEY (id)",
    ),
    Case(
        "primary_key_using_index",
        "CREATE TABLE posts (id int); CREATE UNIQUE INDEX one ON posts (id)",
        "ALTER TABLE posts ADD CONSTRAINT k PRIMARY KEY USING INDEX one",
    ),
    Case(
        "primary_key_using_index_not_null",
        "CREATE TABLE posts (id int NOT NULL); CREATE UNIQUE INDEX one ON posts (id)",
        "ALTER TABLE posts ADD CONSTRAINT k PRIMARY KEY USING INDEX one",
    ),
    Case(
        "primary_key_using_index_proved",
        "CREATE TABLE posts (id int CHECK (id IS NOT NULL)); CREATE UNIQUE INDEX one ON posts (id)",
        "ALTER TABLE posts ADD CONSTRAINT k PRIMARY KEY USING INDEX one",
    ),
    Case("drop_primary_key", POSTS, "ALTER TABLE posts DROP CONSTRAINT posts_pkey"),
    Case(
        "drop_referenced_key",
        f"{BOTH}; {KEY}",
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
    ),
    Case(
        "exclusion", POSTS, "ALTER TABLE posts ADD CONSTRAINT x EXCLUDE USING btree (score WITH =)"
    ),
    Case("primary_key_partitioned", EVENTS, "ALTER TABLE events ADD PRIMARY KEY (id)"),
    Case(
        "owner_and_statistics_partitioned",
        EVENTS,
        "ALTER TABLE events OWNER TO pg_monitor, ALTER author_id SET STATISTICS 9",
    ),
    Case("unique_partitioned", EVENTS, "ALTER TABLE events ADD UNIQUE (id)"),
    Case(
        "several",
        POSTS,
        "ALTER TABLE posts ADD CHECK (score > 0), ADD UNIQUE (title), ALTER score SET NOT NULL",
    ),
]


@on_this_server([*CHECKS, *FOREIGN_KEYS, *KEYS])
def test_declared_is_observed(case: Case, connection: Connection) -> None:
    declared, observed = outcomes(case, connection)
    assert declared == observed
