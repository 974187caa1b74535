"""Indexes that come, go and change."""

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
    tags: Mapped[list] = column(n("tags"), ARRAY(Text))
    born: Mapped[object] = column(n("born"), Date)
"""


PLAIN = 'Index(n("ix"), n("name"))'

EDITS = {
    "create": Edit(user(), user(PLAIN)),
    "create on two columns": Edit(user(), user('Index(n("ix"), n("name"), n("born"))')),
    "create unique": Edit(user(), user('Index(n("ix"), n("name"), unique=True)')),
    "create partial": Edit(
        user(),
        user('Index(n("ix"), n("name"), postgresql_where=text(f"{q(\'born\')} > \'2000-01-01\'"))'),
    ),
    "create on an expression": Edit(user(), user('Index(n("ix"), text(f"lower({q(\'name\')})"))')),
    "create descending with INCLUDE": Edit(
        user(),
        user(
            'Index(n("ix"), text(f"{q(\'born\')} DESC NULLS LAST"), postgresql_include=[n("name")])'
        ),
    ),
    "create GIN": Edit(user(), user('Index(n("ix"), n("tags"), postgresql_using="gin")')),
    "create with an operator class": Edit(
        user(),
        user('Index(n("ix"), n("name"), postgresql_ops={n("name"): "text_pattern_ops"})'),
    ),
    "drop": Edit(user(PLAIN), user()),
    "drop unique": Edit(user('Index(n("ix"), n("name"), unique=True)'), user()),
    "change": Edit(user(PLAIN), user('Index(n("ix"), n("name"), n("born"))')),
    "change the predicate": Edit(
        user('Index(n("ix"), n("name"), postgresql_where=text(f"{q(\'born\')} > \'2000-01-01\'"))'),
        user('Index(n("ix"), n("name"), postgresql_where=text(f"{q(\'born\')} > \'1990-01-01\'"))'),
    ),
}
