import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from streams.repeats import Window, hashes


def naive(horizon: int, stretches: list[list[tuple[int, str]]]) -> list[list[bool]]:
    seen: dict[str, int] = {}
    found = []
    for stretch in stretches:
        row = []
        for offset, event_id in stretch:
            row.append(event_id in seen and offset - seen[event_id] <= horizon)
            seen[event_id] = offset
        found.append(row)
    return found


@st.composite
def logs(draw: st.DrawFn) -> list[list[tuple[int, str]]]:
    sizes = draw(st.lists(st.integers(1, 12), max_size=12))
    offset, log = 0, []
    for size in sizes:
        stretch = []
        for _ in range(size):
            offset += draw(st.integers(1, 3))
            stretch.append((offset, draw(st.sampled_from("abcdefghijklmnop"))))
        log.append(stretch)
    return log


@given(logs(), st.integers(1, 40))
def test_an_event_is_a_repeat_iff_its_id_stands_within_the_horizon(
    log: list[list[tuple[int, str]]], horizon: int
) -> None:
    window = Window(horizon)
    found = [
        window.repeats(
            np.array([offset for offset, _ in stretch]),
            hashes(pl.Series([event_id for _, event_id in stretch])),
        ).tolist()
        for stretch in log
    ]
    assert found == naive(horizon, log)


def test_memory_is_bounded_by_the_horizon() -> None:
    window = Window(1000)
    for start in range(0, 50_000, 100):
        window.repeats(np.arange(start, start + 100), np.arange(start, start + 100).astype("u8"))
    assert sum(len(run) for run in window.runs) <= 2000
    assert len(window.runs) <= 12
