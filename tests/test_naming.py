from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from server import VERSION, conninfo

from phased.dialect import dialect
from phased.naming import quote, relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

NEWEST = 18
WORDS = "SELECT word, quote_ident(word) FROM pg_get_keywords()"
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'w'::regnamespace AND relkind = 'r'
"""
COLUMNS = """
SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = 'w'::regnamespace AND relkind = 'r' AND attnum > 0
"""
TYPES = "SELECT typname FROM pg_type WHERE typnamespace = 'w'::regnamespace AND typtype = 'd'"
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'w'::regnamespace"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("users", "users"),
        ("_users_2", "_users_2"),
        ("Order", '"Order"'),
        ("2nd", '"2nd"'),
        ("a$b", '"a$b"'),
        ("naïve", '"naïve"'),
        ('say "a"', '"say ""a"""'),
        ("100%", '"100%"'),
        ("users\n", '"users\n"'),
        ("", '""'),
    ],
)
def test_quoted_where_it_would_not_be_read_back(name: str, quoted: str) -> None:
    assert quote(name) == quoted
    assert relation("t", name) == (f"{quoted}.t" if name else "t")


def test_quoted_as_the_server_quotes(database: URL) -> None:
    with psycopg.connect(conninfo(database)) as connection:
        words = dict(connection.execute(WORDS).fetchall())
    ours = {word: quote(word) for word in words}
    if VERSION < NEWEST:  # what became a keyword since is quoted already
        words |= {word: text for word, text in ours.items() if text != word}
    assert ours == words


@pytest.mark.parametrize(
    "quoted", [quote, dialect().identifier_preparer.quote], ids=["by us", "in operations"]
)
def test_every_keyword_is_a_name(database: URL, quoted: Callable[[str], str]) -> None:
    with psycopg.connect(conninfo(database)) as connection:
        words = sorted(word for word, _ in connection.execute(WORDS))
        connection.execute("CREATE SCHEMA w; SET search_path = w, pg_catalog")
        for name in map(quoted, words):
            connection.execute(f"CREATE TABLE {name} ({name} int)".encode())
        assert found(connection, TABLES) == found(connection, COLUMNS) == words
        connection.execute("DROP SCHEMA w CASCADE; CREATE SCHEMA w")
        for name in map(quoted, words):
            connection.execute(f"CREATE DOMAIN {name} AS int".encode())
            function = f"CREATE FUNCTION {name}(a int) RETURNS {name} LANGUAGE sql AS 'SELECT a'"
            connection.execute(function.encode())
        assert found(connection, TYPES) == found(connection, FUNCTIONS) == words


def found(connection: psycopg.Connection[tuple[str, str]], query: str) -> list[str]:
    return sorted(row[0] for row in connection.execute(query.encode()))
