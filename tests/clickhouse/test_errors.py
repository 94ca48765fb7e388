"""Whose fault it is that ClickHouse refuses something."""

import pytest

from clickhouse.errors import Refused


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (748, "avro::Exception: EOF reached. (AVRO_EXCEPTION)"),
        (1001, "std::exception. Code: 1001, type: avro::Exception (STD_EXCEPTION)"),
        (321, "Value is out of range (VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE)"),
    ],
)
def test_what_no_other_try_would_take_is_the_datas_fault(code: int, message: str) -> None:
    assert Refused(message, code).about_data


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (1001, "filesystem error: in create_directories: Operation not permitted"),
        (1001, "std::system_error: Too many open files"),
        (60, "Unknown table (UNKNOWN_TABLE)"),
        (497, "Not enough privileges (ACCESS_DENIED)"),
    ],
)
def test_a_disk_a_table_or_a_grant_is_no_events_fault(code: int, message: str) -> None:
    assert not Refused(message, code).about_data
