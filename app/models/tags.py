"""What posts are about."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.declarative import Base, BigKey, CreatedAt


class Tag(Base):
    """A word that posts are found by."""

    __tablename__ = "tags"

    id: Mapped[BigKey]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (CheckConstraint("name = lower(name)", name="name_is_lower_case"),)


post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", BigInteger, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "tag_id",
        BigInteger,
        ForeignKey("tags.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)
