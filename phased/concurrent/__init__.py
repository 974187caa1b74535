"""Statements that leave something behind when they are killed; one file each.

A module has ``NODES``, the parse tree nodes it is about, and two functions:
``pick_up(node, step, run, begun=…) -> bool`` looks at what an earlier attempt left before the
statement is run, and says whether nothing is left to do; ``clear(node, step, run)`` removes what a
failed attempt leaves.
"""
