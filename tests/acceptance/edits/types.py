"""Columns of another type: the conversion is obvious, and nobody has to write it."""

from __future__ import annotations

from edit import Edit

THING = """
class Thing(Base):
    __tablename__ = n("things")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
"""
DIGITS = """
    CheckConstraint(f"{q('%s')} ~ '^[0-9]+$'", name=n("%s is whole"))"""


def numbers(*names: str) -> str:
    checks = ",".join(DIGITS % (name, name) for name in names)
    return f"    __table_args__ = ({checks},\n    )\n"


EDITS = {
    "numbers": Edit(
        before=THING
        + """
    amount: Mapped[str] = column(n("amount"), Text, server_default="0")
    visits: Mapped[int] = column(n("visits"), Integer, index=True)
    price: Mapped[int | None] = column(n("price"), Integer)
    house: Mapped[int] = column(n("house"), Integer)
"""
        + numbers("amount"),
        after=THING
        + """
    amount: Mapped[int] = column(
        n("amount_v2"), Integer, server_default="0", info=converted_from(n("amount"))
    )
    visits: Mapped[int] = column(
        n("visits_v2"), BigInteger, index=True, info=converted_from(n("visits"))
    )
    price: Mapped[object] = column(
        n("price_v2"), Numeric, nullable=True, info=converted_from(n("price"))
    )
    house: Mapped[str] = column(n("house_v2"), Text, info=converted_from(n("house")))
"""
        + numbers("house_v2"),
    ),
    "keys, words, documents and moments": Edit(
        before=THING
        + """
    key: Mapped[str] = column(n("key"), Text, unique=True)
    mood: Mapped[str] = column(
        n("mood"), Enum("ok", "it's", native_enum=False), server_default="ok"
    )
    data: Mapped[object] = column(n("data"), JSON)
    at: Mapped[object] = column(n("at"), DateTime, nullable=True, index=True)
    __table_args__ = (CheckConstraint(f"{q('key')} ~ '^[0-9a-f-]{{36}}$'", name=n("key")),)
""",
        after=THING
        + """
    key: Mapped[object] = column(n("key_v2"), Uuid, unique=True, info=converted_from(n("key")))
    mood: Mapped[str] = column(
        n("mood_v2"), Enum("ok", "it's", name=n("mood")), server_default="ok",
        info=converted_from(n("mood")),
    )
    data: Mapped[object] = column(n("data_v2"), JSONB, info=converted_from(n("data")))
    at: Mapped[object] = column(
        n("at_v2"), DateTime(timezone=True), nullable=True, index=True,
        info=converted_from(n("at")),
    )
""",
    ),
    "another name, another type, NULL or not at once": Edit(
        before=THING
        + """
    tall: Mapped[int] = column(n("tall"), Integer, unique=True)
    deep: Mapped[int | None] = column(n("deep"), Integer)
    wide: Mapped[int] = column(n("wide"), Integer)
    tags: Mapped[object] = column(n("tags"), ARRAY(String(20)), nullable=True)
""",
        after=THING
        + """
    height: Mapped[int] = column(
        n("height"), BigInteger, unique=True, info=renamed_from(n("tall"))
    )
    depth: Mapped[int] = column(
        n("depth"), BigInteger, info=converted_from(
            n("deep"), up=f"coalesce({q('deep')}, -1)", down=f"nullif({q('depth')}, -1)"
        )
    )
    width: Mapped[object] = column(
        n("width"), Numeric, nullable=True, info=converted_from(n("wide"))
    )
    words: Mapped[object] = column(
        n("words"), ARRAY(Text), nullable=True, info=converted_from(n("tags"))
    )
""",
    ),
}
