from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phased.model import Severity
from phased.reports.text import findings

if TYPE_CHECKING:
    from phased.model import Finding

WHOLE = """\
a.py:2: warning slow
    Slow.
a.py:10: error placeholder
    Say why.
alembic/versions/3f2a_handle.py:30: error scan_under_blocking_lock
    SET NOT NULL reads users (~204k rows, 48 MB) under ACCESS EXCLUSIVE: every query on it waits
    until it is done.
    Prove it first:

        op.create_check_constraint("users_handle_not_null", "users", "handle IS NOT NULL", …)

2 errors, 1 warning in 2 files
why    phased explain <rule>
allow  # phased: allow <rule> because <reason>"""


def test_findings_in_the_order_of_files_and_lines(finding: Finding) -> None:
    late = replace(finding, path="a.py", line=10, rule="placeholder", message="Say why.")
    early = replace(late, line=2, rule="slow", message="Slow.", severity=Severity.WARNING)

    assert findings([finding, late, early]).plain == WHOLE


def test_the_sum_is_as_red_as_the_worst(finding: Finding) -> None:
    warning = replace(finding, severity=Severity.WARNING)

    assert findings([warning, finding]).split()[-3].spans[-1].style == "bold red"
    assert findings([warning]).split()[-3].spans[-1].style == "bold yellow"


def test_nothing_found() -> None:
    assert findings([]).plain == "✓ Nothing found."
