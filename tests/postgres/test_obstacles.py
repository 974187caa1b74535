"""A sync that could not be right is refused before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import Project

from phased.errors.dual_write import (
    FiresAfterSync,
    SyncOfGenerated,
    SyncOfInherited,
    SyncOfPartitionKey,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

REVISION = """
def expand():
    op.add_column("Order", sa.Column("n", sa.Text))
    op.sync_columns("Order", old="userCode", new="n")
"""
TABLE = 'CREATE TABLE "Order" (id int, "userCode" text)'
FUNCTION = """CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RETURN NEW; END'"""
TRIGGER = "CREATE TRIGGER {} {} ON {} FOR EACH ROW EXECUTE FUNCTION nothing()"


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = Project(tmp_path, database)
    project.revision(REVISION)
    return project


def assert_unchanged(project: Project) -> None:
    assert project.value("SELECT to_regclass('alembic_version')") is None


def test_a_trigger_that_fires_later(project: Project) -> None:
    project.execute(TABLE, FUNCTION, TRIGGER.format('"été"', "BEFORE UPDATE", '"Order"'))
    with pytest.raises(FiresAfterSync) as caught:
        project.upgrade()
    assert 'ALTER TRIGGER "été" ON "Order" RENAME TO' in str(caught.value)
    assert_unchanged(project)


def test_a_trigger_that_fires_later_on_a_partition(project: Project) -> None:
    project.execute(
        f"{TABLE} PARTITION BY LIST (id)",
        'CREATE TABLE one PARTITION OF "Order" FOR VALUES IN (1)',
        FUNCTION,
        TRIGGER.format('"~~"', "BEFORE INSERT", "one"),
    )
    with pytest.raises(FiresAfterSync, match='trigger "~~" on one would fire after'):
        project.upgrade()
    assert_unchanged(project)


def test_triggers_that_do_not_matter(project: Project) -> None:
    project.execute(
        TABLE,
        FUNCTION,
        TRIGGER.format("zzz", "BEFORE INSERT OR UPDATE", '"Order"'),
        TRIGGER.format('"~after"', "AFTER INSERT", '"Order"'),
        TRIGGER.format('"~~delete"', "BEFORE DELETE", '"Order"'),
    )
    project.upgrade()
    project.execute("""INSERT INTO "Order" ("userCode") VALUES ('x')""")
    assert project.value('SELECT n FROM "Order"') == "x"


def test_a_second_sync_of_the_same_table(project: Project) -> None:
    project.execute(TABLE, "ALTER TABLE \"Order\" ADD a text DEFAULT 'y'")
    project.upgrade()
    second = REVISION.replace('"userCode"', '"a"').replace('"n"', '"b"')
    project.revision(second, "c3", "b2")
    project.upgrade()
    project.execute("""INSERT INTO "Order" ("userCode") VALUES ('x')""")
    assert project.execute('SELECT n, b FROM "Order"') == [("x", "y")]


def test_a_column_that_decides_the_partition(project: Project) -> None:
    project.execute(
        f"{TABLE} PARTITION BY LIST (id)",
        'CREATE TABLE one PARTITION OF "Order" FOR VALUES IN (1) PARTITION BY LIST ("userCode")',
    )
    with pytest.raises(SyncOfPartitionKey, match='"userCode" is in the partition key of one'):
        project.upgrade()
    assert_unchanged(project)


def test_a_column_that_is_generated(project: Project) -> None:
    generated = "text GENERATED ALWAYS AS (id || 'x') STORED"
    project.execute(f'CREATE TABLE "Order" (id text, "userCode" {generated})')
    with pytest.raises(SyncOfGenerated, match='"userCode" of "Order" is a generated column'):
        project.upgrade()
    assert_unchanged(project)


def test_a_table_with_children(project: Project) -> None:
    project.execute(TABLE, 'CREATE TABLE child () INHERITS ("Order")')
    with pytest.raises(SyncOfInherited, match='ALTER TABLE child NO INHERIT "Order"'):
        project.upgrade()
    assert_unchanged(project)
