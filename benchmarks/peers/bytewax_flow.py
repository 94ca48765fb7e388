"""Bytewax: a Kafka source into a sink of batches, with its recovery off as in its examples."""

from typing import Any

from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import cluster_main
from common import Job, Work
from confluent_kafka import OFFSET_BEGINNING


class Count(StatelessSinkPartition[Any]):
    """Counts what comes, inserts when enough has."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._work: Work | None = None

    def write_batch(self, items: list[Any]) -> None:
        """Take a batch."""
        self._work = self._work or Work(self._job)
        for item in items:
            self._work.take(item.value, item.partition, item.offset, item.timestamp[1])
        if self._work.due():
            self._work.write()
            self._work.finished()


class Sink(DynamicSink[Any]):
    """One part for the one worker."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Count:
        """The worker's part."""
        return Count(self._job)


def main() -> None:
    """One pass over the topic."""
    job = Job()
    flow = Dataflow("calls")
    source = KafkaSource(
        [job.servers], [job.topic], tail=False, starting_offset=OFFSET_BEGINNING, batch_size=10_000
    )
    op.output("count", op.input("calls", flow, source), Sink(job))
    cluster_main(flow, [], 0)


if __name__ == "__main__":
    main()
