"""The bodies of messages to XML and back: one writer and one reader a kind.

Writers return the canonical text of the element that stands in `Body`, without a namespace declaration.
Records inside may be given as values or as their stored canonical text, so that what was received once is
forwarded byte for byte and never parsed again. Readers take an element that has passed the schema.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.message.bodies import (
    Change,
    ChangeBatch,
    ChangesRequest,
    Hit,
    KeyNotice,
    ListedKey,
    PersonAnswer,
    Ping,
    ReceiptBody,
    RecordVerdict,
    Revocation,
    WatchlistAnswer,
    Withdrawal,
)
from gateway.message.elements import QUALIFIED, Element, is_true, moment, texts
from gateway.message.read import read_record, read_subject
from gateway.message.text import instant, text
from gateway.message.write import write_record, write_subject
from gateway.records.person import Person
from gateway.records.record import Record

__all__ = [
    "read_change_batch",
    "read_changes_request",
    "read_key_notice",
    "read_person_answer",
    "read_ping",
    "read_query",
    "read_receipt",
    "read_record",
    "read_records",
    "read_subject",
    "read_watchlist_answer",
    "read_withdrawal",
    "write_change_batch",
    "write_changes_request",
    "write_key_notice",
    "write_person_answer",
    "write_ping",
    "write_query",
    "write_receipt",
    "write_record",
    "write_records",
    "write_subject",
    "write_watchlist_answer",
    "write_withdraw",
    "write_withdrawal",
]


def write_records(records: Iterable[Record | str], *, kind: str = "RecordBatch") -> str:
    """A `RecordBatch`, `Correction` or `StatisticsReport` of one record or more."""
    return f"<{kind}>{_records(records)}</{kind}>"


def read_records(body: Element) -> tuple[Record, ...]:
    """The records of a `RecordBatch`, `Correction` or `StatisticsReport`, in order."""
    return tuple(read_record(child) for child in body)


def write_withdrawal(withdrawals: Iterable[Withdrawal]) -> str:
    """A `Withdrawal` of one record or more."""
    return f"<Withdrawal>{''.join(map(write_withdraw, withdrawals))}</Withdrawal>"


def write_withdraw(withdrawal: Withdrawal) -> str:
    """The fragment of one withdrawal, also to be kept as a change."""
    return (
        f"<Withdraw><RecordId>{text(withdrawal.record_id, 'RecordId')}</RecordId>"
        f"<Version>{withdrawal.version}</Version><Reason>{text(withdrawal.reason, 'Reason')}</Reason></Withdraw>"
    )


def read_withdrawal(body: Element) -> tuple[Withdrawal, ...]:
    """The withdrawals of a `Withdrawal`, in order."""
    return tuple(_withdraw(child) for child in body)


def _withdraw(element: Element) -> Withdrawal:
    fields = texts(element)
    return Withdrawal(fields["RecordId"], int(fields["Version"]), fields["Reason"])


def write_changes_request(request: ChangesRequest) -> str:
    """A `ChangesRequest`."""
    return f"<ChangesRequest><After>{request.after}</After><Limit>{request.limit}</Limit></ChangesRequest>"


def read_changes_request(body: Element) -> ChangesRequest:
    """The request of a `ChangesRequest`."""
    fields = texts(body)
    return ChangesRequest(int(fields["After"]), int(fields["Limit"]))


def write_change_batch(after: int, last: int, more: bool, changes: Iterable[tuple[int, str]]) -> str:  # noqa: FBT001
    """A `ChangeBatch` of positions with the stored text of a `<Record>` or a `<Withdraw>` each."""
    inner = "".join([f"<Change><Position>{position}</Position>{fragment}</Change>" for position, fragment in changes])
    return (
        f"<ChangeBatch><After>{after}</After><Last>{last}</Last><More>{'true' if more else 'false'}</More>"
        f"{inner}</ChangeBatch>"
    )


def read_change_batch(body: Element) -> ChangeBatch:
    """The changes of a `ChangeBatch`."""
    fields = texts(body)
    changes = tuple(_change(child) for child in body.iterchildren(QUALIFIED + "Change"))
    return ChangeBatch(int(fields["After"]), int(fields["Last"]), is_true(fields["More"]), changes)


def _change(element: Element) -> Change:
    position = int(element[0].text or "")
    if element[1].tag == QUALIFIED + "Record":
        return Change(position, record=read_record(element[1]))
    return Change(position, withdrawal=_withdraw(element[1]))


def write_query(subject: Person, *, kind: str = "PersonQuery") -> str:
    """A `PersonQuery` or `WatchlistQuery` about a person."""
    return f"<{kind}>{write_subject(subject)}</{kind}>"


def read_query(body: Element) -> Person:
    """The person asked about in a `PersonQuery` or `WatchlistQuery`, with an empty `ref`."""
    return read_subject(body[0])


def write_person_answer(matches: Iterable[Iterable[Record | str]], *, size: int = 0) -> str:
    """A `PersonAnswer`; one inner list a person, padded to `size` bytes so that its size tells nothing."""
    inner = "".join([f"<Match>{_records(match)}</Match>" for match in matches])
    return _padded("PersonAnswer", inner, size)


def read_person_answer(body: Element) -> PersonAnswer:
    """The matches of a `PersonAnswer`."""
    return PersonAnswer(tuple(read_records(match) for match in body.iterchildren(QUALIFIED + "Match")))


def write_watchlist_answer(answer: WatchlistAnswer, *, size: int = 0) -> str:
    """A `WatchlistAnswer`, padded to `size` bytes so that its size tells nothing."""
    inner = f"<Band>{text(answer.band, 'Band')}</Band>{''.join(map(_write_hit, answer.hits))}"
    return _padded("WatchlistAnswer", inner, size)


def _write_hit(hit: Hit) -> str:
    reasons = "".join([f"<Reason>{text(reason, 'Reason')}</Reason>" for reason in hit.reasons])
    return (
        f"<Hit><Band>{text(hit.band, 'Band')}</Band><Action>{text(hit.action, 'Action')}</Action>"
        f"<Reference>{text(hit.reference, 'Reference')}</Reference>"
        f"<Contact>{text(hit.contact, 'Contact')}</Contact>{reasons}</Hit>"
    )


def read_watchlist_answer(body: Element) -> WatchlistAnswer:
    """The answer of a `WatchlistAnswer`."""
    hits = tuple(_hit(child) for child in body.iterchildren(QUALIFIED + "Hit"))
    return WatchlistAnswer(texts(body)["Band"], hits)


def _hit(element: Element) -> Hit:
    fields = texts(element)
    reasons = tuple(child.text or "" for child in element.iterchildren(QUALIFIED + "Reason"))
    return Hit(fields["Band"], fields["Action"], fields["Reference"], fields["Contact"], reasons)


def write_key_notice(notice: KeyNotice) -> str:
    """A `KeyNotice`."""
    revoked = "".join(
        [
            f"<Revoked><KeyId>{text(key.key_id, 'KeyId')}</KeyId>"
            f"<InvalidSince>{instant(key.invalid_since, 'InvalidSince')}</InvalidSince></Revoked>"
            for key in notice.revoked
        ]
    )
    listed = "".join(map(_write_listed_key, notice.keys))
    return f"<KeyNotice><Serial>{notice.serial}</Serial>{revoked}{listed}</KeyNotice>"


def _write_listed_key(key: ListedKey) -> str:
    chain = "".join([f"<Certificate>{text(each, 'Certificate')}</Certificate>" for each in key.certificates])
    return f"<Key><KeyId>{text(key.key_id, 'KeyId')}</KeyId><Status>{text(key.status, 'Status')}</Status>{chain}</Key>"


def read_key_notice(body: Element) -> KeyNotice:
    """The notice of a `KeyNotice`."""
    revoked = []
    for child in body.iterchildren(QUALIFIED + "Revoked"):
        fields = texts(child)
        since = moment(fields["InvalidSince"])
        revoked.append(Revocation(fields["KeyId"], since))
    keys = tuple(_listed_key(child) for child in body.iterchildren(QUALIFIED + "Key"))
    return KeyNotice(int(texts(body)["Serial"]), tuple(revoked), keys)


def _listed_key(element: Element) -> ListedKey:
    fields = texts(element)
    chain = tuple(child.text or "" for child in element.iterchildren(QUALIFIED + "Certificate"))
    return ListedKey(fields["KeyId"], fields["Status"], chain)


def write_ping(ping: Ping) -> str:
    """A `Ping`."""
    return f"<Ping>{_optional('Text', ping.text)}</Ping>"


def read_ping(body: Element) -> Ping:
    """The ping of a `Ping`."""
    return Ping(texts(body).get("Text", ""))


def write_receipt(receipt: ReceiptBody) -> str:
    """A `Receipt`; the log's parts stand in it only where the message has its place in the log."""
    logged = ""
    if receipt.log_index is not None:
        hashes = "".join([f"<Hash>{text(digest, 'Hash')}</Hash>" for digest in receipt.log_proof])
        logged = (
            f"<LogIndex>{receipt.log_index}</LogIndex><LogSize>{receipt.log_size}</LogSize>"
            f"<LogRoot>{text(receipt.log_root, 'LogRoot')}</LogRoot><LogProof>{hashes}</LogProof>"
        )
    gaps = "".join([f"<Missing><From>{first}</From><To>{last}</To></Missing>" for first, last in receipt.missing])
    return (
        f"<Receipt><MessageId>{text(receipt.message_id, 'MessageId')}</MessageId>"
        f"<Digest>{text(receipt.digest, 'Digest')}</Digest><Verdict>{text(receipt.verdict, 'Verdict')}</Verdict>"
        f"{_optional('Code', receipt.code)}{logged}{''.join(map(_write_verdict, receipt.records))}{gaps}</Receipt>"
    )


def _write_verdict(verdict: RecordVerdict) -> str:
    version = f"<Version>{verdict.version}</Version>" if verdict.version else ""
    return (
        f"<RecordVerdict>{_optional('RecordId', verdict.record_id)}{version}"
        f"<Verdict>{text(verdict.verdict, 'Verdict')}</Verdict>"
        f"{_optional('Code', verdict.code)}{_optional('Path', verdict.path)}</RecordVerdict>"
    )


def read_receipt(body: Element) -> ReceiptBody:
    """The receipt of a `Receipt`."""
    fields = texts(body)
    proof = body.find(QUALIFIED + "LogProof")
    gaps = [texts(child) for child in body.iterchildren(QUALIFIED + "Missing")]
    return ReceiptBody(
        message_id=fields["MessageId"],
        digest=fields["Digest"],
        verdict=fields["Verdict"],
        code=fields.get("Code", ""),
        log_index=_whole(fields.get("LogIndex")),
        log_size=_whole(fields.get("LogSize")),
        log_root=fields.get("LogRoot", ""),
        log_proof=() if proof is None else tuple(child.text or "" for child in proof),
        records=tuple(_verdict(child) for child in body.iterchildren(QUALIFIED + "RecordVerdict")),
        missing=tuple((int(gap["From"]), int(gap["To"])) for gap in gaps),
    )


def _verdict(element: Element) -> RecordVerdict:
    fields = texts(element)
    return RecordVerdict(
        fields.get("RecordId", ""),
        int(fields.get("Version", 0)),
        fields["Verdict"],
        fields.get("Code", ""),
        fields.get("Path", ""),
    )


def _whole(value: str | None) -> int | None:
    return None if value is None else int(value)


def _optional(element: str, value: str) -> str:
    return f"<{element}>{text(value, element)}</{element}>" if value else ""


def _records(records: Iterable[Record | str]) -> str:
    return "".join([record if isinstance(record, str) else write_record(record) for record in records])


def _padded(element: str, inner: str, size: int) -> str:
    """The element around `inner`, brought to `size` bytes of UTF-8 by zeros; longer answers stay as they are."""
    whole = f"<{element}>{inner}<Padding></Padding></{element}>"
    zeros = "0" * max(0, size - len(whole.encode()))
    return f"<{element}>{inner}<Padding>{zeros}</Padding></{element}>"
