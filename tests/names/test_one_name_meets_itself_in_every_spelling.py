"""The spellings of one name across alphabets, passports and decades lead to one form."""

import pytest

from gateway.names.fold import light, lights, readings, skeleton, skeletons, tokens

SPELLINGS = [
    ("Юлия", ["Iuliia", "Yuliya", "Julia", "Yulia", "Iouliia"]),
    ("Цой", ["Tsoi", "Tsoy", "Tcoi", "Coj"]),
    ("Щукин", ["Shchukin", "Chtchoukine", "Schtschukin"]),
    ("Соловьёв", ["Solovev", "Solov'ev", "Solovyov", "Soloviov"]),
    ("Хасанов", ["Khasanov", "Hasanov", "Xasanov", "Chasanow"]),
    ("Ғуломов", ["Gʻulomov", "G‘ulomov", "G'ulomov", "Gulomov", "Ghulomov"]),
    ("Алиев", ["Əliyev", "Aliyev", "Aliev"]),
    ("Іваноў", ["Ivanou", "Ivanow", "Иванов", "Iwanow"]),
    ("Иванова", ["Ivanova", "Иванов", "Ivanoff"]),
    ("Мамедкулиев", ["Mamedkuliyev", "Mamedkuliev"]),
    ("Հարություն", ["Арутюн", "Harutyun", "Arutiun"]),
    ("Հրանտ", ["Грант", "Hrant", "Grant"]),
    ("ჯუღაშვილი", ["Джугашвили", "Jughashvili", "Dzhugashvili"]),
    ("Čebotari", ["Чеботари", "Cebotari", "Chebotari"]),
    ("Țurcanu", ["Цуркану", "Turcanu", "Ţurcanu"]),
    ("Oʻtkir", ["O`tkir", "Ўткир", "O'tkir", "Utkir"]),
    ("Филипп", ["Philipp", "Filipp"]),
    ("Гаджиев", ["Hacıyev", "Hajiyev", "Gadzhiev", "Гаджыеў"]),
    ("Сцяпанаў", ["Степанов", "Stepanov", "Stsiapanau"]),
    ("Ոսկանյան", ["Voskanyan", "Восканян"]),
    ("Рӯҳулло", ["Rouhollah", "Ruhullo", "Рухулла"]),
    ("Галіцкі", ["Galicki", "Галицкий", "Halitski"]),
    ("Жуков", ["Zhukov", "Joukov", "Jukov", "Žukov"]),
    ("Шевченко", ["Shevchenko", "Chevtchenko", "Schewtschenko", "Szewczenko"]),
]


def _skeletons(name: str) -> set[str]:
    return {skeleton for token in tokens(name) for skeleton in skeletons(token)}


@pytest.mark.parametrize(("name", "other"), [(name, other) for name, others in SPELLINGS for other in others])
def test_two_spellings_of_one_name_share_a_skeleton(name: str, other: str) -> None:
    assert _skeletons(name) & _skeletons(other)


def test_the_first_reading_is_the_one_of_icao_9303() -> None:
    assert readings("щукин")[0] == "shchukin"
    assert readings("юлия")[0] == "iuliia"
    assert readings("подъячев")[0] == "podieiachev"
    assert readings("müller")[0] == "mueller"


def test_the_language_puts_its_own_reading_right_after_the_canonical_one() -> None:
    assert readings("гомель", "be")[:2] == ("gomel", "homel")
    assert readings("григорій", "uk")[1].startswith("hry")


def test_armenian_and_georgian_letters_are_read_too() -> None:
    assert readings("հարություն") == ("harutyun", "arutyun", "garutyun")
    assert readings("ოთარ")[0] == "otar"


def test_the_language_decides_how_an_ambiguous_letter_sounds() -> None:
    assert lights("ўткир", "uz")[0] == "otkir"
    assert lights("гомель", "be")[0] == "homel"


def test_the_likeliest_form_stands_first_and_nothing_gives_nothing() -> None:
    assert (light("щукин"), skeleton("щукин")) == ("xqukin", skeletons("щукин")[0])
    assert (light("12"), skeleton("12")) == ("", "")


def test_a_word_of_two_strange_scripts_is_left_as_it_is() -> None:
    assert tokens("Հgა") == ("հgა",)


def test_a_letter_typed_on_the_other_keyboard_is_put_back() -> None:
    assert tokens("Aртығaлиев") == tokens("Артығалиев")


def test_the_dotted_capital_of_azerbaijani_leaves_no_stray_mark() -> None:
    assert tokens("İsmayılova İLHAM") == ("ismayılova", "ilham")


def test_a_hyphen_and_the_filler_of_machine_readable_zones_part_words() -> None:
    assert tokens("KARA-MURZA<<ANNA<MARIA") == ("kara", "murza", "anna", "maria")


def test_an_armenian_ligature_from_a_pdf_is_read_as_its_letters() -> None:
    assert tokens("Սևան") == tokens("Սեւան")


def test_a_stress_mark_does_not_tear_a_word_apart() -> None:
    assert tokens("Євге\u0301ній") == ("євгеній",)


def test_j_beside_y_is_not_a_glide() -> None:
    assert lights("hajiyev")[0] == lights("гаджиев")[0].replace("g", "h")


def test_a_token_has_at_most_six_skeletons() -> None:
    assert len(skeletons("jacquesjxchauxhschjews")) <= 6


def test_what_holds_no_letter_gives_no_token_and_no_form() -> None:
    assert tokens(" - 12, .") == ()
    assert readings("'") == lights("'") == skeletons("'") == ()
