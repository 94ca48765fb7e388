"""What must hold of an event besides its Avro types: the data, once, and the check of one event.

``check`` is what publisher and worker both hold events to: its limits on time are given from
outside, so that the worker's verdict depends on the log alone. ``check_source`` is what only
publishers are held to, before anything reaches Kafka.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from schemas.errors import RuleBroken
from schemas.kinds import Kind

DAY_MS = 86_400_000
SHANGHAI_MS = 8 * 3_600_000
"""Asia/Shanghai is UTC+8 all year since 1991."""
EARLIEST_DAY = 10_957
"""2000-01-01, in days since 1970-01-01: no date is before it."""
EARLIEST_MS = EARLIEST_DAY * DAY_MS - SHANGHAI_MS
"""Start of that day in Asia/Shanghai: no event happened before it."""
AHEAD_MS = DAY_MS
"""How far after the append time (publisher: after now) an event may lie."""
AHEAD_DAYS = 1
"""How far after the append day in Asia/Shanghai a date of AHEAD_DATES may lie."""
AHEAD_DATES = frozenset({"business_date"})
"""Dates that AHEAD_DAYS bounds; the others may be any day from EARLIEST_DAY on."""
LONGEST = 64
"""Characters of an event_id or a source."""
TEXT_LENGTH = 200
"""Characters of any other text (check_source only)."""
SIGNS = (1, -1)
INT = (-(2**31), 2**31 - 1)
LONG = (-(2**63), 2**63 - 1)

# Digits beside a hexadecimal digit are part of a made-up id, such as a UUID, and no one's number.
_PERSONAL = re.compile(
    r"(?<![0-9a-f])(?:"
    r"(?:86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"  # mainland mobile
    r"|[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]"  # ID card
    r")(?![0-9a-f])",
    re.IGNORECASE,
)

Check = Callable[[Any], None]


def append_day(now_ms: int) -> int:
    """Day in Asia/Shanghai, in days since 1970-01-01, of a time in UTC milliseconds."""
    return (now_ms + SHANGHAI_MS) // DAY_MS


def date_fields(of: Kind) -> tuple[str, ...]:
    """The fields of a kind that are dates (days since 1970-01-01), in order."""
    return tuple(
        field["name"]
        for field in of.schema()["fields"]
        if isinstance(field["type"], dict) and field["type"].get("logicalType") == "date"
    )


def check(of: Kind, event: Mapping[str, Any], now_ms: int) -> None:
    """Holds one event, in the form that decoding gives it, to the types and rules of its kind.

    ``now_ms`` is the append time of its record in UTC milliseconds; before there is one, now.
    Raises RuleBroken for the first rule broken: field by field, then the fields together.
    """
    checks = field_checks(of)
    for field, check_value in checks.items():
        if field not in event:
            raise RuleBroken(field, "required", "缺少字段")
        check_value(event[field])
    if len(event) != len(checks):
        extra = min(event.keys() - checks.keys())
        raise RuleBroken(extra, "unknown_field", "模式中没有该字段")
    check_retraction(event["sign"], event["corrects"])
    check_not_ahead(event["occurred_at"], now_ms)
    for field in AHEAD_DATES & event.keys():
        check_day_not_ahead(field, event[field], now_ms)


def check_source(event: Mapping[str, Any]) -> None:
    """Holds an event to what only publishers are held to: no personal data, no endless texts.

    Raises RuleBroken, which never repeats the value refused.
    """
    for field, value in event.items():
        check_source_field(field, value)


def check_source_field(field: str, value: object) -> None:
    """The same for one field, which has the right type already."""
    for text in _texts(value):
        _check_encodable(field, text)
        if len(text) > TEXT_LENGTH:
            raise RuleBroken(field, "too_long", f"不得超过 {TEXT_LENGTH} 个字符")
        check_personal(field, text if text.isascii() else unicodedata.normalize("NFKC", text))
    if field == "corrects" and isinstance(value, str):
        check_id(field, value)


def check_personal(field: str, text: str) -> None:
    """Refuses a text that looks like a mobile or identity card number, written in ASCII."""
    if _PERSONAL.search(text):
        raise RuleBroken(field, "personal", "内容像手机号码或身份证号码：事件中不得含有个人信息")


def check_id(field: str, value: str) -> None:
    """Holds an id to its rule: 1 to 64 printable ASCII characters."""
    if not (0 < len(value) <= LONGEST and value.isascii() and value.isprintable()):
        raise RuleBroken(field, "id", f"须为 1 至 {LONGEST} 个可打印的 ASCII 字符")


def check_occurred(value: Any) -> None:
    """Holds a time to its type and its earliest, which no clock is needed for."""
    if type(value) is not int:
        raise RuleBroken("occurred_at", "type", "须为整数：UTC 毫秒时间戳")
    if value < EARLIEST_MS:
        raise RuleBroken("occurred_at", "too_early", "发生时间不得早于 2000-01-01")


def check_retraction(sign: int, corrects: str | None) -> None:
    """A retraction names what it takes back."""
    if sign == -1 and corrects is None:
        raise RuleBroken("corrects", "needed", "冲正事件（sign=-1）必须写明被冲正事件的 event_id")


def check_not_ahead(occurred_at: int, now_ms: int) -> None:
    """Nothing has happened a day after now."""
    if occurred_at > now_ms + AHEAD_MS:
        raise RuleBroken("occurred_at", "too_late", "发生时间不得晚于当前时间一天以上")


def check_day_not_ahead(field: str, day: int, now_ms: int) -> None:
    """A date of AHEAD_DATES is tomorrow at the latest."""
    if day > append_day(now_ms) + AHEAD_DAYS:
        raise RuleBroken(field, "too_late", "日期不得晚于明天")


def _check_encodable(field: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RuleBroken(field, "unicode", "含有无法编码为 UTF-8 的字符") from None


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


@cache
def field_checks(of: Kind) -> dict[str, Check]:
    """One check for each field of the newest version, in order; each raises RuleBroken."""
    return {
        field["name"]: _check_of(field["name"], field["type"], of.minimum.get(field["name"]))
        for field in of.schema()["fields"]
    }


def _check_of(field: str, avro: Any, minimum: int | None) -> Check:
    """The check of one field, by its Avro type and its name."""
    if field == "occurred_at":
        return check_occurred
    if field == "sign":
        return _check_sign
    if isinstance(avro, list):
        inner = _check_of(field, next(branch for branch in avro if branch != "null"), minimum)
        return lambda value: None if value is None else inner(value)
    if isinstance(avro, str):
        return _check_of_primitive(field, avro, minimum)
    if avro["type"] == "enum":
        return _check_symbol(field, frozenset(avro["symbols"]))
    if avro["type"] == "array":
        return _check_items(field, _check_of(field, avro["items"], None))
    if avro["type"] == "record":
        return _check_record(field, avro["fields"])
    if avro.get("logicalType") == "date":
        return _check_day(field)
    return _check_of_primitive(field, avro["type"], minimum)


def _check_of_primitive(field: str, avro: str, minimum: int | None) -> Check:
    if avro == "string":
        return _check_string(field)
    if avro == "boolean":
        return _check_boolean(field)
    low, high = INT if avro == "int" else LONG
    if minimum is None:
        return _check_number(field, low, high, ("range", "数值超出范围"))
    return _check_number(field, minimum, high, ("minimum", f"不得小于 {minimum}"))


def _check_string(field: str) -> Check:
    def check_value(value: Any) -> None:
        if type(value) is not str:
            raise RuleBroken(field, "type", "须为字符串")
        if not value:
            raise RuleBroken(field, "empty", "不得为空字符串；未知或没有时填 null")
        if field == "source" and len(value) > LONGEST:
            raise RuleBroken(field, "too_long", f"不得超过 {LONGEST} 个字符")
        if field == "event_id":
            check_id(field, value)

    return check_value


def _check_boolean(field: str) -> Check:
    def check_value(value: Any) -> None:
        if type(value) is not bool:
            raise RuleBroken(field, "type", "须为布尔值")

    return check_value


def _check_number(field: str, low: int, high: int, below: tuple[str, str]) -> Check:
    def check_value(value: Any) -> None:
        if type(value) is not int:
            raise RuleBroken(field, "type", "须为整数")
        if value < low:
            raise RuleBroken(field, *below)
        if value > high:
            raise RuleBroken(field, "range", "数值超出范围")

    return check_value


def _check_day(field: str) -> Check:
    def check_value(value: Any) -> None:
        if type(value) is not int or value > INT[1]:
            raise RuleBroken(field, "type", "须为日期（自 1970-01-01 起的天数）")
        if value < EARLIEST_DAY:
            raise RuleBroken(field, "too_early", "日期不得早于 2000-01-01")

    return check_value


def _check_symbol(field: str, symbols: frozenset[str]) -> Check:
    def check_value(value: Any) -> None:
        if type(value) is not str or value not in symbols:
            raise RuleBroken(field, "symbol", f"须为以下之一：{'、'.join(sorted(symbols))}")

    return check_value


def _check_items(field: str, check_item: Check) -> Check:
    def check_value(value: Any) -> None:
        if not isinstance(value, list | tuple):
            raise RuleBroken(field, "type", "须为列表")
        for item in value:
            check_item(item)

    return check_value


def _check_record(field: str, fields: list[dict[str, Any]]) -> Check:
    checks = {
        each["name"]: _check_of(f"{field}.{each['name']}", each["type"], None) for each in fields
    }

    def check_value(value: Any) -> None:
        if not isinstance(value, Mapping) or value.keys() != checks.keys():
            raise RuleBroken(field, "type", f"须为含有 {'、'.join(checks)} 的记录")
        for name, check_part in checks.items():
            check_part(value[name])

    return check_value


def _check_sign(value: Any) -> None:
    if type(value) is not int or value not in SIGNS:
        raise RuleBroken("sign", "sign", "须为 1（发生）或 -1（冲正）")
