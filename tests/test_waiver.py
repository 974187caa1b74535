from __future__ import annotations

import pytest
from judging import assert_safe, judged

from phased import waiver
from phased.model import Finding, Severity

CALL = 'op.create_index(\n        "ix",\n        "users",\n        ["age"],\n    )'
INDEX = 'op.create_index("ix", "users", ["age"])'
BECAUSE = "phased: allow index_without_concurrently because it has five rows"


def found(body: str) -> list[tuple[str, Severity, str]]:
    return [(f.rule, f.severity, f.message) for f in judged(f"def expand():\n{body}\n")]


@pytest.mark.parametrize(
    "body",
    [
        f"    {INDEX}  # {BECAUSE}",
        f"    # {BECAUSE}\n    {INDEX}",
        f"    # {BECAUSE}\n    # and another remark\n    {INDEX}",
        f"    {CALL.replace('(', f'(  # {BECAUSE}')}",
        f"    {CALL}".replace("(", f"(\n        # {BECAUSE}"),
        f"    {CALL}  # {BECAUSE}",
        f"    for _ in range(1):\n        # {BECAUSE}\n        {INDEX}",
        f"    for _ in range(1):\n        {INDEX}  # {BECAUSE}",
        f'    op.execute("CREATE INDEX ix ON users (age) -- {BECAUSE}")',
        f'    op.execute("""\n    -- {BECAUSE}\n    CREATE INDEX ix ON users (age)\n    """)',
        f"    # phased: allow cascade, {BECAUSE.removeprefix('phased: allow ')}\n    {INDEX}",
    ],
)
def test_waives(body: str) -> None:
    assert_safe(f"def expand():\n{body}\n")


@pytest.mark.parametrize(
    "body",
    [
        f"    # {BECAUSE}\n    op.execute('SELECT 1')\n    {INDEX}",
        f"    # {BECAUSE}\n\n    {INDEX}",
        f"    {INDEX}\n    # {BECAUSE}",
        f"    # {BECAUSE.replace('index_without_concurrently', 'cascade')}\n    {INDEX}",
    ],
)
def test_elsewhere_it_waives_nothing_and_says_so(body: str) -> None:
    rules = {(rule, severity) for rule, severity, _ in found(body)}
    assert rules == {
        ("index_without_concurrently", Severity.ERROR),
        ("waiver", Severity.WARNING),
    }


def test_without_a_reason_it_is_refused() -> None:
    (_, (rule, severity, message)) = found(
        f"    {INDEX}  # phased: allow index_without_concurrently"
    )
    assert (rule, severity) == ("waiver", Severity.ERROR)
    assert message == (
        "The waiver of index_without_concurrently on line 8 has no reason, and the next reader "
        "needs one. Write:\n\n    # phased: allow index_without_concurrently because <reason>"
    )


def test_the_form_itself_is_no_reason() -> None:
    form = "# phased: allow index_without_concurrently because <reason>"
    assert ("waiver", Severity.ERROR) in {each[:2] for each in found(f"    {INDEX}  {form}")}


def test_an_unknown_rule_is_refused_with_the_nearest() -> None:
    body = f"    {INDEX}  # phased: allow index_without_concurently because small"
    (rule, severity, message) = found(body)[1]
    assert (rule, severity) == ("waiver", Severity.ERROR)
    assert message == (
        "The waiver on line 8 names the rule index_without_concurently, which does not exist. Did "
        "you mean index_without_concurrently? Write:\n\n"
        "    # phased: allow index_without_concurrently because <reason>"
    )


def test_an_unknown_rule_that_is_near_to_none() -> None:
    (_, _, message) = found("    pass  # phased: allow zzz because small")[0]
    assert message.endswith(
        "Write the name of a rule:\n\n    # phased: allow <rule> because <reason>"
    )


def test_what_is_not_understood_is_refused() -> None:
    ((rule, severity, message),) = found("    pass  # phased: ignore cascade")
    assert (rule, severity) == ("waiver", Severity.ERROR)
    assert message == (
        "Line 8 says 'phased: ignore cascade', which is no waiver. Write:"
        "\n\n    # phased: allow <rule> because <reason>"
    )


def test_in_sql_the_form_is_that_of_sql() -> None:
    (_, _, message) = found('    op.execute("SELECT 1 -- phased: allow cascade")')[0]
    assert message.endswith("-- phased: allow cascade because <reason>")


def test_one_that_waives_nothing_is_a_warning() -> None:
    ((rule, severity, message),) = found(f"    pass  # {BECAUSE}")
    assert (rule, severity) == ("waiver", Severity.WARNING)
    assert message == (
        "The waiver of index_without_concurrently on line 8 waives nothing and would hide the next "
        "finding. Remove it, or move it to the line of the call it is about."
    )


def test_downgrade_is_not_judged() -> None:
    assert_safe(f"def expand():\n    pass\n\n\ndef downgrade():\n    {INDEX}  # {BECAUSE}\n")


def test_on_an_empty_database_it_may_be_idle_but_not_wrong() -> None:
    assert_safe(f"def expand():\n    {INDEX}  # {BECAUSE}\n", fresh=True)
    wrong = judged(f"def expand():\n    {INDEX}  # phased: allow cascade\n", fresh=True)
    assert [each.rule for each in wrong] == ["waiver"]


def test_a_string_is_no_comment() -> None:
    (only,) = waiver.read(f"x = '# {BECAUSE}'\n# {BECAUSE}\n")
    assert only.line == 2


def test_covers_needs_the_rule_and_the_line() -> None:
    (only,) = waiver.read(f"call(\n)  # {BECAUSE}\n")
    finding = Finding("index_without_concurrently", Severity.ERROR, "", "", "", 0, 1, "")  # type: ignore[arg-type] # the phase does not count
    assert waiver.covers(only, finding)
