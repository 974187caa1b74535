"""The edit of the models that the demo rolls out."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = "posts get an excerpt and lose their format"
EXPRESSION = "left(body, 140)"


@dataclass(frozen=True, slots=True)
class Change:
    """One place in a file: what it says, and what it will say."""

    path: str
    before: str
    after: str


POSTS = "app/models/posts.py"
CHANGES = (
    Change(
        POSTS,
        "    BigInteger,\n",
        "",
    ),
    Change(
        POSTS,
        "from app.models.users import User\n",
        "from app.models.users import User\nfrom phased import filled_by\n",
    ),
    Change(
        POSTS,
        "    editor_id: Mapped[int | None] = mapped_column(BigInteger)\n",
        "    editor_id: Mapped[int | None] = mapped_column(\n"
        '        ForeignKey("users.id", ondelete="SET NULL"), index=True\n'
        "    )\n",
    ),
    Change(
        POSTS,
        "    format: Mapped[str]\n",
        f'    excerpt: Mapped[str] = mapped_column(info=filled_by("{EXPRESSION}"))\n',
    ),
    Change(
        POSTS,
        '        CheckConstraint("char_length(title) <= 200", name="title_length"),\n',
        '        CheckConstraint("char_length(title) <= 200", name="title_length"),\n'
        '        CheckConstraint("word_count >= 0", name="word_count_not_negative"),\n',
    ),
)


def edit(folder: Path) -> str:
    """Change the models in a folder; return what was changed as a unified diff.

    Raises:
        ValueError: A file does not say what the change expects, or says it twice.
    """
    before = {path: (folder / path).read_text() for path in sorted({c.path for c in CHANGES})}
    after = dict(before)
    for change in CHANGES:
        after[change.path] = replaced(after[change.path], change)
    for path, text in after.items():
        (folder / path).write_text(text)
    return "".join(difference(path, before[path], after[path]) for path in before)


def replaced(text: str, change: Change) -> str:
    """The text with the change made."""
    if text.count(change.before) != 1:
        message = f"{change.path} should say this once:\n{change.before}"
        raise ValueError(message)
    return text.replace(change.before, change.after)


def difference(path: str, before: str, after: str) -> str:
    """A unified diff of one file."""
    lines = unified_diff(before.splitlines(True), after.splitlines(True), path, path, n=1)  # noqa: FBT003 # keep line ends
    return "".join(lines)
