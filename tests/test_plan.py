from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from revision import phase_of, plan, steps

from phased.errors.revisions import NoPhases, PhasesAndUpgrade
from phased.fact import ColumnFacts, ConstraintFacts, Facts, RelationFacts
from phased.model import Backfill, Phase

if TYPE_CHECKING:
    from pathlib import Path

ONE_OF_EACH = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))
    op.add_column("posts", sa.Column("views", sa.Integer, server_default="0"))
    op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)
    op.execute("ALTER TYPE kind ADD VALUE 'b'")
    op.execute("COMMENT ON COLUMN users.handle IS 'h'")

def backfill():
    op.backfill("users", {"handle": "name"})
    op.create_index("ix_users_handle", "users", ["handle"], postgresql_concurrently=True)

def contract():
    op.create_check_constraint("c", "users", "handle IS NOT NULL", postgresql_not_valid=True)
    op.validate_constraint("c", "users")
    op.alter_column("users", "handle", nullable=False)
    op.drop_constraint("c", "users")
    op.drop_column("users", "name")
"""
EXPANDED = [
    [
        "ALTER TABLE users ADD COLUMN handle TEXT",
        "ALTER TABLE posts ADD COLUMN views INTEGER DEFAULT '0'",
    ],
    ["CREATE INDEX CONCURRENTLY ix_users_name ON users (name)"],
    ["ALTER TYPE kind ADD VALUE 'b'"],
    ["COMMENT ON COLUMN users.handle IS 'h'"],
]
BACKFILLED = [
    ["UPDATE users SET handle = name WHERE handle IS NULL"],
    ["CREATE INDEX CONCURRENTLY ix_users_handle ON users (handle)"],
]
CONTRACTED = [
    ["ALTER TABLE users ADD CONSTRAINT c CHECK (handle IS NOT NULL) NOT VALID"],
    ["ALTER TABLE users VALIDATE CONSTRAINT c"],
    [
        "ALTER TABLE users ALTER COLUMN handle SET NOT NULL",
        "ALTER TABLE users DROP CONSTRAINT c",
        "ALTER TABLE users DROP COLUMN name",
    ],
]
NOT_NULL = ColumnFacts("text", not_null=True)
PROVED = ConstraintFacts("c", ("handle",), validated=True, proves_not_null=frozenset({"handle"}))


def test_statements_fall_into_steps(tmp_path: Path) -> None:
    assert phase_of(tmp_path, ONE_OF_EACH, Phase.EXPAND) == EXPANDED
    assert phase_of(tmp_path, ONE_OF_EACH, Phase.BACKFILL) == BACKFILLED
    assert phase_of(tmp_path, ONE_OF_EACH, Phase.CONTRACT) == CONTRACTED


@pytest.mark.parametrize(
    "held",
    [
        RelationFacts(),
        RelationFacts(columns={"handle": NOT_NULL}),
        RelationFacts(columns={"handle": ColumnFacts("text")}, constraints={"c": PROVED}),
    ],
    ids=["as it was", "contracted", "half contracted"],
)
def test_what_is_in_the_database_already_moves_no_statement(
    tmp_path: Path, held: RelationFacts
) -> None:
    facts = Facts(relations={"users": held, "posts": held}, known=True)
    assert phase_of(tmp_path, ONE_OF_EACH, Phase.CONTRACT, facts) == CONTRACTED


def test_prices_do_ask_the_database(tmp_path: Path) -> None:
    body = "def contract():\n    op.alter_column('users', 'handle', nullable=False)\n"
    facts = Facts(relations={"users": RelationFacts(constraints={"c": PROVED})}, known=True)
    (blind,), (seeing,) = plan(tmp_path, body).steps, plan(tmp_path, body, facts).steps
    assert blind.statements[0].scans == {"users"}
    assert seeing.statements[0].scans == frozenset()


def test_positions_are_counted_in_each_phase(tmp_path: Path) -> None:
    found = plan(tmp_path, ONE_OF_EACH)
    assert [(step.phase, step.position) for step in found.steps] == [
        *((Phase.EXPAND, place) for place in range(4)),
        *((Phase.BACKFILL, place) for place in range(2)),
        *((Phase.CONTRACT, place) for place in range(3)),
    ]


def test_a_backfill_is_a_step_of_its_own(tmp_path: Path) -> None:
    first, second = plan(tmp_path, ONE_OF_EACH).phase(Phase.BACKFILL)
    assert first.backfill == Backfill("users", {"handle": "name"})
    assert second.backfill is None
    assert not first.transactional
    assert not second.transactional


def test_a_new_table_is_one_step_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    body = """
    def expand():
        op.add_column("users", sa.Column("handle", sa.Text))
        op.create_table("posts", sa.Column("id", sa.Integer, primary_key=True),
                        sa.Column("author", sa.Integer))
        op.create_index("ix_posts_author", "posts", ["author"])
        op.create_check_constraint("c", "posts", "id > 0")
        op.create_foreign_key("f", "posts", "users", ["author"], ["id"])
        op.execute("UPDATE posts SET author = 1")
        op.execute("COMMENT ON TABLE posts IS 'p'")
    """
    (only,) = steps(tmp_path, body)
    assert len(only) == 7


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET name = 'x'",
        "ALTER TABLE users VALIDATE CONSTRAINT c",
        "ALTER TABLE users ALTER COLUMN id TYPE bigint",
        "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0)",
        "CREATE INDEX i ON users (name)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX INDEX CONCURRENTLY i",
        "VACUUM users",
        "ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'",
    ],
)
def test_what_stands_alone(tmp_path: Path, statement: str) -> None:
    body = f"""
    def expand():
        op.add_column("users", sa.Column("a", sa.Text))
        op.execute({statement!r})
        op.add_column("users", sa.Column("b", sa.Text))
    """
    add = "ALTER TABLE users ADD COLUMN {} TEXT"
    assert steps(tmp_path, body) == [[add.format("a")], [statement], [add.format("b")]]


def test_an_autocommit_block_is_a_step_for_each_statement(tmp_path: Path) -> None:
    body = """
    def expand():
        op.execute("COMMENT ON TABLE users IS '1'")
        with op.get_context().autocommit_block():
            op.execute("COMMENT ON TABLE users IS '2'")
            op.execute("COMMENT ON TABLE users IS '3'")
        op.execute("COMMENT ON TABLE users IS '4'")
        op.execute("COMMENT ON TABLE users IS '5'")
    """
    found = [[int(sql[-2]) for sql in step] for step in steps(tmp_path, body)]
    assert found == [[1], [2], [3], [4, 5]]


def undo(folder: Path, *calls: str) -> list[tuple[str, ...] | None]:
    body = "def expand():\n" + "".join(f"    {call}\n" for call in calls)
    found = plan(folder, body).steps
    return [None if s.undo is None else tuple(" ".join(u.split()) for u in s.undo) for s in found]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            'op.add_column("Order", sa.Column("userId", sa.Text))',
            ('ALTER TABLE "Order" DROP COLUMN "userId"',),
        ),
        (
            'op.add_column("t", sa.Column("a", sa.Text), schema="billing")',
            ("ALTER TABLE billing.t DROP COLUMN a",),
        ),
        (
            'op.create_index("i", "t", ["a"], postgresql_concurrently=True)',
            ("DROP INDEX CONCURRENTLY i",),
        ),
        (
            'op.create_index("i", "t", ["a"], schema="billing", postgresql_concurrently=True)',
            ("DROP INDEX CONCURRENTLY billing.i",),
        ),
        (
            'op.create_check_constraint("c", "t", "a > 0", postgresql_not_valid=True)',
            ("ALTER TABLE t DROP CONSTRAINT c",),
        ),
        (
            'op.create_foreign_key("f", "t", "u", ["a"], ["id"], postgresql_not_valid=True)',
            ("ALTER TABLE t DROP CONSTRAINT f",),
        ),
        (
            'op.keep_filled("t", {"a": "b"})',
            ('DROP TRIGGER "~phased_fill_a" ON t', "DROP FUNCTION phased_fill_t_a()"),
        ),
        (
            'op.alter_column("t", "a", nullable=True, existing_nullable=False)',
            ("ALTER TABLE t ALTER COLUMN a SET NOT NULL",),
        ),
        (
            'op.alter_column("t", "a", new_column_name="b")',
            None,
        ),
        ('op.backfill("t", {"a": "b"})', ()),
        ('op.alter_column("t", "a", nullable=True)', None),
        ('op.alter_column("t", "a", server_default="1")', None),
        ('op.execute("COMMENT ON TABLE t IS NULL")', None),
        ('op.drop_column("t", "a")', None),
    ],
)
def test_what_takes_a_call_back(
    tmp_path: Path, call: str, expected: tuple[str, ...] | None
) -> None:
    assert undo(tmp_path, call) == [expected]


def test_a_step_is_taken_back_from_its_end(tmp_path: Path) -> None:
    found = undo(
        tmp_path,
        'op.create_table("t", sa.Column("a", sa.Text))',
        'op.create_index("i", "t", ["a"])',
    )
    assert found == [("DROP INDEX i", "DROP TABLE t")]


def test_one_call_that_cannot_be_taken_back_spoils_its_step(tmp_path: Path) -> None:
    found = undo(
        tmp_path,
        'op.add_column("t", sa.Column("a", sa.Text))',
        'op.execute("COMMENT ON TABLE t IS NULL")',
        'op.add_column("t", sa.Column("b", sa.Text))',
        'op.create_index("i", "t", ["a"], postgresql_concurrently=True)',
    )
    assert found == [None, ("DROP INDEX CONCURRENTLY i",)]


def test_half_of_a_call_is_not_taken_back(tmp_path: Path) -> None:
    call = 'op.execute("COMMENT ON TABLE t IS NULL; UPDATE t SET a = 1")'
    assert undo(tmp_path, call) == [None, None]


def test_a_type_that_cannot_be_written_is_not_taken_back(tmp_path: Path) -> None:
    call = 'op.alter_column("t", "a", type_=sa.Text(), existing_type=sa.types.NullType())'
    assert undo(tmp_path, call) == [None]


def test_a_file_without_phases_and_upgrade(tmp_path: Path) -> None:
    with pytest.raises(NoPhases):
        plan(tmp_path, "x = 1")


def test_a_file_with_both(tmp_path: Path) -> None:
    with pytest.raises(PhasesAndUpgrade, match=r"upgrade\(\) and expand\(\)"):
        plan(tmp_path, "def expand(): pass\ndef upgrade(): pass")


def test_an_old_file_is_one_phase(tmp_path: Path) -> None:
    found = plan(tmp_path, "def upgrade():\n    op.drop_table('t')\n")
    assert found.legacy
    assert [step.phase for step in found.steps] == [Phase.EXPAND]
