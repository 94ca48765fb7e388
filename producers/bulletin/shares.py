"""Splits of a total into whole parts that add up to it again."""

from collections.abc import Sequence


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of ``total`` in proportion to the weights, rounded down; the rest is on the last."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    parts[-1] += total - sum(parts)
    return parts


def evenly(total: int, parts: int) -> list[int]:
    """``parts`` parts that differ by one at most, the larger ones first."""
    base, rest = divmod(total, parts)
    return [base + 1] * rest + [base] * (parts - rest)


def within(total: int, room: Sequence[int]) -> list[int]:
    """Parts of ``total`` in proportion to the room that each place has, none above its room.

    ``total`` is at most the sum of the room.
    """
    if not total:
        return [0] * len(room)
    whole = sum(room)
    parts = [total * space // whole for space in room]
    rest = total - sum(parts)
    for place, space in enumerate(room):
        more = min(rest, space - parts[place], 1)
        parts[place] += more
        rest -= more
    return parts
