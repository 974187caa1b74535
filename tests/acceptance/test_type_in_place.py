"""Another type in place, where the application says that it prepares no statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from edit import STYLES, Edit, drift, models, roll_out, use
from server import conninfo
from test_edits import said

from phased.errors.changes import TypeChangeNeedsSuccessor
from phased.naming import relation
from phased.verbs.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

USER = """
class User(Base):
    __tablename__ = n("users")
    id: Mapped[int] = column(n("id"), primary_key=True)
    name: Mapped[str] = column(n("name"), {}, unique=True)
"""
EDIT = Edit(USER.format("String(20)"), USER.format("Text"))


@pytest.mark.parametrize("style", STYLES)
def test_what_prepares_nothing_notices_nothing(
    style: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = roll_out(EDIT, style, tmp_path, engine)
    rollout.metadata = models(EDIT.after, style).metadata
    with pytest.raises(TypeChangeNeedsSuccessor, match="prepared_statements = false"):
        rollout.revision("refused")
    monkeypatch.setenv("PHASED_PREPARED_STATEMENTS", "false")
    text = rollout.revision("widened")
    assert said(lint, rollout.config()) == (0, "✓ Nothing found.\n"), text
    schema, rename = STYLES[style]
    query = f"SELECT * FROM {relation(rename('users'), schema)}".encode()
    with psycopg.connect(conninfo(engine.url), autocommit=True, prepare_threshold=None) as running:
        running.execute(query)
        rollout.upgrade()
        running.execute(query)
    use(engine, models(EDIT.before, style))
    use(engine, models(EDIT.after, style))
    assert drift(rollout) == []
