"""Mistakes in a profile are told with line and column, all at once, and nothing of it is executed."""

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
