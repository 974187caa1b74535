"""What another database has on an old column is told before anything runs."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from running import Project, of

from phased.errors.judgement import RulesBroken
from phased.verbs.plan import plan

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

REVISION = """
def expand():
    op.add_column("Order", sa.Column("code", sa.Text))
    op.sync_columns("Order", old="userCode", new="code")

def backfill():
    op.backfill("Order", {"code": '"userCode"'})

def contract():
    op.unsync_columns("Order", old="userCode", new="code")
    op.drop_column("Order", "userCode")
"""
VIEW = 'CREATE VIEW "Codes" AS SELECT "userCode" FROM "Order"'
POLICY = """CREATE POLICY own ON "Order" USING ("userCode" = 'x')"""
INDEX = 'CREATE INDEX "by code" ON "Order" (lower("userCode"))'
GRANT = 'GRANT SELECT ("userCode") ON "Order" TO PUBLIC'


@pytest.fixture
def project(tmp_path: Path, database: URL) -> Project:
    project = Project(tmp_path, database)
    project.revision(REVISION)
    project.execute('CREATE TABLE "Order" (id int, "userCode" text)')
    return project


def planned(project: Project) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of `phased plan --json`, and its findings."""
    out = io.StringIO()
    with project._config() as config, contextlib.redirect_stdout(out):  # noqa: SLF001 # a verb of ours
        code = plan(config, json=True)
    return code, json.loads(out.getvalue())["findings"]


def test_what_the_contract_would_stumble_over_stops_the_upgrade(project: Project) -> None:
    project.execute(VIEW, POLICY)
    code, (finding,) = planned(project)
    assert (code, finding["rule"], finding["phase"]) == (1, "dependent_blocks_drop", "contract")
    with pytest.raises(RulesBroken) as caught:
        project.upgrade()
    assert 'policy own on table "Order", view "Codes" in this database still read' in str(
        caught.value
    )
    assert project.value("SELECT to_regclass('alembic_version')") is None


def test_what_would_be_lost_is_told_and_the_upgrade_runs(project: Project) -> None:
    project.execute(INDEX, GRANT)
    code, (finding,) = planned(project)
    assert (code, finding["severity"], finding["rule"]) == (0, "warning", "left_behind")
    assert finding["message"].startswith('index "by code", SELECT ("userCode") of public: this')
    notices = [event.text for event in of(project.upgrade(), "notice")]
    assert finding["message"] in notices
    project.contract()
    assert project.value("SELECT count(*) FROM pg_attribute WHERE attname = 'userCode'") == 0


def test_a_trigger_function_that_names_the_column_in_its_text(project: Project) -> None:
    for name, column in (("lowers", "userCode"), ("others", "userCodes")):
        project.execute(
            f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
            NEW."{column}" := 1; RETURN NEW; END'""",
            f'CREATE TRIGGER {name} BEFORE DELETE ON "Order" EXECUTE FUNCTION {name}()',
        )
    _, (finding,) = planned(project)
    assert finding["message"].startswith("trigger function lowers() (its text names the column): ")


def test_what_came_after_the_upgrade_stops_the_contract(project: Project) -> None:
    project.upgrade()
    project.execute(VIEW)
    with pytest.raises(RulesBroken, match='view "Codes" in this database still reads'):
        project.contract()
    project.execute('CREATE OR REPLACE VIEW "Codes" AS SELECT code AS "userCode" FROM "Order"')
    project.contract()
    assert project.value("SELECT count(*) FROM pg_attribute WHERE attname = 'userCode'") == 1
