"""The loop that a good engineer writes by hand: consume, decode, count, insert, commit."""

from common import Job, Work, committed
from confluent_kafka import Consumer

AT_ONCE = 10_000


def main() -> None:
    """One pass over the topic."""
    job = Job()
    consumer = Consumer(
        {
            "bootstrap.servers": job.servers,
            "group.id": job.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([job.topic])
    work = None
    while True:
        messages = consumer.consume(AT_ONCE, timeout=1)
        work = work or (Work(job) if messages else None)
        for message in messages:
            work.take(
                message.value(), message.partition(), message.offset(), message.timestamp()[1]
            )
        if work and committed(work, lambda: consumer.commit(asynchronous=False)):
            break
    consumer.close()


if __name__ == "__main__":
    main()
