"""aiokafka, consuming alone: fetch, decompress, one object a record, nothing done with it."""

import asyncio

from aiokafka import AIOKafkaConsumer

from benchmarks.contestants import Job
from benchmarks.measure import Measured, Timer
from benchmarks.traffic import KIND


def run(job: Job) -> list[Measured]:
    """One pass over the topic with getmany."""
    return [asyncio.run(_consume(job))]


async def _consume(job: Job) -> Measured:
    consumer = AIOKafkaConsumer(
        job.settings.topic(KIND),
        bootstrap_servers=job.settings.kafka_servers,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=4 * 1024 * 1024,  # as the worker
    )
    await consumer.start()
    try:
        timer, count = Timer(), 0
        while count < job.expected.events:
            found = await consumer.getmany(timeout_ms=1000)
            count += sum(len(records) for records in found.values())
        measured = timer.measured("limit-aiokafka", count)
    finally:
        await consumer.stop()
    job.expected.check_total(count)
    return measured
