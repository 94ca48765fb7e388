"""Sums that must hold, and which single cell is to blame where several of them don't.

An equation says that its left side (one cell) is the sum of its right side. Where one does not
hold, the left side is reported. Where a single cell, changed by a single amount, would mend two or
more that don't hold and breaks none that does, that cell is reported instead: a changed booking
breaks its row's 小计 and its column's 合计 by the same amount, and stands where the two cross.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ningmai.proof.finding import WRONG, Finding, Place, figure, gap


@dataclass(frozen=True, slots=True)
class Equation:
    """``left`` = Σ ``right`` + ``constant``, but for ``within`` (where figures are rounded)."""

    rule: str
    left: tuple[Place, Decimal]
    right: Mapping[Place, Decimal]
    reason: str
    """What the right side is, in Chinese, as it goes into the message."""
    constant: Decimal = Decimal(0)
    within: Decimal = Decimal(0)

    @property
    def proved(self) -> Decimal:
        """What the left side must be."""
        return sum(self.right.values(), self.constant)

    @property
    def residual(self) -> Decimal:
        """By how much the left side is too high; 0 where the equation holds."""
        over = self.left[1] - self.proved
        return over if abs(over) > self.within else Decimal(0)

    def coefficients(self) -> Iterator[tuple[Place, int, Decimal]]:
        """Each cell with how it moves the residual, and what it holds."""
        yield (self.left[0], 1, self.left[1])
        yield from ((place, -1, value) for place, value in self.right.items())


@dataclass(frozen=True, slots=True)
class Blamed:
    """A cell that explains several equations that don't hold."""

    place: Place
    printed: Decimal
    excess: Decimal
    explains: tuple[Equation, ...]


def unbalanced(equations: Sequence[Equation]) -> list[Finding]:
    """A finding for each cell that explains several equations, and for each that none explains."""
    broken = [one for one in equations if one.residual]
    blamed = list(_blame(equations, broken))
    explained = {id(one) for cell in blamed for one in cell.explains}
    return [
        *map(_of_cell, blamed),
        *(_of_equation(one) for one in broken if id(one) not in explained),
    ]


def _blame(equations: Iterable[Equation], broken: Sequence[Equation]) -> Iterator[Blamed]:
    """The cells that explain most equations first; each equation is explained once."""
    left = {id(one) for one in broken}
    candidates = sorted(
        _candidates(equations), key=lambda cell: (-len(cell.explains), -_lefts(cell))
    )
    for cell in candidates:
        if all(id(one) in left for one in cell.explains):
            left -= {id(one) for one in cell.explains}
            yield cell


def _lefts(cell: Blamed) -> int:
    """In how many equations the cell is the left side: a sum is blamed before a part of it."""
    return sum(one.left[0] == cell.place for one in cell.explains)


def _candidates(equations: Iterable[Equation]) -> Iterator[Blamed]:
    """Cells of which no equation holds, and two or more are broken by one and the same amount."""
    held: dict[Place, list[tuple[Equation, int]]] = defaultdict(list)
    printed: dict[Place, Decimal] = {}
    for equation in equations:
        for place, sign, value in equation.coefficients():
            held[place].append((equation, sign))
            printed[place] = value
    for place, uses in held.items():
        by_excess: dict[Decimal, list[Equation]] = defaultdict(list)
        for equation, sign in uses:
            by_excess[equation.residual * sign].append(equation)
        excess, explains = max(by_excess.items(), key=lambda one: len(one[1]))
        if Decimal(0) not in by_excess and len(explains) > 1:
            yield Blamed(place, printed[place], excess, tuple(explains))


def _of_cell(cell: Blamed) -> Finding:
    proved = cell.printed - cell.excess
    reasons = "；".join(_clause(one) for one in cell.explains)
    return Finding(
        cell.place,
        cell.explains[0].rule,
        WRONG,
        figure(cell.printed),
        figure(proved),
        gap(cell.printed, proved),
        f"{cell.place}为{figure(cell.printed)}，应为{figure(proved)}：{reasons}。",
        tuple(one.left[0] for one in cell.explains if one.left[0] != cell.place),
    )


def _clause(equation: Equation) -> str:
    place, value = equation.left
    return f"{place}（{figure(value)}）与{equation.reason}（{figure(equation.proved)}）不符"


def _of_equation(equation: Equation) -> Finding:
    (place, printed), proved = equation.left, equation.proved
    difference = gap(printed, proved)
    return Finding(
        place,
        equation.rule,
        WRONG,
        figure(printed),
        figure(proved),
        difference,
        f"{place}为{figure(printed)}，而{equation.reason}为{figure(proved)}，相差{difference}。",
        tuple(equation.right) if len(equation.right) == 1 else (),
    )
