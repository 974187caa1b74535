"""Columns that carry on others: renamed, converted, split, merged."""

from __future__ import annotations

from edit import Edit

USER = """
    class User(Base):
        __tablename__ = n("users")
        id: Mapped[int] = column(n("id"), primary_key=True)
        visits: Mapped[int | None] = column(n("visits"), Integer)
"""

EDITS = {
    "rename a column": Edit(
        before=USER
        + """
        username: Mapped[str] = column(n("username"), Text, unique=True)
        """,
        after=USER
        + """
        handle: Mapped[str] = column(
            n("handle"), Text, unique=True, info=renamed_from(n("username"))
        )
        """,
    ),
    "rename a nullable column with a default and an index": Edit(
        before=USER
        + """
        nick: Mapped[str | None] = column(n("nick"), Text, server_default="x", index=True)
        """,
        after=USER
        + """
        short: Mapped[str | None] = column(
            n("short"), Text, server_default="x", index=True, info=renamed_from(n("nick"))
        )
        """,
    ),
    "convert a column": Edit(
        before=USER
        + """
        amount: Mapped[str] = column(n("amount"), Text, server_default="0")
        """,
        after=USER
        + """
        amount: Mapped[int] = column(
            n("amount_v2"), Integer, server_default="0", info=converted_from(
                n("amount"), up=f'length({q("amount")})', down=f'repeat(\\'x\\', {q("amount_v2")})'
            )
        )
        """,
    ),
    "split a column": Edit(
        before=USER
        + """
        name: Mapped[str] = column(n("name"), Text)
        """,
        after=USER
        + """
        first: Mapped[str] = column(n("first"), Text, info=converted_from(
            n("name"), up=f"split_part({q('name')}, ' ', 1)",
            down=f"concat_ws(' ', {q('first')}, {q('last')})",
        ))
        last: Mapped[str] = column(n("last"), Text, info=converted_from(
            n("name"), up=f"split_part({q('name')}, ' ', 2)",
        ))
        """,
    ),
    "merge columns": Edit(
        before=USER
        + """
        first: Mapped[str] = column(n("first"), Text)
        last: Mapped[str | None] = column(n("last"), Text)
        """,
        after=USER
        + """
        name: Mapped[str] = column(n("name"), Text, info=converted_from(
            n("first"), n("last"), up=f"concat_ws(' ', {q('first')}, {q('last')})",
            down=(f"split_part({q('name')}, ' ', 1)", f"split_part({q('name')}, ' ', 2)"),
        ))
        """,
    ),
}
