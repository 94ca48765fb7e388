"""What a printed cell says. Each parser raises ValueError, saying what it expected."""

import re
from typing import NamedTuple

_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.([0-9]{2})")
_DECLARED = re.compile(r"([^/]*)/([^/]*)")
_NAMED = re.compile(r"(.*[^0-9])([0-9]+)份")
_SCALED = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,8}))?")
YI = 8
"""亿 is ten to the power of eight."""


class Declared(NamedTuple):
    """Tables that an organisation declared (None: no answer), and tables required of it."""

    declared: int | None
    required: int


class Named(NamedTuple):
    """One of the top three: who, and how many reports."""

    name: str
    reports: int


class Scaled(NamedTuple):
    """A rounded figure: digits, in units of ten to the power of ``exponent``."""

    digits: int
    exponent: int


def number(text: str) -> int:
    """A whole number, 0 or more, in plain digits."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a whole number of at most 15 digits")
    return int(text)


def amount(text: str) -> int:
    """Fen of an amount in yuan, printed with two decimals."""
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not an amount in yuan with two decimals")
    return int(match[1]) * 100 + int(match[2])


def declared(text: str) -> Declared:
    """``52/129`` or ``未反馈/83``."""
    match = _DECLARED.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not tables declared/required, like 52/129 or 未反馈/83")
    return Declared(None if match[1] == "未反馈" else number(match[1]), number(match[2]))


def named(text: str) -> Named:
    """``江苏省人民医院31403份``."""
    match = _NAMED.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a name, a number and 份")
    return Named(match[1], number(match[2]))


def districts(text: str) -> tuple[str, ...]:
    """``鼓楼区、玄武区``; nothing or 无: none."""
    if text in ("", "无"):
        return ()
    names = tuple(name.strip() for name in text.split("、"))
    if "" in names or len(set(names)) < len(names):
        raise ValueError(f"{text!r} is not a list of different districts, separated by 、")
    return names


def yi(text: str) -> Scaled:
    """A figure in 亿 with the precision it is printed with: 71.0 is 710 times ten to the 7."""
    match = _SCALED.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a number of 亿 with at most eight decimals")
    decimals = match[2] or ""
    return Scaled(int(match[1] + decimals), YI - len(decimals))
