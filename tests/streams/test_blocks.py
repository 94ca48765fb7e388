import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.batches import Batch, Fetch
from streams.blocks import Block, Cutter, starts, tally
from tests.streams.log import APPENDED, MIDNIGHT, batch


def cuts(fetches: list[list[Batch]], size: int) -> list[tuple[int, int, int, bool]]:
    cutter, blocks = Cutter(size), {}
    for batches in fetches:
        for block in cutter.cut(batches):
            blocks[block.start] = (block.start, block.last, block.gaps, block.sealed)
    return [blocks[start] for start in sorted(blocks)]


def test_a_partition_is_cut_at_multiples_of_the_block_size() -> None:
    found = cuts([[batch(0, [b""] * 25)]], 10)
    assert found == [(0, 9, 0, True), (10, 19, 0, True), (20, 24, 0, False)]


def test_a_partition_is_cut_where_the_append_day_changes() -> None:
    found = cuts([[batch(0, [b""] * 4, MIDNIGHT - 1)], [batch(4, [b""] * 3, MIDNIGHT)]], 10)
    assert found == [(0, 3, 0, True), (4, 6, 0, False)]


def test_offsets_without_a_message_are_gaps_of_the_block_they_lie_in() -> None:
    holes = Batch(0, 14, APPENDED, [2, 3, 12], [b""] * 3)
    assert cuts([[holes]], 10) == [(0, 9, 8, True), (10, 13, 3, False)]


@st.composite
def partitions(draw: st.DrawFn) -> list[Batch]:
    start, appended, batches = 0, APPENDED, []
    for _ in range(draw(st.integers(1, 8))):
        offsets = sorted(draw(st.sets(st.integers(start, start + 9), min_size=1)))
        end = offsets[-1] + draw(st.integers(1, 4))
        appended += draw(st.sampled_from([1, 3_000_000, 86_400_000]))
        batches.append(Batch(start, end, appended, offsets, [b""] * len(offsets)))
        start = end
    return batches


@given(partitions(), st.integers(2, 12), st.data())
def test_any_split_into_fetches_gives_the_same_blocks(
    batches: list[Batch], size: int, data: st.DataObject
) -> None:
    whole = cuts([batches], size)
    pieces = []
    for each in batches:
        at = data.draw(st.integers(each.start, each.end - 1))
        head = [(o, v) for o, v in zip(each.offsets, each.values, strict=True) if o < at]
        if at > each.start:
            appended = each.appended if head else None
            pieces.append(
                [Batch(each.start, at, appended, [o for o, _ in head], [b""] * len(head))]
            )
        pieces.append([each.since(at)])
    assert cuts(pieces, size) == whole


@given(partitions(), st.integers(2, 12), st.data())
def test_a_reader_that_starts_at_a_cut_finds_the_same_blocks(
    batches: list[Batch], size: int, data: st.DataObject
) -> None:
    whole = cuts([batches], size)
    begin = data.draw(st.sampled_from([block[0] for block in whole]))
    rest = Fetch("t", 0, batches).since(begin).batches
    assert cuts([list(rest)], size) == [block for block in whole if block[0] >= begin]


def test_counts_fall_in_the_block_of_their_offset() -> None:
    blocks = [Block(0, 9), Block(10, 19)]
    tally(blocks, "counted", np.array([0, 9, 10]))
    assert [block.counted for block in blocks] == [2, 1]
    assert starts(blocks, np.array([3, 19])).tolist() == [0, 10]


def test_a_cut_that_the_ledger_has_is_kept() -> None:
    cutter = Cutter(10, [7, 10, 13])
    found = [(b.start, b.last, b.sealed) for b in cutter.cut([batch(3, [b""] * 15)])]
    assert found == [(3, 6, True), (7, 9, True), (10, 12, True), (13, 17, False)]
