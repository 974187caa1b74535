"""Zero-downtime schema migrations for SQLAlchemy, Alembic and PostgreSQL."""

from phased.hints import converted_from, filled_by, renamed_from

__all__ = ["converted_from", "filled_by", "renamed_from"]
