"""The topic's values spliced as the worker splices them, made before any time is taken."""

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.contestants import Job
from benchmarks.contestants.librdkafka_limit import AT_ONCE, consumer
from schemas.kinds import kind
from schemas.registry import Registry
from streams.batches import Batch
from streams.frames import Layouts, Spliced, splice, stretches

CHUNK = 40_000
"""Messages of one container: about as many as a fetch of 4 MiB brings."""


def containers(job: Job) -> Iterator[Spliced]:
    """Every value of the topic, partition by partition."""
    layouts = Layouts(Registry(job.settings), kind("calls"))
    for partition, values in _values(job).items():
        for start in range(0, len(values), CHUNK):
            some = values[start : start + CHUNK]
            end = start + len(some)
            batch = Batch(start, end, 1_600_000_000_000, range(start, end), some)
            for stretch in stretches(partition, [batch]):
                yield Spliced(layouts.of(some[0]), stretch, splice(stretch))


def _values(job: Job) -> dict[int, list[bytes]]:
    reading, found, count = consumer(job), defaultdict[int, list[bytes]](list), 0
    while count < job.expected.events:
        for message in reading.consume(AT_ONCE, timeout=1):
            found[message.partition()].append(message.value())
            count += 1
    reading.close()
    return found
