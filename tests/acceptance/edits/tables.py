"""Tables that come and go."""

from edit import Edit

USER = """
class User(Base):
    __tablename__ = n("users")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    name: Mapped[str] = column(n("name"), Text)
"""
POST = """
class Post(Base):
    __tablename__ = n("posts")
    id: Mapped[object] = column(n("id"), Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    author_id: Mapped[int] = column(n("author_id"), ForeignKey(User.id, ondelete="CASCADE"), index=True)
    state: Mapped[str] = column(n("state"), Enum("draft", "out", name=n("state")))
"""
TEAM = """
class Team(Base):
    __tablename__ = n("teams")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    lead_id: Mapped[int | None] = column(n("lead_id"), ForeignKey(f"{n('members')}.{n('id')}", use_alter=True))

class Member(Base):
    __tablename__ = n("members")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    team_id: Mapped[int] = column(n("team_id"), ForeignKey(Team.id))
"""
CIRCLE = TEAM.replace(", use_alter=True", "")
LINK = """
user_tags = Table(
    n("user_tags"),
    Base.metadata,
    Column(n("user_id"), ForeignKey(User.id, ondelete="CASCADE"), primary_key=True),
    Column(n("tag_id"), ForeignKey(f"{n('tags')}.{n('id')}"), primary_key=True),
)

class Tag(Base):
    __tablename__ = n("tags")
    id: Mapped[int] = column(n("id"), Integer, primary_key=True)
    label: Mapped[str] = column(n("label"), String(50), unique=True)
"""
TREE = """
class Node(Base):
    __tablename__ = n("nodes")
    __table_args__ = (
        Index(None, n("label"), postgresql_where=text(f"{q('parent_id')} IS NULL"), unique=True),
        CheckConstraint(f"length({q('label')}) < 80", name="short"),
        {"comment": "a tree"},
    )
    id: Mapped[int] = column(n("id"), BigInteger, Identity(), primary_key=True)
    parent_id: Mapped[int | None] = column(n("parent_id"), ForeignKey(f"{n('nodes')}.{n('id')}"))
    label: Mapped[str] = column(n("label"), Text)
"""

EDITS = {
    "create": Edit(USER, USER + TREE),
    "create with a foreign key and an enum": Edit(USER, USER + POST),
    "create a circle": Edit(USER, USER + CIRCLE),
    "create many to many": Edit(USER, USER + LINK),
    "drop": Edit(USER + TREE, USER),
    "drop with a foreign key and an enum": Edit(USER + POST, USER),
    "drop what others refer to": Edit(
        USER + POST,
        POST.replace(
            'ForeignKey(User.id, ondelete="CASCADE"), index=True', "BigInteger, index=True"
        ),
    ),
    "drop a circle": Edit(USER + TEAM, USER),
    "drop many to many": Edit(USER + LINK, USER),
    "change a comment": Edit(TREE, TREE.replace("a tree", "a wood; it's green")),
}
