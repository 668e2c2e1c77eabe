from datetime import date

import pytest

from gateway.errors import InvalidRequest
from gateway.records.dates import PartialDate
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.watchlist.query import Query

NAME = [{"family": "Лаптев", "given": "Борис"}]


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ([], ""),
        ("Лаптев", ""),
        ({"surname": "Лаптев"}, "surname"),
        ({"names": {"family": "Лаптев"}}, "names"),
        ({"names": NAME * 11}, "names"),
        ({"names": ["Лаптев"]}, "names[0]"),
        ({"names": [*NAME, {"famly": "Лаптев"}]}, "names[1].famly"),
        ({"names": [{"family": 5, "given": "Борис"}]}, "names[0].family"),
        ({"names": [{"family": "Л" * 201}]}, "names[0].family"),
        ({"names": NAME, "birth_date": "15.06.1985"}, "birth_date"),
        ({"names": NAME, "birth_date": "1985-02-30"}, "birth_date"),
        ({"names": NAME, "birth_date": 1985}, "birth_date"),
        ({"names": NAME, "sex": "male"}, "sex"),
        ({"names": NAME, "citizenships": ["RUS", 1]}, "citizenships[1]"),
        ({"documents": [{"number": None}, 4]}, "documents[1]"),
        ({"birth_date": "1985-06-15"}, "names"),
        ({"names": [{"family": "Лаптев"}]}, "names"),
        ({"names": [{"patronymic": "Борисович"}], "birth_date": "1985-06-15"}, "names"),
        ({"documents": [{"country": "RUS"}]}, "names"),
        ({"documents": [{"number": " -- "}]}, "names"),
        ({"names": [{"family": "...", "given": "42"}], "birth_date": "1985"}, "names"),
    ],
)
def test_the_refusal_names_the_field_and_repeats_no_value(values, where):
    with pytest.raises(InvalidRequest) as refused:
        Query.read(values)
    assert refused.value.where == where
    assert "Лаптев" not in str(refused.value)


def test_nulls_and_missing_fields_mean_the_same():
    full = {"names": NAME, "birth_date": None, "sex": None, "citizenships": None, "documents": [], "identifiers": None}
    assert Query.read(full) == Query.read({"names": NAME})


@pytest.mark.parametrize(
    ("written", "meant"), [("M", Sex.MALE), ("f", Sex.FEMALE), ("2", Sex.FEMALE), ("", Sex.UNKNOWN)]
)
def test_a_sex_may_stand_as_in_a_passport_or_as_in_iso_5218(written, meant):
    assert Query.read({"names": NAME, "sex": written}).subject.sex is meant


def test_a_person_of_the_exchange_format_is_a_question():
    person = Person(
        ref="1",
        names=(Name("Лаптев", "Борис", language="ru"), Name(full="BORIS LAPTEV")),
        birth_date=PartialDate(1985, 6, 15),
        sex=Sex.MALE,
        citizenships=("RUS",),
        documents=(Document("RUS", "PASSPORT", "1234567", "65", date(2020, 1, 1)),),
        identifiers=(Identifier("RU-SNILS", "112-233-445 95"),),
    )
    subject = Query.of(person).subject
    assert subject.documents == (("RUS", "651234567"),)
    assert subject.names[1].full == "BORIS LAPTEV"
