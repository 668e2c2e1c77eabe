import pytest

from gateway.watchlist.entries import WrittenName

BORN = {"birth_date": "1985-06-15"}

SPELLINGS = [
    (("Соколова", "Юлия"), ("Sokolova", "Iuliia")),
    (("Соколова", "Юлия"), ("Sokolova", "Yuliya")),
    (("Соколова", "Юлия"), ("Sokolova", "Iouliia")),
    (("Цой", "Виктор"), ("Tsoi", "Viktor")),
    (("Цой", "Виктор"), ("Tsoy", "Victor")),
    (("Цой", "Виктор"), ("Tcoi", "Viktor")),
    (("Щукин", "Пётр"), ("Shchukin", "Petr")),
    (("Щукин", "Пётр"), ("Chtchoukine", "Piotr")),
    (("Соловьёв", "Игорь"), ("Solovev", "Igor")),
    (("Соловьёв", "Игорь"), ("Solov'ev", "Igor'")),
    (("Соловьёв", "Игорь"), ("Solovyov", "Ihor")),
    (("Мамедов", "Эльчин"), ("Məmmədov", "Elçin")),
    (("Мамедов", "Эльчин"), ("Mammadov", "Elchin")),
    (("Гуломов", "Уктам"), ("Gʻulomov", "Oʻktam")),
    (("Юлдашев", "Жасур"), ("Yoʻldoshev", "Jasur")),
    (("Сулейменов", "Жумабек"), ("Suleymenov", "Zhumabek")),
    (("Қасымов", "Қайрат"), ("Kassymov", "Kairat")),
    (("Ковалёв", "Николай"), ("Кавалёў", "Мікалай")),
    (("Kavaliou", "Mikalai"), ("Ковалёв", "Николай")),
    (("Новик", "Ольга"), ("Novik", "Volha")),
    (("Հարությունյան", "Տիգրան"), ("Арутюнян", "Тигран")),
    (("Хачатрян", "Ашот"), ("Khachatryan", "Ashot")),
    (("Соколов", "Юлия"), ("Соколова", "Юлия")),
]


@pytest.mark.parametrize(("listed", "asked"), SPELLINGS)
def test_another_alphabet_or_romanisation_is_never_a_stranger(listed, asked, entry, ask):
    assert ask([entry("1", *listed)], family=asked[0], given=asked[1], **BORN).band != "NO_HIT"
    assert ask([entry("1", *asked)], family=listed[0], given=listed[1], **BORN).band != "NO_HIT"


@pytest.mark.parametrize(
    ("listed", "asked"), [pair for pair in SPELLINGS if pair[1][0] not in {"Yoʻldoshev", "Gʻulomov"}]
)
def test_a_standard_spelling_with_the_full_date_is_a_hit(listed, asked, entry, ask):
    assert ask([entry("1", *listed)], family=asked[0], given=asked[1], **BORN).band == "HIT"


def test_transposed_names_are_a_hit_that_says_so(entry, ask):
    answer = ask([entry("1", "Щукин", "Юрий")], family="Yuri", given="Shchukin", **BORN)
    assert answer.band == "HIT"
    assert "NAME_ORDER" in answer.hits[0].reasons


def test_an_unsplit_name_finds_a_split_one_and_the_other_way_round(entry, ask):
    split, unsplit = entry("1", "Щукин", "Юрий", "Петрович"), entry("2", full="SHCHUKIN IURII PETROVICH")
    assert ask([split], full="Iurii Petrovich Shchukin", **BORN).band == "HIT"
    assert ask([unsplit], family="Щукин", given="Юрий", **BORN).band == "HIT"
    assert ask([unsplit], full="Щукин Юрий", **BORN).band == "HIT"


def test_a_former_name_of_the_entry_is_found(entry, ask):
    listed = entry("1", "Гусева", "Анна", aliases=(WrittenName("Шишкина", "Анна"),))
    assert ask([listed], family="Shishkina", given="Anna", **BORN).band == "HIT"


def test_a_slip_in_the_name_is_left_to_an_officer(entry, ask):
    answer = ask([entry("1", "Мельников", "Тимур")], family="Мелников", given="Тимкр", **BORN)
    assert answer.band == "POSSIBLE"
    assert "NAME_SIMILAR" in answer.hits[0].reasons
