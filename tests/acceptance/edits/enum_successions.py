"""Enums whose labels are renamed, removed or put in another order, with a type of their own."""

from __future__ import annotations

from edit import Edit

POST = """
class Post(Base):
    __tablename__ = n("posts")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
"""
NOTE = """
class Note(Base):
    __tablename__ = n("notes")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
"""
TYPE = """
def t(name):
    return f'"{SCHEMA}".{q(name)}' if SCHEMA else q(name)

def swapped(name, one, other, kind):
    return f"(CASE {q(name)}::text WHEN '{one}' THEN '{other}' ELSE {q(name)}::text END)::{kind}"
"""

EDITS = {
    "rename a label, in arrays too": Edit(
        before=TYPE
        + POST
        + """
    state: Mapped[str] = column(
        n("state"), Enum("new", "hidden", name=n("state")), server_default="hidden", index=True
    )
    path: Mapped[object] = column(
        n("path"), ARRAY(Enum("new", "hidden", name=n("state"))), nullable=True
    )
""",
        after=TYPE
        + POST
        + """
    state: Mapped[str] = column(
        n("state_v2"), Enum("new", "it''s gone", name=n("state_v2")),
        server_default="it''s gone", index=True,
        info=converted_from(
            n("state"),
            up=swapped("state", "hidden", "it''''s gone", t("state_v2")),
            down=swapped("state_v2", "it''''s gone", "hidden", t("state")),
        ),
    )
    path: Mapped[object] = column(
        n("path_v2"), ARRAY(Enum("new", "it''s gone", name=n("state_v2"))), nullable=True,
        info=converted_from(
            n("path"),
            up=f"array_replace({q('path')}::text[], 'hidden', 'it''''s gone')::{t('state_v2')}[]",
            down=f"array_replace({q('path_v2')}::text[], 'it''''s gone', 'hidden')::{t('state')}[]",
        ),
    )
""",
    ),
    "remove a label that two tables use": Edit(
        before=TYPE
        + POST
        + '    state: Mapped[str] = column(n("state"), Enum("a", "b", "c", name=n("state")))\n'
        + NOTE
        + '    state: Mapped[str] = column(n("state"), Enum("a", "b", "c", name=n("state")))\n',
        after=TYPE
        + POST
        + """
    state: Mapped[str] = column(
        n("state_v2"), Enum("a", "c", name=n("state_v2")),
        info=converted_from(
            n("state"), up=swapped("state", "b", "c", t("state_v2")),
            down=f"{q('state_v2')}::text::{t('state')}",
        ),
    )
"""
        + NOTE
        + """
    state: Mapped[str] = column(
        n("state_v2"), Enum("a", "c", name=n("state_v2")),
        info=converted_from(
            n("state"), up=swapped("state", "b", "a", t("state_v2")),
            down=f"{q('state_v2')}::text::{t('state')}",
        ),
    )
""",
    ),
    "another order": Edit(
        before=POST
        + """
    state: Mapped[str] = column(n("state"), Enum("low", "high", name=n("state")))
    __table_args__ = (CheckConstraint(f"{q('state')} >= 'low'", name=n("state")),)
""",
        after=POST
        + """
    state: Mapped[str] = column(
        n("state_v2"), Enum("high", "low", name=n("state_v2")), info=converted_from(n("state"))
    )
    __table_args__ = (CheckConstraint(f"{q('state_v2')} <= 'low'", name=n("state")),)
""",
    ),
}
