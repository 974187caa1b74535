"""What a refusal tells to paste is pasted: the revision is written, and rolls out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from edit import create, drift, models, project
from rolling import run
from test_edits import said

from phased.errors.changes import ChangeRefused
from phased.verbs.contract import contract

if TYPE_CHECKING:
    from pathlib import Path

    from edit import Rollout
    from sqlalchemy import Engine

PASTE = re.compile(
    r"release is left[^\n]*:\n\n((?:    .*\n)+)|last column[^\n]*:\n\n((?:    .*\n)+)"
)
HEAD = """
import decimal
mapped_column, Decimal = column, decimal.Decimal

class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = column(primary_key=True)
"""
STATE = """
    state: Mapped[str] = column(Enum({labels}, name="state"), server_default="b", index=True)
    path: Mapped[object] = column(ARRAY(Enum({labels}, name="state")), nullable=True)
"""
STATES = "INSERT INTO posts (state, path) VALUES ('a', '{a,NULL,c}'), ('b', '{}'), ('c', NULL)"
READ = "SELECT string_agg(concat_ws('|', state_v2, path_v2), ' ' ORDER BY id) FROM posts"
NUMBERS = "INSERT INTO posts (amount) SELECT i / 8.0 FROM generate_series(1, 3) i"
SUM = "SELECT string_agg(amount_v2::text, ' ' ORDER BY id) FROM posts"
EDITS = {
    "obvious": (
        "    amount: Mapped[str] = column(Text, unique=True)",
        "    amount: Mapped[object] = column(Numeric, unique=True)",
        (NUMBERS, SUM, "0.12500000000000000000 0.25000000000000000000 0.37500000000000000000"),
    ),
    "cast": (
        '    amount: Mapped[object] = column(Double, comment="a % of :b", nullable=True)',
        '    amount: Mapped[object] = column(Numeric(9, 2), comment="a % of :b", nullable=True)',
        (NUMBERS, SUM, "0.13 0.25 0.38"),
    ),
    "a label is renamed": (
        STATE.format(labels='"a", "b", "c"'),
        STATE.format(labels='"a", "b", "it\'s"'),
        (STATES, READ, "a|{a,NULL,it's} b|{} it's"),
    ),
    "a label is removed": (
        STATE.format(labels='"a", "b", "c"'),
        STATE.format(labels='"a", "b"'),
        (STATES, READ, "a|{a,NULL,b} b|{} b"),
    ),
}


def refused(rollout: Rollout, before: str, after: str, row: str) -> str:
    """The lines that the message tells to paste."""
    create(rollout.engine, models(HEAD + before, "plain"), "plain")
    run(rollout.engine, row)
    rollout.metadata = models(HEAD + after, "plain").metadata
    with pytest.raises(ChangeRefused) as caught:
        rollout.revision("refused")
    found = PASTE.search(f"{caught.value}\n")
    assert found, str(caught.value)
    return found[1]


@pytest.mark.parametrize(("before", "after", "data"), EDITS.values(), ids=EDITS)
def test_it_rolls_out(
    engine: Engine, tmp_path: Path, before: str, after: str, data: tuple[str, str, str]
) -> None:
    rows, query, expected = data
    rollout = project(tmp_path, engine, "plain")
    lines = refused(rollout, before, after, rows).replace("FILL_ME_IN", "b")
    rollout.metadata = models(HEAD + lines, "plain").metadata
    text = rollout.revision("pasted")
    rollout.upgrade()
    assert said(contract, rollout.config())[0] == 0
    with engine.connect() as connection:
        assert connection.exec_driver_sql(query).scalar() == expected
    assert drift(rollout) == []
    assert ('op.drop_enum("state")' in text) == ("Enum" in before)
