from __future__ import annotations

import pytest

from phased.checksum import checksum

SOURCE = '''
"""Add a column.

Revision ID: b2
"""
from alembic import op

revision = "b2"
down_revision = None
NUMBERS = [1, -2, 1.5e300, 1j, 0, True, ..., b"\\x00\\xff"]
GLYPH = "\\U0001fae8 é"


def expand() -> None:
    """Additive."""
    op.execute(f"SELECT {{ {revision!r:>{NUMBERS[0]}} }}" " -- one " f"text{1:}")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("a" if revision else "b")


async def contract(*args: int, flag: bool = False, **more: int) -> None:
    """Nothing."""
'''
LAID_OUT_ANEW = '''
"""Another text."""
# A comment.
from alembic import op
revision = 'b2'
down_revision = (None)
NUMBERS = [
    1, -2, 1.5e300, 1j, 0, True, ..., b"\\x00\\xff",
]
GLYPH = (
    "\\U0001fae8 "
    "é"
)
def expand() -> None:
    op.execute(
        f"SELECT {{ {revision!r:>{NUMBERS[0]}} }} -- one text{1:}",
    )
    with op.batch_alter_table("users") as batch:  # a comment
        batch.drop_column("a" if revision else "b")
async def contract(*args: int, flag: bool = False, **more: int) -> None:
    """Something else."""
'''


def test_the_checksum_of_a_file_is_for_ever() -> None:
    """Computed alike by Python 3.11, 3.12 and 3.13."""
    assert checksum(SOURCE) == "d1ba7f991a7266681a6fe6fb1cf4358f0c8184330caf5ea39f3404660d2af88a"


def test_comments_docstrings_and_layout_do_not_count() -> None:
    assert checksum(LAID_OUT_ANEW) == checksum(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"users"', '"posts"'),
        ("-2", "2"),
        ('" -- one "', '" --  one "'),
        ("0, True", "False, True"),
        ("!r", "!s"),
        ("batch.drop_column", "batch.add_column"),
        ("\\U0001fae8", "\\U0001fae9"),
        ("down_revision = None", "down_revision = 'a1'"),
    ],
)
def test_code_counts(old: str, new: str) -> None:
    assert old in SOURCE
    assert checksum(SOURCE.replace(old, new)) != checksum(SOURCE)


def test_a_text_that_is_no_docstring_counts() -> None:
    assert checksum('x = "a"') != checksum('x = "b"')
    assert checksum('op.execute("a")') != checksum('op.execute("b")')
