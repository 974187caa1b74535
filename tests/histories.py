"""Revisions that tests of commands run, as a user writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shell import Shell

CREATE = """
def expand():
    op.create_table(
        "users", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("name", sa.Text)
    )

def downgrade():
    op.drop_table("users")
"""
CHANGE = """
def expand():
    op.add_column("users", sa.Column("handle", sa.Text))
    op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)

def backfill():
    op.backfill("users", {"handle": "'%s: ' || name"})

def contract():
    op.create_check_constraint(
        "users_handle_not_null", "users", "handle IS NOT NULL", postgresql_not_valid=True
    )
    op.validate_constraint("users_handle_not_null", "users")
    op.alter_column("users", "handle", nullable=False)
    op.drop_constraint("users_handle_not_null", "users")
    op.alter_column("users", "name", nullable=True)

def downgrade():
    op.drop_index("ix_users_name", "users")
    op.drop_column("users", "handle")
"""
OLD_STYLE = """
def upgrade():
    op.execute("CREATE TABLE legacy (id int)")
    with op.get_context().autocommit_block():
        op.create_index("ix_legacy_id", "legacy", ["id"], postgresql_concurrently=True)

def downgrade():
    op.drop_table("legacy")
"""
ROWS = "INSERT INTO users (name) SELECT 'n' || n FROM generate_series(1, 100) n"


def write(shell: Shell) -> None:
    """Three revisions: a table, a change in three phases, and an old one."""
    shell.project.revision("a1", CREATE)
    shell.project.revision("b2", CHANGE, "a1")
    shell.project.revision("c3", OLD_STYLE, "b2")
