"""What may be used when: a status with dates, and a provider that has to prove itself first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gateway.algorithms import registry
from gateway.algorithms.entry import Stage
from gateway.errors import KeyUnusable

TODAY = date(2026, 3, 2)


def test_only_algorithms_with_sha_256_or_better_are_there():
    uris = [entry.uri for entry in registry.REGISTRY.values()]
    assert not [uri for uri in uris if "sha1" in uri or "md5" in uri or "hmac" in uri]
    assert all(entry.strength >= 112 for entry in registry.REGISTRY.values())


def test_one_identifier_names_one_way_to_verify():
    ways = {}
    for entry in registry.REGISTRY.values():
        ways.setdefault(entry.uri, set()).add((entry.verify, entry.digest.uri))
    assert all(len(found) == 1 for found in ways.values())


@pytest.mark.parametrize("name", registry.REGISTRY)
def test_the_stages_of_an_algorithm_only_lead_down_and_say_why(name):
    stages = registry.get(name).stages
    order = ["allowed", "verify-only", "disabled"]
    assert stages[0].since is None
    days = [stage.since for stage in stages[1:]]
    assert days == sorted(days)
    ranks = [order.index(stage.status) for stage in stages]
    assert ranks == sorted(set(ranks))
    assert all(stage.source for stage in stages[1:])


@pytest.mark.parametrize(
    ("day", "status", "sign", "verify"),
    [
        (date(2026, 3, 2), "allowed", True, True),
        (date(2030, 12, 31), "allowed", True, True),
        (date(2031, 1, 1), "verify-only", False, True),
        (date(2035, 12, 31), "verify-only", False, True),
        (date(2036, 1, 1), "disabled", False, False),
    ],
)
def test_short_rsa_keys_end_in_two_steps(day, status, sign, verify):
    assert registry.stage("rsa2048", day).status == status
    assert registry.usable("rsa2048", "sign", day) is sign
    assert registry.usable("rsa2048", "verify", day) is verify


def test_a_time_counts_for_its_day_in_utc():
    late = datetime(2031, 1, 1, 2, 0, tzinfo=timezone(timedelta(hours=5)))
    assert registry.stage("rsa2048", late).status == "allowed"
    assert registry.stage("rsa2048", datetime(2031, 1, 1, tzinfo=UTC)).status == "verify-only"


def test_why_an_algorithm_cannot_be_used_is_said():
    assert registry.obstacle("md5", "verify", TODAY) == "md5 is not in the registry of algorithms"
    assert registry.obstacle("rsa2048", "sign", date(2032, 1, 1)) == "rsa2048 is verify-only since 2031-01-01"
    assert registry.obstacle("rsa2048", "verify", date(2040, 1, 1)) == "rsa2048 is disabled since 2036-01-01"


def test_new_keys_are_made_only_with_what_may_sign():
    names = registry.makeable(TODAY)
    assert {"p256", "p384", "rsa", "ed25519"} <= set(names)
    assert "rsa2048" not in names


@pytest.mark.parametrize("name", ["p256", "p384", "rsa", "rsa2048", "ed25519"])
def test_the_known_vectors_of_the_software_hold(name):
    assert registry.fault(name) == ""


@pytest.fixture
def broken(monkeypatch):
    """A registry in which the provider of p256 is out of order and p384 was ended."""
    changed = {
        "p256": replace(registry.REGISTRY["p256"], prove=lambda: 1 // 0),
        "p384": replace(registry.REGISTRY["p384"], stages=(Stage("disabled", None),)),
    }
    monkeypatch.setattr(registry, "REGISTRY", registry.REGISTRY | changed)
    registry.fault.cache_clear()
    yield
    registry.fault.cache_clear()


@pytest.mark.usefixtures("broken")
def test_a_provider_that_fails_its_vectors_is_out_and_the_others_go_on(private_keys):
    assert registry.obstacle("p256", "verify", TODAY).startswith("p256 is out of order: ZeroDivisionError")
    names = registry.makeable(TODAY)
    assert not {"p256", "p384"} & set(names)
    assert {"rsa", "ed25519"} <= set(names)
    with pytest.raises(KeyUnusable) as raised:
        registry.of_key(private_keys["p256"].public_key())
    assert raised.value.reason.startswith("ZeroDivisionError")
    assert registry.of_key(private_keys["ed25519"].public_key()).name == "ed25519"


def test_a_vector_that_does_not_tell_right_from_wrong_is_a_fault(monkeypatch):
    entry = registry.REGISTRY["p256"]
    lenient = replace(entry, prove=lambda: entry.prove.func(*entry.prove.args[:1], lambda *_: None))
    monkeypatch.setattr(registry, "REGISTRY", registry.REGISTRY | {"p256": lenient})
    registry.fault.cache_clear()
    assert "does not fit the data" in registry.fault("p256")
    registry.fault.cache_clear()
