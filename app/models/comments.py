"""What readers answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.declarative import Base, BigKey, CreatedAt
from app.models.posts import Post
from app.models.users import User


class Comment(Base):
    """A remark under a post, or an answer to another remark."""

    __tablename__ = "comments"

    id: Mapped[BigKey]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    body: Mapped[str]
    created_at: Mapped[CreatedAt]
    hidden_at: Mapped[datetime | None]

    post: Mapped[Post] = relationship()
    author: Mapped[User | None] = relationship()

    __table_args__ = (CheckConstraint("body <> ''", name="body_not_empty"),)


Index("ix_comments_post_id_created_at", Comment.post_id, Comment.created_at)
Index("ix_comments_visible", Comment.author_id, postgresql_where=Comment.hidden_at.is_(None))
