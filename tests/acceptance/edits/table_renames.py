"""Tables that take another name, and what is named after them."""

from __future__ import annotations

from edit import Edit

USER = """
class User(Base):
    __tablename__ = n("users")
    __table_args__ = (
        CheckConstraint(f"length({q('email')}) > 1", name="long"),
        UniqueConstraint(n("email"), n("name")),
        {"comment": "people, really"},
    )
    id: Mapped[int] = column(n("id"), primary_key=True)
    email: Mapped[str] = column(n("email"), Text, unique=True)
    name: Mapped[str | None] = column(n("name"), Text, server_default="x", index=True, comment="of all")
    boss_id: Mapped[int | None] = column(n("boss_id"), ForeignKey(f"{n('users')}.{n('id')}"), index=True)
    loud: Mapped[str] = column(n("loud"), Text, Computed(f"upper({q('email')})", persisted=True))
"""
PERSON = USER.replace('n("users")\n', 'n("people")\n').replace("{n('users')}", "{n('people')}")
HINTED = PERSON.replace('{"comment"', '{"info": renamed_from(n("users")), "comment"')
POST = """
class Post(Base):
    __tablename__ = n("posts")
    id: Mapped[int] = column(n("id"), BigInteger, Identity(), primary_key=True)
    author_id: Mapped[int] = column(n("author_id"), ForeignKey(User.id, ondelete="CASCADE"), index=True)
    editor_id: Mapped[int | None] = column(n("editor_id"), ForeignKey(User.id))
    state: Mapped[str] = column(n("state"), Enum("draft", "out", name=n("state")))
"""
ARTICLE = POST.replace('n("posts")', 'n("articles")').replace(
    "    id:", '    __table_args__ = {"info": renamed_from(n("posts"))}\n    id:', 1
)
NOTE = """
class Note(Base):
    __tablename__ = n("notes")
    id: Mapped[int] = column(n("id"), primary_key=True)
    user_id: Mapped[int] = column(n("user_id"), ForeignKey(User.id))
"""
EVENT = """
class Event(Base):
    __tablename__ = n("events")
    __table_args__ = {"postgresql_partition_by": f"LIST ({q('kind')})"}
    id: Mapped[int] = column(n("id"), BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = column(n("kind"), Text, primary_key=True)
    note: Mapped[str | None] = column(n("note"), Text, index=True)

event.listen(Event.__table__, "after_create", DDL("CREATE TABLE part PARTITION OF %(fullname)s DEFAULT"))
"""
HAPPENING = EVENT.replace('n("events")', 'n("happenings")').replace(
    '= {"postgresql', '= {"info": renamed_from(n("events")), "postgresql'
)

EDITS = {
    "rename": Edit(USER, HINTED),
    "rename what others refer to": Edit(USER + POST, HINTED + POST),
    "rename two that refer to each other's": Edit(USER + POST, HINTED + ARTICLE),
    "rename one with partitions": Edit(EVENT, HAPPENING),
    "rename, and refer to it anew": Edit(USER, HINTED + NOTE),
}
