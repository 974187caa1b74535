"""Columns that come, go and change."""

from edit import Edit

USER = """
class User(Base):
    __tablename__ = n("users")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    name: Mapped[str] = column(n("name"), Text)
"""
ORDER = """
class Order(Base):
    __tablename__ = n("orders")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    user_id: Mapped[int] = column(n("user_id"), ForeignKey(User.id))
"""


def plus(line: str) -> str:
    """The user with one more line in the class."""
    return f"{USER}    {line}\n"


def added(line: str) -> Edit:
    return Edit(USER, plus(line))


def dropped(line: str) -> Edit:
    return Edit(plus(line), USER)


EDITS = {
    "add nullable": added('bio: Mapped[str | None] = column(n("bio"), Text)'),
    "add with constant default": added(
        'score: Mapped[int] = column(n("score"), Integer, server_default="0")'
    ),
    "add nullable with default": added(
        'score: Mapped[int | None] = column(n("score"), Integer, server_default="7")'
    ),
    "add with stable default": added(
        'seen: Mapped[object] = column(n("seen"), DateTime(timezone=True), server_default=func.now())'
    ),
    "add with volatile default": added(
        'token: Mapped[object] = column(n("token"), Uuid, server_default=text("gen_random_uuid()"))'
    ),
    "add nullable with volatile default": added(
        'luck: Mapped[float | None] = column(n("luck"), Float, server_default=text("random()"))'
    ),
    "add NOT NULL filled by a constant": added(
        "locale: Mapped[str] = column(n('locale'), Text, info=filled_by(\"'en'\"))"
    ),
    "add NOT NULL filled by an expression": added(
        "handle: Mapped[str] = column(n('handle'), Text, info=filled_by(f\"lower({q('name')})\"))"
    ),
    "add NOT NULL filled by a volatile call": added(
        "key: Mapped[object] = column(n('key'), Uuid, info=filled_by('gen_random_uuid()'))"
    ),
    "add with JSON default": added(
        "settings: Mapped[dict] = column(n('settings'), JSONB, server_default=text(\"'{}'::jsonb\"))"
    ),
    "add array": added(
        "roles: Mapped[list] = column(n('roles'), ARRAY(Text), server_default=text(\"'{}'\"))"
    ),
    "add with an index": added('email: Mapped[str | None] = column(n("email"), Text, index=True)'),
    "add with a unique constraint": added(
        'email: Mapped[str | None] = column(n("email"), Text, unique=True)'
    ),
    "add NOT NULL, filled and unique": added(
        "slug: Mapped[str] = column(n('slug'), Text, unique=True, "
        "info=filled_by(f\"{q('name')} || '-' || {q('id')}\"))"
    ),
    "add with a self reference": added(
        "boss_id: Mapped[int | None] = column(n('boss_id'), ForeignKey(id))"
    ),
    "add with a check": added(
        "age: Mapped[int | None] = column(n('age'), Integer, "
        "CheckConstraint(f\"{q('age')} >= 0\", name='age'))"
    ),
    "add with a comment": added(
        'note: Mapped[str | None] = column(n("note"), Text, comment="it\'s 100% free")'
    ),
    "add computed by the database when read": Edit(
        USER,
        plus(
            "shout: Mapped[str | None] = column(n('shout'), Text, "
            "Computed(f\"upper({q('name')})\", persisted=False))"
        ),
        least_version=18,
    ),
    "drop nullable": dropped('bio: Mapped[str | None] = column(n("bio"), Text)'),
    "drop NOT NULL column": dropped('bio: Mapped[str] = column(n("bio"), Text)'),
    "drop NOT NULL column with a default": dropped(
        'score: Mapped[int] = column(n("score"), Integer, server_default="0")'
    ),
    "drop with its index": dropped('bio: Mapped[str] = column(n("bio"), Text, index=True)'),
    "drop with its unique constraint": dropped(
        'bio: Mapped[str] = column(n("bio"), Text, unique=True)'
    ),
    "drop with its check": dropped(
        "age: Mapped[int] = column(n('age'), Integer, "
        "CheckConstraint(f\"{q('age')} >= 0\", name='age'))"
    ),
    "drop with its foreign key": Edit(
        USER + ORDER,
        USER
        + """
class Order(Base):
    __tablename__ = n("orders")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
""",
    ),
    "set NOT NULL": Edit(
        plus('bio: Mapped[str | None] = column(n("bio"), Text)'),
        plus("bio: Mapped[str] = column(n('bio'), Text, info=filled_by(\"''\"))"),
    ),
    "set NOT NULL from another column": Edit(
        plus('bio: Mapped[str | None] = column(n("bio"), Text)'),
        plus("bio: Mapped[str] = column(n('bio'), Text, info=filled_by(q('name')))"),
    ),
    "drop NOT NULL": Edit(
        plus('bio: Mapped[str] = column(n("bio"), Text)'),
        plus('bio: Mapped[str | None] = column(n("bio"), Text)'),
    ),
    "set a default": Edit(
        plus('score: Mapped[int] = column(n("score"), Integer)'),
        plus('score: Mapped[int] = column(n("score"), Integer, server_default="3")'),
    ),
    "change a default": Edit(
        plus('score: Mapped[int] = column(n("score"), Integer, server_default="1")'),
        plus('score: Mapped[int] = column(n("score"), Integer, server_default="3")'),
    ),
    "drop a default": Edit(
        plus('score: Mapped[int] = column(n("score"), Integer, server_default="1")'),
        plus('score: Mapped[int] = column(n("score"), Integer)'),
    ),
    "change comments": Edit(
        plus('bio: Mapped[str] = column(n("bio"), Text, comment="old")'),
        plus('bio: Mapped[str] = column(n("bio"), Text, comment="new; it\'s")'),
    ),
    "everything at once": Edit(
        plus('bio: Mapped[str] = column(n("bio"), Text)')
        + '    age: Mapped[int | None] = column(n("age"), Integer)\n'
        + ORDER,
        plus(
            "handle: Mapped[str] = column(n('handle'), Text, info=filled_by(f\"lower({q('name')})\"))"
        )
        + "    age: Mapped[int] = column(n('age'), Integer, index=True, info=filled_by('0'))\n"
        + "    shop_id: Mapped[int | None] = column(n(\"shop_id\"), ForeignKey(f\"{n('shops')}.{n('id')}\"))\n"
        + ORDER.replace("ForeignKey(User.id)", 'ForeignKey(User.id, ondelete="CASCADE")')
        + """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
""",
        arguments=("rename=none",),
    ),
}
