"""A node is founded as a whole or not at all, and its secrets are readable by nobody else."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest

from gateway.errors import KeyUnusable, Misuse
from gateway.founding import PASSWORD, SEARCH_KEY, make_node, open_node, starting_settings
from gateway.settings import load

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = starting_settings(state="BLR", agency="GATE", host="127.0.0.1", port=8001)


def test_a_founded_node_opens_and_signs(tmp_path, clock):
    place = tmp_path / "deep" / "blr"
    settings = make_node(place, TEXT, algorithm="ed25519", now=NOW)
    assert settings.directory == place
    node = open_node(load(place / "gateway.toml"), clock)
    assert node.keyring.signer().algorithm == "ed25519"
    assert node.settings.node == "BLR/GATE"
    node.database.close()


def test_secrets_are_readable_by_their_owner_only(tmp_path):
    place = tmp_path / "blr"
    make_node(place, TEXT, algorithm="ed25519", now=NOW)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    private = [path for path in (place / "keys").glob("*.pem") if not path.name.endswith(".crt.pem")]
    for path in (place / PASSWORD, place / SEARCH_KEY, *private):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert len(private) == 1
    assert b"ENCRYPTED" in private[0].read_bytes()


def test_two_nodes_share_no_secret(tmp_path):
    for name in ("one", "two"):
        make_node(tmp_path / name, TEXT, algorithm="ed25519", now=NOW)
    for name in (PASSWORD, SEARCH_KEY):
        assert (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("kind", ["a directory with something in it", "a file"])
def test_what_exists_is_never_overwritten(tmp_path, kind):
    place = tmp_path / "blr"
    if kind == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    with pytest.raises(Misuse):
        make_node(place, TEXT, algorithm="ed25519", now=NOW)
    assert (place if kind == "a file" else place / "mine").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["blr"]


def test_an_empty_directory_is_taken(tmp_path):
    (tmp_path / "blr").mkdir()
    make_node(tmp_path / "blr", TEXT, algorithm="ed25519", now=NOW)
    assert (tmp_path / "blr" / "gateway.toml").exists()


@pytest.mark.parametrize(
    ("text", "algorithm", "kind"),
    [(TEXT, "des", KeyUnusable), (TEXT.replace("8001", "99999"), "ed25519", Misuse)],
)
def test_a_failure_in_the_middle_leaves_nothing(tmp_path, text, algorithm, kind):
    with pytest.raises(kind):
        make_node(tmp_path / "blr", text, algorithm=algorithm, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_made_is_wrong_use(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Misuse):
        make_node(tmp_path / "file" / "blr", TEXT, algorithm="ed25519", now=NOW)


@pytest.mark.parametrize(("content", "why"), [(None, "missing"), (b"short", "damaged")])
def test_a_node_without_its_search_key_does_not_open(tmp_path, clock, content, why):
    place = tmp_path / "blr"
    make_node(place, TEXT, algorithm="ed25519", now=NOW)
    if content is None:
        (place / SEARCH_KEY).unlink()
    else:
        (place / SEARCH_KEY).write_bytes(content)
    with pytest.raises(KeyUnusable, match=why):
        open_node(load(place / "gateway.toml"), clock)


@pytest.mark.parametrize("name", [SEARCH_KEY, "key.password", "data.keys"])
def test_a_node_whose_secrets_others_can_read_does_not_open(tmp_path, clock, name):
    place = tmp_path / "blr"
    make_node(place, TEXT, algorithm="ed25519", now=NOW)
    (place / name).chmod(0o640)
    with pytest.raises(KeyUnusable, match="Others can read"):
        open_node(load(place / "gateway.toml"), clock)
