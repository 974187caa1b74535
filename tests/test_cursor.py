from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from phased.cursor import Cursor, Leaf, Range, advance, is_over, kept, next_sweep, read, share, take

ENDS = {"users": 37, '"Order 1"': 5, "empty": 0}


def again(cursor: Cursor) -> Cursor:
    """The cursor as another process finds it."""
    return read(json.loads(json.dumps(kept(cursor, None, 0))))


def batches(found: Range) -> set[tuple[int, int]]:
    """The pages of a batch, each with the eighths of its rows that it covers."""
    eighths = range(found.stride, 8, found.strides)
    return {(page, eighth) for page in range(found.first, found.last) for eighth in eighths}


ACTION = st.tuples(
    st.sampled_from(["take", "take", "commit", "commit", "fail", "kill"]),
    st.integers(0, 7),
    st.integers(1, 20),
    st.sampled_from([1, 8]),
)


@given(st.lists(ACTION, max_size=300))
def test_every_stride_of_every_page_is_walked_once_whoever_walks(
    actions: list[tuple[str, int, int, int]],
) -> None:
    """Any number of workers, widths and strides; batches that fail; a kill at any moment."""
    cursor = Cursor(leaves={name: Leaf("1") for name in ENDS})
    walked = {name: set[tuple[int, int]]() for name in ENDS}
    working: list[tuple[str, Leaf, Range]] = []
    for action, number, width, strides in actions:
        name = list(ENDS)[number % len(ENDS)]
        if action == "kill":
            cursor, working = again(cursor), []
        elif action == "take":
            found = take(cursor.leaves[name], ENDS[name], width, strides)
            if found:
                assert not any(found is other for _, _, other in working)
                working.append((name, cursor.leaves[name], found))
        elif working:
            name, leaf, done = working.pop(number % len(working))
            done.taken = False
            if action == "commit":
                assert not walked[name] & batches(done)
                walked[name] |= batches(done)
                advance(cursor, leaf, done, filled=1)
    for name, end in ENDS.items():
        left = {one for each in cursor.leaves[name].open for one in _rest(each)}
        left |= {(page, e) for page in range(cursor.leaves[name].page, end) for e in range(8)}
        assert not walked[name] & left
        assert walked[name] | left == {(page, e) for page in range(end) for e in range(8)}


def _rest(found: Range) -> set[tuple[int, int]]:
    rest = range(found.stride, found.strides)
    return {one for stride in rest for one in batches(_at(found, stride))}


def _at(found: Range, stride: int) -> Range:
    return Range(found.first, found.last, stride, found.strides)


def test_what_is_kept_is_read_again() -> None:
    leaves = {"users": Leaf("7", 40, [Range(8, 16, 3, 8), Range(30, 40)]), "posts": Leaf("8")}
    cursor = Cursor(sweep=1, filled=90, found=30, previous=60, leaves=leaves)
    assert again(cursor) == cursor
    assert read({}) == Cursor()


def test_a_checkpoint_has_the_batch_that_commits_with_it() -> None:
    first, last = Range(0, 8, 6, 8), Range(8, 16, 7, 8)
    cursor = Cursor(filled=10, found=10, leaves={"users": Leaf("7", 16, [first, last])})
    found = kept(cursor, last, 5)
    assert (found["filled"], found["found"]) == (15, 15)
    assert found["leaves"]["users"]["open"] == [[0, 8, 6, 8]]
    assert kept(cursor, first, 0)["leaves"]["users"]["open"] == [[0, 8, 7, 8], [8, 16, 7, 8]]
    assert cursor.filled == 10


def test_the_share_that_is_done() -> None:
    cursor = Cursor(leaves={"users": Leaf("7"), "posts": Leaf("8")})
    ends = {"users": 60, "posts": 40}
    shares = [share(cursor, ends)]
    while found := take(cursor.leaves["users"], 60, 30, 8):
        found.taken = False
        advance(cursor, cursor.leaves["users"], found, 1)
        shares.append(share(cursor, ends))
    assert [round(one, 6) for one in (shares[0], shares[8], shares[-1])] == [0, 0.3, 0.6]
    assert all(before < after for before, after in pairwise(shares))
    assert share(Cursor(), {}) == 1


def test_when_a_sweep_was_the_last() -> None:
    assert not is_over(Cursor(sweep=0, found=0), conditional=False)
    assert is_over(Cursor(sweep=1, found=0, previous=5), conditional=False)
    assert not is_over(Cursor(sweep=1, found=5, previous=5), conditional=False)
    assert is_over(Cursor(sweep=1, found=5, previous=5), conditional=True)
    assert not is_over(Cursor(sweep=1, found=4, previous=5), conditional=True)
    assert is_over(Cursor(sweep=10, found=5), conditional=False)
    cursor = Cursor(filled=5, found=5, leaves={"users": Leaf("7", 40)})
    next_sweep(cursor)
    assert cursor == Cursor(sweep=1, filled=5, found=0, previous=5)
