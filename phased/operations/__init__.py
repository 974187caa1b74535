"""Our Alembic operations, one per file: its class, its SQL, its rendering; found by file name."""

from __future__ import annotations

import sys

from phased import discovery

OPERATIONS = discovery.modules(sys.modules[__name__])
"""The modules; importing this package has registered all of them with Alembic."""
