"""Keys that get a wider type in place, with all that refers to them."""

from dataclasses import replace

from edit import Edit

TREE = """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), {type}, primary_key=True)
    parent_id: Mapped[int | None] = column(n("parent_id"), ForeignKey(id), index=True)
    name: Mapped[str] = column(n("name"), Text)

class Order(Base):
    __tablename__ = n("orders")
    shop_id: Mapped[int] = column(n("shop_id"), ForeignKey(Shop.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = column(n("number"), Integer, primary_key=True, autoincrement=False)
    note: Mapped[str | None] = column(n("note"), Text)

class Line(Base):
    __tablename__ = n("lines")
    id: Mapped[int] = column(n("id"), BigInteger, primary_key=True)
    shop_id: Mapped[int | None] = column(n("shop_id"), {type})
    number: Mapped[int | None] = column(n("number"), Integer)
    seller_id: Mapped[int | None] = column(n("seller_id"), ForeignKey(Shop.id, ondelete="SET NULL", deferrable=True, initially="DEFERRED"))
    __table_args__ = (
        ForeignKeyConstraint([shop_id, number], [Order.shop_id, Order.number]),
        Index(None, shop_id.desc(), number, postgresql_where=seller_id.is_not(None)),
        CheckConstraint(f"{q('shop_id')} > 0", name="shop_id"),
    )
"""


def widened(models: str, old: str = "Integer", new: str = "BigInteger") -> Edit:
    return Edit(*(models.replace("{type}", kind) for kind in (old, new)))


def busy(models: str) -> Edit:
    """Under traffic: prepared statements fail once at the swap, and nothing else does."""
    return replace(widened(models), traffic=True, sqlstates=("0A000",))


PAIR = """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), {type}, primary_key=True)
    name: Mapped[str] = column(n("name"), Text)

class Order(Base):
    __tablename__ = n("orders")
    shop_id: Mapped[int] = column(n("shop_id"), ForeignKey(Shop.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = column(n("number"), Integer, primary_key=True, autoincrement=False)
"""
EDITS = {
    "widen a serial, and a key that is made of it": busy(PAIR),
    "widen a serial, and a tree of keys that refer to it": widened(TREE),
    "widen an identity, smallint to int": widened(
        """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), {type}, Identity(always=True, start=7, increment=3, cache=2), primary_key=True)
    name: Mapped[str | None] = column(n("name"), Text, unique=True)

class Order(Base):
    __tablename__ = n("orders")
    id: Mapped[int] = column(n("id"), {type}, Identity(), primary_key=True)
    shop_id: Mapped[int] = column(n("shop_id"), ForeignKey(Shop.id), unique=True, comment="whose; it's 100% one")
""",
        "SmallInteger",
        "Integer",
    ),
    "widen a composite key that clients generate": widened(
        """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), {type}, primary_key=True, autoincrement=False)
    region: Mapped[int] = column(n("region"), {type}, primary_key=True, autoincrement=False)
    next_id: Mapped[int | None] = column(n("next_id"), {type})
    next_region: Mapped[int | None] = column(n("next_region"), {type})
    rank: Mapped[int] = column(n("rank"), Integer, server_default="4")
    __table_args__ = (
        CheckConstraint(f"{q('id')} NOT IN (-1, -2)", name="id"),
        ForeignKeyConstraint([next_id, next_region], [id, region], ondelete=f"SET NULL ({q('next_id')})"),
    )
"""
    ),
    "widen one key of two, and what only refers": widened(
        """
class Shop(Base):
    __tablename__ = n("shops")
    id: Mapped[int] = column(n("id"), {type}, primary_key=True, autoincrement=False)
    region: Mapped[str] = column(n("region"), Text, primary_key=True)
    code: Mapped[int] = column(n("code"), BigInteger, unique=True)

class Order(Base):
    __tablename__ = n("orders")
    id: Mapped[int] = column(n("id"), {type}, primary_key=True)
    shop_id: Mapped[int] = column(n("shop_id"), {type})
    region: Mapped[str] = column(n("region"), Text)
    code: Mapped[int | None] = column(n("code"), {type}, ForeignKey(Shop.code))
    __table_args__ = (ForeignKeyConstraint([shop_id, region], [Shop.id, Shop.region], onupdate="CASCADE"),)
"""
    ),
}
