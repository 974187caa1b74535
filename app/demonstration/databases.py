"""The demo's databases: one that is filled, and a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from phased.naming import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from sqlalchemy import URL

USERS = 2_000
POSTS = 200_000

ROWS = """
INSERT INTO users (username, email, role)
SELECT 'user' || i, 'user' || i || '@example.org',
       (ARRAY['reader', 'author', 'editor'])[1 + i % 3]::user_role
FROM generate_series(1, {users}) AS i;

INSERT INTO tags (name) SELECT 'tag' || i FROM generate_series(1, 50) AS i;

INSERT INTO media (owner_id, path, content_type, size)
SELECT i, '/media/' || i || '.jpg', 'image/jpeg', i * 1000 FROM generate_series(1, 1000) AS i;

INSERT INTO posts (author_id, editor_id, slug, title, body, format, status, keywords,
                   word_count, created_at, published_at)
SELECT 1 + i % {users}, CASE WHEN i % 4 > 0 THEN 1 + i % 500 END, 'post-' || i, 'Post ' || i,
       repeat(md5(i::text) || ' ', 5), 'markdown',
       (ARRAY['draft', 'published', 'archived'])[1 + i % 3]::post_status,
       ARRAY['k' || i % 20], i % 3000,
       now() - i * interval '1 minute', now() - i * interval '1 minute'
FROM generate_series(1, {posts}) AS i;

INSERT INTO comments (post_id, author_id, body)
SELECT 1 + i * 7 % {posts}, 1 + i % {users}, 'Comment ' || i FROM generate_series(1, 20000) AS i;
"""


def administer(url: URL) -> Connection[tuple[object, ...]]:
    """A connection that creates and drops databases."""
    return psycopg.connect(conninfo(url), autocommit=True)


def create(url: URL, name: str) -> URL:
    """An empty database of this name; one that is there already is dropped."""
    drop(url, name)
    with administer(url) as connection:
        connection.execute(f"CREATE DATABASE {quote(name)}")
    return url.set(database=name)


def copy(url: URL, source: str, name: str) -> URL:
    """A copy of a database that nobody is connected to."""
    drop(url, name)
    with administer(url) as connection:
        connection.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(source)}")
    return url.set(database=name)


def drop(url: URL, name: str) -> None:
    """Drop a database and end the connections to it."""
    with administer(url) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)")


def fill(url: URL, posts: int = POSTS) -> None:
    """Write the rows, and collect statistics as autovacuum would have."""
    with administer(url) as connection:
        connection.execute(ROWS.format(users=USERS, posts=posts))
        connection.execute("VACUUM (ANALYZE)")


def forget_migrations(url: URL) -> None:
    """Take the tracking tables away: what is left is a database that Alembic has not seen."""
    with administer(url) as connection:
        for table in tracking(connection):
            connection.execute(f"DROP TABLE {table}")


def tracking(connection: Connection[tuple[object, ...]]) -> Iterator[str]:
    """The tracking tables that are there."""
    for name in ("alembic_version", "phased_rollout", "phased_step"):
        row = connection.execute("SELECT to_regclass(%s)", (name,)).fetchone()
        if row and row[0]:
            yield name


def conninfo(url: URL) -> str:
    """The URL as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
