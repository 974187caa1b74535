"""The models of the publishing service, one module an aggregate."""

from __future__ import annotations

from app.models.comments import Comment
from app.models.declarative import Base
from app.models.invoices import Invoice, InvoiceLine
from app.models.media import Media
from app.models.posts import Post
from app.models.sessions import Session
from app.models.tags import Tag, post_tags
from app.models.users import Follow, User

__all__ = [
    "Base",
    "Comment",
    "Follow",
    "Invoice",
    "InvoiceLine",
    "Media",
    "Post",
    "Session",
    "Tag",
    "User",
    "post_tags",
]
