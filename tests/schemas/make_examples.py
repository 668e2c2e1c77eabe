"""Writes the examples of the exchange format: `python tests/schemas/make_examples.py`.

Everything in them is made up. The valid ones are written by the gateway and indented for readers; each
invalid one is a valid one with a single thing wrong, and `expected.json` says how it is found out.
"""

from __future__ import annotations

import csv
import json
import runpy
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid5

from lxml import etree

# The checkout this file stands in goes before one that is installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.message import body
from gateway.message.bodies import (
    ChangesRequest,
    Hit,
    KeyNotice,
    ListedKey,
    Ping,
    ReceiptBody,
    RecordVerdict,
    Revocation,
    WatchlistAnswer,
    Withdrawal,
)
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Check, Document, Identifier, Name, NameKind, Person, Place, Sex
from gateway.records.person import Party as Side
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Detail, Record, Source, record_id
from gateway.records.restriction import EntryBan

TABLE = Path(__file__).with_name("invalid_examples.csv")
EXAMPLES = Path(__file__).parents[2] / "schemas" / "xsd" / "examples"
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BLR, KAZ = Party("BLR", "MVD"), Party("KAZ", "MIGRATION")
DIGEST = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
ANSWERS = {Kind.CHANGE_BATCH, Kind.PERSON_ANSWER, Kind.WATCHLIST_ANSWER, Kind.RECEIPT}
STREAM = {Kind.RECORD_BATCH, Kind.CORRECTION, Kind.WITHDRAWAL, Kind.STATISTICS_REPORT}
FAMILIES = runpy.run_path(str(Path(__file__).with_name("example_families.py")))["FAMILIES"]

WORKER = Person(
    ref="p-1001",
    names=(
        Name("Каримов", "Алишер", "Бахтиёрович", script="Cyrl", language="ru"),
        Name("Karimov", "Alisher", script="Latn", kind=NameKind.ALIAS),
    ),
    birth_date=PartialDate(1985, 6, 15),
    sex=Sex.MALE,
    citizenships=("UZB",),
    birth_country="UZB",
    birth_place="Самарканд",
    identifiers=(Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID),),
    documents=(Document("UZB", "PASSPORT", "1234567", "AB", date(2021, 4, 1), date(2031, 3, 31)),),
)
STATELESS = Person(
    ref="p-1002",
    names=(Name("Ким", "Вера", script="Cyrl", no_patronymic=True), Name(full="Vera Kim", script="Latn")),
    birth_date=PartialDate(1975),
    sex=Sex.FEMALE,
    former_citizenships=("SUN",),
    stateless=True,
    former_habitual_residence="UZB",
)

BANNED = Person(
    ref="p-1003",
    names=(Name("Примеров", "Пример", script="Cyrl", kind=NameKind.PRIMARY),),
    birth_date=PartialDate(1990, 11, 7),
    sex=Sex.MALE,
    citizenships=("KGZ",),
    documents=(Document("KGZ", "PASSPORT", "7654321", "ID"),),
)


def record(category: Category, status: str, detail: Detail, person: Person | None = WORKER, row: str = "1") -> Record:
    source = Source("BLR", "MVD", f"mvd-{category.value.lower().replace('_', '-')}", row)
    return Record(
        record_id(source), 1, category, source, status, NOON, person, detail,
        legal_basis="Закон 225-З, ст. 25" if category is Category.LABOUR_PERMIT else "",
        retention_until=date(2030, 3, 2),
    )  # fmt: skip


PERMIT = record(
    Category.LABOUR_PERMIT,
    "ISSUED",
    LabourPermit(
        "special-permit", "0012345", "СР", date(2026, 3, 1), date(2027, 2, 28), "BY-HM", "7112",
        Side("ООО «Образец»", "190000001", "BY-UNP"), "УГиМ Минск",
    ),
)  # fmt: skip
STAY = record(
    Category.STAY_REGISTRATION,
    "REGISTERED",
    StayRegistration(
        "02/440-001/26/000177", date(2026, 2, 1), None, date(2026, 1, 31),
        Place("BLR", "BY-HM", "Минск, ул. Примерная, 1"), Side("Гостиница «Пример»"), "WORK",
    ),
    STATELESS,
)  # fmt: skip
CROSSING = record(
    Category.BORDER_CROSSING,
    "RECORDED",
    BorderCrossing(
        "IN", datetime(2026, 1, 31, 23, 15, tzinfo=timezone(timedelta(hours=3))), "BY-KOZLOVICHI",
        purpose="WORK", transport="BUS 1234 AB", counterpart="POL",
    ),
)  # fmt: skip
BAN = record(
    Category.ENTRY_BAN,
    "ACTIVE",
    EntryBan("366/2026-17", "ДГиМ МВД", date(2026, 2, 1), date(2029, 1, 31), territory="ALL_PARTIES", ground="OFFENCE"),
    BANNED,
)
ASYLUM = record(
    Category.ASYLUM_APPLICATION,
    "UNDER_REVIEW",
    AsylumApplication("A-2026-0007", date(2026, 2, 2), date(2026, 2, 4), certificate="БЖ 000123", persecutors=("UZB",)),
)
OTHERS = {
    name: record(category, status, detail, None if category.about == "nobody" else WORKER, row=name)
    for name, (category, status, detail) in FAMILIES.items()
}
SUBJECT = Person(ref="", names=WORKER.names[:1], birth_date=WORKER.birth_date, citizenships=("UZB",))
RECEIPT = ReceiptBody(
    str(uuid5(UUID(int=0), "answered")), DIGEST, "PARTLY", "", 41, 42, DIGEST, (DIGEST, DIGEST),
    (
        RecordVerdict(PERMIT.record_id, 1, "STORED"),
        RecordVerdict(BAN.record_id, 1, "REFUSED", "BR-21", "/Message/Body/RecordBatch/Record[2]/EntryBan/BanTo"),
    ),
    ((7, 8),),
)  # fmt: skip

VALID = {
    "record-batch-labour-permit": body.write_records([PERMIT]),
    "record-batch-stay-registration": body.write_records([STAY]),
    "record-batch-border-crossing": body.write_records([CROSSING]),
    "record-batch-entry-ban": body.write_records([BAN]),
    "record-batch-asylum-application": body.write_records([ASYLUM]),
    **{f"record-batch-{name}": body.write_records([other]) for name, other in OTHERS.items()},
    "record-batch-document-of-an-unknown-bearer": body.write_records(
        [replace(OTHERS["document-status"], person=None, status="INVALID")]
    ),
    "record-batch-of-several-families": body.write_records([PERMIT, STAY, CROSSING, BAN]),
    "correction": body.write_records([replace(PERMIT, version=2, status="EXTENDED")], kind="Correction"),
    "correction-of-a-licence": body.write_records(
        [replace(OTHERS["recruitment-licence"], version=3, status="GRANTED")], kind="Correction"
    ),
    "correction-of-a-protection": body.write_records(
        [replace(OTHERS["subsidiary-protection"], version=2, status="UPGRADED")], kind="Correction"
    ),
    "withdrawal-of-figures": body.write_withdrawal(
        [Withdrawal(OTHERS["quota"].record_id, 1, "DUPLICATE"), Withdrawal(OTHERS["statistic"].record_id, 1)]
    ),
    "statistics-report": body.write_records(
        [OTHERS["statistic"], OTHERS["statistic-suppressed"], OTHERS["quota"]], kind="StatisticsReport"
    ),
    "withdrawal": body.write_withdrawal([Withdrawal(PERMIT.record_id, 2)]),
    "changes-request": body.write_changes_request(ChangesRequest(0, 500)),
    "change-batch": body.write_change_batch(
        0, 2, False, [(1, body.write_record(STAY)), (2, body.write_withdraw(Withdrawal(PERMIT.record_id, 2)))]
    ),
    "person-query": body.write_query(SUBJECT),
    "person-answer": body.write_person_answer([[PERMIT, STAY]], size=4096),
    "person-answer-nobody": body.write_person_answer([], size=512),
    "watchlist-query": body.write_query(SUBJECT, kind="WatchlistQuery"),
    "watchlist-answer": body.write_watchlist_answer(
        WatchlistAnswer(
            "POSSIBLE",
            (Hit("POSSIBLE", "REFUSE_ENTRY", "366/2026-17", "ДГиМ МВД, дежурный", ("имя", "дата рождения")),),
        ),
        size=1024,
    ),
    "watchlist-answer-no-hit": body.write_watchlist_answer(WatchlistAnswer("NO_HIT"), size=512),
    "key-notice": body.write_key_notice(
        KeyNotice(3, (Revocation("sig-2025-1", NOON),), (ListedKey("sig-2026-1", "ACTIVE", ("MIIBszCCAVmgAwIBAgIU",)),))
    ),
    "ping": body.write_ping(Ping("проверка связи")),
    "receipt": body.write_receipt(RECEIPT),
    "receipt-of-a-refusal": body.write_receipt(
        ReceiptBody(RECEIPT.message_id, DIGEST, "REFUSED", "schema-invalid", 43, 44, DIGEST, (DIGEST,))
    ),
}

INVALID = {row["name"]: row for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines(), delimiter=";")}
"""One thing wrong each: the valid example it is made of, what is replaced, by what, and how it is found out."""


def message(name: str) -> str:
    """The example as one canonical line."""
    content = VALID[name]
    kind = Kind(content[1 : content.index(">")])
    answered = str(uuid5(UUID(int=0), "answered"))
    header = Header(
        str(uuid5(UUID(int=0), name)), str(uuid5(UUID(int=0), "conversation")), kind, BLR, KAZ, NOON,
        NOON + timedelta(minutes=10), "LABOUR_REGULATION", "CIS-1998",
        in_reply_to=answered if kind in ANSWERS else "",
        request_digest=DIGEST if kind in ANSWERS else "",
        sequence=17 if kind in STREAM else None,
    )  # fmt: skip
    return write_message(header, content).decode()


def spoiled(name: str) -> str:
    """The invalid example; `*` in what is replaced stands for anything."""
    row = INVALID[name]
    words = {"digest": DIGEST, "permit": PERMIT.record_id, "stay": STAY.record_id, "long": "K" * 201}
    old, new = row["replace"].format_map(words), row["by"].format_map(words)
    text = message(row["origin"])
    first, star, last = old.partition("*")
    if star:
        begin = text.index(first)
        old = text[begin : text.index(last, begin) + len(last)]
    if old not in text:
        raise SystemExit(f"{name}: nothing to replace")
    return text.replace(old, new)


def main() -> None:
    for folder in ("valid", "invalid"):
        (EXAMPLES / folder).mkdir(parents=True, exist_ok=True)
    for name in VALID:
        tree = etree.fromstring(message(name))
        etree.indent(tree)
        (EXAMPLES / "valid" / f"{name}.xml").write_bytes(etree.tostring(tree, encoding="UTF-8") + b"\n")
    for name in INVALID:
        (EXAMPLES / "invalid" / f"{name}.xml").write_text(spoiled(name) + "\n", encoding="utf-8")
    expected = {f"{name}.xml": {"code": row["code"], "path": row["path"]} for name, row in sorted(INVALID.items())}
    (EXAMPLES / "invalid" / "expected.json").write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
