"""The reference application: a small publishing service's data layer."""
