from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from judging import KNOWN, UNKNOWN, code_of, judged, plan_and_facts, plan_of

from phased.errors.judgement import RulesBroken
from phased.lint import contexts, errors, judge, judge_statement, refuse, transactions, warnings
from phased.model import Phase, Plan, Severity

if TYPE_CHECKING:
    from phased.fact import Facts

INDEX = "CREATE INDEX ix ON users (age)"
SET = "SET lock_timeout = 0"


def test_a_finding_says_where() -> None:
    (found,) = judged(contract=["SELECT 1", INDEX])
    assert (found.revision, found.path) == ("1a2b", "alembic/versions/1a2b.py")
    assert (found.phase, found.line, found.sql) == (Phase.CONTRACT, 9, INDEX)


def test_findings_come_in_the_order_of_the_plan() -> None:
    found = judged(expand=[INDEX, SET], contract="DROP INDEX ix_users_age")
    assert [(each.phase, each.line) for each in found] == [
        (Phase.EXPAND, 8),
        (Phase.EXPAND, 9),
        (Phase.CONTRACT, 12),
    ]


def test_errors_and_warnings() -> None:
    found = judged(expand=[INDEX, SET])
    assert [each.severity for each in errors(found)] == [Severity.ERROR]
    assert [each.rule for each in warnings(found)] == ["lock_timeout_changed"]


@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_what_an_earlier_revision_creates_exists_for_the_later_one(facts: Facts) -> None:
    first = plan_of(code_of(expand="CREATE TABLE t (id int)"), "1a2b", facts)
    second = plan_of(code_of(expand="CREATE INDEX ix ON t (id)"), "3c4d", facts)
    assert [each.rule for each in judge([first, second], facts)] == ["index_without_concurrently"]
    together = plan_of(code_of(expand=["CREATE TABLE t (id int)", "CREATE INDEX ix ON t (id)"]))
    assert judge([together], facts) == []


def test_what_the_facts_call_created_is_from_before() -> None:
    facts = replace(KNOWN, created=frozenset({"users"}))
    assert len(judge([plan_of(code_of(expand=INDEX))], facts)) == 1


def test_created_in_expand_is_still_new_in_backfill_and_in_use_in_contract() -> None:
    index = "CREATE INDEX ix ON t (a)"
    code = code_of(expand="CREATE TABLE t (a int)", backfill=index)
    assert judge([plan_of(code)], KNOWN) == []
    code = code_of(expand="CREATE TABLE t (a int)", contract=index)
    assert [each.rule for each in judge([plan_of(code)], KNOWN)] == ["index_without_concurrently"]


def test_a_scan_in_contract_has_a_transaction_of_its_own_on_a_new_table_too() -> None:
    contract = ["ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT VALID"]
    contract += ["ALTER TABLE t VALIDATE CONSTRAINT ck"]
    code = code_of(expand="CREATE TABLE t (a int)", contract=contract)
    assert judge([plan_of(code)], KNOWN) == []


@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_a_column_that_an_earlier_revision_adds_is_in_use(facts: Facts) -> None:
    code = code_of(expand="ALTER TABLE users ADD COLUMN x int")
    first, facts_after = plan_and_facts(code, "1a2b", facts)
    check = "ALTER TABLE users ADD CONSTRAINT ck CHECK (x > 0) NOT VALID"
    second, _ = plan_and_facts(code_of(expand=check), "3c4d", facts_after)
    assert [each.rule for each in judge([first, second], facts)] == ["restricts_before_contract"]


def test_a_contract_alone_says_nothing_of_waivers_in_other_phases() -> None:
    waived = "# phased: allow index_without_concurrently because small"
    code = f"def expand():\n    op.execute('{INDEX}')  {waived}\n\n"
    plan = plan_of(code + code_of(contract="SELECT 1"))
    assert judge([replace(plan, steps=plan.phase(Phase.CONTRACT))], KNOWN) == []


def test_context_of_each_statement() -> None:
    plan = plan_of(code_of(expand=["CREATE TABLE t (id int)", "ALTER TABLE users ADD x int"]))
    first, second = contexts(plan, KNOWN)
    assert (first.before, first.after) == ((), (second.statement,))
    assert (second.before, second.after) == ((first.statement,), ())
    assert "t" not in first.facts.relations
    assert "t" in second.facts.created


def kinds(plan: Plan) -> list[list[str]]:
    return [[statement.kind for _, statement in group] for group in transactions(plan)]


def test_a_step_is_a_transaction() -> None:
    plan = plan_of(code_of(contract=["SELECT 1", "ALTER TABLE users DROP age"]))
    assert len(kinds(plan)) == 1
    validate = "ALTER TABLE users VALIDATE CONSTRAINT ck"
    assert len(kinds(plan_of(code_of(contract=["SELECT 1", validate, "SELECT 2"])))) == 3


def test_an_old_revision_is_one_transaction_between_autocommit_blocks() -> None:
    plan = plan_of(
        "def upgrade():\n"
        "    op.execute('ALTER TABLE users ADD x int')\n"
        "    op.execute('ALTER TABLE users VALIDATE CONSTRAINT ck')\n"
        "    with op.get_context().autocommit_block():\n"
        "        op.execute('ALTER TABLE users ADD y int')\n"
        "        op.execute('ALTER TABLE users ADD z int')\n"
        "    op.execute('ALTER TABLE users ADD a int')\n"
    )
    assert [len(group) for group in kinds(plan)] == [2, 1, 1, 1]


def test_one_statement_that_is_about_to_run() -> None:
    plan = plan_of(code_of(expand=INDEX))
    (context,) = contexts(plan, KNOWN)
    assert [each.rule for each in judge_statement(context)] == ["index_without_concurrently"]


def test_one_statement_with_its_waiver() -> None:
    waived = "# phased: allow index_without_concurrently because small\n"
    plan = plan_of(f"def expand():\n    {waived}    op.execute('{INDEX}')\n")
    (context,) = contexts(plan, KNOWN)
    assert judge_statement(context) == []


def test_one_statement_whose_plan_knows_what_follows() -> None:
    rename = "ALTER TABLE users RENAME TO members"
    plan = plan_of(code_of(upgrade=[rename, "CREATE VIEW users AS SELECT * FROM members"]))
    context, _ = contexts(plan, KNOWN)
    assert judge_statement(replace(context, after=())) == []
    unplanned = replace(plan, steps=())
    (found,) = judge_statement(replace(context, after=(), plan=unplanned))
    assert found.rule == "rename_in_use"


def test_refuse_shows_every_error_and_no_warning() -> None:
    found = judged(expand=[SET, INDEX], contract="DROP INDEX ix_users_age")
    with pytest.raises(RulesBroken) as caught:
        refuse(found)
    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        "The rules refuse what this would run: 2 errors. Nothing has been changed in the "
        "database.\n\n"
        "alembic/versions/1a2b.py:9 (index_without_concurrently)\n"
        "CREATE INDEX ix ON users (age)\n"
        "CREATE INDEX without CONCURRENTLY stops writes on users (~2.1M rows, 340 MB) until the "
        "index is built. Let it work beside the traffic:\n\n"
        '    op.execute("CREATE INDEX CONCURRENTLY ix ON users (age)")\n\n'
        "alembic/versions/1a2b.py:12 (index_without_concurrently)\n"
        "DROP INDEX ix_users_age\n"
        "DROP INDEX ix_users_age without CONCURRENTLY waits for, and then stops, reads and writes "
        "on users. Let it work beside the traffic:\n\n"
        '    op.execute("DROP INDEX CONCURRENTLY ix_users_age")\n\n'
        "`phased explain index_without_concurrently` says why. Where you know better, say so on "
        "the line of the call:\n\n"
        "    # phased: allow index_without_concurrently because <reason>"
    )


def test_refuse_lets_warnings_pass() -> None:
    refuse(judged(expand=SET))


def test_refuse_says_what_state_the_database_is_in() -> None:
    with pytest.raises(RulesBroken, match=r"1 error\. The table is half full\.\n"):
        refuse(judged(expand=INDEX), "The table is half full.")


def test_nothing_to_judge() -> None:
    assert judge([], KNOWN) == []
    assert judge([plan_of("def expand():\n    pass\n")], KNOWN) == []
