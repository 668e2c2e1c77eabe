"""Whatever a partner's directories and notices say, and in whatever order they come: keys only move on."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import KeyUnusable
from gateway.ledger import log
from gateway.store.database import Database
from gateway.store.tables import Bookmark, Key
from gateway.trust import keyfiles, lifecycle, takeover
from gateway.trust.takeover import RANK, Word

KAZ = "KAZ/MVD"
STATUSES = ("published", "active", "retiring", "revoked")


@pytest.fixture(scope="module")
def chain() -> dict[str, str]:
    """Five certificates of one partner: kid and base64."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    from tests.trust.conftest import START  # noqa: PLC0415

    made = {}
    for _ in range(5):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = keyfiles.self_signed(key, party=KAZ, now=START, until=START + timedelta(days=365))
        der = certificate.public_bytes(keyfiles.serialization.Encoding.DER)
        made[keyfiles.key_id(certificate)] = base64.b64encode(der).decode()
    return made


WORDS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(0, 4),
        st.dictionaries(st.integers(0, 4), st.sampled_from(STATUSES), min_size=1),
        st.booleans(),
    ),
    max_size=12,
)
"""Serial, signer, status by key, and whether it is a notice: by number, since keys are made once."""


@given(words=WORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_keys_only_move_on_and_a_revoked_one_never_comes_back(sqlite: Database, now, chain, words) -> None:
    kids = list(chain)
    with sqlite.begin() as session:
        lifecycle.propose(
            session, keyfiles.x509.load_der_x509_certificate(base64.b64decode(chain[kids[0]])),
            party=KAZ, actor="anna", now=now,
        )  # fmt: skip
        lifecycle.activate(session, kids[0], actor="boris", now=now)
        ranks: dict[str, int] = {}
        highest = 0
        for serial, signer, states, notice in words:
            accepted = session.get(Key, kids[signer])
            if accepted is None or accepted.status not in takeover.ACCEPTED:
                continue
            entries = [{"kid": kids[i], "status": status, "x5c": [chain[kids[i]]]} for i, status in states.items()]
            content = "" if notice else repr(sorted(states.items()))
            try:
                with session.begin_nested():
                    takeover.take_over(session, Word(KAZ, kids[signer], serial, entries, now), content)
            except KeyUnusable:
                continue
            session.flush()
            for kid in kids:
                key = session.get(Key, kid)
                rank = RANK[key.status] if key is not None else 0
                # Only doubt takes a key back, to where people have to look at it, or another key vouches for it.
                assert rank >= ranks.get(kid, 0) or key.status == "proposed" or key.vouched == kids[signer] != kid
                assert kid != kids[signer] or key.vouched != kid
                assert ranks.get(kid) != RANK["revoked"] or rank == RANK["revoked"]
                ranks[kid] = rank
            assert takeover.last_serial(session, KAZ) >= highest or highest == 0
            highest = max(highest, takeover.last_serial(session, KAZ))
        session.rollback()


def test_nobody_speaks_of_anothers_keys(sqlite: Database, now, certificates_of, chain) -> None:
    first = next(iter(chain))
    with sqlite.begin() as session:
        other = lifecycle.propose(session, certificates_of("UZB/MVD"), party="UZB/MVD", actor="anna", now=now).kid
        lifecycle.propose(
            session, keyfiles.x509.load_der_x509_certificate(base64.b64decode(chain[first])),
            party=KAZ, actor="anna", now=now,
        )  # fmt: skip
        lifecycle.activate(session, first, actor="boris", now=now)
        for status in ("revoked", "active"):
            with pytest.raises(KeyUnusable, match="belongs to somebody else"):
                takeover.take_over(session, Word(KAZ, first, 1, [{"kid": other, "status": status}], now), "")
        assert session.get_one(Key, other).status == "proposed"


def test_whoever_vouched_for_a_doubted_key_takes_it_along(sqlite: Database, now, chain) -> None:
    first, second, third = list(chain)[:3]
    with sqlite.begin() as session:
        lifecycle.propose(
            session, keyfiles.x509.load_der_x509_certificate(base64.b64decode(chain[first])),
            party=KAZ, actor="anna", now=now,
        )  # fmt: skip
        lifecycle.activate(session, first, actor="boris", now=now)

        def say(signer: str, serial: int, *kids: str) -> None:
            entries = [{"kid": kid, "status": "active", "x5c": [chain[kid]]} for kid in kids]
            takeover.take_over(session, Word(KAZ, signer, serial, entries, now), f"content {serial}")

        say(first, 1, first, second)
        say(second, 2, first, second, third)
        # The second has brought in the third, and falls with the first, which brought in the second.
        lifecycle.revoke(session, first, invalid_since=now, actor="anna", reason="stolen", now=now)
        assert [session.get_one(Key, kid).status for kid in (first, second, third)] == [
            "revoked", "proposed", "proposed",
        ]  # fmt: skip
        # A key that came in before the theft stays.
        lifecycle.activate(session, second, actor="boris", now=now)
        assert session.get_one(Key, second).status == "active"


def test_a_directory_waits_for_a_notice_that_has_begun_and_sees_its_serial(database: Database, now: datetime) -> None:
    def read() -> int:
        with database.begin() as session:
            return takeover.last_serial(session, "KAZ/GATE", hold=True)

    with ThreadPoolExecutor(1) as threads:
        with database.begin() as notice:
            # A notice holds the log before it holds the serial, which here is the first of this partner.
            log.hold(notice, "exchange")
            reading = threads.submit(read)
            assert wait([reading], timeout=0.3).not_done
            notice.add(Bookmark(name="directory:KAZ/GATE", value="7 ", updated=now))
            notice.flush()
        assert reading.result(timeout=30) == 7


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", 7])
def test_a_key_that_is_revoked_since_no_time_is_revoked_since_now(sqlite: Database, now, chain, since) -> None:
    kid = next(iter(chain))
    with sqlite.begin() as session:
        lifecycle.propose(
            session, keyfiles.x509.load_der_x509_certificate(base64.b64decode(chain[kid])),
            party=KAZ, actor="anna", now=now,
        )  # fmt: skip
        lifecycle.activate(session, kid, actor="boris", now=now)
        takeover.take_over(
            session, Word(KAZ, kid, 2, [{"kid": kid, "status": "revoked", "invalid_since": since}], now), ""
        )
    with sqlite.read() as session:
        key = session.get_one(Key, kid)
        assert (key.status, key.invalid_since) == ("revoked", now)
