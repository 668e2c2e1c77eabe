"""Raw bytes → a signed answer, in numbered steps. This is where a newcomer begins.

A message that an approved partner signed always gets a signed answer and always leaves a trace; what it
says is applied as a whole or, record by record, in part. A receipt means that everything it speaks of is
committed. Anything unproved is traced and refused, and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from gateway.errors import Expired, NotPermitted, Refusal, Replayed, WrongReceiver
from gateway.exchange import answer, journal, notices, receipt, resign
from gateway.exchange.connection import UNSECURED, Connection, check_bound
from gateway.exchange.incoming import examine, take_records, take_withdrawals
from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer, Outcome, Task
from gateway.message.envelope import Header, Kind
from gateway.message.signature import VerifiedMessage, verify
from gateway.partners import directory

_TRIES: Final = 3
"""Times that others may be first; what still collides then is a mistake of ours and has to be seen."""


def receive(node: Node, raw: bytes, *, channel: str, connection: Connection = UNSECURED) -> Answer:
    """Accept one message and return the signed answer to it, already committed.

    `channel` is `rest` or `soap`, for the journal; `connection` is how the bytes came. Raises a Refusal when no
    approved partner is proved to have signed the bytes, or somebody else hands them in; a proved sender's faults
    come back inside a signed receipt.
    """
    now = node.clock()
    # 1. Bytes to exactly what an approved partner signed. Nothing unproved gets further.
    try:
        message = verify(raw, node.trusted, limit=node.settings.limits.message_bytes)
        # Handed in by another than its signer, a message must not even use up its id.
        if node.settings.tls is not None:
            with node.database.read() as session:
                check_bound(session, node, str(message.header.sender), connection)
    except Refusal as refusal:
        journal.trace(node, raw, refusal, channel=channel, now=now)
        raise
    try:
        for _ in range(_TRIES):
            try:
                return _process(node, message, raw, channel, now)
            except IntegrityError:
                # Somebody was first at the same moment: with this very message, whose answer is there now, or
                # with the first row of a person or a counter.
                continue
        return _process(node, message, raw, channel, now)
    finally:
        if message.header.kind is Kind.KEY_NOTICE:
            # What was revoked with it is worth nothing from the next message on.
            node.keyring.forget()


def _process(node: Node, message: VerifiedMessage, raw: bytes, channel: str, now: datetime) -> Answer:
    with node.database.begin() as session:
        # 2. The same message again gets the same answer and has no second effect.
        earlier = journal.before(session, message)
        known = journal.known_answer(earlier, message)
        if earlier is not None and known is not None:
            return resign.answer_again(session, node, earlier, known, now)
        entry = journal.open_entry(session, message, raw, channel=channel, now=now, earlier=earlier)
        # 3. From here on a refusal undoes everything but the journal. An id stands for one content only.
        task = Task(session, node, message, entry.id, now)
        try:
            with session.begin_nested():
                if earlier is not None:
                    raise Replayed(reason="the same message id with another content")
                outcome = _accept(task)
        except Refusal as refusal:
            outcome = Outcome.refused(refusal)
        # 7. What happened is written into the tamper-evident log and signed, and then committed.
        return receipt.issue(task, entry, outcome)


def _accept(task: Task) -> Outcome:
    # 4. Addressed to us, and within its time.
    _check_header(task.node, task.message.header, task.now)
    partner = directory.get(task.session, str(task.message.header.sender))
    if partner.id in task.node.settings.administrators:
        raise NotPermitted(reason=f"{partner.id} administers this node, and takes no part in its exchange")
    # 5. Validated as a tree; a bad record is set aside, a bad message ends here.
    findings = examine(task.message.root)
    # 6. Read, judged and stored, or answered.
    return HANDLERS[task.message.header.kind](task, partner, findings)


def _check_header(node: Node, header: Header, now: datetime) -> None:
    if str(header.receiver) != node.settings.node:
        raise WrongReceiver(f"This node is {node.settings.node}.", where="/Message/Header/Receiver")
    skew = timedelta(seconds=node.settings.clock_skew)
    # The skew is reckoned from our own time: there is none before the first day of the calendar, or after its last.
    if header.created > now + skew:
        raise Expired("The message was created in the future.", where="/Message/Header/Created")
    if header.expires < now - skew:
        raise Expired("The message has expired.", where="/Message/Header/Expires")
    if header.kind not in HANDLERS:
        raise NotPermitted(f"A {header.kind} is an answer and cannot be sent as a message of its own.")


HANDLERS: Final[dict[Kind, Callable[..., Outcome]]] = {
    Kind.RECORD_BATCH: take_records,
    Kind.CORRECTION: take_records,
    Kind.STATISTICS_REPORT: take_records,
    Kind.WITHDRAWAL: take_withdrawals,
    Kind.CHANGES_REQUEST: answer.answer_changes,
    Kind.PERSON_QUERY: answer.answer_person,
    Kind.WATCHLIST_QUERY: answer.answer_watchlist,
    Kind.PING: answer.answer_ping,
    Kind.KEY_NOTICE: notices.take,
}
"""What is done with each kind of message; receipts and answers come back on the sender's own connection."""
