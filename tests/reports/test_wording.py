from __future__ import annotations

import pytest

from phased import wording


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-1, "never analysed"),
        (0, "0 rows"),
        (1, "1 row"),
        (9_999, "9,999 rows"),
        (10_000, "~10k rows"),
        (204_321, "~204k rows"),
        (999_999, "~1M rows"),
        (1_230_000, "~1.2M rows"),
        (5_000_000_000, "~5G rows"),
    ],
)
def test_rows(number: int, expected: str) -> None:
    assert wording.rows(number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0 bytes"),
        (8192, "8 kB"),
        (1023 * 1024 + 1023, "1 MB"),
        (1536 * 1024**2, "1.5 GB"),
        (5000 * 1024**4, "5000 TB"),
    ],
)
def test_size(number: int, expected: str) -> None:
    assert wording.size(number) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 ms"),
        (0.0123, "12 ms"),
        (0.9999, "1 s"),
        (1.24, "1.2 s"),
        (59.9, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.7, "1 h 0 min"),
        (3780, "1 h 3 min"),
    ],
)
def test_duration(seconds: float, expected: str) -> None:
    assert wording.duration(seconds) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1;\n", "SELECT 1"),
        ("CREATE TABLE t (\n\ta INT, \n\tb INT\n)", "CREATE TABLE t (a INT, b INT)"),
        ("SELECT 1 -- one\n, 2", "SELECT 1 , 2"),
        ("SELECT ' --  (  '  , \"a  b\"", "SELECT ' --  (  ' , \"a  b\""),
        ("SELECT 'it''s  so'  FROM t", "SELECT 'it''s  so' FROM t"),
        ("DO $$ SELECT 1 $$", "DO $$ SELECT 1 $$"),
        ("DO $x$\nBEGIN\n  y;\nEND\n$x$ LANGUAGE z", "DO $x$ … 3 lines … $x$ LANGUAGE z"),
    ],
)
def test_one_line(sql: str, expected: str) -> None:
    assert wording.one_line(sql) == expected


def test_what_is_quoted_is_not_broken() -> None:
    sql = wording.unbroken("SELECT 'a  b c' , \"d e\" FROM t")

    assert wording.wrap(sql, 10) == ["SELECT", "'a  b c' ,", '"d e" FROM', "t"]


def test_indented_lines_are_code_and_stay() -> None:
    assert wording.wrap("one two three\n\n    four five six", 8) == [
        "one two",
        "three",
        "",
        "    four five six",
    ]


def test_shorten_counts_the_ellipsis() -> None:
    assert wording.shorten("abcdef", 6) == "abcdef"
    assert wording.shorten("abcdefg", 6) == "abcde…"
