"""`gateway map` and `gateway unmap`: national file to message and back, with the books of the contract."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path

import pytest

BAD = "Каримов;Жасур;нет;31.02.1985;М;Узбекистан;;AA;1;01.02.2020;;паспорт;СР-9;01.03.2026;28.02.2027;ООО;100000007"


def test_map_prints_the_books_writes_the_message_and_names_the_rejected_rows(gateway, permits, leftovers) -> None:
    source = permits(3, BAD)
    done = gateway("map", "blr-permits", source, "-o", "out.xml", "--rejects", "bad.csv", "--json")
    assert done.json == {"rows": 4, "mapped": 3, "warned": 0, "rejected": 1}
    assert list(done.json) == ["rows", "mapped", "warned", "rejected"]
    assert (done.status, done.err) == (1, "")
    with Path("bad.csv").open(encoding="utf-8", newline="") as text:
        rejects = list(csv.DictReader(text))
    assert list(rejects[0]) == ["row", "column", "code", "message_en", "message_ru"]
    assert {(row["row"], row["code"]) for row in rejects} >= {("5", "MAP-DATE")}
    assert all(row["message_en"] and row["message_ru"] for row in rejects)


def test_what_was_mapped_is_valid_can_be_signed_and_verified(gateway, permits, openssl) -> None:
    pair = openssl("p256", subject="/CN=BLR\\/MVD")
    assert gateway("map", "blr-permits", permits(3), "-o", "out.xml", "--json").status == 0
    checked = gateway("validate", "out.xml", "--json")
    assert (checked.json, checked.status) == ([], 0)
    assert gateway("sign", "out.xml", "-o", "signed.xml", "--key", pair.key, "--cert", pair.certificate).status == 0
    assert gateway("verify", "signed.xml", "--trust", pair.folder, "--json").json["signer"] == "BLR/MVD"
    assert gateway("validate", "signed.xml", "--json").json == []


def test_people_read_the_books_in_their_language(gateway, permits, monkeypatch) -> None:
    source = permits(2)
    assert "2 rows: 2 mapped" in gateway("map", "blr-permits", source, "-o", "out.xml").out
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert "Строк: 2" in gateway("map", "blr-permits", source, "-o", "out.xml").out


def test_a_file_without_a_good_row_leaves_no_message(gateway, permits, leftovers) -> None:
    done = gateway("map", "blr-permits", permits(0, BAD), "-o", "out.xml", "--rejects", "bad.csv", "--json")
    assert (done.status, done.json["rejected"]) == (1, 1)
    assert "no message is written" in done.err
    assert not Path("out.xml").exists()
    assert Path("bad.csv").exists()
    assert gateway("map", "blr-permits", permits(0), "-o", "out.xml").status == 1
    assert not Path("out.xml").exists()


def test_an_earlier_message_stays_until_the_new_one_is_whole(gateway, permits, leftovers) -> None:
    Path("out.xml").write_text("earlier")
    refused = gateway("map", "blr-bans", permits(1), "-o", "out.xml", "--rejects", "bad.csv")
    assert refused.status == 1
    assert Path("out.xml").read_text() == "earlier"
    assert not Path("bad.csv").exists()


def test_a_link_to_the_output_is_followed_and_a_device_is_not_replaced(gateway, permits, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path("link.xml").symlink_to(tmp_path / "elsewhere" / "out.xml")
    assert gateway("map", "blr-permits", permits(1), "-o", "link.xml").status == 0
    assert Path("link.xml").is_symlink()
    assert (tmp_path / "elsewhere" / "out.xml").is_file()
    assert gateway("map", "blr-permits", permits(1), "-o", "/dev/null").status == 0
    assert Path("/dev/null").is_char_device()


def test_the_receiver_is_the_states_own_node_unless_it_is_named(gateway, permits) -> None:
    gateway("map", "blr-permits", permits(1), "-o", "out.xml")
    assert "<Receiver><State>BLR</State><Agency>GATE</Agency></Receiver>" in Path("out.xml").read_text()
    gateway("map", "blr-permits", permits(1), "-o", "out.xml", "--to", "KAZ/GATE")
    assert "<Receiver><State>KAZ</State><Agency>GATE</Agency></Receiver>" in Path("out.xml").read_text()
    wrong = gateway("map", "blr-permits", permits(1), "-o", "out.xml", "--to", "<somebody>")
    assert (wrong.status, wrong.err.split(":")[0]) == (2, "misuse")


def test_one_file_cannot_be_both_outputs(gateway, permits) -> None:
    assert gateway("map", "blr-permits", permits(1), "-o", "x", "--rejects", "./x").status == 2


def test_memory_does_not_grow_with_the_file(gateway, permits) -> None:
    def peak(rows: int) -> int:
        source = permits(rows)
        tracemalloc.start()
        assert gateway("map", "blr-permits", source, "-o", "out.xml", "--json").status == 0
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    peak(50)  # what is loaded once and stays
    small = peak(100)
    assert peak(1_500) < small + 400_000
    assert Path("out.xml").stat().st_size > 1_500_000


def test_a_message_becomes_a_national_file_again(gateway, permits) -> None:
    source = permits(2)
    gateway("map", "blr-permits", source, "-o", "out.xml")
    done = gateway("unmap", "blr-permits", "out.xml", "-o", "back.csv", "--losses", "lost.csv", "--json")
    assert (done.status, done.json) == (0, {"records": 2, "losses": 0})
    assert Path("back.csv").read_bytes().splitlines()[1] == source.read_bytes().splitlines()[1]
    assert Path("lost.csv").read_text().strip() == "record,path,code,message_en,message_ru"


@pytest.mark.parametrize("example", ["ping.xml", "receipt.xml"])
def test_a_message_without_records_has_no_national_form(gateway, message, example, leftovers) -> None:
    refused = gateway("unmap", "blr-permits", message.parent / example, "-o", "back.csv")
    assert (refused.status, refused.err.split(":")[0]) == (1, "schema-invalid")
    assert not Path("back.csv").exists()
