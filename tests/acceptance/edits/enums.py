"""Enums that grow, and new ones on added columns."""

from edit import Edit


def post(*values: str) -> str:
    return f"""
class Post(Base):
    __tablename__ = n("posts")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    state: Mapped[str] = column(n("state"), Enum(*{values!r}, name=n("state")))
"""


MOOD = '    mood: Mapped[str | None] = column(n("mood"), Enum("ok", "bad", name=n("mood")))\n'
FILLED = (
    '    mood: Mapped[str] = column(n("mood"), Enum("ok", "bad", name=n("mood")),'
    " info=filled_by(\"'ok'\"))\n"
)

EDITS = {
    "add a value at the end": Edit(post("draft", "out"), post("draft", "out", "gone")),
    "add values in between": Edit(post("draft", "out"), post("new", "draft", "it's", "out")),
    "add a column with a new enum": Edit(post("a", "b"), post("a", "b") + MOOD),
    "add a NOT NULL column with a new enum": Edit(post("a", "b"), post("a", "b") + FILLED),
    "add a second column of an enum": Edit(
        post("a", "b"),
        post("a", "b")
        + '    before: Mapped[str | None] = column(n("before"), Enum("a", "b", name=n("state")))\n',
    ),
    "drop the column of an enum": Edit(post("a", "b") + MOOD, post("a", "b")),
}
