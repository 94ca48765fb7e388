"""Which values a viewer's choice gives each variable, and which there are to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass

from grafana.screen.answers import Answer, Answers
from grafana.screen.board import Board, Option
from grafana.screen.macros import expand
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import Chosen, chosen, options, ordered
from grafana.screen.wanted import Wanted

INTERVAL_SECONDS = 60
"""Of ``$__interval`` in a variable's query, which has no width."""

SCREEN = "screen"
"""The variable that holds the live screen's address: nothing, on the live screen itself."""


@dataclass(frozen=True)
class Choices:
    """By variable: what may be chosen, and what is."""

    options: Mapping[str, tuple[Option, ...]]
    values: Mapping[str, Chosen]


async def choose(
    board: Board, wanted: Wanted, range: TimeRange, answers: Answers, not_before: float
) -> Choices:
    """Asks for the options of query variables, in the order in which they need one another.

    Raises BadMacro, Unquoted or Circular where the dashboard has to be mended.
    """
    found: dict[str, tuple[Option, ...]] = {}
    values: dict[str, Chosen] = {}
    for variable in ordered(board.variables):
        if variable.name == SCREEN:
            found[SCREEN], values[SCREEN] = (), Chosen(("",), ("",))
            continue
        rows: list[tuple[object, ...]] = []
        if variable.kind == "query":
            sql = expand(variable.query, range, INTERVAL_SECONDS, values)
            question = (board.uid, variable.name, wanted.start, wanted.end, *values.values())
            rows = _rows(await answers.ask(sql, not_before, question))
        found[variable.name] = options(variable, rows)
        asked = wanted.variables.get(variable.name)
        values[variable.name] = chosen(variable, found[variable.name], asked)
    return Choices(found, values)


def _rows(answer: Answer) -> list[tuple[object, ...]]:
    if answer.frame is None:
        return []
    return list(zip(*(column.values for column in answer.frame.columns), strict=True))
