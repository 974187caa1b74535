"""For people: aligned to 100 columns, secondary facts dim; plain where there is no terminal."""

from __future__ import annotations

from phased.reports.text._backfill import backfills
from phased.reports.text._event import event
from phased.reports.text._finding import findings
from phased.reports.text._message import error, outcome
from phased.reports.text._plan import plans
from phased.reports.text._status import status

__all__ = ["backfills", "error", "event", "findings", "outcome", "plans", "status"]
