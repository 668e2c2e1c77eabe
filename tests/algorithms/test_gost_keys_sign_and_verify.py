"""GOST R 34.10-2012 in the gost engine: what it signs holds, also for another implementation, and nothing else does."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.algorithms import gost, gost_forms, gost_keys, gost_vectors
from gateway.errors import AlgorithmUnavailable, KeyUnusable

pytestmark = [pytest.mark.tool, pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())]

BOTH = pytest.mark.parametrize("name", gost.NAMES)

# GOST R 34.10-2012, appendix A.1: the curve y^2 = x^3 + ax + b over p, and the point P of order q.
P = 0x8000000000000000000000000000000000000000000000000000000000000431
A = 7
Q = 0x8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3
BASE = (2, 0x08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8)

Point = tuple[int, int] | None


def add(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    if one[0] == two[0] and (one[1] + two[1]) % P == 0:
        return None
    slope = (
        (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P)
        if one == two
        else (two[1] - one[1]) * pow(two[0] - one[0], -1, P)
    )
    x = (slope**2 - one[0] - two[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number: int, point: Point) -> Point:
    result: Point = None
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def holds_by_the_book(signature: bytes, digest: bytes, public: tuple[int, int]) -> bool:
    """RFC 7091, section 6.2, with the byte orders that docs/gost.md states."""
    s, r = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    e = int.from_bytes(digest, "little") % Q or 1
    v = pow(e, -1, Q)
    point = add(times(s * v % Q, BASE), times(-r * v % Q, public))
    return point is not None and point[0] % Q == r


def test_another_implementation_verifies_what_the_engine_signs() -> None:
    kind, example = gost_forms.KIND_256, gost_vectors.EXAMPLES["gost2012-256"]
    file = gost_forms.pkcs8(kind, example["set"], bytes.fromhex(example["d"]))
    key = gost_keys.private_key(gost.engine(), file, None, test=True)
    public = (int(example["x"], 16), int(example["y"], 16))
    for data in (b"", b"one", b"another" * 100):
        digest = gost.digest(kind.name, data)
        signature = key.sign(data)
        assert holds_by_the_book(signature, digest, public)
        assert not holds_by_the_book(signature[32:] + signature[:32], digest, public)


@BOTH
def test_the_same_data_signed_twice_gives_two_signatures_that_both_hold(name: str) -> None:
    key = gost.generate(name)
    one, two = key.sign(b"data"), key.sign(b"data")
    assert one != two
    public = gost.public_key(key.spki)
    assert public == key
    assert hash(public) == hash(key)
    assert [public.holds(one, b"data"), public.holds(two, b"data"), public.holds(one, b"Data")] == [True, True, False]
    assert gost.generate(name) != key


@BOTH
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_refuses(name: str, data: st.DataObject) -> None:
    key = gost.generate(name)
    content = data.draw(st.binary(min_size=1, max_size=300))
    signature = key.sign(content)
    assert key.holds(signature, content)
    for whole, changed_is_signature in ((signature, True), (content, False)):
        at = data.draw(st.integers(0, len(whole) - 1))
        other = data.draw(st.integers(1, 255))
        changed = whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :]
        assert not (key.holds(changed, content) if changed_is_signature else key.holds(signature, changed))


@BOTH
def test_a_signature_of_another_length_does_not_hold(name: str) -> None:
    key = gost.generate(name)
    signature = key.sign(b"data")
    for wrong in (b"", signature[:-1], signature + b"\0", signature * 2, bytes(len(signature)), b"\xff" * 64):
        assert not key.holds(wrong, b"data")
    assert not key.holds_over(signature, b"short")


@BOTH
def test_a_private_key_is_written_encrypted_and_openssl_opens_it(name: str, tmp_path: Path) -> None:
    key = gost.generate(name)
    file = tmp_path / "key.pem"
    file.write_bytes(key.encrypted("пароль".encode()))
    assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert gost.open_private(file.read_bytes(), "пароль".encode()) == key
    shown = subprocess.run(
        ["openssl", "pkey", "-engine", "gost", "-in", file, "-passin", "pass:пароль", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
    )
    assert shown.stdout == key.spki


@pytest.mark.parametrize(
    ("algorithm", "parameters"),
    [("gost2012_256", "TCA"), ("gost2012_256", "TCB"), ("gost2012_256", "TCD"), ("gost2012_256", "A"),
     ("gost2012_256", "XA"), ("gost2012_512", "A"), ("gost2012_512", "B"), ("gost2012_512", "C")],
)  # fmt: skip
def test_keys_made_by_openssl_open_and_sign(algorithm: str, parameters: str) -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-engine", "gost", "-algorithm", algorithm, "-pkeyopt", f"paramset:{parameters}"],
        capture_output=True,
        check=True,
    )
    key = gost.open_private(made.stdout, None)
    assert gost.public_key(key.spki).holds(key.sign(b"data"), b"data")


@BOTH
def test_a_private_key_that_does_not_open_is_refused(name: str) -> None:
    file = gost.generate(name).encrypted(b"right")
    plain = gost_forms.pkcs8(gost_forms.KINDS[name], "1.2.643.2.2.35.0", bytes(gost_forms.KINDS[name].size))
    cases: list[tuple[bytes, bytes | None]] = [
        (file, b"wrong"), (file, b""), (file, None), (file[:-60], b"right"), (b"", b"right"), (b"no key", b"right"),
        (file.replace(b"ENCRYPTED PRIVATE", b"PRIVATE"), b"right"), (plain, None),
        (file.replace(b"ENCRYPTED PRIVATE KEY", b"CERTIFICATE"), b"right"),
    ]  # fmt: skip
    for data, password in cases:
        with pytest.raises(KeyUnusable):
            gost.open_private(data, password)


def test_a_key_of_another_algorithm_or_parameter_set_is_refused() -> None:
    other = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True).stdout
    with pytest.raises(KeyUnusable, match=r"not of GOST R 34\.10-2012"):
        gost.open_private(other, None)
    example = gost_vectors.EXAMPLES["gost2012-256"]
    test_set = gost_forms.pkcs8(gost_forms.KIND_256, example["set"], bytes.fromhex(example["d"]))
    with pytest.raises(KeyUnusable, match=r"parameter set 1\.2\.643\.2\.2\.35\.0"):
        gost.open_private(test_set, None)


@BOTH
def test_a_point_beside_the_curve_is_no_key(name: str) -> None:
    spki = gost.generate(name).spki
    with pytest.raises(KeyUnusable):
        gost.public_key(spki[:-1] + bytes([spki[-1] ^ 1]))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_garbage_is_refused_and_never_ends_the_process(data: st.DataObject) -> None:
    key = gost.generate(data.draw(st.sampled_from(gost.NAMES)))
    spki = bytearray(key.spki)
    for _ in range(data.draw(st.integers(1, 4))):
        spki[data.draw(st.integers(0, len(spki) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(spki)))
    for garbage in (bytes(spki), bytes(spki[:cut]), data.draw(st.binary(max_size=200))):
        try:
            read = gost.public_key(garbage)
        except KeyUnusable:
            continue
        assert not read.holds(bytes(2 * read.kind.size), b"data")
    with pytest.raises(KeyUnusable):
        gost.open_private(data.draw(st.binary(max_size=300)), b"password")


def test_a_damaged_private_key_never_ends_the_process() -> None:
    file = bytearray(gost.generate("gost2012-256").encrypted(b"password"))
    for at in range(40, len(file) - 40, 7):
        damaged = bytes(file[:at]) + bytes([file[at] ^ 1]) + bytes(file[at + 1 :])
        try:
            # A flip in the file's own salt or text is a wrong password; one beyond base64 may even change nothing.
            gost.open_private(damaged, b"password")
        except KeyUnusable:
            continue


@BOTH
@given(pieces=st.lists(st.binary(max_size=200), max_size=8))
def test_a_digest_grows_piece_by_piece(name: str, pieces: list[bytes]) -> None:
    grown = gost.hasher(name)
    for number, piece in enumerate(pieces):
        assert grown.digest() == gost.digest(name, b"".join(pieces[:number]))
        grown.update(piece)
    assert grown.digest() == grown.digest() == gost.digest(name, b"".join(pieces))


@BOTH
def test_many_threads_share_one_key(name: str) -> None:
    shared = gost.generate(name)

    def work(number: int) -> bool:
        own = gost.generate(name)
        data = b"%d" % number
        mine, theirs = own.sign(data), shared.sign(data)
        public = gost.public_key(own.spki)
        opened = gost_keys.public_key(gost.engine(), shared.spki)
        good = public.holds(mine, data) and opened.holds(theirs, data) and shared.holds(theirs, data)
        return good and not public.holds(theirs, data) and not shared.holds(theirs, data + b"x")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))


def test_what_is_allocated_is_freed() -> None:
    key = gost.generate("gost2012-512")
    file = gost_forms.pkcs8(gost_forms.KIND_512, "1.2.643.7.1.2.1.2.1", b"\x01" * 64)

    def round_of(count: int) -> int:
        for number in range(count):
            signature = key.sign(b"%d" % number)
            public = gost_keys.public_key(gost.engine(), key.spki)
            public.holds(signature, b"%d" % number)
            public.holds(signature[::-1], b"other")
            gost.open_private(file, None)
            gost.generate("gost2012-256")
            gost.hasher("gost2012-256").digest()
            with pytest.raises(KeyUnusable):
                gost_keys.public_key(gost.engine(), key.spki[:-1] + b"\0")
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    before = round_of(100)
    # A leak of one key in each round would show as several megabytes.
    assert round_of(1500) - before < 2 * 1024**2


def test_an_example_that_does_not_come_out_disables_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = gost.engine()
    gost_vectors.self_test(engine)
    for table, name, part in (
        (gost_vectors.DIGESTS, "gost2012-512", None),
        (gost_vectors.EXAMPLES, "gost2012-256", "x"),
        (gost_vectors.EXAMPLES, "gost2012-512", "r"),
        (gost_vectors.EXAMPLES, "gost2012-256", "set"),
    ):
        with monkeypatch.context() as patch:
            changed = "1.2.643.2.2.35.1" if part == "set" else "00" * (64 if name == "gost2012-512" else 32)
            patch.setitem(table, name, changed if part is None else {**table[name], part: changed})  # type: ignore[index]
            with pytest.raises(AlgorithmUnavailable) as refused:
                gost_vectors.self_test(engine)
        assert refused.value.reason.startswith(name)
