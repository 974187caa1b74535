"""The same edit with Alembic alone: its own ``init``, its own autogenerate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.demonstration.checkouts import check_out, command, newest_revision
from app.demonstration.edit import EXPRESSION, MESSAGE, edit

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from app.demonstration.checkouts import Checkout

ENV = """from alembic import context

from app.db import engine
from app.models import Base

with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
ADDED = "sa.Column('excerpt', sa.Text(), nullable=False)"
BY_HAND = f"""sa.Column('excerpt', sa.Text(), nullable=True))
    # By hand: there are rows, so the column is filled before it becomes NOT NULL.
    op.execute("UPDATE posts SET excerpt = {EXPRESSION}")
    op.alter_column('posts', 'excerpt', nullable=False"""
CHECK = "op.create_check_constraint('word_count_not_negative', 'posts', 'word_count >= 0')"


def check_out_plain(name: str, url: URL) -> Checkout:
    """The edited application with an ``alembic/`` folder of Alembic's own making."""
    checkout = check_out(name, url, parts=("app",))
    edit(checkout.folder)
    command(checkout, "alembic", "init", "alembic", quiet=True)
    (checkout.folder / "alembic" / "env.py").write_text(ENV)
    return checkout


def write_revision(checkout: Checkout) -> Path:
    """What autogenerate writes, then what anybody does to make it run."""
    command(checkout, "alembic", "revision", "--autogenerate", "-m", MESSAGE, quiet=True)
    file = newest_revision(checkout)
    file.write_text(made_to_run(file.read_text()))
    return file


def made_to_run(text: str) -> str:
    """The revision with the NOT NULL column filled, and the CHECK that autogenerate left out.

    Raises:
        ValueError: Autogenerate wrote something else than what is corrected here.
    """
    if ADDED not in text:
        message = f"autogenerate should have written {ADDED}:\n{text}"
        raise ValueError(message)
    filled = text.replace(ADDED, BY_HAND, 1)
    if "word_count_not_negative" in text:
        return filled
    end = "    # ### end Alembic commands ###\n"
    by_hand = "    # By hand: autogenerate does not compare CHECK constraints.\n"
    return filled.replace(end, f"{by_hand}    {CHECK}\n{end}", 1)
