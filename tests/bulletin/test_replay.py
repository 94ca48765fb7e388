"""A replay is published once; cut off and done again, it has the same ids."""

import threading
from datetime import date
from pathlib import Path

import pytest
from folders import NOW, change, copy_of_september, only

from ningmai.settings import Settings
from producers import InvalidEvent, Statement
from producers.bulletin import Bulletin, OtherContent, read
from producers.bulletin.loaded import Loaded, shortened
from producers.bulletin.replay import Outcome, Stopped, replay
from producers.events import Event
from producers.interface import EventPublisher
from producers.testing import RecordingPublisher

NOTHING = Loaded(frozenset(), frozenset())


class Remembering(RecordingPublisher):
    """Remembers without encoding each event: thousands of them are not to take seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = RecordingPublisher()

    def publish(self, event: Event) -> None:
        self._waiting.append(event)

    def prepare(self, event: Event):  # type: ignore[no-untyped-def] # the parent's type
        self.checked.publish(event)
        return super().prepare(event)


@pytest.fixture
def bulletin(tmp_path: Path) -> Bulletin:
    folder = only(copy_of_september(tmp_path / "x"), "01a", "08")
    change(folder, "01a", lambda lines: lines.__delitem__(slice(2, 5)))
    return read(folder, now=NOW)


def run(
    bulletin: Bulletin,
    publisher: EventPublisher,
    before: Loaded = NOTHING,
    stop: threading.Event | None = None,
    speed: int | None = None,
) -> Outcome:
    settings = Settings(kafka="nowhere:1")
    return replay(bulletin, publisher, settings, speed, stop=stop, before=lambda _s, _m: before)


def test_a_replay_is_framed_by_statements_of_its_checksum(bulletin: Bulletin) -> None:
    publisher = Remembering()
    outcome = run(bulletin, publisher)
    first, last = publisher.published[0], publisher.published[-1]
    assert isinstance(first, Statement)
    assert isinstance(last, Statement)
    assert (first.figure, last.figure) == ("replay.started", "replay.completed")
    assert first.subject == last.subject == "2020-09"
    assert first.value == last.value == int(bulletin.checksum[:15], 16)
    assert (first.unit, first.as_of) == ("checksum", date(2020, 9, 30))
    assert publisher.in_flight == 0
    assert not outcome.already
    assert outcome.events == publisher.counts()["calls"] == 360 + 107 + 67 + 1565 + 1883


def test_event_ids_are_unique_and_depend_on_the_content_alone(bulletin: Bulletin) -> None:
    first, second = Remembering(), Remembering()
    run(bulletin, first)
    run(bulletin, second)
    ids = [event.event_id for event in first.published]
    assert len(set(ids)) == len(ids)
    assert first.published == second.published
    assert f"r2020-09-{bulletin.checksum[:8]}-c-1" in ids


def test_every_event_says_that_it_is_replayed_and_from_which_bulletin(bulletin: Bulletin) -> None:
    publisher = Remembering()
    run(bulletin, publisher)
    assert {(e.origin, e.source) for e in publisher.published} == {("replay", "bulletin-2020-09")}


def test_a_complete_replay_is_not_repeated(bulletin: Bulletin) -> None:
    mine = frozenset({shortened(bulletin.checksum)})
    publisher = Remembering()
    assert run(bulletin, publisher, Loaded(mine, mine)).already
    publisher.assert_nothing_published()


def test_a_replay_that_was_cut_off_is_done_again(bulletin: Bulletin) -> None:
    publisher = Remembering()
    outcome = run(
        bulletin, publisher, Loaded(frozenset({shortened(bulletin.checksum)}), frozenset())
    )
    assert not outcome.already
    assert publisher.counts()["calls"] == outcome.events


@pytest.mark.parametrize("completed", [True, False])
def test_a_month_loaded_with_other_content_is_refused_naming_both(
    bulletin: Bulletin, completed: bool
) -> None:
    other = frozenset({"0123456789abcde"})
    publisher = Remembering()
    with pytest.raises(OtherContent) as caught:
        run(bulletin, publisher, Loaded(other, other if completed else frozenset()))
    assert "0123456789abcde" in str(caught.value)
    assert shortened(bulletin.checksum) in str(caught.value)
    publisher.assert_nothing_published()


def test_a_stopped_replay_has_flushed_and_is_not_complete(bulletin: Bulletin) -> None:
    publisher, stop = Remembering(), threading.Event()
    stop.set()
    with pytest.raises(Stopped, match="same command") as caught:
        run(bulletin, publisher, stop=stop, speed=10_000)
    assert publisher.in_flight == 0
    assert 0 < publisher.counts()["calls"] == caught.value.sent < caught.value.total + 1
    assert "replay.completed" not in {
        e.figure for e in publisher.published if isinstance(e, Statement)
    }


def test_ctrl_c_flushes_what_was_sent(bulletin: Bulletin) -> None:
    class Interrupted(Remembering):
        def publish(self, event: Event) -> None:
            if self.counts()["calls"] == 100:
                raise KeyboardInterrupt
            super().publish(event)

    publisher = Interrupted()
    with pytest.raises(Stopped):
        run(bulletin, publisher)
    assert publisher.in_flight == 0


def test_a_name_that_may_not_be_sent_is_refused_before_anything_is(tmp_path: Path) -> None:
    folder = only(copy_of_september(tmp_path / "x"), "01a")
    change(folder, "01a", lambda lines: lines[3].__setitem__(0, "139" + "12345678"))
    publisher = Remembering()
    with pytest.raises(InvalidEvent):
        run(read(folder, now=NOW), publisher)
    publisher.assert_nothing_published()
