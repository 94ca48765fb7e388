"""What a source system is told: this event is wrong, or these did not get through."""

from collections.abc import Mapping, Sequence

from schemas.errors import RuleBroken


class InvalidEvent(Exception):
    """Reject: an event breaks a rule of its kind; nothing of it has been sent.

    ``field`` and ``rule`` are stable codes for programs, ``detail`` says in Chinese what to mend.
    The message never holds the value refused.
    """

    def __init__(self, kind: str, broken: RuleBroken) -> None:
        super().__init__(f"{kind}.{broken.field} [{broken.rule}]：{broken.detail}")
        self.kind = kind
        self.field = broken.field
        self.rule = broken.rule
        self.detail = broken.detail


class DeliveryFailed(Exception):
    """Retry: events were accepted, and Kafka did not confirm them in the time given.

    Publish everything since the last good ``flush`` again, with the same event ids: what did get
    through counts once. ``reasons`` counts the failures by Kafka's error name, ``first`` names the
    first events concerned by their Kafka key.
    """

    def __init__(self, delivered: int, reasons: Mapping[str, int], first: Sequence[str]) -> None:
        self.delivered = delivered
        self.failed = sum(reasons.values())
        self.reasons = dict(reasons)
        self.first = tuple(first)
        why = "，".join(f"{reason} {count} 条" for reason, count in self.reasons.items())
        super().__init__(
            f"{self.failed} 条事件未能送达（已送达 {delivered} 条）：{why}；"
            f"最先失败的：{'、'.join(self.first)}。"
            "请用原来的 event_id 重新发布上次 flush 成功之后的全部事件，重复的只计一次。"
        )
