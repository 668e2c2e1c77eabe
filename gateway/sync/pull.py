"""Pull: ask a partner for what is new, and keep it together with how far we have come."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from gateway.disclosure.agreements import Agreements
from gateway.errors import NotPermitted, Replayed, SchemaInvalid
from gateway.exchange import journal
from gateway.exchange.incoming import examine, judge_record, refuse_invalid, take_withdrawal
from gateway.exchange.node import Node
from gateway.exchange.outcome import Outcome, Task
from gateway.ledger import log, rowleaf
from gateway.ledger.log import Entry, OpenEnd
from gateway.message import body
from gateway.message.bodies import ChangeBatch, ChangesRequest, RecordVerdict
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.profile import sha256_base64
from gateway.message.rules import split
from gateway.message.signature import VerifiedMessage, sign
from gateway.partners import directory
from gateway.store import numbers, tables
from gateway.sync import foreign, health
from gateway.sync.bookmarks import bookmark, move_bookmark
from gateway.sync.deliver import never
from gateway.sync.transport import exchange

_PAGES = 1_000
"""Most pages of one run; what is left waits for the next."""


def pull(node: Node, partner_id: str, *, stopping: Callable[[], bool] = never) -> int:
    """Fetch and keep everything new of a partner; return the number of records that arrived."""
    with node.database.read() as session:
        partner = directory.get(session, partner_id)
    if partner.kind != "node":
        return foreign.pull(node, partner, stopping=stopping)
    arrived = 0
    for _ in range(_PAGES):
        count, more = _pull_page(node, partner)
        arrived += count
        if not more or stopping():
            break
    return arrived


def _pull_page(node: Node, partner: tables.Partner) -> tuple[int, bool]:
    now = node.clock()
    # 1. Ask from where we stand.
    with node.database.read() as session:
        after = int(bookmark(session, f"pull:{partner.id}") or 0)
        agreement = _agreement(session, partner, now)
    raw, asked = _request(node, partner, after, agreement, now)
    content, answer = exchange(node, partner, Kind.CHANGES_REQUEST, raw)
    if answer.header.kind is not Kind.CHANGE_BATCH:
        code = SchemaInvalid.code
        if answer.header.kind is Kind.RECEIPT:
            refuse_invalid(examine(answer.root))
            code = body.read_receipt(body_of(answer.root)).code
        raise NotPermitted("The partner declines to give its changes.", where=partner.id, reason=code)
    # 2. What arrived, and how far we have come, are one transaction.
    return _absorb(node, partner, content, answer, asked, after=after, now=now)


def _absorb(
    node: Node,
    partner: tables.Partner,
    content: bytes,
    answer: VerifiedMessage,
    asked: Entry,
    *,
    after: int,
    now: datetime,
) -> tuple[int, bool]:
    whole, by_change = split(examine(answer.root))
    refuse_invalid(whole)
    broken = {index for index, findings in by_change.items() if any(item.severity == "error" for item in findings)}
    if broken:
        raise SchemaInvalid("The partner's changes break the exchange format.", where=partner.id)
    batch = body.read_change_batch(body_of(answer.root))
    _check_positions(batch, partner, after)
    if not batch.changes:
        health.note_answer(node, partner.id)
        return 0, False
    with node.database.begin() as session:
        before = str(after) if after else ""
        if not move_bookmark(session, f"pull:{partner.id}", before=before, after=str(batch.last), now=now):
            # Another puller was first and has kept these changes; the rest is left to it.
            return 0, False
        if journal.before(session, answer) is not None:
            raise Replayed("The partner's answer bears the id of an earlier message.", where=partner.id)
        entry = journal.open_entry(session, answer, content, channel=partner.channel, now=now)
        task = Task(session, node, answer, entry.id, now)
        agreements = Agreements(session, now.date())
        # Whoever keeps records queues here, before it is asked what is known of them.
        numbers.hold(session, "record")
        verdicts = []
        for change in batch.changes:
            if change.record is not None:
                verdicts.append(judge_record(task, partner, agreements, change.record))
            elif change.withdrawal is not None:
                verdicts.append(take_withdrawal(task, partner, change.withdrawal))
        # The partner's row before the log, as everywhere: taken crosswise they would wait for each other.
        health.answered(session, partner.id, now)
        close_entry(session, entry, asked, answer, verdicts)
    return len(batch.changes), batch.more


def _check_positions(batch: ChangeBatch, partner: tables.Partner, after: int) -> None:
    """Changes come in order from where we asked, or a page would be passed over or come again for ever."""
    places = [after, *(change.position for change in batch.changes)]
    if batch.after != after or any(first >= second for first, second in pairwise(places)) or batch.last != places[-1]:
        raise SchemaInvalid("The partner answers from another position than was asked.", where=partner.id)


def close_entry(
    session: Session,
    entry: tables.Journal,
    asked: Entry,
    answer: VerifiedMessage,
    verdicts: list[RecordVerdict],
) -> None:
    """Note in journal and log what became of an answer with records; it needs no receipt of its own.

    The question gets its leaf together with the answer. One that brings nothing new is a leaf of the partner's
    log only: a node that asks every minute would fill its own with them.
    """
    outcome = Outcome.of_records(verdicts)
    leaf = log.message_entry(answer.header.message_id, answer.digest, outcome.verdict)
    end = OpenEnd(session, "exchange", 3)
    end.add(asked)
    place = end.add(leaf)
    entry.state = "partly" if outcome.verdict == "PARTLY" else "accepted"
    entry.stored, entry.unchanged = outcome.count("STORED"), outcome.count("UNCHANGED")
    entry.refused, entry.log_index = outcome.count("REFUSED"), place.index
    end.add(rowleaf.of_journal(session, entry))
    end.write()


def _agreement(session: Session, partner: tables.Partner, now: datetime) -> tuple[str, str]:
    """The agreement and purpose we name when we ask."""
    found = Agreements(session, now.date()).any_of("in", partner.state)
    if found is None:
        raise NotPermitted("No agreement in force lets us take records of this state.", where=partner.id)
    return found


def _request(
    node: Node, partner: tables.Partner, after: int, agreement: tuple[str, str], now: datetime
) -> tuple[bytes, Entry]:
    """The signed question, and its leaf."""
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.CHANGES_REQUEST,
        sender=Party.of(node.settings.node),
        receiver=Party.of(partner.id),
        created=now,
        expires=now + timedelta(seconds=300),
        purpose=agreement[1],
        agreement=agreement[0],
    )
    request = ChangesRequest(after, node.settings.limits.changes)
    content = write_message(header, body.write_changes_request(request))
    leaf = log.message_entry(message_id, sha256_base64(content), "ASKED", direction="out")
    return sign(content, node.keyring.signer(), now), leaf
