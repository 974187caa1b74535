"""A wider type for key columns, in place: a mirror of each, and one short swap at the end."""
