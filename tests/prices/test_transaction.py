"""BEGIN and COMMIT belong to whoever runs the statements."""

from __future__ import annotations

import pytest
from pricing import assert_price


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("BEGIN", "BEGIN"),
        ("START TRANSACTION", "START TRANSACTION"),
        ("COMMIT", "COMMIT"),
        ("END", "COMMIT"),
        ("ROLLBACK", "ROLLBACK"),
        ("ABORT", "ROLLBACK"),
        ("PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"),
        ("COMMIT PREPARED 'x'", "COMMIT PREPARED"),
        ("ROLLBACK PREPARED 'x'", "ROLLBACK PREPARED"),
    ],
)
def test_not_inside_a_transaction(sql: str, kind: str) -> None:
    assert_price(sql, kind=kind, transactional=False)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SAVEPOINT a", "SAVEPOINT"),
        ("RELEASE a", "RELEASE SAVEPOINT"),
        ("ROLLBACK TO a", "ROLLBACK TO SAVEPOINT"),
    ],
)
def test_savepoints(sql: str, kind: str) -> None:
    assert_price(sql, kind=kind)
