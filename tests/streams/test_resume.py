import pytest

from streams.resume import Ends, Line, Start, start


@pytest.mark.parametrize(
    ("ends", "ledger_end", "line", "expected", "rule"),
    [
        (Ends(None, 0, 50), None, None, Start(0, 0), "nothing known: from the start of the log"),
        (Ends(None, 7, 50), None, None, Start(7, 7), "nothing known, log begins later"),
        (Ends(25, 0, 50), None, None, Start(0, 0), "ClickHouse empty: all again"),
        (Ends(20, 0, 50), 20, Line(10, 19), Start(20, 20), "a multiple of B: from there"),
        (Ends(25, 0, 50), 25, Line(20, 24), Start(20, 25), "in a block: from its start"),
        (Ends(25, 0, 50), 25, Line(22, 24), Start(22, 25), "the block began at a new day"),
        (Ends(25, 0, 50), 15, Line(10, 14), Start(10, 15), "ClickHouse restored from a backup"),
        (Ends(5, 0, 50), 25, Line(0, 9), Start(0, 5), "offsets set back by hand"),
        (Ends(45, 0, 50), 25, Line(20, 24), Start(20, 25), "offsets set forward: nothing skipped"),
        (Ends(None, 0, 50), 25, Line(20, 24), Start(20, 25), "the group's offsets expired"),
        (Ends(15, 0, 50), 25, None, Start(10, 15), "a hole in the ledger: floor, never C itself"),
        (Ends(25, 22, 50), 25, Line(20, 24), Start(25, 25), "retention ate the block's start"),
        (Ends(25, 30, 50), 25, Line(20, 24), Start(30, 30), "retention ate what was not read"),
        (Ends(0, 22, 50), 25, Line(20, 24), Start(25, 25), "set back before what retention left"),
        (Ends(27, 0, 50), 27, Line(24, 26, True), Start(27, 27), "skipped: behind it, at once"),
        (Ends(26, 0, 50), 27, Line(24, 26, True), Start(24, 26), "set back into what was skipped"),
    ],
)
def test_where_a_partition_starts(
    ends: Ends, ledger_end: int | None, line: Line | None, expected: Start, rule: str
) -> None:
    assert start(ends, ledger_end, line, 10) == expected, rule
