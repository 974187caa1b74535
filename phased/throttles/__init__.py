"""Reasons for a backfill to pause, one per file."""
