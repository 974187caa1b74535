from __future__ import annotations

import pytest
from alembic.operations.ops import CreateCheckConstraintOp
from rolling import rendered, statements
from sqlalchemy.schema import conv

CASES = {
    "plain": (
        CreateCheckConstraintOp("positive", "Order", "n > 0", schema="Sales"),
        "op.create_check_constraint('positive', 'Order', 'n > 0', schema='Sales')",
        'ALTER TABLE "Sales"."Order" ADD CONSTRAINT positive CHECK (n > 0)',
    ),
    "final name": (
        CreateCheckConstraintOp(conv("ck_t_n"), "t", "n > 0", postgresql_not_valid=True),
        "op.create_check_constraint(op.f('ck_t_n'), 't', 'n > 0', postgresql_not_valid=True)",
        "ALTER TABLE t ADD CONSTRAINT ck_t_n CHECK (n > 0) NOT VALID",
    ),
    "escapes": (
        CreateCheckConstraintOp(conv("ck"), "t", r"a ~ ' \:x 100%'"),
        r"""op.create_check_constraint(op.f('ck'), 't', "a ~ ' \\:x 100%'")""",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a ~ ' :x 100%')",
    ),
}


@pytest.mark.parametrize(("op", "text", "sql"), CASES.values(), ids=CASES)
def test_it_is_written_and_read_back(op: CreateCheckConstraintOp, text: str, sql: str) -> None:
    assert rendered(op) == text
    assert statements([text]) == [sql]
