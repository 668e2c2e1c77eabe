"""Mistakes in a profile are told with line and column, all at once, and nothing of it is executed."""

import re
from pathlib import Path

import pytest

from gateway.errors import Misuse, ProfileInvalid
from gateway.mapping import profile

GOOD = (profile.SHIPPED / "blr-permits.yaml").read_text("utf-8")


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Фамилия: name.family", "Фамилия: name.familly", "did you mean `name.family`"),
        ("category: LABOUR_PERMIT", "category: LABOR_PERMIT", "did you mean `LABOUR_PERMIT`"),
        ("status: ISSUED", "status: GIVEN", "unknown state"),
        ("codes: sex}", "codes: gender}", "unknown code list"),
        ('М: "1"', 'М: "7"', "unknown common code"),
        ("format: csv", "format: excel", "unknown format"),
        ("encoding: windows-1251", "encoding: windows-125", "unknown encoding"),
        ('delimiter: ";"', 'delimiter: ";;"', "one character"),
        ("dates: DD.MM.YYYY", "dates: DD.MM", "unknown form"),
        ("state: BLR", "state: XXX", "unknown state"),
        ("№ спецразрешения: number", "№ спецразрешения: series", "no column leads to `number`"),
        ("ref: [identifier.BY-IDN", "ref: [identifier.KZ-IIN", "unknown way"),
        ("required: [Фамилия", "required: [Фамилие", "did you mean `Фамилия`"),
        ("script: Cyrl", "script: Cyrillic", "unknown script"),
        ("Имя: name.given", "Национальность: name.given", "never mapped"),
        ("version: 1", "version: 1\nversion: 2", "twice"),
        ("title:", "titel:", "did you mean `title`"),
        ("nulls: [", "nulls: [[a], ", "plain value"),
        ("fields:", "fields: [", "not YAML"),
    ],
)
def test_a_mistake_is_found_with_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace(old, new, 1))
    found = profile.check(path)
    assert any(said in problem.message_en for problem in found), [problem.message_en for problem in found]
    assert all(problem.line >= 1 and "column" in problem.message_en for problem in found)
    with pytest.raises(ProfileInvalid, match="line"):
        profile.load(path)


WRONG = {
    "unknown word": ("required: [", "requierd: [", "unknown key `requierd`", 0),
    "unknown word above a block": ("title:", "titel:", "unknown key `titel`", 0),
    "unknown word of a field": ("{to: sex,", "{too: sex,", "unknown key `too`", 0),
    "unknown word of the title": ("title:", "title:\n  fr: X", "unknown key `fr`", 1),
    "unknown word of the source": ('delimiter: ";"', 'delimiter: ";"\n  separator: x', "unknown key `separator`", 1),
    "wrong target": ("Имя: name.given", "Имя: name.givn", "did you mean `name.given`", 0),
    "no target": ("Имя: name.given", "Имя: []", "unknown target", 0),
    "code list that does not exist": ("codes: sex}", "codes: gender}", "unknown code list", 0),
    "code list that is not delivered": ("codes: sex}", "codes: reference:sexes}", "unknown code list", 0),
    "common code that does not exist": ('М: "1"', 'М: "7"', "unknown common code", 0),
    "state that does not exist": ("status: ISSUED", "status:\n  otherwise: GIVEN\n  from: A\n  codes: {}", "GIVEN", 1),
    "form of dates": ("dates: DD.MM.YYYY", "dates: DD.MM", "unknown form", 0),
    "form of dates of a field": (
        "Дата рождения: birth_date", "Дата рождения: {to: birth_date, write: DD/MM}", "unknown form", 0),
    "form of what has none": ("Имя: name.given", "Имя: {to: name.given, write: DD.MM.YYYY}", "says nothing", 0),
    "separator of a single value": ("Имя: name.given", "Имя: {to: name.given, separator: x}", "says nothing", 0),
    "order of names": ("Имя: name.given", "Имя: {to: name.full, split: given-first}", "unknown order", 0),
    "order of a part of a name": ("Имя: name.given", "Имя: {to: name.given, split: family-given}", "whole name", 0),
    "half agreement": (
        "Идентификационный номер: identifier.BY-IDN",
        "Идентификационный номер: {to: identifier.BY-IDN, restore_zeros: true}", "unknown word `true`", 0),
    "condition without values": (
        "Имя: name.given", "Имя: {to: name.given, when: {column: Имя}}", "either `is` or `not`", 0),
    "condition with both": ("version: 1", "version: 1\nonly: {column: Имя, is: a, not: b}", "either `is` or `not`", 1),
    "condition on ethnicity": (
        "version: 1", "version: 1\nonly:\n  is: a\n  column: Раса", "nothing is made of it", 3),
    "joined of nothing": ("version: 1", "version: 1\njoined:\n  Всё: []", "made of nothing", 2),
    "joined that nothing reads": ("version: 1", "version: 1\njoined:\n  Всё: [Имя]", "nothing reads `Всё`", 2),
    "joined of itself": ("version: 1", "version: 1\njoined:\n  Имя: [Имя]", "joined themselves", 2),
    "joined twice of one": ("version: 1", "version: 1\njoined:\n  Имя: [А, А]", "a column twice", 2),
    "joined with ethnicity": ("version: 1", "version: 1\njoined:\n  Имя: [Национальность, А]", "nothing is made", 2),
    "absence without snapshot": ("version: 1", "version: 1\nabsence: withdraw", "delivery: snapshot", 1),
    "delivery that does not exist": ("version: 1", "version: 1\ndelivery: full", "unknown word", 1),
    "deleted without a column": ("version: 1", "version: 1\ndeleted: {is: X}", "`column` is missing", 1),
    "deleted and living alike": (
        "version: 1", "version: 1\ndeleted:\n  column: Снято\n  is: [Да]\n  otherwise: да", "living record", 4),
    "sensitive column": ("Имя: name.given", "Вероисповедание: name.given", "never mapped", 0),
    "ambiguous column": ("Имя: name.given", "Nationality: citizenship", "means: citizenship", 0),
    "ambiguous column as a name": (
        "Имя: name.given", "Nationality: {to: name.given, means: citizenship}", "never mapped", 0),
    "heading of ethnicity": ("headings:", "headings:\n  Национальность: Имя", "nothing is made of it", 1),
    "mapped and dropped": ("version: 1", "version: 1\ndropped:\n  Имя: no-place", "mapped as well", 2),
    "made-up reason": ("version: 1", "version: 1\ndropped:\n  Рост: because", "unknown reason", 2),
    "key twice": ("version: 1", "version: 1\nversion: 2", "twice", 1),
    "column twice": ("  Имя: name.given", "  Имя: name.given\n  Имя: name.family", "twice", 1),
    "tabulator": ("  Имя: name.given", "\tИмя: name.given", "not YAML", 0),
    "required that does not exist": ("version: 1", "version: 1\noptional:\n  - Имя\n  - Имечко", "unknown column", 3),
    "required that only a join reads": (
        "required: [", "joined: {УНП: [А, Б]}\nrequired: [А, ", "fills nothing by itself", 1),
    "required and optional": ("required: [", "optional: [Фамилия]\nrequired: [", "required as well", 0),
    "spelling that does not exist": ("names:", "names:\n  nam: {script: Latn}", "unknown spelling", 1),
    "spelling without a column": ("names:", 'names:\n  "name[3]": {script: Latn}', "no column leads", 1),
    "empty name of the register": ("version: 1", "version:", "`version` is empty", 0),
    "constant without a target": ("constants:", "constants:\n  nothing: x", "unknown target", 1),
    "default that is no country": ("defaults:", "defaults:\n  sex: citizenship", "a default leads", 1),
}  # fmt: skip
"""What is wrong: text of the profile, what stands there instead, what is said, how many lines below."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_is_told_at_its_own_line(wrong: str, tmp_path: Path) -> None:
    old, new, said, below = WRONG[wrong]
    lines = GOOD.splitlines()
    # A key of the profile itself begins its line; `title:` is not looked for within another word.
    line = next(number for number, text in enumerate(lines, 1) if old in text and not text.startswith("#"))
    once = "\n".join([*lines[: line - 1], lines[line - 1].replace(old, new, 1), *lines[line:]])
    told = [(problem.line, problem.message_en) for problem in profile.check(write(tmp_path, once))]
    assert [at for at, sentence in told if said in sentence] == [line + below], told
    assert all(problem.message_ru.isascii() is False for problem in profile.check(tmp_path / "mine.yaml"))


@pytest.mark.parametrize(
    ("said", "below"),
    [
        ("deleted:\n  is: [X]\n  column: gone", 2),
        ("only:\n  column: gone\n  is: [X]", 1),
        ("joined:\n  issued:\n    columns: [gone]", 2),
    ],
)
def test_a_column_that_the_file_does_not_have_is_told_where_it_is_spoken_of(
    said: str, below: int, tmp_path: Path
) -> None:
    lines = (profile.SHIPPED / "kaz-shep.yaml").read_text("utf-8").splitlines()
    line = lines.index("version: 1") + 1
    path = write(tmp_path, "\n".join([*lines[:line], said, *lines[line:]]))
    found = [problem for problem in profile.check(path) if "has no place" in problem.message_en]
    assert [problem.line for problem in found] == [line + 1 + below]


def test_a_column_that_the_encoding_lacks_is_told_where_it_is_mapped(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("  Имя: name.given", "  Ім’яә: name.given"))
    [problem] = [problem for problem in profile.check(path) if "cannot write `Ім’яә`" in problem.message_en]
    assert GOOD.splitlines()[problem.line - 1] == "  Имя: name.given"


def test_a_profile_of_another_encoding_is_told_where_it_begins_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"version: 1\nname: mine\ntitle: " + "Учёт".encode("cp1251") + b"\n")
    [problem] = profile.check(path)
    assert (problem.line, "UTF-8" in problem.message_en, "column 8" in problem.message_en) == (3, True, True)


def test_a_column_of_another_name_may_not_be_read_at_a_sensitive_place(tmp_path: Path) -> None:
    text = (profile.SHIPPED / "kaz-shep.yaml").read_text("utf-8")
    moved = re.sub(r"(?m)^(    surname: ).*$", r"\1person/nationality/code", text)
    assert moved != text
    assert any("at a place of ethnicity" in problem.message_en for problem in profile.check(write(tmp_path, moved)))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("status: ISSUED", "status: GIVEN").replace("name.family", "name.familly")
    assert len(profile.check(write(tmp_path, text))) >= 2


def test_an_unknown_profile_names_those_that_exist() -> None:
    with pytest.raises(Misuse, match="blr-permits"):
        profile.load("blr-permit")


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"[" * 5_000, b"a: *b", b"!!python/object/apply:os.system [true]", b"x" * 300_000]
)
def test_what_is_no_profile_is_told_and_not_run(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(raw)
    assert profile.check(path)
    with pytest.raises(ProfileInvalid):
        profile.load(path)


def test_words_that_yaml_would_turn_into_something_else_stay_words(tmp_path: Path) -> None:
    text = GOOD.replace('"0"]', "0, no, 01.01, null]")
    assert profile.load(write(tmp_path, text)).nulls[-4:] == ("0", "no", "01.01", "null")


def test_a_list_of_the_gateway_that_the_target_cannot_hold_is_refused(tmp_path: Path) -> None:
    for listed in ("visit_purpose", "regions"):
        text = re.sub(r"(?m)^(  Пол: ).*$", rf"\1{{to: sex, codes: reference:{listed}}}", GOOD)
        assert text != GOOD
        [problem] = profile.check(write(tmp_path, text))
        assert f"in list `{listed}`" in problem.message_en
