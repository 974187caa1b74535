"""People: readers, authors, editors, and who follows whom."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.declarative import Base, BigKey, CreatedAt, words


class Role(StrEnum):
    """What a user may do."""

    READER = "reader"
    AUTHOR = "author"
    EDITOR = "editor"


class User(Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[BigKey]
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    display_name: Mapped[str | None]
    role: Mapped[Role] = mapped_column(
        Enum(Role, name="user_role", values_callable=words), server_default=Role.READER
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]

    __table_args__ = (CheckConstraint("email LIKE '%@%'", name="email_has_at"),)


class Follow(Base):
    """One user reads another."""

    __tablename__ = "follows"

    follower_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    followed_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[CreatedAt]


Index("uq_users_email_lower", func.lower(User.email), unique=True)
