"""`gateway link --report`: a page beside the clusters, in the reader's language, or neither of the two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.linkage.conftest import population, write


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return write(tmp_path / "in.csv", population(22)[:30])


@pytest.mark.parametrize(("language", "heading"), [("en", "Match probabilities"), ("ru", "Вероятности совпадения")])
def test_the_page_speaks_the_language_of_the_command(gateway, register, monkeypatch, language, heading) -> None:
    monkeypatch.setenv("GATEWAY_LANG", language)
    folder = register.parent
    done = gateway("link", register, "-o", folder / "out.csv", "--report", folder / "report.html")
    assert done.status == 0, done
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert heading in text
    assert text.rstrip().endswith("</html>")
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "out.csv", "report.html"]


@pytest.mark.parametrize("place", ["missing/report.html", "."])
def test_a_report_that_cannot_be_written_is_refused_and_nothing_is_left(gateway, register, place) -> None:
    folder = register.parent
    done = gateway("link", register, "-o", folder / "out.csv", "--report", folder / place)
    assert done.status in (1, 2), done
    assert done.err.strip().splitlines()[-1].startswith("misuse: ")
    assert [path.name for path in folder.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("name", ["in.csv", "out.csv"])
def test_the_report_overwrites_neither_the_register_nor_the_clusters(gateway, register, name) -> None:
    before = register.read_bytes()
    done = gateway("link", register, "-o", register.parent / "out.csv", "--report", register.parent / name)
    assert done.status in (1, 2), done
    assert register.read_bytes() == before
