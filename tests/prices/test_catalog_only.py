"""What lives in the catalog alone."""

from __future__ import annotations

import pytest
from pricing import assert_price


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE EXTENSION citext", "CREATE EXTENSION"),
        ("CREATE ROLE r", "CREATE ROLE"),
        ("DROP ROLE r", "DROP ROLE"),
        ("CREATE CAST (a AS b) WITHOUT FUNCTION", "CREATE CAST"),
        ("CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()", "CREATE EVENT TRIGGER"),
        ("ALTER SCHEMA a OWNER TO r", "ALTER OWNER"),
    ],
)
def test_nothing_is_locked(sql: str, kind: str) -> None:
    assert_price(sql, kind=kind)
