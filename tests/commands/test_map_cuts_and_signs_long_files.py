"""`gateway map --batch --key`: several messages of one file, each valid and signed, all of them or none."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.commands import keyholder
from gateway.mapping import conversion
from gateway.message.body import read_records
from gateway.message.envelope import body_of, read_header
from gateway.message.parse import parse
from gateway.message.signature import canonical, sign

TOO_LATE = (
    "Каримов;Жасур;нет;31.02.1985;М;Узбекистан;;AA;1;01.02.2020;;паспорт;СР-9;01.03.2026;28.02.2027;ООО;100000007"
)


def test_a_long_file_becomes_numbered_messages_that_each_verify(gateway, permits, openssl, leftovers) -> None:
    pair = openssl("p256", subject="/CN=BLR\\/MVD")
    source = permits(5, TOO_LATE)
    done = gateway("map", "blr-permits", source, "-o", "out.xml", "--rejects", "bad.csv", "--batch", 2,
                   "--key", pair.key, "--cert", pair.certificate, "--json")  # fmt: skip
    assert done.json == {"rows": 6, "mapped": 5, "warned": 0, "rejected": 1, "batches": 3}
    names = [f"out.{number:04d}.xml" for number in (1, 2, 3)]
    assert sorted(path.name for path in Path.cwd().glob("out*")) == names
    held = []
    for name in names:
        verified = gateway("verify", name, "--trust", pair.folder, "--json")
        assert (verified.json["valid"], verified.json["signer"]) == (True, "BLR/MVD")
        assert gateway("validate", name, "--json").json == []
        held.append(len(read_records(body_of(parse(Path(name).read_bytes(), limit=1 << 20)))))
    assert held == [2, 2, 1]
    with Path("bad.csv").open(encoding="utf-8", newline="") as text:
        assert {row["row"] for row in csv.DictReader(text)} == {"7"}


def test_a_file_that_fits_into_one_message_keeps_the_name_it_was_given(gateway, permits) -> None:
    done = gateway("map", "blr-permits", permits(2), "-o", "out.xml", "--batch", 2)
    assert done.status == 0
    assert [path.name for path in Path.cwd().glob("out*")] == ["out.xml"]


def test_people_are_told_where_the_messages_are(gateway, permits) -> None:
    done = gateway("map", "blr-permits", permits(3), "-o", "out.xml", "--batch", 2)
    assert "2 messages" in done.out
    assert "out.0002.xml" in done.out


def test_signing_while_writing_gives_what_signing_the_whole_message_gives(gateway, permits, openssl) -> None:
    pair = openssl("ed25519", subject="/CN=BLR\\/MVD")
    source = permits(3)
    gateway("map", "blr-permits", source, "-o", "out.xml", "--key", pair.key, "--cert", pair.certificate)
    signed = Path("out.xml").read_bytes()
    start, end = signed.index(b"<ds:Signature"), signed.index(b"</Message>")
    content = signed[:start] + signed[end:]
    assert canonical(content, limit=1 << 20) == content
    at = read_header(content).created
    # Ed25519 signs the same bytes the same way each time, so the two signatures can be compared.
    assert sign(content, keyholder.signer(pair.key, pair.certificate, at), at) == signed


def test_a_key_without_its_certificate_is_wrong_use(gateway, permits, openssl) -> None:
    pair = openssl("p256")
    for half in (("--key", pair.key), ("--cert", pair.certificate)):
        assert gateway("map", "blr-permits", permits(1), "-o", "out.xml", *half).status == 2
    assert not Path("out.xml").exists()


def test_a_pipe_takes_one_message_however_long(gateway, permits) -> None:
    assert gateway("map", "blr-permits", permits(1), "-o", "/dev/null", "--batch", 5).status == 2


def test_files_of_an_earlier_run_are_named_and_left_alone(gateway, permits) -> None:
    gateway("map", "blr-permits", permits(3), "-o", "out.xml", "--batch", 1)
    done = gateway("map", "blr-permits", permits(2), "-o", "out.xml", "--batch", 1)
    assert "out.0003.xml" in done.err
    done = gateway("map", "blr-permits", permits(2), "-o", "out.xml")
    assert "out.0001.xml" in done.err
    assert Path("out.0003.xml").exists()


def test_a_place_taken_by_a_folder_leaves_all_others_empty(gateway, permits, leftovers) -> None:
    Path("out.0002.xml").mkdir()
    assert gateway("map", "blr-permits", permits(3), "-o", "out.xml", "--batch", 1).status == 2
    assert [path.name for path in Path.cwd().glob("out*")] == ["out.0002.xml"]


def test_a_run_that_breaks_off_leaves_nothing(gateway, permits, leftovers, monkeypatch: pytest.MonkeyPatch) -> None:
    real, met = conversion.Conversion.read, []

    def interrupted(self, number, cells):
        met.append(number)
        if len(met) > 350:
            raise KeyboardInterrupt
        return real(self, number, cells)

    monkeypatch.setattr(conversion.Conversion, "read", interrupted)
    done = gateway("map", "blr-permits", permits(400), "-o", "out.xml", "--rejects", "bad.csv", "--batch", 100)
    assert (done.status, len(met)) == (130, 351)
    assert list(Path.cwd().glob("*out*")) == []
    assert not Path("bad.csv").exists()


MEASURED = """
import resource, sys
from gateway.commands.main import run
status = run(["map", "blr-permits", sys.argv[1], "-o", sys.argv[2], "--json"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(status)
"""


def test_resident_memory_stays_flat_while_the_file_grows_tenfold(permits, tmp_path) -> None:
    def megabytes(rows: int) -> int:
        source = permits(rows, name=f"{rows}.csv")
        done = subprocess.run([sys.executable, "-c", MEASURED, source, tmp_path / "out.xml"],
                              check=True, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})  # fmt: skip
        return int(done.stderr.split()[-1])

    assert megabytes(20_000) < megabytes(2_000) + 25
