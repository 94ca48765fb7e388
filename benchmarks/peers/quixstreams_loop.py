"""Quix Streams: a sink of batches behind a stream of decoded messages."""

from common import Job, Work
from quixstreams import Application
from quixstreams.models import Deserializer
from quixstreams.sinks import BatchingSink, SinkBatch

COMMIT_SECONDS = 1.0


class Count(BatchingSink):
    """Counts and inserts a batch; Quix commits it afterwards."""

    def __init__(self, job: Job, stop: object) -> None:
        super().__init__()
        self._job, self._stop = job, stop
        self._work: Work | None = None

    def write(self, batch: SinkBatch) -> None:
        """Take one batch of one partition."""
        self._work = self._work or Work(self._job)
        for item in batch:
            self._work.take(item.value, batch.partition, item.offset, item.timestamp)
        self._work.write()
        if self._work.finished():
            self._stop()


class Raw(Deserializer):
    """The bytes as they are: the sink decodes them, like everybody's."""

    def __call__(self, value: bytes, ctx: object) -> bytes:
        """The same."""
        return value


def main() -> None:
    """One pass over the topic."""
    job = Job()
    app = Application(
        broker_address=job.servers,
        consumer_group=job.group,
        auto_offset_reset="earliest",
        commit_interval=COMMIT_SECONDS,
        auto_create_topics=False,
        loglevel="WARNING",
    )
    stream = app.dataframe(app.topic(job.topic, value_deserializer=Raw()))
    stream.sink(Count(job, app.stop))
    app.run()


if __name__ == "__main__":
    main()
