"""Near repeats: an event whose id stands within the horizon of offsets before it.

The ids of a partition's last offsets are kept as 64-bit hashes in sorted runs, merged as they grow.
Asking for a stretch is a handful of binary searches; only where one hits are offsets compared.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]


def hashes(event_ids: pl.Series) -> Hashes:
    """64-bit hashes of ids. Never stored: the same only within one process."""
    return event_ids.hash(seed=0).to_numpy()


@dataclass(frozen=True, slots=True)
class Run:
    """Ids of a stretch of offsets: as they came, and sorted for the search."""

    offsets: Offsets
    hashes: Hashes
    ordered: Hashes

    def __len__(self) -> int:
        return len(self.offsets)

    def hits(self, asked: Hashes) -> NDArray[np.bool_]:
        """Which of some ascending hashes occur here."""
        found = np.searchsorted(self.ordered, asked)
        found[found == len(self.ordered)] = 0
        hit: NDArray[np.bool_] = self.ordered[found] == asked
        return hit

    def joined(self, later: "Run") -> "Run":
        """This run and the one behind it as one."""
        ordered = np.concatenate([self.ordered, later.ordered])
        ordered.sort(kind="stable")  # two ascending halves: one merge
        return Run(
            np.concatenate([self.offsets, later.offsets]),
            np.concatenate([self.hashes, later.hashes]),
            ordered,
        )


class Window:
    """The ids of the last ``horizon`` offsets of one partition, in the order of the log."""

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self.runs: list[Run] = []

    def repeats(self, offsets: Offsets, ids: Hashes) -> NDArray[np.bool_]:
        """Which of the next events are repeats; all are remembered, the repeats too.

        Offsets ascend and lie behind all those given before. An event is a repeat if and only if
        its id occurs in the ``horizon`` offsets before it.
        """
        ordered = np.sort(ids)
        suspects = np.zeros(len(ids), dtype=bool)
        suspects[1:] = ordered[1:] == ordered[:-1]
        for run in self.runs:
            suspects |= run.hits(ordered)
        found = (
            self._resolve(offsets, ids, np.unique(ordered[suspects]))
            if suspects.any()
            else suspects
        )
        self._remember(Run(offsets, ids, ordered))
        return found

    def _resolve(self, offsets: Offsets, ids: Hashes, suspects: Hashes) -> NDArray[np.bool_]:
        """Compare offsets, for the ids that occur more than once only."""
        known_offsets, known_ids = [], []
        for run in (*self.runs, Run(offsets, ids, ids)):
            hit = np.isin(run.hashes, suspects)
            known_offsets.append(run.offsets[hit])
            known_ids.append(run.hashes[hit])
        at, what = np.concatenate(known_offsets), np.concatenate(known_ids)
        order = np.lexsort((at, what))
        at, what = at[order], what[order]
        again = np.zeros(len(at), dtype=bool)
        again[1:] = (what[1:] == what[:-1]) & (at[1:] - at[:-1] <= self.horizon)
        return np.isin(offsets, at[again])

    def _remember(self, run: Run) -> None:
        if not len(run):
            return
        oldest = int(run.offsets[-1]) + 1 - self.horizon
        self.runs = [r for r in self.runs if r.offsets[-1] >= oldest]
        self.runs.append(run)
        # Runs of like size are joined, so that there are few; never so long that ids linger.
        while len(self.runs) > 1 and len(self.runs[-1]) * 2 >= len(self.runs[-2]):
            if len(self.runs[-1]) + len(self.runs[-2]) > max(self.horizon // 2, 2):
                break
            self.runs[-2:] = [self.runs[-2].joined(self.runs[-1])]
