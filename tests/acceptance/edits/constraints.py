"""Constraints that come, go and change."""

from edit import Edit


def user(*arguments: str) -> str:
    inside = "".join(f"        {argument},\n" for argument in arguments)
    return f"""
class User(Base):
    __tablename__ = n("users")
    __table_args__ = (
{inside}    )
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    name: Mapped[str] = column(n("name"), Text)
    age: Mapped[int] = column(n("age"), Integer)
    boss_id: Mapped[int | None] = column(n("boss") + "_id", BigInteger)
"""


def check(expression: str) -> str:
    return f'CheckConstraint(f"{expression}", name="sane")'


FOREIGN_KEY = "ForeignKeyConstraint([n('boss') + '_id'], [f\"{n('users')}.{n('id')}\"])"
UNIQUE = 'UniqueConstraint(n("name"), n("age"))'

EDITS = {
    "add check": Edit(user(), user(check("length({q('name')}) > 0"))),
    "drop check": Edit(user(check("length({q('name')}) > 0")), user()),
    "change check": Edit(
        user(check("length({q('name')}) > 0")), user(check("length({q('name')}) >= 0"))
    ),
    "add foreign key": Edit(user(), user(FOREIGN_KEY)),
    "drop foreign key": Edit(user(FOREIGN_KEY), user()),
    "change foreign key": Edit(
        user(FOREIGN_KEY), user(FOREIGN_KEY[:-1] + ', ondelete="SET NULL", onupdate="CASCADE")')
    ),
    "add unique": Edit(user(), user(UNIQUE)),
    "drop unique": Edit(user(UNIQUE), user()),
    "add deferrable unique": Edit(
        user(), user(UNIQUE[:-1] + ', deferrable=True, initially="DEFERRED")')
    ),
    "add unique with NULLS NOT DISTINCT": Edit(
        user(), user('UniqueConstraint(n("name"), postgresql_nulls_not_distinct=True)')
    ),
    "change unique": Edit(user(UNIQUE), user(UNIQUE[:-1] + ', postgresql_include=[n("id")])')),
}
