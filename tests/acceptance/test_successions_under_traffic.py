"""Columns and tables that carry on others, while the old and the new release write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from agreement import divergent, syncs
from alembic import command
from edit import create, drift, models, project
from scene import WORKERS, Scene
from test_edits import EDITS, STYLE, said

from phased.verbs.contract import contract

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

HINTS = ("renamed_from(", "converted_from(")
CHOSEN = [
    name
    for name, edit in EDITS.items()
    if edit.traffic or any(hint in edit.after for hint in HINTS)
]


@pytest.mark.parametrize(("name", "style"), [(name, STYLE) for name in CHOSEN])
def test_no_query_fails_and_no_row_diverges(
    name: str, style: str, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASED_BATCH_DURATION", "20ms")
    edit = EDITS[name]
    releases = {"old": models(edit.before, style), "new": models(edit.after, style)}
    rollout = project(tmp_path, engine, style)
    create(engine, releases["old"], style)
    rollout.metadata = releases["new"].metadata
    with Scene(engine, releases) as scene:
        text = rollout.revision("after", *edit.arguments)
        [path] = (tmp_path / "alembic" / "versions").glob("*.py")
        kept = syncs(path)
        scene.moving = frozenset(column for one in kept for column in (*one.old, *one.new))

        scene.begin("old")
        command.upgrade(rollout.config(scene.watch), "head")
        if "new" not in scene.taking:
            scene.begin("new")
        scene.upsert("new", upserts=True)
        assert [divergent(engine, one) for one in kept] == [[]] * len(kept), text
        scene.take(3)
        scene.end("old")
        assert [divergent(engine, one) for one in kept] == [[]] * len(kept), text
        assert scene.errors("old") == []
        assert scene.errors("new") == []
        assert list(scene.lost("old", "new")) == []
        assert scene.turns > 1 or not kept

        code, shown = said(contract, rollout.config(scene.contracting))
        assert code == 0, shown
        scene.take(2, "new")
        scene.end("new")
        states = [state for state, _ in scene.errors("new")]
        assert set(states) == set(edit.sqlstates), scene.errors("new")
        assert len(states) <= len(edit.sqlstates) * (WORKERS + 1)
        assert list(scene.lost("new")) == []
    assert drift(rollout) == []
