"""ClickHouse over HTTP, with errors sorted by what must be done about them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError as DriverError
from clickhouse_connect.driver.exceptions import DataError, NotSupportedError, ProgrammingError
from urllib3.exceptions import HTTPError

from clickhouse.errors import Refused, Unavailable
from ningmai.settings import Settings

CODE = re.compile(r"Code: (\d+)")
# What the driver refuses to send: no other try makes the data fit.
OURS = (DataError, ProgrammingError, NotSupportedError)
# Codes that say nothing about the request, only that now is a bad time.
LATER = frozenset(
    {
        3,  # UNEXPECTED_END_OF_FILE: cut off on the way
        159,  # TIMEOUT_EXCEEDED
        160,  # TOO_SLOW
        202,  # TOO_MANY_SIMULTANEOUS_QUERIES
        203,  # NO_FREE_CONNECTION
        209,  # SOCKET_TIMEOUT
        210,  # NETWORK_ERROR
        225,  # NO_ZOOKEEPER
        236,  # ABORTED
        241,  # MEMORY_LIMIT_EXCEEDED
        242,  # TABLE_IS_READ_ONLY
        243,  # NOT_ENOUGH_SPACE
        252,  # TOO_MANY_PARTS
        279,  # ALL_CONNECTION_TRIES_FAILED
        285,  # TOO_FEW_LIVE_REPLICAS
        286,  # UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
        319,  # UNKNOWN_STATUS_OF_INSERT
        394,  # QUERY_WAS_CANCELLED
        439,  # CANNOT_SCHEDULE_TASK
        999,  # KEEPER_EXCEPTION
    }
)


def connect(settings: Settings, user: str = "ningmai", answer_seconds: int = 300) -> Client:
    """A client of one user, in the installation's database, without a session.

    A request that nothing is heard of for ``answer_seconds`` is given up: Unavailable. Of the
    server nothing is asked yet beyond the client's own greeting. Raises Unavailable.
    """
    passwords = {"analyst": settings.analyst_password, "grafana": settings.grafana_password}
    name = user if user in passwords else settings.clickhouse_user
    with errors_sorted():
        client = clickhouse_connect.get_client(
            dsn=settings.clickhouse_url,
            username=name,
            password=passwords.get(user, settings.clickhouse_password),
            database="default",
            autogenerate_session_id=False,
            query_retries=0,
            compress=False,
            send_receive_timeout=answer_seconds,
        )
    # Only now: the greeting would fail on a server where nothing is migrated yet.
    client.database = settings.database
    return client


@contextmanager
def errors_sorted() -> Iterator[None]:
    """Turns what the driver raises into Unavailable (try again) or Refused (the data's fault)."""
    try:
        yield
    except (DriverError, HTTPError, OSError) as error:
        found = CODE.search(str(error))
        code = int(found[1]) if found else 0
        if isinstance(error, OURS) or (code and code not in LATER):
            raise Refused(str(error), code) from error
        raise Unavailable(str(error)) from error
