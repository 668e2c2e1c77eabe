"""Same, different or for a human: the known hard cases of linkage, each with its own reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.matching.compare import compare
from gateway.matching.decide import REASONS, Decision, decide
from gateway.matching.normalise import comparable
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Identifier, Name, Person, Sex


def _judge(one: Person, other: Person, rival: Person | None = None, *, same_register: bool = False) -> Decision:
    left = comparable(one)
    second = compare(left, comparable(rival)) if rival else None
    return decide(compare(left, comparable(other)), second, same_register=same_register)


@pytest.fixture
def unnumbered(karimov: Person) -> Person:
    """The person as a register without numbers and documents knows them."""
    return replace(karimov, identifiers=(), documents=())


def test_a_checked_number_with_name_and_birth_date_links(karimov: Person) -> None:
    latin = replace(karimov, names=(Name("Karimov", "Asan"),), documents=())
    assert _judge(karimov, latin) == Decision("positive", "white", ("identifier",))


def test_a_document_with_name_and_birth_date_links(karimov: Person) -> None:
    latin = replace(karimov, names=(Name("Karimov", "Asan"),), identifiers=())
    assert _judge(karimov, latin) == Decision("positive", "white", ("document",))


def test_a_full_name_with_patronymic_birth_date_and_place_links(unnumbered: Person) -> None:
    assert _judge(unnumbered, unnumbered) == Decision("positive", "white", ("full-name",))


def test_name_and_birth_date_alone_never_link(unnumbered: Person) -> None:
    bare = replace(unnumbered, names=(Name("Karimov", "Asan"),), birth_place="", birth_country="")
    decision = _judge(unnumbered, bare)
    assert decision.verdict == "candidate"
    assert "name-and-date" in decision.reasons


def test_a_second_person_who_fits_almost_as_well_leaves_the_choice_to_a_human(unnumbered: Person) -> None:
    decision = _judge(unnumbered, unnumbered, rival=unnumbered)
    assert decision == Decision("candidate", "yellow", ("rival",))


def test_a_second_person_does_not_matter_where_a_checked_number_agrees(karimov: Person) -> None:
    assert _judge(karimov, karimov, rival=karimov).verdict == "positive"


def test_twins_are_two_people(unnumbered: Person) -> None:
    twin = replace(unnumbered, names=(Name("Каримов", "Тимур", "Бакирович"),))
    assert _judge(unnumbered, twin) == Decision("none", "green", ("twins",))


def test_father_and_son_of_one_name_are_two_people(unnumbered: Person) -> None:
    father = replace(unnumbered, birth_date=PartialDate(1957, 3, 21))
    assert _judge(unnumbered, father) == Decision("none", "green", ("generations",))


def test_a_borrowed_document_goes_to_a_human(karimov: Person) -> None:
    other = Person(
        "2", (Name("Ивановская", "Ольга"),), PartialDate(1971, 11, 2), Sex.FEMALE, ("RUS",), documents=karimov.documents
    )
    decision = _judge(karimov, other)
    assert decision.verdict == "candidate"
    assert decision.colour == "yellow"
    assert "borrowed" in decision.reasons


def test_twins_with_one_document_go_to_a_human(karimov: Person) -> None:
    twin = replace(karimov, names=(Name("Каримов", "Тимур", "Бакирович"),), identifiers=())
    assert _judge(karimov, twin).reasons == ("borrowed", "twins")


def test_a_number_that_fails_its_check_goes_to_a_human(karimov: Person) -> None:
    broken = (Identifier("UZ-PINFL", "31506852600018", check=Check.INVALID_CHECK),)
    one = replace(karimov, identifiers=broken, documents=())
    decision = _judge(one, one)
    assert decision.verdict == "candidate"
    assert "failed-check" in decision.reasons


def test_different_checked_numbers_of_one_scheme_are_two_people(unnumbered: Person) -> None:
    numbers = ("31506852600019", "60102030100025")
    one, other = (
        replace(unnumbered, identifiers=(Identifier("UZ-PINFL", number, check=Check.VALID),)) for number in numbers
    )
    assert _judge(one, other) == Decision("none", "green", ("numbers-differ",))


@pytest.mark.parametrize("birth", [PartialDate(1985), PartialDate(1985, 1, 1, assumed=True), PartialDate(1985, 6)])
def test_a_birth_date_that_is_not_fully_known_never_links_by_itself(unnumbered: Person, birth: PartialDate) -> None:
    decision = _judge(unnumbered, replace(unnumbered, birth_date=birth))
    assert decision.verdict == "candidate"
    assert "partial-date" in decision.reasons or "weak" in decision.reasons


def test_a_year_of_birth_with_a_document_links(karimov: Person) -> None:
    other = replace(karimov, birth_date=PartialDate(1985), identifiers=())
    assert _judge(karimov, other).verdict == "positive"


def test_a_sex_that_differs_goes_to_a_human_even_with_a_checked_number(karimov: Person) -> None:
    decision = _judge(karimov, replace(karimov, sex=Sex.FEMALE))
    assert decision == Decision("candidate", "yellow", ("contradiction",))


def test_two_rows_of_one_register_link_only_by_a_checked_number(karimov: Person, unnumbered: Person) -> None:
    assert _judge(unnumbered, unnumbered, same_register=True).reasons == ("same-register",)
    assert _judge(karimov, karimov, same_register=True).verdict == "positive"


def test_people_who_share_little_are_not_even_offered(karimov: Person) -> None:
    other = Person("2", (Name("Каримов", "Асан"),), PartialDate(1991, 2, 2), Sex.MALE, ("KGZ",))
    assert _judge(replace(karimov, identifiers=(), documents=()), other).verdict == "none"


def test_every_reason_is_said_in_both_languages() -> None:
    decision = Decision("candidate", "yellow", tuple(REASONS))
    assert all(decision.sentences("ru"))
    assert len(decision.sentences("en")) == len(REASONS)
