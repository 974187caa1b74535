from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.model import Lock, Phase, Severity, Statement, Step
from phased.reports.text import plans

if TYPE_CHECKING:
    from rich.text import Text

    from phased.fact import Facts
    from phased.model import Finding, Plan

WHOLE = """\
3f2a9c1b7d04  Give users a handle
alembic/versions/3f2a_handle.py

  expand
    ┌ ALTER TABLE users ADD COLUMN handle TEXT
    │   ACCESS EXCLUSIVE on users (~204k rows, 48 MB)
    ├ CREATE TRIGGER sync BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION "Sync"()
    │   SHARE ROW EXCLUSIVE on users (~204k rows, 48 MB)
    └ one transaction
    · CREATE TABLE audit (id BIGINT NOT NULL, author_id BIGINT NOT NULL, note TEXT DEFAULT
      '  (kept  as is)  ' NOT NULL, PRIMARY KEY (id), FOREIGN KEY(author_id) REFERENCES users (id))
        ACCESS EXCLUSIVE on audit (new) · SHARE ROW EXCLUSIVE on users (~204k rows, 48 MB)
    · CREATE INDEX CONCURRENTLY ix_posts_author ON posts (author_id)
        SHARE UPDATE EXCLUSIVE on posts (never analysed, 1.5 GB) · scans posts
        outside a transaction

  backfill
    · UPDATE users SET handle = username WHERE handle IS NULL
        ROW EXCLUSIVE on users (~204k rows, 48 MB) · in batches, a commit each

  contract
    · ALTER TABLE users ALTER COLUMN handle SET NOT NULL
        ACCESS EXCLUSIVE on users (~204k rows, 48 MB) · scans users
        error scan_under_blocking_lock  alembic/versions/3f2a_handle.py:30
          SET NOT NULL reads users (~204k rows, 48 MB) under ACCESS EXCLUSIVE: every query on it
          waits until it is done.
          Prove it first:

              op.create_check_constraint("users_handle_not_null", "users", "handle IS NOT NULL", …)
          why    phased explain scan_under_blocking_lock
          allow  # phased: allow scan_under_blocking_lock because <reason>

1 revision, 6 statements, 1 error"""

TABLE_CUT = (
    "CREATE TABLE audit (id BIGINT NOT NULL, author_id BIGINT NOT NULL, note TEXT DEFAULT '  (kept…"
)


def one(plan: Plan, *statements: Statement) -> Plan:
    return replace(plan, steps=(Step(Phase.EXPAND, 0, statements),))


def styled(text: Text, part: str) -> set[str]:
    """The styles of the first place where the part occurs."""
    start = text.plain.index(part)
    return {str(s.style) for s in text.spans if s.start <= start and s.end >= start + len(part)}


def test_a_whole_plan(plan: Plan, facts: Facts, finding: Finding) -> None:
    assert plans([plan], [finding], facts).plain == WHOLE


def test_what_is_done_is_one_line_without_its_price(plan: Plan, facts: Facts) -> None:
    done = {(plan.revision, Phase.EXPAND, 0), (plan.revision, Phase.EXPAND, 1)}

    shown = plans([plan], (), facts, done).plain

    assert shown.splitlines()[4:9] == [
        "    ┌ ALTER TABLE users ADD COLUMN handle TEXT",
        '    ├ CREATE TRIGGER sync BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION "Sync"()',
        "    └ one transaction, done",
        f"    ✓ {TABLE_CUT}",
        "    · CREATE INDEX CONCURRENTLY ix_posts_author ON posts (author_id)",
    ]
    assert shown.endswith("1 revision, 6 statements (3 done)")


def test_no_plan_is_nothing_to_run() -> None:
    assert plans([]).plain == "✓ Nothing to run."


def test_a_revision_without_statements_says_so(plan: Plan) -> None:
    shown = plans([replace(plan, steps=())]).plain

    assert shown.splitlines()[2] == "  no statements"
    assert shown.endswith("1 revision, 0 statements")


def test_an_old_revision_is_one_transaction_whatever_its_steps(plan: Plan) -> None:
    legacy = replace(plan, legacy=True, steps=plan.phase(Phase.EXPAND)[:1])

    shown = plans([legacy]).plain

    assert "  upgrade, in one transaction\n    · ALTER TABLE users" in shown
    assert "expand" not in shown


def test_a_table_is_new_until_the_step_that_creates_it_is_done(plan: Plan, facts: Facts) -> None:
    table = Statement("CREATE TABLE t ()", "", {}, creates=frozenset({"users"}))
    index = Statement("CREATE INDEX i ON users (id)", "", {"users": Lock.SHARE})
    steps = Step(Phase.EXPAND, 0, (table,)), Step(Phase.EXPAND, 1, (index,))
    both = replace(plan, steps=steps)

    assert "SHARE on users (new)" in plans([both], (), facts).plain
    done = {(plan.revision, Phase.EXPAND, 0)}
    assert "SHARE on users (~204k rows, 48 MB)" in plans([both], (), facts, done).plain


def test_many_relations_under_one_lock_are_counted(plan: Plan) -> None:
    locks = {f"leaf_{n}": Lock.ACCESS_EXCLUSIVE for n in range(7)}

    shown = plans([one(plan, Statement("DROP TABLE parent", "DROP TABLE", locks))]).plain

    assert "ACCESS EXCLUSIVE on leaf_0, leaf_1, leaf_2, leaf_3 and 3 more" in shown


def test_the_body_of_a_function_is_counted(plan: Plan) -> None:
    body = "$body$\nBEGIN\n  RETURN new;\nEND\n$body$"
    sql = f"CREATE FUNCTION f() RETURNS trigger AS {body} LANGUAGE plpgsql"

    shown = plans([one(plan, Statement(sql, "CREATE FUNCTION", {}))]).plain

    assert "RETURNS trigger AS $body$ … 3 lines … $body$ LANGUAGE plpgsql" in shown


def test_a_rewrite_is_not_called_a_scan_as_well(plan: Plan, facts: Facts) -> None:
    users = frozenset({"users"})
    rewrite = Statement("X", "", {"users": Lock.ACCESS_EXCLUSIVE}, scans=users, rewrites=users)

    shown = plans([one(plan, rewrite)], (), facts).plain

    assert "· rewrites users\n" in shown
    assert "scans" not in shown


def test_a_scan_is_red_only_under_a_lock_that_others_wait_for(plan: Plan, facts: Facts) -> None:
    shown = plans([plan], (), facts)

    assert styled(shown, "scans users") == {"red"}
    assert styled(shown, "scans posts") == {"dim"}


def test_findings_about_no_statement_come_under_their_revision(
    plan: Plan, finding: Finding
) -> None:
    file = replace(finding, rule="placeholder", message="Say why.", line=0, sql="")
    other = replace(file, revision="ffffffffffff", severity=Severity.WARNING, path="b.py", line=3)

    lines = plans([plan], [file, other]).plain.splitlines()

    assert lines[-11:] == [
        "  error placeholder  alembic/versions/3f2a_handle.py",
        "    Say why.",
        "    why    phased explain placeholder",
        "    allow  # phased: allow placeholder because <reason>",
        "",
        "warning placeholder  b.py:3",
        "  Say why.",
        "  why    phased explain placeholder",
        "  allow  # phased: allow placeholder because <reason>",
        "",
        "1 revision, 6 statements, 1 error, 1 warning",
    ]


def test_every_line_fits_but_code(plan: Plan, facts: Facts, finding: Finding) -> None:
    sql = "ALTER TABLE users " + "ADD COLUMN a_long_name TEXT, " * 20
    long = Statement(sql, "ALTER TABLE", {"users": Lock.ACCESS_EXCLUSIVE})

    shown = plans([one(plan, long)], [finding], facts).plain

    assert max(len(line) for line in shown.splitlines()) <= 100
    assert shown.count("a_long_name") == 20
