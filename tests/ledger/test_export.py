"""An exported log is checked offline; whatever was changed, removed or slipped in is found, with its position."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update

from gateway.errors import Unreadable
from gateway.ledger import check as offline
from gateway.ledger import checkpoint, export, log, merkle
from gateway.ledger.log import Entry
from gateway.store.database import Database
from gateway.store.tables import LogLeaf, LogNode, Witness

KAZ = "KAZ/MVD"


@pytest.fixture
def filled(database: Database, signer, now) -> Database:
    """Twenty leaves with checkpoints after 8 and after 20."""
    for start, end in ((0, 8), (8, 20)):
        with database.begin() as session:
            log.append_all(session, "exchange", [Entry(f"m{n}", f"m{n} in d{n} ok") for n in range(start, end)])
            checkpoint.issue(session, party=KAZ, log="exchange", signer=signer, now=now)
    return database


@pytest.fixture
def check(filled: Database, signer, tmp_path: Path):
    """Export and check, after what `change` did to the database."""

    def run(*statements, lines=None) -> offline.Report:
        with filled.begin() as session:
            for statement in statements:
                session.execute(statement)
        path = tmp_path / "log.jsonl"
        with filled.read() as session, path.open("w", encoding="utf-8") as file:
            export.export(session, file, party=KAZ, log="exchange")
        if lines is not None:
            path.write_text("\n".join(lines(path.read_text("utf-8").splitlines())) + "\n", "utf-8")
        return offline.verify_export(path, [signer.certificate])

    return run


def found(report: offline.Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in report.findings]


def test_an_untouched_log_holds(check) -> None:
    report = check()
    assert report.holds
    assert (report.party, report.log) == (KAZ, "exchange")
    assert (report.leaves, report.checkpoints, report.proved, report.findings) == (20, 2, 20, [])


def test_leaves_after_the_last_checkpoint_are_only_claimed(check, filled: Database, now) -> None:
    with filled.begin() as session:
        log.append(session, "exchange", "late", "late in d ok")
    report = check()
    assert report.holds
    assert [(finding.code, finding.severity, finding.path) for finding in report.findings] == [
        ("LOG-UNSIGNED-END", "warning", "exchange[20]")
    ]


@pytest.mark.parametrize("position", [0, 7, 8, 19])
def test_a_changed_row_is_found_at_its_position(check, position: int) -> None:
    report = check(update(LogLeaf).where(LogLeaf.index == position).values(content=f"m{position} in other ok"))
    assert not report.holds
    assert found(report)[0] == ("LOG-LEAF", f"exchange[{position}]")


def test_a_changed_subject_is_found_at_its_position(check) -> None:
    report = check(update(LogLeaf).where(LogLeaf.index == 5).values(subject="m6"))
    assert found(report) == [("LOG-SUBJECT", "exchange[5]")]


@pytest.mark.parametrize("position", [0, 7, 12])
def test_a_removed_row_is_found_at_its_position(check, position: int) -> None:
    report = check(delete(LogLeaf).where(LogLeaf.index == position))
    assert found(report)[0] == ("LOG-POSITION", f"exchange[{position}]")
    assert not report.holds


def test_a_removed_last_row_is_found_by_the_checkpoint_that_covers_it(check) -> None:
    report = check(delete(LogLeaf).where(LogLeaf.index == 19))
    assert found(report) == [("LOG-ROOT", "exchange[8]")]


def test_a_row_removed_with_the_others_moved_up_is_found_at_its_position(check) -> None:
    moved = [update(LogLeaf).where(LogLeaf.index == number).values(index=number - 1) for number in range(6, 20)]
    report = check(delete(LogLeaf).where(LogLeaf.index == 5), *moved)
    assert found(report)[0] == ("LOG-LEAF", "exchange[5]")


def test_a_row_slipped_in_is_found_at_its_position(check) -> None:
    moved = [update(LogLeaf).where(LogLeaf.index == number).values(index=number + 1) for number in range(19, 4, -1)]
    values = {"log": "exchange", "index": 5, "subject": "x", "content": "x in d ok"}
    report = check(*moved, insert(LogLeaf).values(**values))
    assert found(report)[0] == ("LOG-LEAF", "exchange[5]")


def test_a_row_added_at_the_end_without_its_nodes_is_found(check) -> None:
    values = {"log": "exchange", "index": 20, "subject": "x", "content": "x in d ok"}
    assert found(check(insert(LogLeaf).values(**values))) == [("LOG-LEAF", "exchange[20]")]


def test_whoever_changes_the_hashes_too_is_caught_by_the_next_checkpoint(check) -> None:
    content = "m12 in other ok"
    report = check(
        update(LogLeaf).where(LogLeaf.index == 12).values(content=content),
        update(LogNode).where(LogNode.level == 0, LogNode.index == 12).values(hash=merkle.leaf_hash(content)),
    )
    assert found(report) == [("LOG-ROOT", "exchange[8]")]
    assert (report.checkpoints, report.proved) == (1, 8)


def test_a_checkpoint_changed_or_of_a_stranger_is_found(check, filled: Database, signer_of, now) -> None:
    report = check(text("UPDATE log_checkpoint SET signed = replace(signed, '\"size\": 8', '\"size\": 9')"))
    assert ("LOG-CHECKPOINT", "exchange[8]") in found(report)
    with filled.begin() as session:
        checkpoint.issue(session, party=KAZ, log="exchange", signer=signer_of("rsa"), now=now)
    assert ("LOG-CHECKPOINT", "exchange[20]") in found(check())


def test_a_checkpoint_of_another_log_proves_nothing_here(check, filled: Database, signer, now) -> None:
    with filled.begin() as session:
        foreign = checkpoint.issue(session, party=KAZ, log="audit", signer=signer, now=now).document

    def with_foreign(lines: list[str]) -> list[str]:
        return [lines[0], json.dumps({"checkpoint": foreign}), *lines[1:]]

    assert found(check(lines=with_foreign)) == [("LOG-OTHER", "exchange[0]")]


@pytest.mark.parametrize(
    "line",
    ['{"index": 3}', '{"index": 3, "subject": "m3", "content": 7, "hash": ""}',
     '{"index": 3, "subject": "m3", "content": "\\ud800", "hash": "00"}',
     '{"checkpoint": 7}', '{"checkpoint": {"kid": ["x"]}}', '{"checkpoint": {}}'],
)  # fmt: skip
def test_a_line_of_another_form_is_a_finding_and_not_a_crash(check, line: str) -> None:
    def with_line(lines: list[str]) -> list[str]:
        return [*lines[:4], line, *lines[5:]]

    assert not check(lines=with_line).holds


def test_a_file_that_is_not_ours_at_all_ends_after_a_hundred_findings(check) -> None:
    def changed(lines: list[str]) -> list[str]:
        bad = '{"index": %d, "subject": "x", "content": "x", "hash": "00"}'
        return [lines[0], *(bad % number for number in range(500))]

    report = check(lines=changed)
    assert len(report.findings) == offline.MOST_FINDINGS


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"no json\n", b"[1]\n", b'{"format": "other"}\n', b'{"format": "gateway-log-1"}\n',
     b'{"format": "gateway-log-1", "party": "KAZ/MVD", "log": ""}\n', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_export_is_unreadable(tmp_path: Path, signer, content: bytes) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        offline.verify_export(path, [signer.certificate])


def test_a_missing_export_is_unreadable(tmp_path: Path, signer) -> None:
    with pytest.raises(Unreadable):
        offline.verify_export(tmp_path / "nowhere", [signer.certificate])
    with pytest.raises(Unreadable):
        offline.verify_export(tmp_path, [signer.certificate])


def test_the_audit_tree_is_exported_and_checked_the_same_way(sqlite: Database, signer, tmp_path: Path, now) -> None:
    with sqlite.begin() as session:
        log.append(session, "audit", "record-read", "record-read 00ff")
        checkpoint.issue(session, party=KAZ, log="audit", signer=signer, now=now)
    path = tmp_path / "audit.jsonl"
    with sqlite.read() as session, path.open("w", encoding="utf-8") as file:
        assert export.export(session, file, party=KAZ, log="audit") == 1
    report = offline.verify_export(path, [signer.certificate])
    assert (report.holds, report.log, report.proved) == (True, "audit", 1)


def test_memory_grows_neither_with_the_leaves_nor_with_what_was_signed_about_them(
    filled: Database, now, tmp_path: Path
) -> None:
    """A node signs every few minutes for ever, and each of its partners countersigns."""
    values = {"party": KAZ, "by": "UZB/MVD", "at": now, "signed": json.dumps({"by": "x" * 2_000})}
    with filled.begin() as session:
        session.execute(insert(Witness), [{"size": size, **values} for size in range(10_000)])
    path = tmp_path / "log.jsonl"
    tracemalloc.start()
    with filled.snapshot() as session, path.open("w", encoding="utf-8") as file:
        export.export(session, file, party=KAZ, log="exchange")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 20_000_000
    assert peak < 10_000_000
