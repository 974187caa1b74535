"""A sync is tried on the rows that are there before anything changes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from project import create
from running import Project, of
from sqlalchemy.engine import URL

from phased.errors.dual_write import (
    ConversionCollides,
    ConversionFails,
    ConversionLeavesNull,
    ExpressionUnreadable,
    ExpressionVaries,
    MayNotTry,
)
from phased.errors.running import StepFailed

if TYPE_CHECKING:
    from pathlib import Path

REVISION = """
def expand():
    op.add_column("Order", sa.Column("n", sa.{kind}))
    op.sync_columns("Order", old="userCode", new="n", up={up!r}, down={down!r})

def backfill():
    op.backfill("Order", {{"n": {up!r}}})
    {more}
"""
ROLL = "CREATE FUNCTION roll(text) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"
UNIQUE = 'op.create_index("ix", "Order", ["n"], unique=True, postgresql_concurrently=True)'


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = Project(tmp_path, database)
    project.execute(
        'CREATE TABLE "Order" (id bigint PRIMARY KEY, "userCode" text)',
        """INSERT INTO "Order" SELECT i, i FROM generate_series(1, 5) i""",
    )
    return project


def write(
    project: Project,
    up: str = '"userCode"::int',
    down: str = "n::text",
    kind: str = "Integer",
    more: str = "",
) -> None:
    project.revision(REVISION.format(up=up, down=down, kind=kind, more=more))


def assert_unchanged(project: Project) -> None:
    assert project.value("SELECT to_regclass('alembic_version')") is None
    assert [row[0] for row in project.execute('SELECT * FROM "Order" ORDER BY id')] == list(
        range(1, 6)
    )
    assert len(project.execute('SELECT * FROM "Order"')[0]) == 2


def test_rows_that_cannot_be_converted_are_counted_and_a_few_are_shown(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = 'x' || id WHERE id > 1""")
    write(project)
    with pytest.raises(ConversionFails) as caught:
        project.upgrade()
    text = str(caught.value)
    assert '4 of 5 rows of "Order" cannot be carried from userCode to n and back' in text
    assert 'id = 2, userCode = x2: up: invalid input syntax for type integer: "x2"' in text
    assert text.count("userCode = ") == 3
    assert 'up   = ("userCode"::int)' in text
    assert_unchanged(project)


def test_a_value_that_the_column_is_too_short_for_is_found(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = 'abcdef' WHERE id = 4""")
    write(project, '"userCode"', "n", "String(5)")
    with pytest.raises(ConversionFails, match=r"id = 4, .* value too long for type character"):
        project.upgrade()
    assert_unchanged(project)


def test_a_way_back_that_fails_is_found(project: Project) -> None:
    write(project, down="(1 / (n - 3))::text")
    with pytest.raises(ConversionFails, match="id = 3, userCode = 3: down: division by zero"):
        project.upgrade()
    assert_unchanged(project)


def test_what_comes_back_as_something_else_is_told(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = '007' WHERE id = 1""")
    write(project)
    notices = of(project.upgrade(), "notice")
    assert "\n".join(event.text for event in notices if "come back" in event.text) == (
        '"Order": 1 of 5 rows come back from n as something else; the old column keeps what it '
        "has until new code writes the row:\n    id = 1, userCode = 007 becomes n = 7"
    )
    assert project.value('SELECT "userCode" FROM "Order" WHERE id = 1') == "007"


def test_what_comes_back_as_it_was_is_not_worth_a_word(project: Project) -> None:
    write(project)
    assert not of(project.upgrade(), "notice")


NOT_NULL = """
def contract():
    op.execute('ALTER TABLE "Order" ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID')
    op.execute('ALTER TABLE "Order" VALIDATE CONSTRAINT c')
    op.execute('ALTER TABLE "Order" ALTER COLUMN n SET NOT NULL')
"""


def test_rows_that_would_have_null_where_nothing_may_are_shown(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = NULL WHERE id > 1""")
    write(project, more=NOT_NULL)
    with pytest.raises(ConversionLeavesNull) as caught:
        project.upgrade()
    assert (
        'n of "Order" is to be NOT NULL, and 4 of 5 rows would have NULL there:\n\n'
        "    id = 2, userCode = NULL\n    id = 3, userCode = NULL\n    id = 4, userCode = NULL\n"
    ) in str(caught.value)
    assert 'up = ("userCode"::int)' in str(caught.value)
    assert_unchanged(project)


def test_null_is_no_problem_where_it_may_be_or_is_filled(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = NULL WHERE id > 1""")
    write(project, up="coalesce(\"userCode\", '0')::int", more=NOT_NULL)
    project.upgrade()
    assert project.value('SELECT count(*) FROM "Order" WHERE n = 0') == 4


def test_rows_that_would_collide_are_shown(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = '0' || id % 2""")
    write(project, more=UNIQUE)
    with pytest.raises(ConversionCollides) as caught:
        project.upgrade()
    assert 'n of "Order" is to be unique' in str(caught.value)
    assert "n = 1: 3 rows, such as id = 1, userCode = 01" in str(caught.value)
    assert_unchanged(project)


def test_nothing_is_said_of_duplicates_where_nothing_is_unique(project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = '1'""")
    write(project)
    project.upgrade()
    assert project.value('SELECT sum(n) FROM "Order"') == 5


@pytest.mark.parametrize(
    ("up", "what"),
    [
        ('(random() * 10)::int + "userCode"::int', r"random\(\)"),
        ("extract(epoch FROM now())::int", r"now\(\)"),
        ("length(CURRENT_USER)", "CURRENT_USER"),
        ('roll("userCode")', r"roll\(\)"),
    ],
)
def test_an_expression_that_varies_is_refused(project: Project, up: str, what: str) -> None:
    project.execute(ROLL)
    write(project, up)
    with pytest.raises(ExpressionVaries, match=f'up= of op.sync_columns.* on "Order" calls {what}'):
        project.upgrade()
    assert_unchanged(project)


@pytest.mark.parametrize(
    ("down", "reason"),
    [
        ("1 +", "syntax error"),
        ("nobody::text", 'column "nobody" does not exist'),
        ("nothing(n)", "function nothing"),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused(
    project: Project, down: str, reason: str
) -> None:
    project.execute('TRUNCATE "Order"')
    write(project, down=down)
    with pytest.raises(ExpressionUnreadable, match=reason):
        project.upgrade()
    assert project.value("SELECT to_regclass('alembic_version')") is None


def test_a_type_that_the_revision_makes_is_known(project: Project) -> None:
    project.revision("""
    def expand():
        op.execute("CREATE TYPE digit AS ENUM ('1', '2', '3', '4')")
        op.execute('ALTER TABLE "Order" ADD COLUMN n digit')
        op.sync_columns("Order", old="userCode", new="n", up='"userCode"::digit', down="n::text")
    """)
    with pytest.raises(ConversionFails, match=r"id = 5, .* invalid input value for enum digit"):
        project.upgrade()
    assert_unchanged(project)


def test_a_sync_that_is_there_is_not_tried_again(project: Project) -> None:
    write(project, more='op.execute("SELECT 1 / 0")')
    with pytest.raises(StepFailed):
        project.upgrade()
    project.execute(
        "SET session_replication_role = replica",
        """INSERT INTO "Order" ("userCode", id, n) VALUES ('x', 6, 6)""",
    )
    with pytest.raises(StepFailed):
        project.upgrade()


def test_plan_says_it_too(tmp_path: Path, project: Project) -> None:
    project.execute("""UPDATE "Order" SET "userCode" = 'x' WHERE id = 1""")
    paper = create(tmp_path / "paper", project.url)
    path = project.folder / "versions" / "b2.py"
    write(project)
    (paper.folder / "alembic" / "versions" / "b2.py").write_text(path.read_text())
    shown = paper.phased("plan")
    assert shown.returncode == 1
    assert "CREATE TRIGGER" in shown.stdout
    assert "1 of 5 rows" in shown.stderr
    assert_unchanged(project)


def test_the_missing_right_is_named(tmp_path: Path, project: Project) -> None:
    role = f"runner_{uuid.uuid4().hex}"  # roles belong to the server, not to the database
    project.execute(
        f"CREATE ROLE {role} LOGIN",
        f"GRANT ALL ON SCHEMA public TO {role}",
    )
    try:
        theirs = Project(
            tmp_path / "theirs",
            URL.create(**{**project.url._asdict(), "username": role, "password": None}),
        )
        write(theirs)
        with pytest.raises(MayNotTry) as caught:
            theirs.upgrade()
        assert f'GRANT SELECT ON "Order" TO "{role}";' in str(caught.value)
    finally:
        project.execute(f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    assert_unchanged(project)
