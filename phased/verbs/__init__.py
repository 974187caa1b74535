"""What `phased` can do beyond `alembic`, one command per file: a function of the file's name."""
