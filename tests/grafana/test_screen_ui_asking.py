import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clickhouse.errors import Unavailable
from grafana.screen.asking import parsed

UTC, SHANGHAI = ZoneInfo("UTC"), ZoneInfo("Asia/Shanghai")


def one(type_name: str, value: str) -> Any:
    body = f'{{"meta":[{{"name":"v","type":{json.dumps(type_name)}}}],"data":[[{value}]]}}'
    return parsed(body.encode(), UTC).columns[0].values[0]


@pytest.mark.parametrize(
    ("type_name", "written", "value"),
    [
        ("UInt64", "18446744073709551615", 18446744073709551615),
        ("Decimal(38, 2)", "12345678901234567890.12", Decimal("12345678901234567890.12")),
        ("Nullable(Decimal(18, 2))", "null", None),
        ("Float64", "1.5", 1.5),
        ("Nullable(Float64)", "null", None),
        ("LowCardinality(String)", '"南京"', "南京"),
        ("Date", '"2020-09-01"', date(2020, 9, 1)),
        ("Nullable(Date)", "null", None),
        (
            "DateTime('Asia/Shanghai')",
            '"2020-09-01 08:00:00"',
            datetime(2020, 9, 1, 8, tzinfo=SHANGHAI),
        ),
        ("DateTime", '"2020-09-01 00:00:00"', datetime(2020, 9, 1, tzinfo=UTC)),
        (
            "Nullable(DateTime64(3, 'Asia/Shanghai'))",
            '"2020-09-01 08:00:00.250"',
            datetime(2020, 9, 1, 8, 0, 0, 250_000, tzinfo=SHANGHAI),
        ),
        ("Bool", "true", True),
    ],
)
def test_values_keep_what_they_are(type_name: str, written: str, value: Any) -> None:
    found = one(type_name, written)
    assert found == value
    assert type(found) is type(value)


def test_an_answer_without_rows_has_its_columns() -> None:
    frame = parsed(b'{"meta":[{"name":"a","type":"String"}],"data":[]}', UTC)
    assert ([column.name for column in frame.columns], frame.rows) == (["a"], 0)


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    with pytest.raises(Unavailable, match="TIMEOUT_EXCEEDED"):
        parsed(b'{"meta":[],"data":[[1],Code: 159. DB::Exception: (TIMEOUT_EXCEEDED)', UTC)
