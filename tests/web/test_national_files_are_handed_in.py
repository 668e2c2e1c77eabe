"""POST /v1/records: an agency hands in a file of its own register, and every row is accounted for."""

from __future__ import annotations

import pytest

from gateway.store import tables

HEAD = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Идентификационный номер;Серия;Номер;Дата выдачи;"
    "Срок действия;Вид документа;№ спецразрешения;Действует с;Действует по;Наниматель;УНП"
)
ROWS = [
    "Кашафова;Ленина;Роматовна;02.04.1988;Ж;УЗБЕКИСТАН;;AA;1234501;;;паспорт;СР-001;01.02.2026;31.01.2027;;",
    "Судатеев;Химаро;Лесуевич;17.11.1979;М;УЗБЕКИСТАН;;AA;1234502;;;паспорт;СР-002;01.02.2026;31.01.2027;;",
]
BAN_HEAD = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Вид документа;Серия;Номер;№ решения;Дата решения;"
    "Запрет с;Запрет по;Орган;Основание;Территория"
)
BAN = (
    "Жуледоев;Вакаро;;03.05.1981;М;УЗБЕКИСТАН;паспорт;AB;7654321;ЗВ-77;01.01.2026;"
    "01.01.2026;01.01.2030;МВД;депортация;государства-участники"
)


def file(*rows, head=HEAD):
    return ("\r\n".join((head, *rows)) + "\r\n").encode("windows-1251")


def hand_in(world, content, profile="blr-permits", client="BLR/MVD"):
    address = f"{world.url}/v1/records"
    return world.http.post(address, params={"profile": profile}, content=content, headers=world.bearer(client))


def test_a_file_is_stored_and_the_same_file_again_changes_nothing(world):
    first, again = hand_in(world, file(*ROWS)).json(), hand_in(world, file(*ROWS)).json()
    assert (first["rows"], first["stored"], first["unchanged"], first["refused"]) == (2, 2, 0, 0), first
    assert (again["rows"], again["stored"], again["unchanged"]) == (2, 0, 2)
    assert len(world.rows(tables.Record)) == 2


def test_a_bad_row_is_named_and_the_good_ones_are_stored(world):
    bad = ";Без фамилии;;99.99.1988;Ж;АТЛАНТИДА;;AA;1;;;паспорт;СР-003;;;;"
    good = ROWS[0].replace("СР-001", "СР-004").replace("1234501", "1234504")
    answer = hand_in(world, file(bad, good)).json()
    assert (answer["rows"], answer["mapped"], answer["rejected"], answer["stored"]) == (2, 1, 1, 1)
    assert answer["findings"]
    assert "АТЛАНТИДА" not in str(answer), "a finding never quotes a value"


def test_another_agencys_register_is_refused(world):
    answer = hand_in(world, file(*ROWS), client="BLR/GPK")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    answer = hand_in(world, b"x", profile="kaz-stays")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


@pytest.mark.parametrize("name", ["no-such-register", "..%2Fetc", "/etc/passwd", "BLR", "x" * 100])
def test_an_unknown_profile_is_refused_and_no_file_is_looked_for(world, name):
    answer = hand_in(world, b"x", profile=name)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "profile" in answer.json()["where"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x98\x98\x98;\x98\r\n", id="no letters of windows-1251"),
        pytest.param(file(*ROWS).decode("windows-1251").encode("utf-16"), id="UTF-16"),
        pytest.param(file(ROWS[0], head="Фамилия;Имя"), id="columns missing"),
        pytest.param(b"\x00" * 100, id="zeros"),
        pytest.param(b"PK\x03\x04", id="a spreadsheet"),
        pytest.param(b'{"rows": [', id="truncated JSON"),
    ],
)
def test_a_file_that_is_not_of_the_register_is_refused_as_a_whole(world, content):
    before = len(world.rows(tables.Record))
    answer = hand_in(world, content)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(world.rows(tables.Record)) == before


def test_a_ban_that_was_handed_in_is_found_at_the_border_at_once(world):
    query = {"names": [{"family": "Жуледоев", "given": "Вакаро"}], "birth_date": "1981-05-03"}

    def ask():
        answer = world.http.post(f"{world.url}/v1/watchlist/query", json=query, headers=world.bearer("BLR/GPK"))
        return answer.json()["band"]

    assert ask() == "NO_HIT"
    answer = hand_in(world, file(BAN, head=BAN_HEAD), profile="blr-bans")
    assert answer.json()["stored"] == 1, answer.text
    assert ask() != "NO_HIT"


def test_every_file_is_audited_with_who_handed_it_in(world):
    hand_in(world, file(*ROWS))
    row = world.rows(tables.Audit, tables.Audit.action == "record-submitted")[-1]
    assert (row.actor, row.subject.split("@")[0][:11]) == ("BLR/MVD", "blr-permits")


def test_the_answer_says_what_was_withdrawn_and_that_nothing_is_concluded_from_absence(world):
    hand_in(world, file(*ROWS))
    answer = hand_in(world, file(ROWS[0])).json()
    assert (answer["withdrawn"], answer["absent"], answer["absence"]) == (0, 0, "not-said")
