"""librdkafka through confluent-kafka, consuming alone: nothing done with the messages."""

import uuid

from confluent_kafka import Consumer

from benchmarks.contestants import Job
from benchmarks.measure import Measured, Timer
from benchmarks.traffic import KIND

AT_ONCE = 10_000


def consumer(job: Job) -> Consumer:
    """A consumer of the whole topic, in a group that nobody else has."""
    made = Consumer(
        {
            "bootstrap.servers": job.settings.kafka_servers,
            "group.id": f"bench-{uuid.uuid4().hex}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    made.subscribe([job.settings.topic(KIND)])
    return made


def run(job: Job) -> list[Measured]:
    """One pass over the topic with consume."""
    reading = consumer(job)
    timer, count = Timer(), 0
    while count < job.expected.events:
        count += len(reading.consume(AT_ONCE, timeout=1))
    measured = timer.measured("limit-librdkafka", count)
    reading.close()
    job.expected.check_total(count)
    return [measured]
