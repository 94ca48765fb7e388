"""Apache Kafka on one node in KRaft mode, its log under the data folder."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ningmai.doing import Doing
from ningmai.settings import Settings
from ningmai.stack.artifacts import java, kafka_class_path
from ningmai.stack.errors import StackError, writing
from ningmai.stack.jvm import flags
from ningmai.stack.ports import answers
from ningmai.stack.process import Part

ANSWER_SECONDS = 5
FORMAT_SECONDS = 60


def part(settings: Settings, doing: Doing) -> Part:
    """How Kafka is run, with its storage formatted where that is new. Raises StackError."""
    folder = (settings.data_dir / "kafka").absolute()
    jars = kafka_class_path(settings, doing)
    config = folder / "server.properties"
    with writing(config):
        folder.mkdir(parents=True, exist_ok=True)
        config.write_text(server_properties(settings, folder / "log"))
    command = [
        str(java()),
        *flags(heap_mb=512),
        f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}",
        "-cp",
        ":".join(map(str, jars)),
    ]
    if not (folder / "log" / "meta.properties").exists():
        doing.say("formatting Kafka's storage")
        _format([*command, "kafka.tools.StorageTool"], config)
    return Part(
        name="kafka",
        port=settings.kafka_port,
        command=[*command, "kafka.Kafka", str(config)],
        ready=lambda: _serves(settings),
        stop_within=30,
    )


def server_properties(settings: Settings, log: Path) -> str:
    """Kafka's configuration, as a .properties file.

    The controller's address is static, so that the ports can change between runs.
    """
    host, longest = settings.host, 2**63 - 1
    listeners = f"PLAINTEXT://{host}:{settings.kafka_port}"
    controller = f"{host}:{settings.kafka_controller_port}"
    values = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{listeners},CONTROLLER://{controller}",
        "advertised.listeners": listeners,
        "log.dirs": log,
        # One node: everything has one copy.
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # One application: the usual 50 partitions of these would only cost time at every start.
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.num.partitions": 1,
        # A topic is made on purpose, with the configuration that blocks of the log rest on.
        "auto.create.topics.enable": "false",
        "log.message.timestamp.type": "LogAppendTime",
        "log.message.timestamp.before.max.ms": longest,
        "log.message.timestamp.after.max.ms": longest,
        "message.max.bytes": 8 * 1024 * 1024,
        "group.initial.rebalance.delay.ms": 0,
        # What no topic of its own says; a block of the log must not lose its start within a day.
        "log.retention.hours": 168,
        # After a kill, the last segment of each partition is read again: keep that short.
        "log.segment.bytes": 256 * 1024 * 1024,
        # A power cut, unlike a kill, takes what was not flushed: a second of events at most.
        "log.flush.interval.ms": 1000,
        "log.flush.scheduler.interval.ms": 1000,
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def _format(tool: list[str], config: Path) -> None:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = [*tool, "format", f"--cluster-id={cluster}", "--config", str(config)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FORMAT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise StackError("Formatting Kafka's storage hangs.", "Try again.") from error
    if done.returncode != 0:
        raise StackError(
            f"Kafka's storage cannot be formatted: {(done.stderr or done.stdout).strip()}",
            "Is the data folder on a disk with room, and yours to write?",
        )


def _serves(settings: Settings) -> bool:
    """Whether the broker tells about itself."""
    if not answers(settings.host, settings.kafka_port):
        return False
    address = f"{settings.host}:{settings.kafka_port}"
    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
    try:
        return bool(admin.list_topics(timeout=ANSWER_SECONDS).brokers)
    except KafkaException:
        return False
