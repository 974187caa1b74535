from __future__ import annotations

from judging import assert_safe, assert_unsafe, judged

from phased.model import Severity

RULE = "cached_plan_invalidated"
WIDEN = "ALTER TABLE users ALTER COLUMN email TYPE varchar(100)"


def test_message() -> None:
    assert assert_unsafe(RULE, contract=WIDEN) == (
        "Changing the type of users.email makes prepared statements that select it fail once on "
        "each connection (0A000: cached plan must not change result type). Where that matters, "
        "turn preparation off in the release that is running before this runs:\n\n"
        '    create_engine(url, connect_args={"prepare_threshold": None})'
    )


def test_it_is_a_warning() -> None:
    (found,) = judged(contract=WIDEN)
    assert found.severity is Severity.WARNING


def test_nobody_selects_a_column_that_is_new() -> None:
    add = "ALTER TABLE users ADD COLUMN x varchar(5)"
    assert_safe(expand=[add, "ALTER TABLE users ALTER COLUMN x TYPE varchar(9)"])


def test_a_rewrite_is_worse_and_said_elsewhere() -> None:
    rewrite = "ALTER TABLE users ALTER COLUMN age TYPE bigint"
    assert_unsafe("rewrite_under_blocking_lock", contract=rewrite)
