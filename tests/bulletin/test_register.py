"""A printed name is an institution of the register, or a provisional one; never guessed."""

import hashlib

import pytest

from producers.register import Institution, Register, normal, register
from schemas.catalogue import catalogue


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江苏省级机关医院", "江苏省省级机关医院"),
        ("南京江北人民医院", "南京市江北人民医院"),
        ("东部战区总医院(秦淮医疗区)", "中国人民解放军东部战区总医院秦淮医疗区"),
        ("东部战区总医院（秦淮医疗区） ", "中国人民解放军东部战区总医院秦淮医疗区"),
        ("中国医学科学院皮肤病研究所", "中国医学科学院皮肤病医院"),
        ("上海梅山医院", "南京梅山医院"),
    ],
)
def test_names_of_one_institution_resolve_to_it(one: str, other: str) -> None:
    assert register().resolve(one) is register().resolve(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南京鼓楼医院", "南京鼓楼医院江北国际医院"),
        ("东部战区总医院", "东部战区总医院(秦淮医疗区)"),
        ("东部战区总医院", "东部战区总医院汤山分院"),
        ("江苏省中西医结合医院", "南京市中西医结合医院"),
    ],
)
def test_campuses_and_namesakes_are_institutions_of_their_own(one: str, other: str) -> None:
    first, second = register().resolve(one), register().resolve(other)
    assert first.code != second.code
    assert not first.provisional
    assert not second.provisional


def test_an_unknown_name_is_provisional_with_a_code_of_its_own() -> None:
    one = register().resolve("鼓楼医院")
    assert one.provisional
    assert one.code == "P" + hashlib.sha256("鼓楼医院".encode()).hexdigest()[:10]
    assert one == register().resolve("鼓楼医院")


def test_only_width_spaces_and_brackets_are_made_alike() -> None:
    assert normal(" 南京市江宁医院（湖山路） ") == normal("南京市江宁医院〔湖山路〕")
    assert normal("南京市第一医院") != normal("南京第一医院")


def test_districts_have_the_codes_of_the_catalogue() -> None:
    assert register().resolve("玄武区").code == "D320102"
    assert {one.code for one in register().districts} == set(catalogue().lists["districts"])


def test_a_district_of_the_register_is_one_of_the_catalogue() -> None:
    named = {one.district for one in register().institutions} - {None}
    assert named <= set(catalogue().lists["districts"])


def test_a_register_in_which_a_name_is_two_institutions_is_refused() -> None:
    with pytest.raises(ValueError, match="甲"):
        Register([Institution("H1", "甲"), Institution("H2", "乙", ("甲",))])


def test_a_label_is_its_own_code_where_it_has_none() -> None:
    assert catalogue().code("cities", "苏州") == "suzhou"
    assert catalogue().code("cities", "上海") == "上海"
    assert catalogue().label("cities", "上海") == "上海"


def test_no_list_pairs_two_codes_with_one_label() -> None:
    for pairs in catalogue().lists.values():
        assert len(set(pairs.values())) == len(pairs)
