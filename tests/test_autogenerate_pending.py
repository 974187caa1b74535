from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.schema import conv

from phased.errors.models import PendingContractDrops
from phased.operations.create_primary_key_using_index import CreatePrimaryKeyUsingIndexOp
from phased.operations.create_unique_constraint_using_index import (
    CreateUniqueConstraintUsingIndexOp,
)
from phased.operations.enum import DropEnumOp
from phased.operations.rename_constraint import RenameConstraintOp
from phased.operations.rename_index import RenameIndexOp
from phased.pending import refuse_lost, subtract_pending

if TYPE_CHECKING:
    from alembic.operations import MigrateOperation


def left(difference: list[MigrateOperation], pending: list[MigrateOperation]) -> list[Any]:
    upgrade = ops.UpgradeOps(ops=[ops.ModifyTableOps("users", difference)])
    subtract_pending(upgrade, pending)
    return [op for part in upgrade.ops for op in part.ops]


def dropped_constraint(*columns: str) -> ops.DropConstraintOp:
    before = ops.CreateUniqueConstraintOp("uq", "users", list(columns))
    return ops.DropConstraintOp("uq", "users", type_="unique", _reverse=before)


def alter(**changes: Any) -> ops.AlterColumnOp:
    return ops.AlterColumnOp("users", "a", **changes)


SUCCESSOR = ops.AlterColumnOp("users", "a_bigint", modify_name="a", existing_type=sa.BigInteger())
SAME: dict[str, tuple[list[MigrateOperation], list[MigrateOperation]]] = {
    "drop column": ([ops.DropColumnOp("users", "a")], [ops.DropColumnOp("users", "a")]),
    "drop table": ([ops.DropTableOp("users")], [ops.DropTableOp("users")]),
    "what goes with the table": (
        [ops.DropIndexOp("ix", "users"), dropped_constraint("a")],
        [ops.DropTableOp("users")],
    ),
    "what goes with the column": ([dropped_constraint("a")], [ops.DropColumnOp("users", "a")]),
    "drop enum": ([DropEnumOp("mood", values=["a"])], [DropEnumOp("mood")]),
    "drop index": ([ops.DropIndexOp("ix", "users")], [ops.DropIndexOp(conv("ix"), "users")]),
    "drop constraint": (
        [dropped_constraint("b")],
        [ops.DropConstraintOp(conv("uq"), "users", type_="unique")],
    ),
    "not null": ([alter(modify_nullable=False)], [alter(modify_nullable=False)]),
    "default": (
        [alter(modify_server_default=sa.DefaultClause(sa.text("now()")))],
        [alter(modify_server_default=sa.text("now()"))],
    ),
    "no default": ([alter(modify_server_default=None)], [alter(modify_server_default=None)]),
    "check": (
        [ops.CreateCheckConstraintOp(conv("ck"), "users", "a > 0")],
        [ops.CreateCheckConstraintOp("ck", "users", "a > 0", postgresql_not_valid=True)],
    ),
    "foreign key": (
        [ops.CreateForeignKeyOp("fk", "users", "b", ["a"], ["id"])],
        [ops.CreateForeignKeyOp("fk", "users", "b", ["a"], ["id"], postgresql_not_valid=True)],
    ),
    "unique from an index": (
        [ops.CreateUniqueConstraintOp("uq", "users", ["a"]), ops.DropIndexOp("uqix", "users")],
        [CreateUniqueConstraintUsingIndexOp("uq", "users", "uqix")],
    ),
    "primary key from an index": (
        [ops.DropIndexOp("pk_copy", "users")],
        [CreatePrimaryKeyUsingIndexOp("pk", "users", "pk_copy")],
    ),
    "a successor of another type": (
        [alter(modify_type=sa.BigInteger()), ops.DropColumnOp("users", "a_bigint")],
        [alter(modify_name="a_before"), SUCCESSOR],
    ),
    "a changed index": (
        [
            ops.DropIndexOp("ix", "users"),
            ops.CreateIndexOp("ix", "users", ["a"]),
            ops.DropIndexOp("ix_new", "users"),
        ],
        [ops.DropIndexOp("ix", "users"), RenameIndexOp("ix_new", "ix")],
    ),
    "a changed constraint": (
        [
            dropped_constraint("a"),
            ops.CreateUniqueConstraintOp("uq", "users", ["a", "b"]),
            ops.DropConstraintOp("uq_new", "users", type_="unique"),
        ],
        [ops.DropConstraintOp("uq", "users"), RenameConstraintOp("uq_new", "uq", "users")],
    ),
}


@pytest.mark.parametrize(("difference", "pending"), SAME.values(), ids=SAME.keys())
def test_what_a_pending_contract_does_is_no_difference(
    difference: list[MigrateOperation], pending: list[MigrateOperation]
) -> None:
    assert left(difference, []) != []
    assert left(difference, pending) == []


OTHER: dict[str, tuple[MigrateOperation, MigrateOperation]] = {
    "another column": (ops.DropColumnOp("users", "b"), ops.DropColumnOp("users", "a")),
    "another table": (ops.DropColumnOp("posts", "a"), ops.DropColumnOp("users", "a")),
    "another schema": (
        ops.DropColumnOp("users", "a", schema="Sales"),
        ops.DropColumnOp("users", "a"),
    ),
    "the other way": (alter(modify_nullable=True), alter(modify_nullable=False)),
    "another default": (
        alter(modify_server_default=sa.DefaultClause("a")),
        alter(modify_server_default=None),
    ),
    "another type than the successor's": (alter(modify_type=sa.Integer()), SUCCESSOR),
    "a column that only gives up its name": (
        ops.DropColumnOp("users", "a"),
        alter(modify_name="a_before"),
    ),
    "another name": (ops.DropIndexOp("ix", "users"), ops.DropIndexOp("ix2", "users")),
    "a constraint on other columns": (dropped_constraint("b"), ops.DropColumnOp("users", "a")),
}


@pytest.mark.parametrize(("op", "pending"), OTHER.values(), ids=OTHER.keys())
def test_what_it_does_not_do_stays(op: MigrateOperation, pending: MigrateOperation) -> None:
    assert len(left([op], [pending])) == 1


def test_one_of_two_changes_of_a_column() -> None:
    both = alter(modify_nullable=False, modify_comment="new")
    [rest] = left([both], [alter(modify_nullable=False)])
    assert rest.modify_nullable is None
    assert rest.modify_comment == "new"


def test_the_models_want_back_what_will_be_dropped() -> None:
    metadata = sa.MetaData()
    users = sa.Table("users", metadata, sa.Column("userName", sa.Text))
    with pytest.raises(PendingContractDrops, match=r'have column users\."userName", and'):
        refuse_lost([ops.DropColumnOp("users", "userName")], {"users": users})
    with pytest.raises(PendingContractDrops, match="have table users, and"):
        refuse_lost([ops.DropTableOp("users")], {"users": users})
    refuse_lost([ops.DropColumnOp("users", "gone"), ops.DropTableOp("gone")], {"users": users})
