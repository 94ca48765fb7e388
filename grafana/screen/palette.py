"""Colours: of series, and those that dashboards call by name."""

BLUE, ORANGE, GREEN, YELLOW = "#56B4E9", "#E69F00", "#00A37A", "#F0E442"
RED, PINK, GREY, WHITE = "#E8602C", "#CC79A7", "#9AA0A6", "#F4F5F7"
# The dashboards' own, in whose module there is what only those who build them have installed.
PALETTE = (BLUE, ORANGE, GREEN, PINK, YELLOW, RED, GREY, WHITE)
NAMED = {
    "blue": BLUE,
    "orange": ORANGE,
    "green": GREEN,
    "yellow": YELLOW,
    "red": RED,
    "purple": PINK,
    "gray": GREY,
    "grey": GREY,
    "white": WHITE,
    "black": "#111217",
    "transparent": "transparent",
}


def colour(name: str) -> str | None:
    """What a browser calls a colour of a dashboard: ``#E8602C``, ``red``, ``semi-dark-red``.

    None for ``text``, which is the colour of all text.
    """
    if name == "text":
        return None
    return NAMED.get(name.rpartition("-")[2], name)
