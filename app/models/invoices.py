"""What authors are paid."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.declarative import Base, BigKey, CreatedAt
from app.models.users import User


class Invoice(Base):
    """A bill from an author."""

    __tablename__ = "invoices"

    id: Mapped[BigKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    number: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3), server_default=text("'EUR'"))
    due_on: Mapped[date]
    created_at: Mapped[CreatedAt]
    paid_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("user_id", "number"),
        CheckConstraint("currency = upper(currency)", name="currency_is_upper_case"),
    )


class InvoiceLine(Base):
    """One item of a bill."""

    __tablename__ = "invoice_lines"

    invoice_id: Mapped[int] = mapped_column(
        ForeignKey("invoices.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    description: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("1"))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    amount: Mapped[Decimal] = mapped_column(
        Numeric(14, 2), Computed("round(quantity * unit_price, 2)", persisted=True)
    )

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)


Index("ix_invoices_unpaid", Invoice.due_on, postgresql_where=Invoice.paid_at.is_(None))
Index("ix_invoices_number_lower", func.lower(Invoice.number))
