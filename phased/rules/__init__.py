"""The rules, one bad thing a file; found by file name (see ``phased.rule``)."""
