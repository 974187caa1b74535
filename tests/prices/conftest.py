"""Let pytest show what differs when ``assert_price`` fails."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("pricing")
