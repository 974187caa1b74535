from __future__ import annotations

import pytest

from phased.server_wide import is_server_wide


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE ROLE a",
        "ALTER USER a SET search_path = b",
        "ALTER ROLE a RENAME TO b",
        "GRANT a TO b",
        "REVOKE SELECT ON users FROM b",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a",
        "ALTER TABLE users OWNER TO a",
        "ALTER SCHEMA billing OWNER TO a",
        "CREATE DATABASE a",
        "ALTER DATABASE a SET work_mem = '1MB'",
        "ALTER DATABASE a OWNER TO b",
        "COMMENT ON DATABASE a IS 'b'",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "CREATE TABLESPACE a LOCATION '/b'",
        "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c",
        "DROP OWNED BY a",
        "SET LOCAL ROLE a",
        "SET SESSION AUTHORIZATION a",
        "SELECT 1; DROP ROLE a",
        "DO $$ BEGIN EXECUTE format('create  role %I', 'a'); END $$",
        "DO $$ BEGIN GRANT a TO b; END $$",
    ],
)
def test_beyond_the_database(sql: str) -> None:
    assert is_server_wide(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE role (id int)",
        "COMMENT ON TABLE users IS 'DROP ROLE a'",
        "ALTER TABLE users OWNER TO a, ADD COLUMN b int",
        "ALTER TABLE users RENAME TO people",
        "SET search_path = a",
        "DO $$ BEGIN CREATE TABLE a (id int); END $$",
        "CREATE EXTENSION citext",
        "no SQL at all",
    ],
)
def test_within_it(sql: str) -> None:
    assert not is_server_wide(sql)
