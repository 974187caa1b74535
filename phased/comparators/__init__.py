"""What Alembic's autogenerate does not see on PostgreSQL, one kind of object a file."""
