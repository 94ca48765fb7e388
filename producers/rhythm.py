"""When things happen: plausible weights of the hours and weekdays, for replay and simulation.

Nothing printed says when in a month an event happened; these are invented, and only totals of the
printed periods mean anything in a replay. Whole numbers, so that every machine draws alike.
"""

from collections.abc import Mapping

Weights = tuple[int, ...]

HOURS: Mapping[str, Weights] = {
    # a hotline that never closes, busiest in office hours
    "calls": (
        2,
        1,
        1,
        1,
        1,
        2,
        5,
        15,
        40,
        50,
        48,
        35,
        22,
        35,
        42,
        40,
        36,
        26,
        18,
        15,
        13,
        10,
        6,
        4,
    ),
    # appointments are released in the morning; apps are used in the evening
    "bookings": (
        *(2, 1, 1, 1, 1, 3, 15, 50, 60, 48, 40, 28),
        *(22, 26, 32, 30, 26, 22, 20, 22, 22, 18, 10, 5),
    ),
    # working hours of wards and laboratories, a little by night
    "telemedicine": (
        *(2, 2, 2, 2, 2, 3, 6, 20, 50, 60, 56, 40),
        *(20, 30, 48, 50, 42, 24, 8, 5, 4, 3, 3, 2),
    ),
    # kiosks stand in halls that open at six and close at eight in the evening
    "kiosk_transactions": (
        *(0, 0, 0, 0, 0, 0, 6, 45, 70, 68, 58, 32),
        *(14, 34, 48, 40, 26, 10, 4, 2, 0, 0, 0, 0),
    ),
    # the last transaction of a month, which has what an even split leaves over
    "closing": (*[0] * 20, 1, *[0] * 3),
    # the platform's nightly load, done by nine
    "uploads": (0, 0, 0, 0, 0, 20, 40, 30, 10, *[0] * 15),
}
"""Weight of each hour of the day in Asia/Shanghai, from midnight."""

WEEKDAYS: Mapping[str, Weights] = {
    "calls": (112, 106, 104, 102, 102, 84, 78),
    "bookings": (120, 108, 104, 102, 104, 82, 76),
    "telemedicine": (115, 110, 108, 106, 104, 62, 48),
    "kiosk_transactions": (124, 112, 106, 104, 104, 66, 50),
    "uploads": (100, 100, 100, 100, 100, 70, 60),
}
"""Weight of each day of the week, from Monday; their mean is about 100."""
