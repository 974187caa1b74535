"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""
<%!
    from phased.tidy import tidy
%>
from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op
% if imports:
${imports}
% endif

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = ${tidy(repr(up_revision))}
down_revision: str | Sequence[str] | None = ${tidy(repr(down_revision))}
branch_labels: str | Sequence[str] | None = ${tidy(repr(branch_labels))}
depends_on: str | Sequence[str] | None = ${tidy(repr(depends_on))}


def expand() -> None:
    """Additive. The release that is running keeps working."""
    ${tidy(expand) if expand else "pass"}


def backfill() -> None:
    """Fill what expand added. Resumable, in small batches; then whatever needs the filled rows."""
    ${tidy(backfill) if backfill else "pass"}


def contract() -> None:
    """Restrict and remove. Runs when no release older than this revision is connected."""
    ${tidy(contract) if contract else "pass"}


def downgrade() -> None:
    """Undo it all. For development: in production, roll forward."""
    ${tidy(downgrades) if downgrades else "pass"}
