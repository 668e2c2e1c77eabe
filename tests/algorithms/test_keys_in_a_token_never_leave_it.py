"""Private keys in a real PKCS#11 token: made there, signing there, and every way a token can fail."""

from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass
from pkcs11.exceptions import AttributeSensitive

from gateway.algorithms import registry, token
from gateway.algorithms.token import Place, Token, home_of, key_at
from gateway.errors import KeyUnusable

pytestmark = pytest.mark.tool
NAMES = ("p256", "p384", "rsa", "ed25519")
_numbers = count(1)


@pytest.fixture
def label(softhsm) -> str:
    name = f"token {next(_numbers)}; =%"
    softhsm.token(name)
    return name


@pytest.fixture
def opened(softhsm):
    """A function that opens a token by its label, as a node does."""

    def make(label: str, pin: str = "1234", module: str = "") -> Token:
        return Token(Place(module or softhsm.module, label, lambda: pin))

    return make


def made(opened_token: Token, algorithm: str = "p256"):
    home, spki = opened_token.generate(algorithm, "BLR/GATE")
    return key_at(opened_token, home, algorithm), registry.of_spki(spki), home


@pytest.mark.parametrize("name", NAMES)
def test_a_key_in_a_token_signs_what_its_public_part_verifies(opened, label, name) -> None:
    key, public, home = made(opened(label), name)
    assert public.algorithm.name == name
    assert len(home) <= 200
    for data in (b"", b"text", b"x" * 100_000):
        assert registry.holds(public, key.sign(data), data)
    assert not registry.holds(public, key.sign(b"text"), b"other")
    # Another process, later, finds it by its home alone.
    assert registry.holds(public, key_at(opened(label), home, name).sign(b"later"), b"later")


@pytest.mark.parametrize(("name", "secret"), [("p256", Attribute.VALUE), ("rsa", Attribute.PRIVATE_EXPONENT)])
def test_the_private_part_cannot_be_taken_out(opened, label, softhsm, name, secret) -> None:
    key, _, _ = made(opened(label), name)
    session = pkcs11.lib(softhsm.module).get_token(token_label=label).open()
    private = session.get_key(ObjectClass.PRIVATE_KEY, id=key.key_id)
    marks = [Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.NEVER_EXTRACTABLE, Attribute.PRIVATE]
    assert [private[mark] for mark in marks] == [True] * 4
    assert private[Attribute.EXTRACTABLE] is False
    assert private[Attribute.LOCAL] is True
    with pytest.raises(AttributeSensitive):
        _ = private[secret]


def test_many_threads_share_one_token(opened, label) -> None:
    key, public, _ = made(opened(label))
    with ThreadPoolExecutor(8) as threads:
        values = list(threads.map(key.sign, [b"%d" % n for n in range(400)]))
    assert all(registry.holds(public, value, b"%d" % n) for n, value in enumerate(values))


def test_a_call_that_hangs_keeps_nobody_else_waiting_for_ever(opened, label, monkeypatch) -> None:
    key, public, _ = made(opened(label))
    monkeypatch.setattr(token, "WAIT", 0.1)
    hangs, goes_on = Event(), Event()

    def pin() -> str:
        hangs.set()
        assert goes_on.wait(30)
        return "1234"

    with ThreadPoolExecutor(1) as threads:
        stuck = threads.submit(Token(Place(key.token.place.module, label, pin)).sign, key.key_id, "p256", b"stuck")
        try:
            assert hangs.wait(30)
            with pytest.raises(KeyUnusable, match="does not answer"):
                key.sign(b"text")
        finally:
            goes_on.set()
        assert registry.holds(public, stuck.result(), b"stuck")
    assert registry.holds(public, key.sign(b"text"), b"text")


def test_a_child_process_signs_with_the_token_of_its_parent_and_both_go_on(opened, label) -> None:
    key, public, _ = made(opened(label))
    key.sign(b"parent")
    child = os.fork()
    if child == 0:
        good = False
        try:
            good = registry.holds(public, key.sign(b"child"), b"child")
        finally:
            os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert registry.holds(public, key.sign(b"parent"), b"parent")


def test_a_token_that_was_restarted_is_opened_again(opened, label, softhsm) -> None:
    key, public, _ = made(opened(label))
    key.sign(b"before")
    for _ in range(3):
        pkcs11.lib(softhsm.module).reinitialize()
        assert registry.holds(public, key.sign(b"after"), b"after")


def test_two_tokens_of_one_module_do_not_disturb_each_other(opened, softhsm, label) -> None:
    softhsm.token(f"second {label}"[:32])
    one, other = made(opened(label)), made(opened(f"second {label}"[:32]))
    pkcs11.lib(softhsm.module).reinitialize()
    for _ in range(2):
        for key, public, _ in (one, other):
            assert registry.holds(public, key.sign(b"text"), b"text")


def test_a_token_that_is_taken_out_is_told_and_works_when_it_is_back(opened, label, softhsm, tmp_path) -> None:
    key, public, _ = made(opened(label))
    away = tmp_path / "away"
    shutil.move(softhsm.tokens, away)
    softhsm.tokens.mkdir()
    pkcs11.lib(softhsm.module).reinitialize()
    with pytest.raises(KeyUnusable, match="no token of this label"):
        key.sign(b"text")
    softhsm.tokens.rmdir()
    shutil.move(away, softhsm.tokens)
    assert registry.holds(public, key.sign(b"text"), b"text")


def test_a_wrong_pin_is_tried_once_and_never_locks_the_token(opened, label) -> None:
    key, public, home = made(opened(label))
    pins = ["9999"]
    wrong = Token(Place(key.token.place.module, label, lambda: pins[0]))
    # A login counts for the whole process, so it has to end first.
    pkcs11.lib(key.token.place.module).reinitialize()
    for _ in range(20):
        with pytest.raises(KeyUnusable, match="refuses the PIN"):
            wrong.sign(key.key_id, "p256", b"text")
    pins[0] = "1234"
    assert registry.holds(public, key_at(wrong, home, "p256").sign(b"text"), b"text")


@pytest.mark.parametrize(
    ("module", "sentence"),
    [("/nowhere/module.so", "cannot be loaded"), ("libc.so.6", "cannot be loaded"), (__file__, "cannot be loaded")],
)
def test_a_wrong_module_is_told(opened, module, sentence) -> None:
    with pytest.raises(KeyUnusable, match=sentence) as refused:
        opened("any", module=module).generate("p256", "BLR/GATE")
    assert refused.value.reason


def test_an_unknown_token_and_an_unknown_key_are_told(opened, label) -> None:
    with pytest.raises(KeyUnusable, match="no token of this label"):
        opened("another").generate("p256", "BLR/GATE")
    with pytest.raises(KeyUnusable, match="no private key of this id"):
        opened(label).sign(bytes(8), "p256", b"text")


def test_a_key_that_the_token_cannot_make_is_told(opened, label) -> None:
    with pytest.raises(KeyUnusable, match="not made in a token"):
        opened(label).generate("gost2012-256", "BLR/GATE")
    with pytest.raises(KeyUnusable, match="not made in a token"):
        opened(label).generate("rsa2048", "BLR/GATE")


@pytest.mark.parametrize(
    "home",
    ["", "file:x.pem", "pkcs11:", "pkcs11:token=other;id=%01", "pkcs11:token=;object=x", "pkcs11:id=%01;type=private"],
)
def test_a_home_that_is_none_of_this_token_is_refused(opened, label, home) -> None:
    with pytest.raises(KeyUnusable):
        key_at(opened(label), home, "p256")


def test_a_home_keeps_every_letter(opened, label) -> None:
    key_id = bytes(range(8))
    home = home_of(label, "BLR/GATE", key_id)
    assert home.startswith("pkcs11:token=token%20")
    assert home.endswith("%3B%20%3D%25;object=BLR%2FGATE;id=%00%01%02%03%04%05%06%07;type=private")
    assert key_at(opened(label), home, "p256").key_id == key_id


def test_the_file_of_the_pin_is_readable_by_its_user_only(softhsm, label) -> None:
    assert stat.S_IMODE((softhsm.place / f"{label}.pin").stat().st_mode) == 0o600
