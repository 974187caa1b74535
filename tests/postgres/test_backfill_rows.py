from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from running import Project, of, statements

from phased.errors.backfill import FunctionFailed, FunctionReturns
from phased.errors.running import RevisionEdited
from phased.model import Phase, StepState

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

ROWS = 3000
SLUGS = """
def slug(row):
    \"\"\"What SQL cannot say.\"\"\"
    return {"slug": row["name"].casefold() + "%"}

def expand():
    op.add_column("users", sa.Column("slug", sa.Text))

def backfill():
    op.backfill_rows("users", slug, columns=["name", "slug"])
"""


@pytest.fixture
def project(tmp_path: Path, emptied: URL, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    project = Project(tmp_path, emptied)
    project.execute(
        "CREATE TABLE users (id bigint, name text) WITH (autovacuum_enabled = false)",
        f"INSERT INTO users SELECT g, 'Name ' || g FROM generate_series(1, {ROWS}) g",
    )
    return project


def missing(project: Project, table: str = "users", column: str = "slug") -> int:
    found: int = project.value(f"SELECT count(*) FROM {table} WHERE {column} IS NULL")
    return found


def calling(body: str, table: str = "users", **options: Any) -> str:
    """A revision with a function over rows, and nothing else."""
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    call = f'op.backfill_rows("{table}", change{given})'
    return f"def change(row):\n{body}\n\ndef expand():\n    pass\n\ndef backfill():\n    {call}"


def test_every_row_is_filled_in_batches(project: Project) -> None:
    project.revision(SLUGS)
    events = project.upgrade()
    wrong = "SELECT count(*) FROM users WHERE slug IS DISTINCT FROM lower(name) || '%'"
    assert project.value(wrong) == 0
    assert project.value("SELECT count(DISTINCT xmin::text) FROM users") > 2
    assert of(events, "progress")[-1].data["done"] == ROWS
    assert project.value("SELECT count(*) FROM pg_stats WHERE attname = 'slug'") == 1


def test_a_function_that_fails_on_a_row_is_mended(project: Project) -> None:
    """The row is shown; what was filled stays, and one that reads differently begins anew."""
    project.execute("UPDATE users SET name = NULL WHERE id = 2500")
    project.revision(SLUGS)
    with pytest.raises(FunctionFailed) as caught:
        project.upgrade()
    assert "AttributeError" in str(caught.value)
    assert "{'name': None, 'slug': None}" in str(caught.value)
    left = missing(project)
    assert 0 < left < ROWS
    step = project.status()["b2"].phases[Phase.BACKFILL]
    assert (step.state, step.detail[:6]) == (StepState.FAILED, "slug()")
    project.revision(SLUGS.replace('row["name"]', '(row["name"] or "")'))
    events = project.upgrade()
    assert missing(project) == 0
    assert len(statements(events)) == 1  # the walk began again
    assert of(events, "progress")[-1].data["done"] == left
    assert project.value("SELECT slug FROM users WHERE id = 2500") == "%"


def test_a_killed_run_goes_on_where_it_stood(project: Project) -> None:
    class Killed(BaseException):
        pass

    def kill(event: Any) -> None:
        if event.kind == "progress" and event.data["done"] > ROWS // 3:
            raise Killed

    project.revision(SLUGS)
    project.watching.append(kill)
    with pytest.raises(Killed):
        project.upgrade()
    left = missing(project)
    assert 0 < left < ROWS
    project.watching.clear()
    commented = SLUGS.replace("What SQL cannot say.", "Said otherwise.")
    project.revision(commented)  # a comment does not count
    events = project.upgrade()
    assert missing(project) == 0
    assert statements(events) == []
    assert (
        project.value("SELECT cursor -> 'filled' FROM phased_step WHERE cursor ? 'filled'") == ROWS
    )


def test_a_function_that_is_edited_after_it_ran_is_refused(project: Project) -> None:
    project.revision(SLUGS)
    project.upgrade()
    project.revision("def expand():\n    pass", "c3", "b2")
    project.revision(SLUGS + "\ndef contract():\n    op.drop_column('users', 'name')\n")
    project.upgrade()
    project.revision(
        SLUGS.replace('"%"', '"?"') + "\ndef contract():\n    op.drop_column('users', 'name')\n"
    )
    with pytest.raises(RevisionEdited):
        project.contract()


@pytest.mark.parametrize("returned", ['"slug"', '{"slugs": 1}'])
def test_a_function_that_returns_something_else(project: Project, returned: str) -> None:
    project.revision(SLUGS.replace('{"slug": row["name"].casefold() + "%"}', returned))
    with pytest.raises(FunctionReturns, match="slug") as caught:
        project.upgrade()
    assert "'Name " in str(caught.value)
    assert missing(project) == ROWS


TYPES = """
CREATE TYPE "Mood" AS ENUM ('ok', 'so so');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN small AS int CHECK (VALUE < 100);
CREATE TABLE "All %" (id int PRIMARY KEY, t text, n numeric(10, 2), b bytea, a text[], j jsonb,
    "Mood" "Mood", d small, at timestamptz, u uuid,
    deep int[][], yes bool, kept text DEFAULT 'kept');
INSERT INTO "All %" (id) VALUES (1), (2)
"""
BODY = """
    import datetime, decimal, uuid
    return {
        "t": "a 'b' % \\\\ \\u00e4", "n": decimal.Decimal("1.5"), "b": b"\\x00'", "d": 7,
        "a": ["x", None, "{"], "j": {"k": [1, None]}, "Mood": "so so", "yes": False,
        "at": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        "u": uuid.UUID(int=5), "deep": [[1, 2], [3, 4]], "kept": "not kept",
    }
"""


def test_values_of_every_type(project: Project) -> None:
    project.execute(*TYPES.split(";"))
    columns = ["t", "n", "b", "a", "j", "Mood", "d", "at", "u", "deep", "yes", "kept"]
    project.revision(calling(BODY, "All %", columns=columns))
    project.upgrade()
    found = project.execute(
        "SELECT DISTINCT t, n::text, b, a, j, \"Mood\"::text, d, at = '2026-01-01Z', u::text, deep,"
        ' yes, kept FROM "All %"'
    )
    uuid = "00000000-0000-0000-0000-000000000005"
    rest = "so so", 7, True, uuid, [[1, 2], [3, 4]], False, "kept"
    assert found == [("a 'b' % \\ ä", "1.50", b"\x00'", ["x", None, "{"], {"k": [1, None]}, *rest)]


def test_a_value_that_its_column_does_not_take(project: Project) -> None:
    project.revision(SLUGS.replace('row["name"].casefold() + "%"', "object()"))
    with pytest.raises(FunctionFailed, match="cannot adapt type 'object'"):
        project.upgrade()


def test_partitions_of_a_quoted_table_in_a_schema(project: Project) -> None:
    project.execute(
        'CREATE SCHEMA "My schema"',
        'CREATE TABLE "My schema"."Order" ("userId" int, "fullName" text)'
        ' PARTITION BY RANGE ("userId")',
        'CREATE TABLE "My schema"."Order 1" PARTITION OF "My schema"."Order"'
        " FOR VALUES FROM (0) TO (50)",
        'CREATE TABLE "My schema".rest PARTITION OF "My schema"."Order" DEFAULT',
        'INSERT INTO "My schema"."Order" SELECT g FROM generate_series(1, 99) g',
    )
    body = "    return {'fullName': f'no {row[\"userId\"]}'}"
    options = {"columns": ["userId", "fullName"], "schema": "My schema"}
    project.revision(calling(body, "Order", **options))
    project.upgrade()
    wrong = 'SELECT count(*) FROM "My schema"."Order" WHERE "fullName" = \'no \' || "userId"'
    assert project.value(wrong) == 99


def test_rows_that_stay_as_they_are_end(project: Project) -> None:
    """With a condition that stays true, and a function that changes no more; None is no change."""
    body = "    return {'name': row['name'].upper()} if row['id'] % 2 else None"
    project.revision(calling(body, columns=["id", "name"], where="id > 0"))
    events = project.upgrade()
    assert project.value("SELECT count(*) FROM users WHERE name = upper(name)") == ROWS // 2
    assert {event.data["sweep"] for event in of(events, "progress")} == {0, 1}


def test_the_application_has_a_row_first(project: Project) -> None:
    """Its change is what the function is given."""
    project.execute("ALTER TABLE users ADD slug text")
    body = "    return {'slug': row['name'].lower()}"
    project.revision(calling(body, columns=["name", "slug"]))
    with project.connect() as web:
        web.execute("UPDATE users SET name = 'Web' WHERE id = 7")

        def let_go(event: Any) -> None:
            if event.kind == "attempt":
                web.commit()

        project.watching.append(let_go)
        project.upgrade()
    assert missing(project) == 0
    assert project.value("SELECT slug FROM users WHERE id = 7") == "web"


def test_the_trigger_takes_it_for_a_backfill(project: Project) -> None:
    """What the function makes of the old column is not written back to it."""
    project.revision("""
    def number(row):
        return {"number": int(row["name"].split()[1])}

    def expand():
        op.add_column("users", sa.Column("number", sa.BigInteger))
        op.sync_columns("users", old="name", new="number", up="split_part(name, ' ', 2)::bigint",
                        down="number::text")

    def backfill():
        op.backfill_rows("users", number, columns=["name", "number"])
    """)
    project.upgrade()
    assert project.value("SELECT count(*) FROM users WHERE name = 'Name ' || number") == ROWS
