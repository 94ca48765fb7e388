"""The publisher for tests of source systems."""

from dataclasses import replace

import pytest

from producers import Call, DeliveryFailed, InvalidEvent, Publisher, retraction
from producers.interface import EventPublisher
from producers.testing import RecordingPublisher

CALL = Call(event_id="c1", occurred_at=1_600_132_350_250, source="test", line="hotline")


def test_both_publishers_can_be_used_for_each_other() -> None:
    real: type[EventPublisher] = Publisher
    double: type[EventPublisher] = RecordingPublisher
    names = {name for name in vars(EventPublisher) if not name.startswith("_")}
    assert names - set(dir(real)) == set()
    assert names - set(dir(double)) == set()


def test_it_remembers_what_was_published() -> None:
    with RecordingPublisher() as publisher:
        publisher.publish(CALL)
        publisher.prepare(CALL).send("c2", 1_600_000_000_000)
        assert publisher.in_flight == 2
    assert (publisher.delivered, publisher.failed, publisher.in_flight) == (2, 0, 0)
    assert [event.event_id for event in publisher.events("calls")] == ["c1", "c2"]
    assert publisher.events("uploads") == []
    assert publisher.counts() == {"calls": 2}


def test_it_refuses_what_the_real_one_refuses() -> None:
    publisher = RecordingPublisher()
    with pytest.raises(InvalidEvent, match=r"city \[empty\]"):
        publisher.publish(replace(CALL, city=""))
    with pytest.raises(InvalidEvent, match=r"source \[too_long\]"):
        publisher.prepare(replace(CALL, source="s" * 65))
    with pytest.raises(InvalidEvent, match=r"event_id \[id\]"):
        publisher.prepare(CALL).send("", 1_600_000_000_000)
    publisher.assert_nothing_published()


def test_assertions_find_the_one_event() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    assert publisher.assert_published("calls", line="hotline", event_id="c1") == CALL
    with pytest.raises(AssertionError, match="0 events"):
        publisher.assert_published("calls", line="order_city")
    with pytest.raises(AssertionError, match="expected none"):
        publisher.assert_nothing_published("calls")
    publisher.assert_nothing_published("uploads")
    publisher.publish(replace(CALL, event_id="c2"))
    with pytest.raises(AssertionError, match="2 events"):
        publisher.assert_published("calls", line="hotline")


def test_assertions_know_a_retraction() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    with pytest.raises(AssertionError, match="taken back 0 times"):
        publisher.assert_taken_back("c1")
    publisher.publish(retraction(CALL))
    assert publisher.assert_taken_back("c1").corrects == "c1"


def test_assertions_know_a_retraction_of_other_content() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    publisher.publish(replace(retraction(CALL), city="nanjing"))
    with pytest.raises(AssertionError, match="differs"):
        publisher.assert_taken_back("c1")


def test_one_call_takes_back_and_one_corrects() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    right = publisher.amend(CALL, city="nanjing")
    publisher.assert_taken_back("c1")
    assert publisher.assert_published("calls", corrects="c1", sign=1) == right
    assert publisher.retract(right) == publisher.assert_taken_back(right.event_id)
    assert sum(each.sign for each in publisher.events("calls")) == 0


def test_nothing_is_taken_back_for_an_amendment_that_is_refused() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    with pytest.raises(InvalidEvent):
        publisher.amend(CALL, city="")
    assert publisher.events("calls") == [CALL]


def test_delivery_can_be_made_to_fail() -> None:
    publisher = RecordingPublisher()
    publisher.publish(CALL)
    publisher.refuse_delivery()
    with pytest.raises(DeliveryFailed) as caught:
        publisher.flush()
    assert caught.value.reasons == {"_MSG_TIMED_OUT": 1}
    assert (publisher.delivered, publisher.failed) == (0, 1)
    publisher.flush()


def test_a_closed_one_takes_nothing() -> None:
    publisher = RecordingPublisher()
    publisher.close()
    with pytest.raises(RuntimeError, match="closed"):
        publisher.publish(CALL)
