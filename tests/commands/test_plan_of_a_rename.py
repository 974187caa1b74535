"""`phased plan` of a table that takes another name: what the view cannot do, and who must know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from server import conninfo

if TYPE_CHECKING:
    from shell import Shell
    from sqlalchemy import URL

TABLES = """
CREATE TABLE users (id bigserial PRIMARY KEY, email text);
CREATE TABLE users_log (id bigint);
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM Users';
CREATE FUNCTION logged() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users_log';
CREATE FUNCTION followed() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM users; END;
CREATE FUNCTION shown(users) RETURNS text LANGUAGE sql AS 'SELECT $1.email';
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE DEBUG ''%'', TG_TABLE_NAME; RETURN NEW; END';
CREATE TRIGGER audits AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit();
CREATE PUBLICATION everything FOR ALL TABLES;
"""
RECEIVED = (
    "CREATE SUBSCRIPTION incoming CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)",
    "SET allow_system_table_mods = on",  # nobody sends anything here
    """INSERT INTO pg_subscription_rel SELECT s.oid, 'users'::regclass, 'r', NULL
    FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
    WHERE d.datname = current_database()""",
)
RENAME = """
def expand():
    op.rename_table_through_view("users", "people")

def contract():
    op.drop_view("users")
"""
MENTIONS = """\
PostgreSQL does not tell these of the new name:
- function counted(): its text names users, and fails once the contract has dropped the view
- function shown(users): its argument is a row of people now; a row of users is none
- trigger audits: audit() asks for the table's name, and hears people
- publication everything: its subscribers need a table people, and then a refresh
- subscription incoming: what it receives for users finds no table, and it stops"""


@pytest.fixture
def renaming(shell: Shell, database: URL) -> Shell:
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        for sql in (TABLES, *RECEIVED):
            connection.execute(sql.encode())
    shell.project.revision("a1", RENAME)
    return shell


def test_abort_gives_the_old_name_back(renaming: Shell) -> None:
    before = renaming.shape()
    renaming.succeed("alembic", "upgrade", "head")
    assert renaming.shape() != before
    renaming.succeed("phased", "abort", "a1")
    assert renaming.shape() == before


def test_what_the_view_cannot_do_and_who_must_know(renaming: Shell) -> None:
    told = renaming.phased("plan", "--json")
    assert told.code == 0, told.err
    [step, ending] = json.loads(told.out)["revisions"][0]["steps"]
    assert "- TRUNCATE users" in step["notes"]
    assert "\n".join(step["notes"]).endswith(MENTIONS)
    assert ending["notes"] == []
    text = renaming.phased("plan").out
    assert "      - TRUNCATE users\n" in text
    assert "      - publication everything: its subscribers need a table people" in text

    assert renaming.alembic("upgrade", "head").code == 0
    waiting = json.loads(renaming.phased("plan", "--json").out)["revisions"][0]["steps"]
    assert [step["notes"] for step in waiting] == [
        ["function counted(): its text names users, and fails from here on"]
    ]
