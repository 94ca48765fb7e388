"""ClickHouse over HTTP, with errors sorted by what must be done about them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError as DriverError
from urllib3.exceptions import HTTPError

from clickhouse.errors import Refused, Unavailable
from ningmai.settings import Settings

CODE = re.compile(r"Code: (\d+)")


def connect(settings: Settings, user: str = "ningmai") -> Client:
    """A client of one user, in the installation's database, without a session.

    Nothing is asked of the server yet beyond the client's own greeting. Raises Unavailable.
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
        if found is None:
            raise Unavailable(str(error)) from error
        raise Refused(str(error), int(found[1])) from error
