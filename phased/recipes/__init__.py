"""One schema change per file: Alembic operation and condition to operations by phase."""
