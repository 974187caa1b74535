from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from rolling import rendered, statements


@pytest.mark.parametrize(
    "condition", ["a LIKE '%@%'", "a <> ' :b'", "a::text <> '100%'", r"a <> '\:b'", "a <> '::b'"]
)
def test_an_expression_goes_through_a_revision_unchanged(condition: str) -> None:
    model = sa.text(condition.replace(r"\:b", r"\\:b").replace(" :b", r" \:b"))
    check = ops.CreateCheckConstraintOp("ck", "t", model)
    index = ops.CreateIndexOp("ix", "t", ["a"], postgresql_where=model)
    assert statements([rendered(check), rendered(index)]) == [
        f"ALTER TABLE t ADD CONSTRAINT ck CHECK ({condition})",
        f"CREATE INDEX ix ON t (a) WHERE {condition}",
    ]


def test_an_index_expression_goes_through_a_revision_unchanged() -> None:
    index = ops.CreateIndexOp("ix", "t", [sa.text(r"(a || ' \:b%')"), sa.func.lower(sa.text("c"))])
    assert statements([rendered(index)]) == ["CREATE INDEX ix ON t ((a || ' :b%'), lower(c))"]


def test_a_unique_constraint_may_include_columns() -> None:
    unique = ops.CreateUniqueConstraintOp("uq", "t", ["a"], postgresql_include=["b"])
    assert statements([rendered(unique)]) == [
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) INCLUDE (b)"
    ]
