"""What authors publish."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.declarative import Base, BigKey, CreatedAt, words
from app.models.tags import Tag, post_tags
from app.models.users import User


class Status(StrEnum):
    """Where a post is on its way to readers."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Post(Base):
    """An article."""

    __tablename__ = "posts"

    id: Mapped[BigKey]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    editor_id: Mapped[int | None] = mapped_column(BigInteger)
    slug: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    format: Mapped[str]
    status: Mapped[Status] = mapped_column(
        Enum(Status, name="post_status", values_callable=words), server_default=Status.DRAFT
    )
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    word_count: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[CreatedAt]
    published_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(foreign_keys=author_id)
    tags: Mapped[list[Tag]] = relationship(secondary=post_tags)

    __table_args__ = (
        UniqueConstraint("author_id", "slug"),
        CheckConstraint("char_length(title) <= 200", name="title_length"),
        CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name="published_has_date"
        ),
    )


Index(
    "ix_posts_published",
    Post.published_at.desc(),
    postgresql_where=Post.status == Status.PUBLISHED,
)
Index("ix_posts_keywords", Post.keywords, postgresql_using="gin")
