"""Arroyo: a strategy that counts, and batches of rows that are committed once they are in."""

import time
from collections.abc import Mapping
from typing import Any

from arroyo.backends.kafka import KafkaConsumer, KafkaPayload
from arroyo.backends.kafka.configuration import build_kafka_consumer_configuration
from arroyo.commit import ONCE_PER_SECOND
from arroyo.processing import StreamProcessor
from arroyo.processing.strategies import (
    CommitOffsets,
    ProcessingStrategy,
    ProcessingStrategyFactory,
    Reduce,
    RunTask,
)
from arroyo.types import BaseValue, Commit, Message, Partition, Topic
from common import AT_ONCE, Job, Work

BATCH_SECONDS = 1.0


class Factory(ProcessingStrategyFactory[KafkaPayload]):
    """Batches of messages, counted and inserted, then committed."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._work: Work | None = None
        self.done = False

    def create_with_partitions(
        self, commit: Commit, partitions: Mapping[Partition, int]
    ) -> ProcessingStrategy[KafkaPayload]:
        """The chain for an assignment."""
        return Reduce(
            AT_ONCE, BATCH_SECONDS, self._gather, list, RunTask(self._count, CommitOffsets(commit))
        )

    def _gather(self, batch: list[Any], value: BaseValue[KafkaPayload]) -> list[Any]:
        self._work = self._work or Work(self._job)
        batch.append(value)
        return batch

    def _count(self, message: Message[list[Any]]) -> Any:
        assert self._work is not None
        for value in message.payload:
            appended = value.timestamp.timestamp() * 1000 if value.timestamp else 0
            self._work.take(value.payload.value, value.partition.index, value.offset, int(appended))
        self._work.write()
        self.done = self._work.finished()
        return message.payload


def main() -> None:
    """One pass over the topic."""
    job = Job()
    factory = Factory(job)
    configuration = build_kafka_consumer_configuration(
        {}, bootstrap_servers=[job.servers], group_id=job.group, auto_offset_reset="earliest"
    )
    processor = StreamProcessor(
        KafkaConsumer(configuration), Topic(job.topic), factory, ONCE_PER_SECOND
    )
    deadline = time.monotonic() + 600
    while not factory.done and time.monotonic() < deadline:
        processor._run_once()
    processor.signal_shutdown()


if __name__ == "__main__":
    main()
