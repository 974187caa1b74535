"""Zero-downtime schema migrations for SQLAlchemy, Alembic and PostgreSQL."""

from phased.hints import converted_from, filled_by, renamed_from
from phased.tag import tag

__all__ = ["converted_from", "filled_by", "renamed_from", "tag"]
