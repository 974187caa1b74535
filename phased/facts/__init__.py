"""Questions to ``phased.model.Facts`` and the changes that statements make to it; all pure."""
