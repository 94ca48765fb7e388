"""Which figure a name means."""

import pytest

from ningmai.errors import Problem
from ningmai.explaining import choose
from ningmai.explaining.figures import figures
from producers.bulletin import read

KNOWN = figures(read("2020-09"), {("02", "南京鼓楼医院"): "H001"})


def chosen(asked: str) -> str:
    return choose(asked, KNOWN)[0].address


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("电话预约", "01a / 电话预约 / 数量"),
        ("合计 / 电话预约", "02 / 合计 / 电话预约"),
        ("合计 / phone", "02 / 合计 / 电话预约"),
        ("小计", "02 / 合计 / 小计"),
        ("02 / 南京鼓楼医院 / 诊间预约", "02 / 南京鼓楼医院 / 诊间预约"),
        ("表02，H001，clinic", "02 / 南京鼓楼医院 / 诊间预约"),
        ("南京鼓楼医院 / 诊间预约", "02 / 南京鼓楼医院 / 诊间预约"),
        ("共受理咨询电话", "01a / 共受理咨询电话 / 数量"),
        ("booking", "01a / 电话预约 / 数量"),
        ("南京", "01b / 南京 / 电话量（人次）"),
        ("bookings.total", "08 / 截止9月底总预约挂号量 / 数值"),
        ("ecg / report", "07 / 远程心电监测诊断平台 / 采集心电病例（份）"),
        ("采集心电病例(份)", "07 / 远程心电监测诊断平台 / 采集心电病例（份）"),
        ("健康档案累计上传总量/基本信息", "04 / 合计 / 健康档案累计上传总量/基本信息"),
    ],
)
def test_a_figure_goes_by_the_names_that_a_reader_has_for_it(asked: str, address: str) -> None:
    assert chosen(asked) == address


def test_every_figure_is_found_by_its_address() -> None:
    assert [choose(figure.address, KNOWN)[0] for figure in KNOWN] == KNOWN


def test_a_name_of_several_lists_them() -> None:
    with pytest.raises(Problem, match="远程临检诊断平台 / 累计接入医疗机构") as caught:
        choose("累计接入医疗机构（家）", KNOWN)
    assert "4 figures" in caught.value.message


@pytest.mark.parametrize(
    ("asked", "near"),
    [("接入医疗机构", "累计接入医疗机构（家）"), ("鼓楼医院 / 电话预定", "电话预约")],
)
def test_a_name_of_none_suggests_what_looks_like_it(asked: str, near: str) -> None:
    with pytest.raises(Problem) as caught:
        choose(asked, KNOWN)
    assert near in caught.value.hint


def test_a_total_sums_its_rows_and_no_work_orders() -> None:
    by_address = {figure.address: figure for figure in KNOWN}
    assert by_address["01a / 共受理咨询电话 / 数量"].text == "89379"
    assert by_address["02 / 合计 / 电话预约"].text == "45930"
