"""Access tokens: the right assertion gets one for five minutes, every other one gets the same refusal."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway import audit
from gateway.errors import NotAuthenticated
from gateway.store.database import Database
from gateway.store.tables import Audit, Partner, SpentToken
from gateway.trust import tokens

ENDPOINT = "https://gate.example.by/v1/token"
NODE = "BLR/GATE"
CLIENT = "KAZ/MVD"


class World:
    """A node with its key, and one client with another."""

    def __init__(self, database: Database, clock, signer_of, algorithm: str = "p256") -> None:
        self.database, self.clock = database, clock
        self.node = signer_of(NODE, "ed25519" if algorithm != "ed25519" else "p256")
        self.client = signer_of(CLIENT, algorithm)
        self.keys = {NODE: [self.node], CLIENT: [self.client]}
        with database.begin() as session:
            session.add(
                Partner(
                    id=CLIENT, state="KAZ", agency="MVD", agency_class="INT", kind="agency", status="active",
                    created=clock(),
                )
            )  # fmt: skip

    def certificates_of(self, party: str):
        return [(signer.kid, signer.certificate) for signer in self.keys.get(party, [])]

    def exchange(self, assertion: str) -> tokens.AccessToken:
        with audit.keeping_traces(self.database) as session:
            return tokens.exchange(
                session,
                assertion,
                audience=ENDPOINT,
                issuer=NODE,
                signer=self.node,
                certificates_of=self.certificates_of,
                now=self.clock(),
            )

    def authenticate(self, token: str) -> tokens.Client:
        with self.database.read() as session:
            return tokens.authenticate(
                session, token, issuer=NODE, certificates_of=self.certificates_of, now=self.clock()
            )

    def claims(self, **changes: object) -> dict[str, object]:
        start = int(self.clock().timestamp())
        claims = {"iss": CLIENT, "sub": CLIENT, "aud": ENDPOINT, "iat": start, "exp": start + 300, "jti": "j1"}
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def signed(self, signer=None, **changes: object) -> str:
        return tokens._signed(self.claims(**changes), signer or self.client, "JWT")

    def refused(self, assertion: str) -> str:
        with pytest.raises(NotAuthenticated) as raised:
            self.exchange(assertion)
        assert raised.value.detail == "", "the reason must stay inside"
        return raised.value.reason


@pytest.fixture
def world(sqlite: Database, clock, signer_of) -> World:
    return World(sqlite, clock, signer_of)


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_an_assertion_becomes_a_token_that_names_the_client(
    database: Database, clock, signer_of, algorithm: str
) -> None:
    world = World(database, clock, signer_of, algorithm)
    assertion = tokens.assertion(world.client, CLIENT, audience=ENDPOINT, now=clock())
    issued = world.exchange(assertion)
    assert issued.expires_in == 300
    assert world.authenticate(issued.token) == tokens.Client(CLIENT, "KAZ", "MVD", "INT") == issued.client


def test_any_jose_library_reads_our_tokens(world: World) -> None:
    issued = world.exchange(world.signed())
    header = jwt.get_unverified_header(issued.token)
    assert header == {"alg": "EdDSA", "kid": world.node.kid, "typ": "at+jwt"}
    claims = jwt.decode(
        issued.token,
        world.node.certificate.public_key(),
        algorithms=["EdDSA"],
        audience=NODE,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["exp"] - claims["iat"] == 300


def test_rsa_clients_may_sign_with_either_padding(sqlite: Database, clock, signer_of, private_keys) -> None:
    world = World(sqlite, clock, signer_of, "rsa")
    assert world.exchange(jwt.encode(world.claims(), private_keys["rsa"], algorithm="PS256")).client.id == CLIENT
    assert world.exchange(jwt.encode(world.claims(jti="j2"), private_keys["rsa"], algorithm="RS256"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sub": "KAZ/OTHER"}, "iss is not sub"),
        ({"iss": None}, "claim iss"),
        ({"iss": 7}, "not a JWT|claim iss"),
        ({"iss": "UZB/MVD"}, "no acceptable key"),
        ({"aud": "https://other.example/token"}, "another endpoint"),
        ({"aud": None}, "another endpoint"),
        ({"exp": None}, "claim exp"),
        ({"exp": "soon"}, "claim exp"),
        ({"exp": True}, "claim exp"),
        ({"exp": float("nan")}, "claim exp"),
        ({"exp": 1e300}, "claim exp"),
        ({"jti": None}, "claim jti"),
        ({"jti": "x" * 300}, "claim jti"),
        ({"jti": ""}, "claim jti"),
    ],
)
def test_an_assertion_with_a_wrong_or_missing_claim_is_refused(world: World, changes: dict, reason: str) -> None:
    import re  # noqa: PLC0415

    assert re.search(reason, world.refused(world.signed(**changes)))


def test_an_assertion_may_name_several_audiences(world: World) -> None:
    assert world.exchange(world.signed(aud=["https://other.example", ENDPOINT])).client.id == CLIENT


def test_an_assertion_lives_for_five_minutes_and_no_longer(world: World) -> None:
    start = int(world.clock().timestamp())
    assert "more than five minutes" in world.refused(world.signed(exp=start + 3600))
    assert "expired" in world.refused(world.signed(exp=start - 60))
    assert "from the future" in world.refused(world.signed(iat=start + 61))
    assert "from the future" in world.refused(world.signed(nbf=start + 600))
    assert world.exchange(world.signed(iat=start + 60, exp=start + 360))
    assert world.exchange(world.signed(exp=start - 59, jti="j2"))


def test_an_assertion_opens_the_door_once(database: Database, clock, signer_of) -> None:
    world = World(database, clock, signer_of)
    assertion = world.signed()
    world.exchange(assertion)
    assert "used before" in world.refused(assertion)
    assert "used before" in world.refused(world.signed(exp=int(clock().timestamp()) + 200))


def test_two_clients_may_use_the_same_jti(world: World, signer_of) -> None:
    other = signer_of("UZB/MVD", "rsa")
    world.keys["UZB/MVD"] = [other]
    with world.database.begin() as session:
        session.add(
            Partner(
                id="UZB/MVD", state="UZB", agency="MVD", agency_class="INT", kind="agency", status="active",
                created=world.clock(),
            )
        )  # fmt: skip
    world.exchange(world.signed())
    assert world.exchange(world.signed(other, iss="UZB/MVD", sub="UZB/MVD")).client.id == "UZB/MVD"


def test_spent_assertions_are_forgotten_once_they_are_refused_anyway(world: World) -> None:
    world.exchange(world.signed())
    assertion = world.signed()
    world.clock.advance(minutes=7)
    world.exchange(world.signed(jti="j2"))
    with world.database.read() as session:
        assert len(session.scalars(select(SpentToken)).all()) == 1
    assert "expired" in world.refused(assertion)


def test_a_stranger_with_a_key_of_his_own_is_refused(world: World, signer_of) -> None:
    stranger = signer_of("KAZ/STRANGER", "rsa")
    assert "no acceptable key" in world.refused(world.signed(stranger))
    claims = base64.urlsafe_b64encode(json.dumps(world.claims()).encode()).rstrip(b"=")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "kid": world.client.kid}).encode()).rstrip(b"=")
    body = header + b"." + claims
    forged = body + b"." + base64.urlsafe_b64encode(stranger.sign(body)).rstrip(b"=")
    assert "signature does not hold" in world.refused(forged.decode())


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "EdDSA"])
def test_the_header_never_chooses_the_algorithm(world: World, algorithm: str) -> None:
    header = {"alg": algorithm, "kid": world.client.kid, "typ": "JWT"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, world.claims())]
    body = b".".join(parts)
    signature = b"" if algorithm == "none" else base64.urlsafe_b64encode(world.client.sign(body)).rstrip(b"=")
    assert "signature does not hold" in world.refused((body + b"." + signature).decode())


@pytest.mark.parametrize("text", ["", "a.b.c", "a" * 9000, "....", "eyJhbGciOiJub25lIn0", "\ud800.a.b", "я.я.я"])
def test_what_is_not_a_token_at_all_is_refused(world: World, text: str) -> None:
    assert world.refused(text)
    with pytest.raises(NotAuthenticated):
        world.authenticate(text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_token_with_any_letter_changed_is_refused_or_means_the_same(world: World, data: st.DataObject) -> None:
    claims = {"iss": NODE, "sub": CLIENT, "aud": NODE, "exp": int(world.clock().timestamp()) + 60}
    token = tokens._signed(claims, world.node, "at+jwt")
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_.=+/ é"))
    changed = token[:place] + letter + token[place + 1 :]
    try:
        client = world.authenticate(changed)
    except NotAuthenticated:
        return
    # Only the unused bits of the last letter of the signature can differ.
    assert client.id == CLIENT
    assert changed[:-1] == token[:-1]


def test_an_access_token_ends_after_five_minutes(world: World) -> None:
    issued = world.exchange(world.signed())
    world.clock.advance(minutes=4, seconds=59)
    assert world.authenticate(issued.token).id == CLIENT
    world.clock.advance(seconds=1)
    with pytest.raises(NotAuthenticated) as raised:
        world.authenticate(issued.token)
    assert raised.value.reason == "the token has expired"


def test_a_suspended_client_is_out_at_once(world: World) -> None:
    issued = world.exchange(world.signed())
    with world.database.begin() as session:
        session.get_one(Partner, CLIENT).status = "suspended"
    with pytest.raises(NotAuthenticated):
        world.authenticate(issued.token)
    assert "not an active partner" in world.refused(world.signed(jti="j2"))


def test_an_assertion_is_no_access_token_and_an_access_token_no_assertion(world: World) -> None:
    own = tokens.assertion(world.node, NODE, audience=NODE, now=world.clock())
    with pytest.raises(NotAuthenticated) as raised:
        world.authenticate(own)
    assert raised.value.reason == "the token is of another kind than is asked for here"
    assert "iss is not sub" in world.refused(world.exchange(world.signed()).token)


def test_a_token_of_another_node_is_refused(world: World) -> None:
    claims = {"iss": "UZB/GATE", "sub": CLIENT, "aud": NODE, "exp": int(world.clock().timestamp()) + 60}
    with pytest.raises(NotAuthenticated) as raised:
        world.authenticate(tokens._signed(claims, world.node, "at+jwt"))
    assert raised.value.reason == "the token is not one of ours"


def test_a_token_without_a_key_name_is_tried_with_every_key_of_the_client(
    world: World, signer_of, private_keys
) -> None:
    world.keys[CLIENT] = [signer_of(CLIENT, "rsa"), world.client]
    assert world.exchange(jwt.encode(world.claims(), private_keys["p256"], algorithm="ES256")).client.id == CLIENT


def test_tokens_issued_and_denied_are_audited_with_the_reason(world: World) -> None:
    world.exchange(world.signed())
    world.refused(world.signed())
    world.refused("nonsense")
    with world.database.read() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id)).all()
    assert [(row.action, row.actor, row.outcome) for row in rows] == [
        ("token-issued", CLIENT, "done"),
        ("token-denied", CLIENT, "not-authenticated"),
        ("token-denied", "", "not-authenticated"),
    ]
    assert rows[1].detail["reason"] == "the assertion was used before"


def test_a_clock_that_is_a_minute_off_is_forgiven(world: World) -> None:
    assertion = world.signed()
    world.clock.advance(minutes=5, seconds=59)
    assert world.exchange(assertion).client.id == CLIENT
    assert timedelta(seconds=60) == tokens.SKEW
