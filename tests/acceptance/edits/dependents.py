"""Columns that carry on others, and what the models say beside them."""

from __future__ import annotations

from edit import Edit

TEAM = """
    class Team(Base):
        __tablename__ = n("teams")
        id: Mapped[int] = column(n("id"), primary_key=True)
"""
USER = """
    class User(Base):
        __tablename__ = n("users")
        id: Mapped[int] = column(n("id"), primary_key=True)
        team: Mapped[int | None] = column(n("team"), Integer)
"""


TEXT = """
        other: Mapped[str | None] = column(n("other"), Text)
        it: Mapped[str | None] = column(n("NAME"), Text, HINT)
"""
INDEXES = """
        __table_args__ = (
            Index(IX"sorted"), text(f'{q("NAME")} DESC NULLS LAST'), n("other")),
            Index(IX"classed"), n("NAME"), postgresql_ops={n("NAME"): "text_pattern_ops"}),
            Index(IX"collated"), text(f'{q("NAME")} COLLATE "C"')),
            Index(IX"covering"), n("other"), postgresql_include=[n("NAME")]),
            Index(IX"partial"), n("other"), postgresql_where=text(f"{q('NAME')} <> '100%'")),
            Index(IX"computed"), text(f"lower({q('NAME')})"), postgresql_using="hash"),
            Index(IX"distinct"), n("NAME"), n("other"), unique=True, postgresql_nulls_not_distinct=True),
        )
"""
CONSTRAINTS = """
        __table_args__ = (
            UniqueConstraint(n("NAME"), name=UQ"one"), postgresql_nulls_not_distinct=True),
            UniqueConstraint(n("NAME"), n("other"), name=UQ"two"), postgresql_include=[n("team")]),
            UniqueConstraint(n("other"), n("NAME"), name=UQ"late"), deferrable=True, initially="DEFERRED"),
            CheckConstraint(f"{q('NAME')} <> 'it''s 100%'", name=CK"alone")),
            CheckConstraint(f"{q('NAME')} <> {q('other')} || 'x'", name=CK"both")),
        )
"""


def _named(things: str, *, anew: bool) -> tuple[str, str]:
    """With names of their own before and after, or the same ones."""
    before, after = things, things
    for prefix in ("IX", "UQ", "CK", "FK"):
        before = before.replace(f'{prefix}"', 'n("')
        after = after.replace(f'{prefix}"', 'n("new ' if anew else 'n("')
    return before, after


def _edit(table: str, things: str, *, anew: bool) -> Edit:
    before, after = _named(things, anew=anew)
    hint = "info=renamed_from(n('old'))"
    return Edit(
        before=TEAM + (table + before).replace("NAME", "old").replace("HINT", ""),
        after=TEAM + (table + after).replace("NAME", "new").replace("HINT", hint),
    )


OUT = """
        it: Mapped[int | None] = column(n("NAME"), Integer, HINT)
        __table_args__ = (
            ForeignKeyConstraint([n("NAME")], [Team.id], name=FK"plain")),
            ForeignKeyConstraint([n("NAME")], [Team.id], name=FK"acting"), ondelete="CASCADE", onupdate="SET NULL", deferrable=True, initially="DEFERRED"),
        )
"""
INTO = """
        it: Mapped[int] = column(n("NAME"), Integer, HINT)
        __table_args__ = (UniqueConstraint(n("NAME"), name=UQ"key")),)
"""
CHILD = """
    class Post(Base):
        __tablename__ = n("posts")
        id: Mapped[int] = column(n("id"), primary_key=True)
        user: Mapped[int | None] = column(n("user"), Integer)
        __table_args__ = (
            ForeignKeyConstraint([n("user")], [User.it], name=FK"into"), ondelete="SET NULL", match="FULL"),
        )
"""
EDITS = {
    "indexes of a renamed column": _edit(USER + TEXT, INDEXES, anew=True),
    "indexes of a renamed column keep their names": _edit(USER + TEXT, INDEXES, anew=False),
    "constraints of a renamed column": _edit(USER + TEXT, CONSTRAINTS, anew=True),
    "constraints of a renamed column keep their names": _edit(USER + TEXT, CONSTRAINTS, anew=False),
    "foreign keys of a renamed column": _edit(USER, OUT, anew=True),
    "foreign keys of a renamed column keep their names": _edit(USER, OUT, anew=False),
    "foreign keys to a renamed column": _edit(USER, INTO + CHILD, anew=True),
    "foreign keys to a renamed column keep their names": _edit(USER, INTO + CHILD, anew=False),
}
