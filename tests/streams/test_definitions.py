import pytest

from streams.agents.calls import CALLS
from streams.definitions import Stated, to_write
from streams.rollups import Rollup

OWN = CALLS.shape
WIDER = Rollup("calls", dimensions=(*CALLS.dimensions, "channel"), definition=2)


@pytest.mark.parametrize(
    ("stated", "rollup", "expected", "rule"),
    [
        ([], CALLS, (1,), "nothing stated: what the code begins with"),
        ([Stated(1, "", "shown")], CALLS, (1,), "the one in force"),
        ([Stated(1, "", "shown"), Stated(2, OWN, "making")], CALLS, (1, 2), "and one in making"),
        ([Stated(1, "", "shown"), Stated(2, OWN, "given up")], CALLS, (1,), "none given up"),
        ([Stated(2, "", "shown"), Stated(2, OWN, "making")], CALLS, (2,), "just switched"),
        (
            [Stated(2, "", "shown"), Stated(2, OWN, "done")],
            CALLS,
            (2,),
            "none before it",
        ),
        (
            [Stated(3, "", "shown"), Stated(2, OWN, "done"), Stated(3, OWN, "done")],
            CALLS,
            (3,),
            "rebuilt twice",
        ),
        (
            [Stated(1, "", "shown"), Stated(2, WIDER.shape, "making")],
            CALLS,
            (1,),
            "one that counts other columns is for workers of another version",
        ),
        (
            [Stated(1, "", "shown"), Stated(2, WIDER.shape, "making")],
            WIDER,
            (2,),
            "which does not write the older one",
        ),
        ([Stated(1, "", "shown")], WIDER, (), "and waits until its own is announced"),
    ],
)
def test_what_a_worker_writes(
    stated: list[Stated], rollup: Rollup, expected: tuple[int, ...], rule: str
) -> None:
    assert to_write(stated, rollup) == expected, rule
