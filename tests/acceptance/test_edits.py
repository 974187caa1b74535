from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import edits
import pytest
from edit import Edit, created_at_once, drift, models, roll_out, shape, use
from server import VERSION

from phased.discovery import modules
from phased.verbs.contract import contract
from phased.verbs.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

EDITS: dict[str, Edit] = {
    f"{module.__name__.rpartition('.')[2]}-{name}": edit
    for module in modules(edits)
    for name, edit in module.EDITS.items()
    if edit.least_version <= VERSION
}

NEWEST = 18
STYLE = "qualified and quoted" if VERSION == NEWEST else "plain"
CASES = [
    *((name, STYLE) for name in EDITS),
    *((name, "plain") for name, edit in EDITS.items() if edit.least_version == NEWEST),
]


def test_there_are_at_least_forty() -> None:
    assert len(EDITS) >= 40


@pytest.mark.parametrize(("name", "style"), CASES)
def test_edit_rolls_out(name: str, style: str, tmp_path: Path, engine: Engine) -> None:
    edit = EDITS[name]
    old, new = models(edit.before, style), models(edit.after, style)
    expected = created_at_once(engine, models(edit.after, style), style)
    rollout = roll_out(edit, style, tmp_path, engine)
    rollout.metadata = new.metadata
    text = rollout.revision("after", *edit.arguments)
    assert said(lint, rollout.config()) == (0, "✓ Nothing found.\n"), text
    rollout.upgrade()
    use(engine, old)
    use(engine, new)
    use(engine, old)
    assert said(contract, rollout.config())[0] == 0
    use(engine, new)
    assert drift(rollout) == []
    again = rollout.revision("again")
    assert "op." not in again.partition("def expand")[2]
    assert shape(engine) == expected


def said(command: object, config: object) -> tuple[int, str]:
    """The exit code of a command, and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = command(config)  # type: ignore[operator] # a verb
    return code, out.getvalue()
