"""Faults in the log: read again, repeats, poison, transactions, topics and partitions made."""

from time import monotonic, sleep
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, NewPartitions

from ningmai.doing import Quiet
from ningmai.redelivering import redeliver
from schemas import topics_admin
from tests.faults import verdict
from tests.faults.log import KINDS
from tests.faults.messages import SPOILED
from tests.faults.scene import CAUGHT_UP_SECONDS, Scene

ANSWER_SECONDS = 60.0
LOOK_SECONDS = 0.5
EARLY_MS = 6_000


def read_again(scene: Scene) -> None:
    """7: the group's offsets are set back to 0 while no worker runs."""
    scene.one_worker()
    scene.pause(1, 3)
    for worker in scene.workers.alive:
        if scene.draw.random() < 0.5:
            worker.kill()
        else:
            worker.stop()
    offsets = [TopicPartition(scene.settings.topic(k), n, 0) for k, n in scene.log.ends()]
    _set_back(scene, offsets)
    scene.note(f"offsets of {len(offsets)} partitions set back to 0")
    scene.one_worker()


def anywhere(scene: Scene) -> None:
    """14: the group's offsets are set to any place between 0 and where they were."""
    for worker in scene.workers.alive:
        worker.stop()
    offsets = [
        TopicPartition(scene.settings.topic(k), n, scene.draw.randint(0, end))
        for (k, n), end in scene.log.ends().items()
    ]
    _set_back(scene, offsets)
    scene.note(f"offsets set to {[o.offset for o in offsets]}")
    scene.one_worker()


def come_again(scene: Scene) -> None:
    """8: the same ids again, near, and on any partition."""
    scene.one_worker()
    scene.traffic.across(40)
    scene.note("40 events of each kind published again, on any partition")


def poison(scene: Scene) -> None:
    """9: every sort of message that is no event."""
    scene.one_worker()
    for how in SPOILED:
        scene.traffic.spoil(how)
    scene.note(f"{len(SPOILED)} sorts of poison in each topic")


def transactions(scene: Scene) -> None:
    """Messages of aborted transactions, and the gaps that markers leave."""
    scene.one_worker()
    producer = Producer(
        {
            "bootstrap.servers": scene.settings.kafka_servers,
            "transactional.id": f"{scene.settings.namespace}-{scene.draw.randrange(10**9)}",
            "log_level": 0,
        }
    )
    producer.init_transactions(ANSWER_SECONDS)
    for _ in range(6):
        producer.begin_transaction()
        for kind in KINDS:
            for _ in range(scene.draw.randint(1, 5)):
                producer.produce(scene.settings.topic(kind), b"no event, in a transaction")
        if scene.draw.random() < 0.5:
            producer.commit_transaction(ANSWER_SECONDS)
        else:
            producer.abort_transaction(ANSWER_SECONDS)
    scene.note("6 transactions, committed or aborted")


def made_again(scene: Scene) -> None:
    """14: a topic is deleted, once counted, and made again while the workers run."""
    scene.one_worker()
    kind = scene.draw.choice(KINDS)
    scene.traffic.pause()
    if wrong := verdict.caught_up(scene.log, scene.client, CAUGHT_UP_SECONDS):
        scene.differs(wrong)
    scene.log.read()
    topic = scene.settings.topic(kind)
    admin = _admin(scene)
    admin.delete_topics([topic])[topic].result(ANSWER_SECONDS)
    until = monotonic() + ANSWER_SECONDS
    while topic in admin.list_topics(timeout=ANSWER_SECONDS).topics:
        if monotonic() > until:
            raise TimeoutError(f"{topic} is still there")
        sleep(LOOK_SECONDS)
    scene.pause(0, 4)
    topics_admin.ensure(scene.settings)
    scene.log.begins_again(kind)
    scene.traffic.made_again(kind)
    scene.note(f"{topic} deleted and made again")
    scene.traffic.start()
    scene.pause(2, 5)


def eaten(scene: Scene) -> None:
    """14b: a worker starts when retention has taken a part of the block in progress away."""
    scene.one_worker()
    kind = scene.draw.choice(KINDS)
    scene.traffic.pause()
    if wrong := verdict.caught_up(scene.log, scene.client, CAUGHT_UP_SECONDS):
        scene.differs(wrong)
    scene.log.read()
    for worker in scene.workers.alive:
        worker.stop()
    life, size = scene.log.lives[kind][-1], scene.settings.block_size
    firsts = {
        number: scene.draw.randint((end - 1) // size * size, end)
        for number, end in life.ends.items()
        if end
    }
    admin, topic = _admin(scene), scene.settings.topic(kind)
    asked = [TopicPartition(topic, number, first) for number, first in firsts.items()]
    for answer in admin.delete_records(asked).values():
        answer.result(ANSWER_SECONDS)
    for number, first in firsts.items():
        life.eaten.setdefault(number, {})[life.ends[number]] = first
    scene.note(f"{kind}: Kafka gave up what was below {firsts}, of {life.ends}")
    scene.one_worker()
    scene.traffic.start()
    scene.pause(2, 5)


def redelivered(scene: Scene) -> None:
    """17: dead letters that are events by now are published again, twice."""
    scene.one_worker()
    early = scene.traffic.early(5, EARLY_MS)
    scene.note(f"{early} events of a second too far ahead")
    scene.pause(EARLY_MS / 1000, EARLY_MS / 1000 + 2)
    if wrong := verdict.caught_up(scene.log, scene.client, CAUGHT_UP_SECONDS, scene.log.ends()):
        scene.differs(wrong)
    for _ in range(2):
        done = [redeliver(scene.settings, kind, "", Quiet()) for kind in KINDS]
        published = sum(each.published for each in done)
        scene.note(f"{published} dead letters published again")
        assert published >= early, f"{published} of {early} redelivered"


def partition_added(scene: Scene) -> None:
    """20: a topic gets one partition more; ids move to others, so that some repeat across."""
    scene.one_worker()
    kind = scene.draw.choice(KINDS)
    topic = scene.settings.topic(kind)
    admin = _admin(scene)
    there = len(admin.list_topics(topic, ANSWER_SECONDS).topics[topic].partitions)
    admin.create_partitions([NewPartitions(topic, there + 1)])[topic].result(ANSWER_SECONDS)
    scene.note(f"{topic} has {there + 1} partitions")


def _admin(scene: Scene) -> Any:
    return AdminClient({"bootstrap.servers": scene.settings.kafka_servers, "log_level": 0})


def _set_back(scene: Scene, offsets: list[TopicPartition]) -> None:
    """As kafka-consumer-groups.sh --reset-offsets does; waits until the group is empty."""
    admin, group = _admin(scene), scene.settings.group
    until = monotonic() + ANSWER_SECONDS
    while True:
        asked = [ConsumerGroupTopicPartitions(group, offsets)]
        try:
            found = admin.alter_consumer_group_offsets(asked)[group].result(ANSWER_SECONDS)
            if not [each for each in found.topic_partitions if each.error]:
                return
        except KafkaException as error:  # the group still has a member: wait until it has none
            if monotonic() > until:
                raise TimeoutError(f"{group} has members still: {error}") from error
        sleep(LOOK_SECONDS)
