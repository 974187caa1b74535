"""A table renamed through a view: rights, policies, prepared statements, and the way back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from running import Project

from phased.catalog import shape
from phased.operations.rename_table_through_view import RenameTableThroughViewOp
from phased.record import render, undo
from phased.renaming import invented

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine

USERS = (
    'CREATE SCHEMA "My Shop"',
    """CREATE TABLE "My Shop"."User's" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        "Name" text UNIQUE, boss bigint REFERENCES "My Shop"."User's")""",
    """INSERT INTO "My Shop"."User's" ("Name") VALUES ('a'), ('b')""",
)
RENAME = """
def expand():
    op.rename_table_through_view("User's", "The % People", schema="My Shop")

def contract():
    op.drop_view("User's", schema="My Shop")
"""
OLD, NEW = """ "My Shop"."User's" """, """ "My Shop"."The % People" """
ROLES = ("Owner", "Reader", "Writer", "Passes on", "Stranger")
RIGHTS = """
SELECT coalesce(nullif(r.grantee, 0)::regrole::text, 'PUBLIC'), r.privilege_type, r.part,
       r.is_grantable, c.relowner::regrole::text
FROM pg_class c CROSS JOIN LATERAL (
    SELECT NULL AS part, * FROM aclexplode(c.relacl)
    UNION ALL SELECT a.attname, x.* FROM pg_attribute a, aclexplode(a.attacl) x
    WHERE a.attrelid = c.oid) r
WHERE c.relname = '{}' ORDER BY 1, 2, 3
"""


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    """A project whose one revision renames a table of a hard name."""
    project = Project(tmp_path, database)
    project.execute(*USERS)
    project.revision(RENAME)
    return project


@pytest.fixture
def roles(project: Project) -> Iterator[list[str]]:
    """Roles of this database alone, as SQL names them."""
    names = [f'"{role} {project.url.database}"' for role in ROLES]
    project.execute(*(f"CREATE ROLE {name}" for name in names))
    yield names
    project.execute(*(f"DROP OWNED BY {name} CASCADE" for name in names))
    project.execute(*(f"DROP ROLE {name}" for name in names))


def test_rights_are_those_of_the_table(project: Project, roles: list[str]) -> None:
    owner, reader, writer, passes_on, stranger = roles
    project.execute(
        f'GRANT USAGE, CREATE ON SCHEMA "My Shop" TO {", ".join(roles)}',
        f"ALTER TABLE {OLD} OWNER TO {owner}",
        f"GRANT SELECT ON {OLD} TO {reader}",
        f'GRANT INSERT ("Name"), UPDATE ("Name", boss) ON {OLD} TO {writer}',
        f'GRANT SELECT ("Name") ON {OLD} TO {writer} WITH GRANT OPTION',
        f"GRANT UPDATE, DELETE ON {OLD} TO {passes_on} WITH GRANT OPTION",
        f"GRANT TRUNCATE, REFERENCES, TRIGGER ON {OLD} TO PUBLIC",
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "My Shop" GRANT ALL ON TABLES TO {stranger}',
    )
    before = project.execute(RIGHTS.format("User''s"))
    project.upgrade()
    assert project.execute(RIGHTS.format("The % People")) == before
    assert project.execute(RIGHTS.format("User''s")) == before
    assert ("PUBLIC", "TRIGGER", None, False, owner) in before
    project.execute(f"SET ROLE {writer}", f"INSERT INTO {OLD} (\"Name\") VALUES ('c')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        project.execute(f"SET ROLE {stranger}", f"SELECT * FROM {OLD}")


@pytest.mark.parametrize("migrator", ["Owner", "Writer"])
def test_no_superuser_is_needed(migrator: str, project: Project, roles: list[str]) -> None:
    owner, reader, member, *_ = roles
    project.execute(
        f'GRANT USAGE, CREATE ON SCHEMA "My Shop" TO {", ".join(roles)}',
        f"ALTER TABLE {OLD} OWNER TO {owner}",
        f"GRANT {owner} TO {member}",
        f"GRANT SELECT ON {OLD} TO {reader} WITH GRANT OPTION",
    )
    before = project.execute(RIGHTS.format("User''s"))
    op = RenameTableThroughViewOp("User's", "The % People", schema="My Shop")
    with project.connect() as connection:
        connection.execute(f'SET ROLE "{migrator} {project.url.database}"'.encode())
        for sql in render(op):
            connection.execute(sql.encode())
    assert project.execute(RIGHTS.format("User''s")) == before
    with project.connect() as connection:
        connection.execute(f'SET ROLE "{migrator} {project.url.database}"'.encode())
        for sql in undo(op) or ():
            connection.execute(sql.encode())
    assert project.execute(RIGHTS.format("User''s")) == before


def test_policies_are_those_of_who_reads(project: Project, roles: list[str]) -> None:
    owner, reader, *_ = roles
    project.execute(
        f'GRANT USAGE, CREATE ON SCHEMA "My Shop" TO {", ".join(roles)}',
        f"ALTER TABLE {OLD} OWNER TO {owner}",
        f"GRANT SELECT, UPDATE ON {OLD} TO {reader}",
        f"ALTER TABLE {OLD} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {OLD} TO {reader} USING (\"Name\" = 'a')",
    )
    project.upgrade()
    read = f'SELECT "Name" FROM {OLD} ORDER BY id'
    assert project.execute(f"SET ROLE {reader}", read) == [("a",)]
    assert project.execute(f"SET ROLE {owner}", read) == [("a",), ("b",)]
    changed = f"UPDATE {OLD} SET boss = 1 RETURNING id"
    assert project.execute(f"SET ROLE {reader}", changed) == [(1,)]


def test_abort_takes_it_back(project: Project) -> None:
    def found() -> dict[str, str]:
        with project.connect() as connection:
            return shape(connection)

    before = found()
    project.upgrade()
    project.execute(f"INSERT INTO {OLD} (\"Name\") VALUES ('c')")
    project.abort()
    assert found() == before
    assert project.execute(f'SELECT "Name" FROM {OLD} ORDER BY id') == [("a",), ("b",), ("c",)]


PREPARED = (
    ("SELECT * FROM {} WHERE id = %s", (1,)),
    ('INSERT INTO {} ("Name") VALUES (%s) RETURNING id', ("new",)),
    (
        'INSERT INTO {} ("Name") VALUES (%s) ON CONFLICT ("Name") DO UPDATE SET boss = 2',
        ("a",),
    ),
    ('UPDATE {} SET boss = id WHERE "Name" = %s RETURNING *', ("b",)),
    ("SELECT id FROM {} WHERE boss IS NOT NULL AND id > %s FOR UPDATE SKIP LOCKED", (0,)),
)


@dataclass
class Release:
    """Executes prepared statements in rounds until it is ended; keeps how they failed."""

    project: Project
    relation: str
    began: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        with self.project.connect(autocommit=True, prepare_threshold=0) as connection:
            while not (self.ended.is_set() and self.began.is_set()):
                for sql, values in PREPARED:
                    self.execute(connection, sql, values)
                self.began.set()
            for sql, values in PREPARED:
                self.execute(connection, sql, values)

    def execute(
        self, connection: psycopg.Connection[Any], sql: str, values: tuple[object, ...]
    ) -> None:
        given = tuple(uuid4().hex if value == "new" else value for value in values)
        try:
            connection.execute(sql.format(self.relation.replace("%", "%%")).encode(), given)
        except psycopg.Error as error:
            self.failed.append(str(error))


@contextmanager
def running(release: Release) -> Iterator[None]:
    thread = Thread(target=release.run)
    thread.start()
    try:
        assert release.began.wait(30)
        yield
    finally:
        release.ended.set()
        thread.join()


def test_prepared_statements_live_on(project: Project) -> None:
    old, new = Release(project, OLD), Release(project, NEW)
    with running(old):
        project.upgrade()
        with running(new):
            pass
    assert old.failed == []
    with running(new):
        project.contract()
    assert new.failed == []
    with running(old):
        pass
    assert len(old.failed) >= len(PREPARED)


def test_long_names_are_cut_as_postgresql_cuts_them(engine: Engine) -> None:
    names = [("t" * 63, "id"), ("t" * 40, "c" * 40), ("ü" * 31, "id"), ("t", "ü" * 31)]
    with engine.begin() as connection:
        for table, column in names:
            made = sa.Table(table, sa.MetaData(), sa.Column(column, sa.Integer, primary_key=True))
            made.create(connection)
            found = sa.inspect(connection).get_sequence_names()
            assert invented(table, column) in found
