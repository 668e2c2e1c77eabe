"""A machine without OpenSSL's gost engine: GOST is refused with a sentence, and everything else goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tool

ASK = """
from gateway.algorithms import gost
from gateway.errors import AlgorithmUnavailable
from cryptography.hazmat.primitives.asymmetric import ed25519
print(gost.missing())
make, read = lambda: gost.generate("gost2012-256"), lambda: gost.public_key(b"x")
for act in (make, read, lambda: gost.digest("gost2012-512", b"")):
    try:
        act()
    except AlgorithmUnavailable as refusal:
        print(refusal.code, refusal.detail)
key = ed25519.Ed25519PrivateKey.generate()
key.public_key().verify(key.sign(b"data"), b"data")
print("goes on")
"""


def ask(engines: Path) -> list[str]:
    # A process of its own: an engine that was loaded once stays loaded until the process ends.
    environment = {**os.environ, "OPENSSL_ENGINES": str(engines), "OPENSSL_CONF": os.devnull}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_missing_engine_is_named_in_both_languages(tmp_path: Path) -> None:
    said = ask(tmp_path)
    assert "libengine-gost-openssl" in said[0]
    assert "Не установлен" in said[0]
    assert said[1:4] == [f"algorithm-unavailable {said[0]}"] * 3
    assert said[4] == "goes on"


def test_a_file_that_is_no_engine_is_a_missing_engine(tmp_path: Path) -> None:
    (tmp_path / "gost.so").write_text("not a library")
    assert "libengine-gost-openssl" in ask(tmp_path)[0]
