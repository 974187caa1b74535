"""Questions to ``phased.fact.Facts`` and the changes that statements make to it; all pure."""
