from __future__ import annotations

import pytest
from judging import UNKNOWN, plan_of

from phased.fact import ColumnFacts, Facts, RelationFacts

ALTER = """
def contract() -> None:
    op.alter_column("Order", "userId", type_={new}, existing_type={old}, schema="Sales dept")
"""
TABLE = '"Sales dept"."Order"'


@pytest.mark.parametrize(
    ("old", "new", "rewrites"),
    [
        ("sa.String(20)", "sa.String(50)", False),
        ("sa.String(20)", "sa.Text()", False),
        ("sa.String(20)", "sa.String(10)", True),
        ("sa.BigInteger()", "sa.Integer()", True),
        ("None", "sa.Text()", True),
    ],
)
def test_a_call_is_believed_where_no_database_is_asked(old: str, new: str, rewrites: bool) -> None:  # noqa: FBT001 # a case
    plan = plan_of(ALTER.format(old=old, new=new), facts=UNKNOWN)
    (statement,) = plan.steps[0].statements
    assert bool(statement.rewrites) == rewrites
    assert bool(statement.restricts) == rewrites


def test_the_database_knows_better() -> None:
    held = RelationFacts(columns={"userId": ColumnFacts("integer")})
    facts = Facts(known=True, relations={TABLE: held})
    plan = plan_of(ALTER.format(old="sa.String(20)", new="sa.Text()"), facts=facts)
    (statement,) = plan.steps[0].statements
    assert statement.rewrites == {TABLE}
