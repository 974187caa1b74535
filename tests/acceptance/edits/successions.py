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
    "rename a column and give it a default": Edit(
        before=USER
        + """
        nick: Mapped[str] = column(n("nick"), Text)
        """,
        after=USER
        + """
        short: Mapped[str] = column(
            n("short"), Text, server_default="it's", info=renamed_from(n("nick"))
        )
        """,
    ),
    "rename a column and let it be NULL": Edit(
        before=USER
        + """
        nick: Mapped[str] = column(n("nick"), Text)
        """,
        after=USER
        + """
        short: Mapped[str | None] = column(n("short"), Text, info=renamed_from(n("nick")))
        """,
    ),
    "rename a column and change its type": Edit(
        before=USER
        + """
        nick: Mapped[str] = column(n("nick"), String(50))
        """,
        after=USER
        + """
        short: Mapped[str] = column(n("short"), Text, index=True, info=renamed_from(n("nick")))
        """,
    ),
    "split a nullable column": Edit(
        before=USER
        + """
        name: Mapped[str | None] = column(n("name"), Text)
        """,
        after=USER
        + """
        first: Mapped[str] = column(n("first"), Text, info=converted_from(
            n("name"), up=f"coalesce(split_part({q('name')}, ' ', 1), '?')",
            down=f"concat_ws(' ', {q('first')}, {q('last')})",
        ))
        last: Mapped[str | None] = column(n("last"), Text, info=converted_from(
            n("name"), up=f"nullif(split_part({q('name')}, ' ', 2), '')",
        ))
        """,
    ),
    "merge nullable columns into one that is not": Edit(
        before=USER
        + """
        first: Mapped[str | None] = column(n("first"), Text)
        last: Mapped[str | None] = column(n("last"), Text, server_default="Doe")
        """,
        after=USER
        + """
        name: Mapped[str] = column(n("name"), Text, info=converted_from(
            n("first"), n("last"), up=f"concat_ws(' ', {q('first')}, {q('last')})",
            down=(
                f"nullif(split_part({q('name')}, ' ', 1), '')",
                f"nullif(split_part({q('name')}, ' ', 2), '')",
            ),
        ))
        """,
    ),
    "two columns for two others": Edit(
        before=USER
        + """
        price: Mapped[int] = column(n("price"), Integer)
        tax: Mapped[int | None] = column(n("tax"), Integer)
        """,
        after=USER
        + """
        net: Mapped[int] = column(n("net"), Integer, info=converted_from(
            n("price"), n("tax"), up=f"{q('price')} - coalesce({q('tax')}, 0)",
            down=(f"{q('net')} + coalesce({q('duty')}, 0)", q("duty")),
        ))
        duty: Mapped[int | None] = column(n("duty"), Integer, info=converted_from(
            n("price"), n("tax"), up=q("tax"),
        ))
        """,
    ),
    "several of one table": Edit(
        before=USER
        + """
        username: Mapped[str] = column(n("username"), Text, unique=True)
        amount: Mapped[str | None] = column(n("amount"), Text)
        name: Mapped[str] = column(n("name"), Text, server_default="Jane Doe")
        """,
        after=USER
        + """
        handle: Mapped[str] = column(
            n("handle"), Text, unique=True, info=renamed_from(n("username"))
        )
        amount: Mapped[int | None] = column(n("amount_v2"), Integer, info=converted_from(
            n("amount"), up=f"length({q('amount')})", down=f"repeat('x', {q('amount_v2')})"
        ))
        first: Mapped[str] = column(n("first"), Text, info=converted_from(
            n("name"), up=f"split_part({q('name')}, ' ', 1)",
            down=f"concat_ws(' ', {q('first')}, {q('last')})",
        ))
        last: Mapped[str] = column(n("last"), Text, info=converted_from(
            n("name"), up=f"split_part({q('name')}, ' ', 2)",
        ))
        """,
    ),
    "rename columns of a key to another table": Edit(
        before=USER
        + """
    class Post(Base):
        __tablename__ = n("posts")
        id: Mapped[int] = column(n("id"), primary_key=True)
        author_id: Mapped[int] = column(n("author_id"), ForeignKey(User.id), index=True)
        parent_id: Mapped[int | None] = column(n("parent_id"))
        __table_args__ = (ForeignKeyConstraint([parent_id], [id]),)
        """,
        after=USER
        + """
    class Post(Base):
        __tablename__ = n("posts")
        id: Mapped[int] = column(n("id"), primary_key=True)
        writer_id: Mapped[int] = column(
            n("writer_id"), ForeignKey(User.id), index=True, info=renamed_from(n("author_id"))
        )
        above_id: Mapped[int | None] = column(n("above_id"), info=renamed_from(n("parent_id")))
        __table_args__ = (ForeignKeyConstraint([above_id], [id]),)
        """,
    ),
    "rename a column with a check": Edit(
        before=USER
        + """
        age: Mapped[int] = column(n("age"), Integer, CheckConstraint(f'{q("age")} > 0', name="age"))
        """,
        after=USER
        + """
        years: Mapped[int] = column(
            n("years"), Integer, CheckConstraint(f'{q("years")} > 0', name="age"),
            info=renamed_from(n("age")),
        )
        """,
    ),
}
