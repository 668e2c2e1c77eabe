"""The command line in process, files of every national form, and keys made by the real openssl."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.commands.main import run

EXAMPLES = Path(__file__).parents[2] / "schemas" / "xsd" / "examples"
HEADER = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Идентификационный номер;Серия;Номер;Дата выдачи;"
    "Срок действия;Вид документа;№ спецразрешения;Действует с;Действует по;Наниматель;УНП"
)
GOOD = (
    "Каримов;Жасур;Бахтиёрович;15.06.1985;М;Узбекистан;3150685A001PB5;AA;1234567;01.02.2020;01.02.2030;паспорт;"
    "СР-{number:06};01.03.2026;28.02.2027;ООО «Ольха»;100000007"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """English, no settings by accident, and a working directory of the test's own."""
    for name in [name for name in os.environ if name.startswith(("GATEWAY_", "LC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def gateway(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """A function that runs one command and returns its status and what it wrote."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Result(status, written.out, written.err)

    return call


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node made by `gateway init`; tests that change it copy it."""
    place = tmp_path_factory.mktemp("founded") / "node"
    assert run(["init", "--state", "BLR", "--dir", str(place)]) == 0
    return place


@pytest.fixture(scope="session")
def message() -> Path:
    """An unsigned, valid message."""
    return EXAMPLES / "valid" / "record-batch-labour-permit.xml"


@pytest.fixture
def permits(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a file of the register blr-permits: good rows, and any others as they are."""

    def make(good: int, *others: str, name: str = "permits.csv") -> Path:
        rows = [HEADER, *(GOOD.format(number=number) for number in range(1, good + 1)), *others]
        path = tmp_path / name
        path.write_bytes("\r\n".join([*rows, ""]).encode("windows-1251", "replace"))
        return path

    return make


OPENSSL = {
    "p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["-newkey", "rsa:2048"],
    "ed25519": ["-newkey", "ed25519"],
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and its certificate, as openssl leaves them."""

    key: Path
    certificate: Path
    folder: Path


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Pair]:
    """A function that makes a key and a self-signed certificate with the real openssl, once for each form."""
    made: dict[tuple[str, ...], Pair] = {}

    def make(algorithm: str = "p256", *options: str, subject: str = "/CN=somebody") -> Pair:
        wanted = (algorithm, subject, *options)
        if wanted not in made:
            folder = tmp_path_factory.mktemp("openssl")
            key, certificate = folder / "key.pem", folder / "cert.pem"
            subprocess.run(
                ["openssl", "req", "-x509", *OPENSSL[algorithm], "-keyout", key, "-out", certificate, "-subj", subject,
                 "-utf8", *(options or ("-noenc", "-days", "30"))],
                check=True,
                capture_output=True,
            )  # fmt: skip
            made[wanted] = Pair(key, certificate, folder)
        return made[wanted]

    return make


@pytest.fixture
def leftovers(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """A function that lists drafts left behind; asked once more when the test ends."""

    def left() -> list[str]:
        return [str(path) for path in tmp_path.rglob("*") if path.name.endswith((".part", ".making"))]

    yield left
    assert left() == []
