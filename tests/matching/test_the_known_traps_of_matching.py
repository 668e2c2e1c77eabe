"""The cases that linkage gets wrong: relatives, borrowed papers, spellings, half-known dates, slips in numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.matching.compare import compare
from gateway.matching.decide import Decision, decide
from gateway.matching.normalise import comparable
from gateway.matching.thresholds import thresholds
from gateway.records.dates import PartialDate
from gateway.records.identifiers import check
from gateway.records.person import Document, Name, Person, Sex

LIMITS = thresholds(None, 100_000)
"""A node that knows a hundred thousand descriptions."""


def judge(one: Person, other: Person, rival: Person | None = None) -> Decision:
    left = comparable(one)
    second = compare(left, comparable(rival)) if rival else None
    return decide(compare(left, comparable(other)), second, limits=LIMITS)


@pytest.fixture
def hasan() -> Person:
    """A man known by name, father, day, place and passport, without a personal number."""
    return Person(
        ref="1",
        names=(Name("Турсунов", "Хасан", "Абдуллаевич", script="Cyrl", language="ru"),),
        birth_date=PartialDate(1990, 4, 17),
        sex=Sex.MALE,
        citizenships=("UZB",),
        birth_country="UZB",
        birth_place="Наманган",
        documents=(Document("UZB", "PASSPORT", "7654321", "AB"),),
    )


@pytest.fixture
def wife() -> Person:
    return Person(
        ref="2",
        names=(Name("Каримова", "Нигора", "Шавкатовна"),),
        birth_date=PartialDate(1988, 9, 3),
        sex=Sex.FEMALE,
        citizenships=("UZB",),
        birth_country="UZB",
        birth_place="Самарканд",
        documents=(Document("UZB", "PASSPORT", "1112223", "AA"),),
    )


# --- Relatives -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Хусан", "Хусейн", "Фатхулла"])
def test_a_twin_whose_passport_is_the_next_one_is_never_linked(hasan: Person, name: str) -> None:
    twin = replace(
        hasan,
        names=(Name("Турсунов", name, "Абдуллаевич"),),
        documents=(Document("UZB", "PASSPORT", "7654322", "AB"),),
    )
    assert judge(hasan, twin).verdict != "positive"


def test_a_twin_in_another_script_is_never_linked(hasan: Person) -> None:
    twin = replace(hasan, names=(Name("Tursunov", "Husan", "Abdulla oʻgʻli"),), documents=())
    assert judge(hasan, twin).verdict != "positive"


def test_twins_of_both_sexes_are_two_people(hasan: Person) -> None:
    sister = replace(hasan, names=(Name("Турсунова", "Зухра", "Абдуллаевна"),), sex=Sex.FEMALE, documents=())
    assert judge(hasan, sister).verdict == "none"


def test_father_and_son_of_one_name_in_one_household_are_two_people(hasan: Person) -> None:
    son = replace(hasan, names=(Name("Турсунов", "Хасан", "Хасанович"),), birth_date=PartialDate(2014, 4, 17))
    assert judge(hasan, replace(son, documents=())) == Decision("none", "green", ("generations",))
    # Entered in his father's passport: a human must see that two people share it.
    assert judge(hasan, son).reasons[:2] == ("borrowed", "generations")


def test_a_child_in_its_mothers_passport_goes_to_a_human(wife: Person) -> None:
    child = Person(
        "3", (Name("Каримова", "Лола"),), PartialDate(2019, 1, 5), Sex.FEMALE, ("UZB",), documents=wife.documents
    )
    decision = judge(wife, child)
    assert (decision.verdict, decision.reasons[0]) == ("candidate", "borrowed")


def test_a_namesake_born_on_another_day_is_never_linked(hasan: Person) -> None:
    other = replace(hasan, birth_date=PartialDate(1990, 11, 2), documents=(), birth_place="")
    assert judge(hasan, other).verdict != "positive"


# --- A wife's old and new family name ------------------------------------------------------------------------


def test_a_new_family_name_with_new_papers_goes_to_a_human(wife: Person) -> None:
    renamed = replace(
        wife,
        names=(Name("Рахимова", "Нигора", "Шавкатовна"),),
        documents=(Document("UZB", "PASSPORT", "9998887", "AC"),),
    )
    decision = judge(wife, renamed)
    assert decision.verdict == "candidate"
    assert "contradiction" in decision.reasons


def test_a_new_family_name_is_linked_where_the_old_passport_stands_beside_the_new_one(wife: Person) -> None:
    new = Document("UZB", "PASSPORT", "9998887", "AC")
    renamed = replace(wife, names=(Name("Рахимова", "Нигора", "Шавкатовна"),), documents=(*wife.documents, new))
    assert judge(wife, renamed).verdict == "positive"


def test_a_mans_family_name_that_differs_goes_to_a_human_even_with_his_passport(hasan: Person) -> None:
    renamed = replace(hasan, names=(Name("Рахимов", "Хасан", "Абдуллаевич"),))
    assert judge(hasan, renamed).verdict == "candidate"


# --- Papers --------------------------------------------------------------------------------------------------


def test_a_borrowed_passport_joins_nobody(hasan: Person) -> None:
    stranger = Person(
        "4", (Name("Саидов", "Бахтиёр"),), PartialDate(1979, 12, 30), Sex.MALE, ("TJK",), documents=hasan.documents
    )
    assert judge(hasan, stranger).colour == "yellow"


def test_a_renewed_passport_does_not_part_who_agrees_in_all_else(hasan: Person) -> None:
    renewed = replace(hasan, documents=(Document("UZB", "PASSPORT", "1234098", "FA"),))
    assert judge(hasan, renewed).verdict == "positive"


def test_a_passport_without_its_state_counts_as_the_passport(hasan: Person) -> None:
    bare = replace(
        hasan,
        names=(Name("TURSUNOV", "HASAN"),),
        birth_place="",
        documents=(Document("", "PASSPORT", "7654321", "AB"),),
    )
    assert judge(hasan, bare) == Decision("positive", "white", ("document",))


def test_a_slip_in_the_passport_number_supports_but_does_not_carry(hasan: Person) -> None:
    slipped = replace(hasan, documents=(Document("UZB", "PASSPORT", "7654821", "AB"),))
    assert compare(comparable(hasan), comparable(slipped)).levels("document") == {"digit"}
    assert judge(hasan, replace(slipped, birth_date=PartialDate(1990))).verdict == "candidate"


def test_a_number_that_fails_its_check_goes_to_a_human_though_all_else_agrees(hasan: Person) -> None:
    wrong = replace(hasan, identifiers=(check("UZ-PINFL", "31704900000011"),), documents=())
    decision = judge(wrong, wrong)
    assert (decision.verdict, "failed-check" in decision.reasons) == ("candidate", True)


# --- Half-known and mistaken dates ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "verdict"),
    [
        (PartialDate(1990), "candidate"),
        (PartialDate(1990, 1, 1, assumed=True), "candidate"),
        (PartialDate(1990, 1, 1), "candidate"),
        (PartialDate(1990, 4), "candidate"),
        (PartialDate(1990, 4, 18), "candidate"),
        (PartialDate(1991, 4, 17), "candidate"),
        (PartialDate(1992, 3, 2), "none"),
    ],
)
def test_what_a_date_allows_without_papers_where_father_and_town_agree(
    hasan: Person, birth: PartialDate, verdict: str
) -> None:
    other = replace(hasan, birth_date=birth, documents=())
    assert judge(replace(hasan, documents=()), other).verdict == verdict


def test_day_and_month_exchanged_are_a_slip(hasan: Person) -> None:
    one, other = (replace(hasan, birth_date=birth, documents=()) for birth in
                  (PartialDate(1990, 4, 7), PartialDate(1990, 7, 4)))  # fmt: skip
    assert judge(one, other).verdict == "positive"


def test_two_unknown_days_are_no_birth_date_that_agrees(hasan: Person) -> None:
    placeholder = replace(hasan, birth_date=PartialDate(1990, 1, 1), documents=())
    assert judge(placeholder, placeholder).verdict == "candidate"


# --- Spellings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Name("Ёлкин", "Семён", "Фёдорович"), Name("Елкин", "Семен", "Федорович")),
        (Name("Юлдашев", "Уткир", "Гуломович"), Name("Yoʻldoshev", "Oʻtkir", "Gʻulom oʻgʻli")),
        (Name("Yo'ldoshev", "O'tkir"), Name("Yo`ldoshev", "O‘tkir")),
        (Name("Ковалёв", "Алексей", "Николаевич"), Name("Кавалёў", "Аляксей", "Мікалаевіч")),
        (Name("Гусейнов", "Эльчин", "Али оглы"), Name("Hüseynov", "Elçin", "Əli oğlu")),
        (Name("Саркисян", "Геворк"), Name("Սարգսյան", "Գևորգ")),
        (Name("Раҳмонов", "Ҷамшед"), Name("Рахмон", "Джамшед")),
        (Name("Щукин", "Юрий", "Ильич"), Name("CHTCHOUKINE", "IOURI")),
        (Name("Токтогулов", "Бакыт", "Асанович"), Name("Токтогулов", "Бакыт", "Асан уулу")),
        (Name("Țurcan", "Ștefan"), Name("Ţurcan", "Ştefan")),
        (Name("Vlad", "Ion", "Ivanovici"), Name("Влад", "Ион", "Иванович")),
    ],
)
def test_one_name_in_two_spellings_agrees(one: Name, other: Name) -> None:
    pair = [comparable(Person("1", (name,))) for name in (one, other)]
    comparison = compare(*pair)
    assert comparison.levels("family") <= {"exact", "sound", "near"}
    assert comparison.levels("given") <= {"exact", "equivalent", "sound", "near"}
    assert comparison.levels("patronymic") <= {"exact"}
    assert comparison.weight > 3


@pytest.mark.parametrize("none", ["", "-", "нет", "б/о"])
def test_a_patronymic_that_is_none_contradicts_nobody(hasan: Person, none: str) -> None:
    bare = replace(hasan, names=(Name("Турсунов", "Хасан", none),))
    assert "differ" not in compare(comparable(hasan), comparable(bare)).levels("patronymic")


def test_towns_meet_across_languages() -> None:
    pairs = (("Ташкент", "Toshkent"), ("Наманган", "Namangan"), ("г. Ош", "Osh"), ("Могилёв", "Магілёў"))
    for one, other in pairs:
        people = [comparable(Person("1", (), birth_country="UZB", birth_place=place)) for place in (one, other)]
        assert compare(*people).levels("birthplace") == {"agree"}, (one, other)


def test_another_description_of_the_same_human_being_is_no_rival_but_a_stranger_is(hasan: Person) -> None:
    bare = replace(hasan, documents=())
    stranger = replace(bare, names=(Name("Турсунов", "Хасан"),), birth_place="")
    assert judge(bare, bare, rival=bare).reasons == ("rival",)
    assert judge(bare, bare, rival=replace(stranger, birth_date=PartialDate(1971, 2, 2))).verdict == "positive"
