"""Pictures and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.declarative import Base, CreatedAt


class Media(Base):
    """An uploaded file; the bytes are in object storage."""

    __tablename__ = "media"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    path: Mapped[str] = mapped_column(unique=True)
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    exif: Mapped[dict[str, Any] | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)
